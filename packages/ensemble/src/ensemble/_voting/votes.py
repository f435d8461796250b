"""Votes, their outcome, and tie policies."""

import math
import random
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Literal

from .._core.errors import NoConsensusError, UnknownTieBreakError
from .._core.rendering import shown
from .._core.responses import Response, check_confidence
from .._core.values import Value, plain

TieBreak = Literal["first", "last", "seeded", "accuracy", "confidence", "abstain", "error"]
TIE_BREAKS = ("first", "last", "seeded", "accuracy", "confidence", "abstain", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """The vote of one model.

    Attributes:
        model: The model.
        key: Its answer in normalised form.
        text: Its answer as given.
        confidence: Its confidence; None when it gave none.
        weight: How much the vote counts, before the strategy weighs it.
    """

    model: str
    key: Hashable
    text: str
    confidence: float | None = None
    weight: float = 1.0

    def __post_init__(self) -> None:
        if self.confidence is not None:
            check_confidence(self.confidence, f"the vote of {self.model!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteOutcome:
    """The outcome of a vote.

    Attributes:
        key: The winning answer in normalised form; None for an abstention.
        scores: What each answer got, in the order of first appearance.
        tied: The answers with equally many votes, when there was a tie.
        confidence: What the strategy says of the winner; None when it says nothing.
        probability: The probability that the winner is right, by a model of the voters; None
            where the strategy has none.
        text: The answer as it is given back; None takes the first supporter's.
        groups: Keys that count as another key, as in a cluster of answers.
        reason: Why there is no winner; empty when there is one.
        calls: Responses that were asked for while deciding, as by a judge; they are paid for.

    Raises:
        ValueError: The confidence or the probability is not a number from 0 to 1, or a score is
            not a finite number.
    """

    key: Hashable
    scores: dict[Hashable, float] = field(default_factory=dict)
    tied: tuple[Hashable, ...] = ()
    confidence: float | None = None
    probability: float | None = None
    text: str | None = None
    groups: Mapping[Hashable, Hashable] = field(default_factory=dict)
    reason: str = ""
    calls: tuple[Response, ...] = ()

    def __post_init__(self) -> None:
        for name in ("confidence", "probability"):
            value = getattr(self, name)
            if value is not None:
                check_confidence(value, f"an outcome ({name})")
        if not all(map(math.isfinite, self.scores.values())):
            raise ValueError(f"scores: {self.scores!r} holds what is not a finite number")

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain values; keys become text."""
        values = {name: plain(getattr(self, name)) for name in self.__slots__}
        for name in ("scores", "groups"):
            keys = getattr(self, name).items()
            values[name] = {shown(key): plain(value) for key, value in keys}
        return values


class Ties(Value):
    """A tie policy.

    Attributes:
        policy: ``first`` (the answer of the first model among the tied), ``last``, ``seeded`` (at
            random, by the seed and the tied answers), ``accuracy`` (of the model with the highest
            known accuracy), ``confidence`` (of the surest vote), ``abstain`` or ``error``. What
            ``accuracy`` and ``confidence`` leave tied is settled by the seed.
        seed: For ``seeded``.
        accuracies: For ``accuracy``: the accuracy of each model, by its name.

    Raises:
        UnknownTieBreakError: There is no such policy.
        ValueError: The policy is ``accuracy`` and there are no accuracies.
    """

    policy: TieBreak = "first"
    seed: int = 0
    accuracies: Mapping[str, float] | None = None

    def _check(self) -> None:
        if self.policy not in TIE_BREAKS:
            raise UnknownTieBreakError(self.policy, TIE_BREAKS)
        if self.policy == "accuracy" and self.accuracies is None:
            raise ValueError('tie_break="accuracy" needs accuracies={model: share}')

    def settle(self, tied: Sequence[Hashable], votes: Sequence[Vote]) -> Hashable:
        """One of several answers that are equally good, in the order of the models.

        Args:
            tied: The answers.
            votes: The votes, in the order of the models.

        Returns:
            The answer; None abstains.

        Raises:
            NoConsensusError: The policy is ``error``.
        """
        if self.policy == "error":
            raise NoConsensusError(tied)
        if self.policy == "abstain":
            return None
        if self.policy == "first":
            return tied[0]
        if self.policy == "last":
            return next((vote.key for vote in reversed(votes) if vote.key in tied), tied[-1])
        if self.policy == "seeded":
            return self._draw(tied)
        best = {key: max(map(self._rank, _of(votes, key)), default=0.0) for key in tied}
        highest = max(best.values())
        return self._draw([key for key in tied if best[key] == highest])

    def _rank(self, vote: Vote) -> float:
        if self.policy == "accuracy":
            return (self.accuracies or {}).get(vote.model, 0.0)
        return vote.confidence or 0.0

    def _draw(self, tied: Sequence[Hashable]) -> Hashable:
        if len(tied) == 1:
            return tied[0]
        # Ordered by their text, so that the order of the models does not matter.
        ordered = sorted(tied, key=repr)
        label = "/".join([str(self.seed), "tie", *map(repr, ordered)])
        digest = blake2b(label.encode("utf-8", "replace"), digest_size=8).digest()
        return random.Random(int.from_bytes(digest, "little")).choice(ordered)


FIRST = Ties()


def _of(votes: Sequence[Vote], key: Hashable) -> list[Vote]:
    return [vote for vote in votes if vote.key == key]


def tally(keys: Sequence[Hashable], weights: Sequence[float]) -> dict[Hashable, float]:
    """The summed weights of each answer; the same whatever the order of the voters."""
    parts: dict[Hashable, list[float]] = {}
    for key, weight in zip(keys, weights, strict=True):
        parts.setdefault(key, []).append(weight)
    return {key: math.fsum(some) for key, some in parts.items()}


def leader(
    scores: dict[Hashable, float], votes: Sequence[Vote], ties: Ties, **more: object
) -> VoteOutcome:
    """The outcome with the highest score; a tie is settled and recorded."""
    if not scores:
        return VoteOutcome(key=None, reason="no votes")
    most = max(scores.values())
    tied = tuple(key for key, score in scores.items() if score == most)
    if len(tied) == 1:
        return VoteOutcome(key=tied[0], scores=scores, **more)  # type: ignore[arg-type]  # fields of VoteOutcome
    key = ties.settle(tied, votes)
    reason = "a tie" if key is None else ""
    return VoteOutcome(key=key, scores=scores, tied=tied, reason=reason, **more)  # type: ignore[arg-type]  # same


def majority(votes: Sequence[Vote], *, tie_break: TieBreak = "first", seed: int = 0) -> VoteOutcome:
    """The answer with the most votes (the plurality).

    Args:
        votes: The votes, in the order of the models.
        tie_break: The policy for ties, as in ``Ties``.
        seed: For ``seeded``.

    Returns:
        The outcome, with the number of votes for each answer.

    Raises:
        NoConsensusError: There is a tie and ``tie_break`` is ``error``.
        UnknownTieBreakError: There is no such tie policy.

    Example:
        >>> from ensemble import Vote, majority
        >>> ballots = [Vote(model=name, key=key, text=key) for name, key in ("ax", "by", "cx")]
        >>> majority(ballots).key
        'x'
    """
    scores = tally([vote.key for vote in votes], [vote.weight for vote in votes])
    return leader(scores, votes, Ties(policy=tie_break, seed=seed))
