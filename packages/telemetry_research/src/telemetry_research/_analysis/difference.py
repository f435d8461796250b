"""The result of comparing two experiments."""

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One metric of two experiments.

    Attributes:
        metric: ``latency_ms``, ``cost_usd`` (means per request) or ``success_rate``.
        control: Its value there.
        treatment: Its value here.
        difference: Treatment minus control.
        interval: The 95 % interval of the difference; None with fewer than two values.
        improvement_pct: Relative to the control; positive is better, which for latency and cost
            means less. None when the control is zero.
        test: The comparison of ``bench``, when asked for.
    """

    metric: str
    control: float
    treatment: float
    difference: float
    interval: tuple[float, float] | None
    improvement_pct: float | None
    test: Any = None

    def __str__(self) -> str:
        low, high = self.interval or (math.nan, math.nan)
        better = "" if self.improvement_pct is None else f", {self.improvement_pct:+.1f} % better"
        text = f"{self.metric}: {self.control:.6g} to {self.treatment:.6g}, difference"
        return f"{text} {self.difference:+.6g} [{low:.6g}, {high:.6g}]{better}"

    def to_dict(self) -> dict[str, Any]:
        """The difference as plain values."""
        found = {name: getattr(self, name) for name in self.__slots__ if name != "test"}
        return {**found, "test": None if self.test is None else self.test.to_dict()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentComparison:
    """A control and one treatment on one level of requests."""

    control: str
    treatment: str
    level: str
    direction: str
    differences: tuple[Difference, ...]

    def __getitem__(self, metric: str) -> Difference:
        for each in self.differences:
            if each.metric == metric:
                return each
        known = ", ".join(each.metric for each in self.differences)
        raise KeyError(f"no difference in {metric!r}; there is: {known}")

    def __str__(self) -> str:
        head = f"{self.treatment} minus {self.control}, {self.level} requests"
        return "\n".join([head, *(f"  {each}" for each in self.differences)])

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain values."""
        found = {name: getattr(self, name) for name in self.__slots__}
        return {**found, "differences": [each.to_dict() for each in self.differences]}
