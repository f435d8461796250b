"""Criteria stated before the run, and the verdict on them after it."""

import dataclasses
import itertools
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from .._core.deprecated import renamed_arguments

Verdict = Literal["SUPPORTED", "NOT SUPPORTED", "INCONCLUSIVE", "NO VERDICT"]
Measure = Literal["difference", "ratio", "relative"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A claim about one metric that the data can support or contradict.

    Without ``against`` it is about the condition's own value, with ``against`` about how it differs
    from that of the other one. A lower and an upper bound together claim equivalence. A lower bound
    below zero (``min_value=-0.02`` for an accuracy) claims non-inferiority.

    Attributes:
        claim: The claim in words.
        metric: The name of the metric.
        condition: The condition it is about.
        against: The condition it is compared with; empty to judge the value itself.
        measure: With ``against``: ``difference`` (this condition minus the other one), ``ratio``
            (this one over the other one: 0.5 is half), or ``relative`` (the ratio minus 1: 0.15
            is 15 % more).
        min_value: The lowest value that fulfils the claim.
        max_value: The highest value that fulfils the claim.
        more_than: The value that must be exceeded.
        less_than: The value that must not be reached.
    """

    claim: str
    metric: str
    condition: str
    against: str = ""
    measure: Measure = "difference"
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
        found = [*self._bound_problems(), *self._measure_problems()]
        return [f"criterion {self.claim!r}: {text}" for text in found]

    def _bound_problems(self) -> list[str]:
        lower = [each for each in (self.min_value, self.more_than) if each is not None]
        upper = [each for each in (self.max_value, self.less_than) if each is not None]
        if not lower and not upper:
            return ["give a bound: min_value, max_value, more_than or less_than"]
        if len(lower) > 1 or len(upper) > 1:
            return ["give at most one of min_value and more_than, and of max_value and less_than"]
        if not all(_is_number(each) for each in lower + upper):
            return ["a bound is not a finite number"]
        if lower and upper and not lower[0] < upper[0]:
            return [f"the lower bound {lower[0]:g} is not below the upper one {upper[0]:g}"]
        return []

    def _measure_problems(self) -> list[str]:
        if self.measure not in get_args(Measure):
            known = ", ".join(get_args(Measure))
            return [f"unknown measure {self.measure!r}; known: {known}"]
        if self.measure != "difference" and not self.against:
            return [f"measure={self.measure!r} compares with a condition; name it in against"]
        if self.against and self.against == self.condition:
            return [f"{self.condition!r} is compared with itself"]
        return []

    @property
    def condition_text(self) -> str:
        """The bounds in symbols, for a table."""
        subject = f"{self.metric} of {self.condition}"
        if self.against:
            joined = {"difference": "minus", "ratio": "over", "relative": "relative to"}
            subject = f"{subject} {joined[self.measure]} {self.against}"
        bounds = [
            f"{sign} {self._bound_text(bound)}"
            for sign, bound in (
                (">=", self.min_value),
                (">", self.more_than),
                ("<=", self.max_value),
                ("<", self.less_than),
            )
            if bound is not None
        ]
        return f"{subject} {' and '.join(bounds)}"

    def _bound_text(self, bound: float) -> str:
        return f"{100 * bound:+g} %" if self.measure == "relative" else f"{bound:g}"

    def judge(self, low: float, high: float) -> Verdict:
        """The verdict, given the interval of the value or of the difference.

        The claim is supported when the whole interval fulfils it, not supported when the whole
        interval lies beyond one of its bounds, and inconclusive otherwise.

        Args:
            low: The lower end of the interval; NaN when there is no interval.
            high: The upper end.

        Returns:
            The verdict.
        """
        if math.isnan(low) or math.isnan(high):
            return "INCONCLUSIVE"
        if self._above(low) and self._below(high):
            return "SUPPORTED"
        if not self._above(high) or not self._below(low):
            return "NOT SUPPORTED"
        return "INCONCLUSIVE"

    def to_dict(self) -> dict[str, object]:
        """The claim and its bounds, as ``config.json`` holds them."""
        return {"claim": self.claim, "holds_when": self.condition_text}

    def _above(self, value: float) -> bool:
        """Whether a value fulfils the lower bound."""
        if self.min_value is not None:
            return value >= self.min_value
        return self.more_than is None or value > self.more_than

    def _below(self, value: float) -> bool:
        """Whether a value fulfils the upper bound."""
        if self.max_value is not None:
            return value <= self.max_value
        return self.less_than is None or value < self.less_than


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _warn(old: str, new: str) -> None:
    text = f"Criterion.{old} is now Criterion.{new}"
    warnings.warn(text, DeprecationWarning, stacklevel=3)


Criterion.__init__ = renamed_arguments(  # type: ignore[method-assign]  # old names, for 0.2
    at_least="min_value", at_most="max_value"
)(Criterion.__init__)


def claims_of_made(
    criteria: Sequence[Criterion], made: Mapping[str, Mapping[str, str]]
) -> tuple[Criterion, ...]:
    """The claims, those about conditions that several are made of once for each of these.

    Args:
        criteria: The claims, with the names of conditions as the class has them.
        made: By the name of a condition, the names of those made of it by what they differ in. A
            claim about two such conditions compares those that share it, if all do.
    """
    found = []
    for claim in criteria:
        names = {side: getattr(claim, side) for side in ("condition", "against")}
        sides = {side: made[name] for side, name in names.items() if len(made.get(name, ())) > 1}
        if not sides:
            found.append(claim)
            continue
        shared = len({frozenset(each) for each in sides.values()}) == 1
        for labels in itertools.product(*sides.values()):
            if shared and len(set(labels)) > 1:
                continue
            chosen: dict[str, Any] = {
                side: sides[side][label] for side, label in zip(sides, labels, strict=True)
            }
            text = f"{claim.claim} ({'; '.join(dict.fromkeys(labels))})"
            found.append(dataclasses.replace(claim, claim=text, **chosen))
    return tuple(found)


def control_of_made(control: str, made: Mapping[str, Mapping[str, str]]) -> str:
    """The control's name: that of the first condition that is made of it.

    Args:
        control: The name as the class has it.
        made: The names of the conditions made of each.
    """
    return next(iter(made.get(control, {}).values()), control)
