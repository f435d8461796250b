"""Criteria stated before the run, and the verdict on them after it."""

import math
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["SUPPORTED", "NOT SUPPORTED", "INCONCLUSIVE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A claim about one metric that the data can support or contradict.

    Without ``against`` it is about the condition's own value, with ``against`` about the difference
    (this condition minus the other one).

    Attributes:
        claim: The claim in words.
        metric: The name of the metric.
        condition: The condition it is about.
        against: The condition it is compared with; empty for none.
        at_least: The lowest value that fulfils the claim.
        at_most: The highest value that fulfils the claim.
        more_than: The value that must be exceeded.
        less_than: The value that must be stayed below.
    """

    claim: str
    metric: str
    condition: str
    against: str = ""
    at_least: float | None = None
    at_most: float | None = None
    more_than: float | None = None
    less_than: float | None = None

    def problems(self) -> list[str]:
        """What is wrong with the criterion as written."""
        bounds = [self.at_least, self.at_most, self.more_than, self.less_than]
        if sum(bound is not None for bound in bounds) != 1:
            return [
                (
                    f"criterion {self.claim!r}: give exactly one of"
                    " at_least, at_most, more_than, less_than"
                )
            ]
        return []

    @property
    def condition_text(self) -> str:
        """The bound in symbols, for a table."""
        subject = f"{self.metric} of {self.condition}"
        if self.against:
            subject = f"{subject} minus {self.against}"
        for sign, bound in (
            (">=", self.at_least),
            ("<=", self.at_most),
            (">", self.more_than),
            ("<", self.less_than),
        ):
            if bound is not None:
                return f"{subject} {sign} {bound:g}"
        return subject

    def judge(self, low: float, high: float) -> Verdict:
        """The verdict, given the interval of the value or of the difference.

        The claim is supported when the whole interval fulfils it, not supported when no part of the
        interval does, and inconclusive otherwise.

        Args:
            low: The lower end of the interval.
            high: The upper end.
        """
        if math.isnan(low) or math.isnan(high):
            return "INCONCLUSIVE"
        fulfilled_low, fulfilled_high = self._holds(low), self._holds(high)
        if fulfilled_low and fulfilled_high:
            return "SUPPORTED"
        if not fulfilled_low and not fulfilled_high:
            return "NOT SUPPORTED"
        return "INCONCLUSIVE"

    def _holds(self, value: float) -> bool:
        if self.at_least is not None:
            return value >= self.at_least
        if self.at_most is not None:
            return value <= self.at_most
        if self.more_than is not None:
            return value > self.more_than
        return self.less_than is not None and value < self.less_than
