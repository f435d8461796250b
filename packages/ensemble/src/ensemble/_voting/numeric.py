"""Rules for answers that are numbers: median, mean and trimmed mean."""

import math
from collections.abc import Hashable, Sequence
from fractions import Fraction
from numbers import Rational
from types import MappingProxyType
from typing import Any

from .._core.values import Value
from .rule import NeedsAllVotes, VoteContext
from .votes import Vote, VoteOutcome, tally


def _numbers(votes: Sequence[Vote]) -> list[tuple[Fraction, Vote]]:
    """The votes as exact numbers, in ascending order.

    Raises:
        TypeError: A key is not a number.
    """
    found = []
    for vote in votes:
        key: Any = vote.key
        if isinstance(key, bool) or not isinstance(key, Rational | float) or not math.isfinite(key):
            raise TypeError(f"{vote.model!r} voted {key!r}, not a number; pass normalize='number'")
        found.append((Fraction(key), vote))
    return sorted(found, key=lambda pair: pair[0])


def _outcome(value: Fraction | None, votes: Sequence[Vote]) -> VoteOutcome:
    """A number as the outcome; its text is that of a vote where one says the same."""
    scores = tally([vote.key for vote in votes], [vote.weight for vote in votes])
    key: Hashable = value
    if value is not None and any(vote.key == value for vote in votes):
        key = next(vote.key for vote in votes if vote.key == value)
    return VoteOutcome(key=key, scores=scores, reason="no votes" if value is None else "")


class Median(NeedsAllVotes, Value):
    """The number in the middle; between two it is their mean."""

    name = "median"

    def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:  # noqa: ARG002  # it needs no ties
        """The median of the votes."""
        values = [value for value, _ in _numbers(votes)]
        if not values:
            return _outcome(None, votes)
        middle = values[(len(values) - 1) // 2] + values[len(values) // 2]
        return _outcome(middle / 2, votes)


class Mean(NeedsAllVotes, Value):
    """The mean, weighted by confidence where all state one.

    Attributes:
        min_confidence: Votes with a lower confidence are left out.

    Raises:
        ValueError: The limit is outside [0, 1].
    """

    min_confidence: float = 0.0
    _renamed = MappingProxyType({"least_confidence": ("min_confidence", None)})
    name = "mean"

    def _check(self) -> None:
        if not 0 <= self.min_confidence <= 1:
            raise ValueError(f"min_confidence: {self.min_confidence!r} is outside [0, 1]")

    def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:  # noqa: ARG002  # it needs no ties
        """The weighted mean of the votes."""
        pairs = [
            (value, Fraction(1 if vote.confidence is None else vote.confidence) * _weight(vote))
            for value, vote in _numbers(votes)
            if vote.confidence is None or vote.confidence >= self.min_confidence
        ]
        if any(vote.confidence is None for vote in votes):
            pairs = [(value, _weight(vote)) for value, vote in _numbers(votes)]
        total = sum(weight for _, weight in pairs)
        if not total:
            return _outcome(None, votes)
        return _outcome(
            sum((value * weight for value, weight in pairs), Fraction(0)) / total, votes
        )


def _weight(vote: Vote) -> Fraction:
    return Fraction(vote.weight)


class TrimmedMean(NeedsAllVotes, Value):
    """The mean without the lowest and the highest votes.

    Attributes:
        trim: The share left out at each end, in [0, 0.5).

    Raises:
        ValueError: The share is out of range.
    """

    trim: float = 0.2
    name = "trimmed_mean"

    def _check(self) -> None:
        if not 0 <= self.trim < 0.5:  # noqa: PLR2004  # half at each end leaves nothing
            raise ValueError(f"trim: {self.trim!r} is outside [0, 0.5)")

    def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:  # noqa: ARG002  # it needs no ties
        """The mean of what is left."""
        values = [value for value, _ in _numbers(votes)]
        cut = int(len(values) * self.trim)
        kept = values[cut : len(values) - cut]
        return _outcome(sum(kept, Fraction(0)) / len(kept) if kept else None, votes)
