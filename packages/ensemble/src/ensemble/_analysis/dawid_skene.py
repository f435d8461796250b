"""Accuracies of voters estimated from their votes alone (Dawid and Skene)."""

import math
from collections.abc import Hashable, Sequence

from .._voting.counting import LogOdds
from .._voting.votes import tally

_STEPS = 100
_CLOSE = 1e-6


def dawid_skene(
    models: Sequence[str], votes: Sequence[Sequence[Hashable]], *, choices: int | None = None
) -> LogOdds:
    """The accuracy of each voter without any labels, as a voting rule.

    Expectation and maximisation with one parameter a voter (Dawid and Skene 1979, "one coin"),
    begun from the plurality: a voter is as good as its agreement with the answers that good voters
    give. It assumes independent errors. Voters that err together are taken for good ones, so for
    many weak and similar models it is worse than the plurality; labels (``fit``) are better.

    Args:
        models: The names of the models.
        votes: One row a question, one key a model; None where it has no vote.
        choices: How many answers a question has; the most that any question got, plus one, when
            left out.

    Returns:
        The rule; its ``accuracies`` are what was estimated.

    Raises:
        ValueError: There are no votes, or a row does not fit.
    """
    if not votes or any(len(row) != len(models) for row in votes):
        raise ValueError(f"votes: give one row a question with {len(models)} cells")
    if choices is None:
        choices = max(len({*row} - {None}) for row in votes) + 1
    shares = dict.fromkeys(models, 0.75)
    for _ in range(_STEPS):
        weights = [
            math.log(shares[model] * (choices - 1) / (1 - shares[model])) for model in models
        ]
        agreed, cast = [1.0] * len(models), [2.0] * len(models)  # a uniform prior
        for row in votes:
            belief = _belief(row, weights, choices)
            for index, key in enumerate(row):
                if key is not None:
                    agreed[index] += belief[key]
                    cast[index] += 1
        new = {model: agreed[index] / cast[index] for index, model in enumerate(models)}
        moved = max(abs(new[model] - shares[model]) for model in models)
        shares = new
        if moved < _CLOSE:
            break
    return LogOdds(accuracies=shares, choices=choices)


def _belief(
    row: Sequence[Hashable], weights: Sequence[float], choices: int
) -> dict[Hashable, float]:
    """The probability of each answer that got a vote."""
    pairs = [pair for pair in zip(row, weights, strict=True) if pair[0] is not None]
    scores = tally([key for key, _ in pairs], [weight for _, weight in pairs])
    top = max([*scores.values(), 0.0])
    odds = {key: math.exp(score - top) for key, score in scores.items()}
    unseen = max(choices - len(scores), 0) * math.exp(-top)
    total = math.fsum(odds.values()) + unseen
    return {key: share / total for key, share in odds.items()}
