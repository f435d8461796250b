"""Count votes and break ties, with everything that was counted in the result."""

import random
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal

from ._errors import NoConsensusError, UnknownNameError

TieBreak = Literal["first", "seeded", "abstain", "error"]
TIE_BREAKS = ("first", "seeded", "abstain", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """The vote of one model.

    Attributes:
        model: The model.
        key: Its answer in normalised form.
        text: Its answer as given.
        confidence: Its confidence; None when it gave none.
        weight: How much the vote counts.
    """

    model: str
    key: Hashable
    text: str
    confidence: float | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a vote.

    Attributes:
        key: The winning answer in normalised form; None for an abstention.
        scores: What each answer got, in the order of first appearance.
        tied: The answers with equally many votes, when there was a tie.
        confidence: What the strategy says of the winner; None when it says nothing.
    """

    key: Hashable
    scores: dict[Hashable, float] = field(default_factory=dict)
    tied: tuple[Hashable, ...] = ()
    confidence: float | None = None


Strategy = Callable[[Sequence[Vote]], Outcome]


def majority(votes: Sequence[Vote], *, tie_break: str = "first", seed: int = 0) -> Outcome:
    """The answer with the most votes (the plurality).

    Args:
        votes: The votes, in the order of the models.
        tie_break: ``first`` (the answer of the first model among the tied), ``seeded`` (at random,
            by the seed and the tied answers), ``abstain`` or ``error``.
        seed: For ``seeded``.

    Raises:
        NoConsensusError: There is a tie and ``tie_break`` is ``error``.
    """
    scores: dict[Hashable, float] = {}
    for vote in votes:
        scores[vote.key] = scores.get(vote.key, 0.0) + vote.weight
    if not scores:
        return Outcome(key=None)
    most = max(scores.values())
    tied = tuple(key for key, score in scores.items() if score == most)
    if len(tied) == 1:
        return Outcome(key=tied[0], scores=scores)
    return Outcome(key=break_tie(tied, tie_break=tie_break, seed=seed), scores=scores, tied=tied)


def break_tie(tied: Sequence[Hashable], *, tie_break: str, seed: int) -> Hashable:
    """One of several answers that are equally good, in the order of the models; None abstains.

    Raises:
        NoConsensusError: ``tie_break`` is ``error``.
    """
    if tie_break == "error":
        raise NoConsensusError(tied)
    if tie_break == "abstain":
        return None
    if tie_break == "seeded":
        # Ordered by their text, so that the order of the models does not matter.
        ordered = sorted(tied, key=repr)
        label = "/".join([str(seed), "tie", *map(repr, ordered)])
        digest = blake2b(label.encode("utf-8", "replace"), digest_size=8).digest()
        return random.Random(int.from_bytes(digest, "little")).choice(ordered)
    return tied[0]


def find_strategy(wanted: str | Strategy, *, tie_break: str, seed: int) -> tuple[str, Strategy]:
    """A voting strategy with its name.

    Raises:
        UnknownNameError: There is none of this name, or no such tie policy.
    """
    if tie_break not in TIE_BREAKS:
        raise UnknownNameError("tie policy", tie_break, TIE_BREAKS, "choose one of them")
    if callable(wanted):
        name = getattr(wanted, "__name__", type(wanted).__name__)
        return name, lambda votes: _checked(name, wanted(votes))
    if wanted != "majority":
        remedy = "pass a function of the votes that gives an Outcome"
        raise UnknownNameError("voting strategy", wanted, ("majority",), remedy)
    return wanted, lambda votes: majority(votes, tie_break=tie_break, seed=seed)


def _checked(name: str, outcome: object) -> Outcome:
    if not isinstance(outcome, Outcome):
        raise TypeError(f"strategy {name!r} gave {outcome!r}, not an Outcome(key=..., scores=...)")
    return outcome
