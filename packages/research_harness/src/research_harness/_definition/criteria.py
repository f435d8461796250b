"""Criteria stated before the run, and the verdict on them after it."""

import math
import warnings
from dataclasses import dataclass
from typing import Literal

from .._core.deprecated import renamed_arguments

Verdict = Literal["SUPPORTED", "NOT SUPPORTED", "INCONCLUSIVE", "NO VERDICT"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A claim about one metric that the data can support or contradict.

    Without ``against`` it is about the condition's own value, with ``against`` about the difference
    (this condition minus the other one).

    Attributes:
        claim: The claim in words.
        metric: The name of the metric.
        condition: The condition it is about.
        against: The condition it is compared with; empty to judge the value itself.
        min_value: The lowest value that fulfils the claim.
        max_value: The highest value that fulfils the claim.
        more_than: The value that must be exceeded.
        less_than: The value that must not be reached.
    """

    claim: str
    metric: str
    condition: str
    against: str = ""
    min_value: float | None = None
    max_value: float | None = None
    more_than: float | None = None
    less_than: float | None = None

    @property
    def at_least(self) -> float | None:
        """Deprecated: ``min_value``."""
        _warn("at_least", "min_value")
        return self.min_value

    @property
    def at_most(self) -> float | None:
        """Deprecated: ``max_value``."""
        _warn("at_most", "max_value")
        return self.max_value

    def problems(self) -> list[str]:
        """Check the criterion as written.

        Returns:
            What is wrong with it; empty when nothing is.
        """
        bounds = [self.min_value, self.max_value, self.more_than, self.less_than]
        if sum(bound is not None for bound in bounds) != 1:
            return [
                (
                    f"criterion {self.claim!r}: give exactly one of"
                    " min_value, max_value, more_than, less_than"
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
            (">=", self.min_value),
            ("<=", self.max_value),
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
            low: The lower end of the interval; NaN when there is no interval.
            high: The upper end.

        Returns:
            The verdict.
        """
        if math.isnan(low) or math.isnan(high):
            return "INCONCLUSIVE"
        fulfilled_low, fulfilled_high = self._holds(low), self._holds(high)
        if fulfilled_low and fulfilled_high:
            return "SUPPORTED"
        if not fulfilled_low and not fulfilled_high:
            return "NOT SUPPORTED"
        return "INCONCLUSIVE"

    def to_dict(self) -> dict[str, object]:
        """The claim and its bound, as ``config.json`` holds them."""
        return {"claim": self.claim, "holds_when": self.condition_text}

    def _holds(self, value: float) -> bool:
        if self.min_value is not None:
            return value >= self.min_value
        if self.max_value is not None:
            return value <= self.max_value
        if self.more_than is not None:
            return value > self.more_than
        return self.less_than is not None and value < self.less_than


def _warn(old: str, new: str) -> None:
    text = f"Criterion.{old} is now Criterion.{new}"
    warnings.warn(text, DeprecationWarning, stacklevel=3)


Criterion.__init__ = renamed_arguments(  # type: ignore[method-assign]  # old names, for 0.2
    at_least="min_value", at_most="max_value"
)(Criterion.__init__)
