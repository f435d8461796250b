"""The posterior of a difference, as a result."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from .._core.rendering import Result, ResultTable
from .._core.results import Interval
from .._core.shown import shown
from .._core.wording import number


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior(Result):
    """The posterior distribution of a difference: mean, interval, and probabilities."""

    test: str
    mean: float
    interval: Interval
    prob_greater: float
    prob_rope: float | None
    prob_less: float
    prior: str
    bf10: float = math.nan
    details: dict[str, float] = field(default_factory=dict)

    @shown
    def __str__(self) -> str:
        text = f"posterior mean = {number(self.mean)}, {self.interval.level:.0%} credible interval"
        text += f" [{number(self.interval.low)}, {number(self.interval.high)}],"
        if self.prob_rope is not None:
            text += f" P(equivalent) = {self.prob_rope:.3f},"
        return f"{text} P(treatment better) = {self.prob_greater:.3f} ({self.prior})."

    def table(self) -> ResultTable:
        rope = "" if self.prob_rope is None else f"{self.prob_rope:.3f}"
        return ResultTable(
            title=f"Posterior ({self.test})",
            columns=("Mean", "Low", "High", "P(less)", "P(equivalent)", "P(greater)"),
            rows=(
                (
                    number(self.mean),
                    number(self.interval.low),
                    number(self.interval.high),
                    f"{self.prob_less:.3f}",
                    rope,
                    f"{self.prob_greater:.3f}",
                ),
            ),
            notes=(self.prior,),
        )
