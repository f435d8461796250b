"""The difference of two rates on the same items where hardly any item has different answers.

Bonett and Price (2012) count one more pair each way, so that a width is left where no pair differs.
Here the pairs are items with repeats, or clusters of them. What one more of those that differs
weighs depends on how alike its answers are: all of it where nothing shows that they vary, and one
answer of it where they vary freely.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core.lazy import FloatArray, IntArray, np
from .._core.tails import t_quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedRates:
    """The rate of each side by item, and what they come from.

    Attributes:
        first: The rate of the one side by item, 0 to 1.
        second: The rate of the other side on the same items.
        answers: How many answers each item has of either side, on average of the two.
        codes: The cluster of each item from 0, or its own place.
    """

    first: FloatArray
    second: FloatArray
    answers: FloatArray
    codes: IntArray

    def interval(self, level: float) -> tuple[float, float]:
        """The ends of the interval of second minus first, with one more pair each way.

        A t quantile with one degree of freedom less than there are items or clusters.
        """
        gaps = self.second - self.first
        items = len(gaps)
        share = np.bincount(self.codes) / items
        known = share > 0
        share = share[known]
        sums = np.bincount(self.codes, weights=gaps)[known] / items
        units = 1 / float((share**2).sum())
        more = self._weight(sums, units) / units
        centre = math.fsum(gaps.tolist()) / items * units / (units + 2)
        squares = float(((sums - share * centre) ** 2).sum())
        squares += 2 * (more**2 + (centre / units) ** 2)
        error = math.sqrt(squares) * units / (units + 2)
        half = t_quantile(0.5 + level / 2, max(1.0, len(share) - 1.0)) * error
        return max(-1.0, centre - half), min(1.0, centre + half)

    def _weight(self, sums: FloatArray, units: float) -> float:
        """The share of a unit that differs with it, where one more unit differs wholly."""
        items = len(self.first)
        apart = self.first + self.second - 2 * self.first * self.second
        differing = float(apart.sum()) / items * units
        together = float((sums**2).sum()) * units**2
        return min(1.0, max(units / float(self.answers.sum()), (1 + together) / (1 + differing)))
