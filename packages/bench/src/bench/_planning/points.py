"""Which function gives the power of each design at one point."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import counts_power, rank_power
from . import power_functions as functions


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignPoint:
    """One point of a design."""

    n: float
    effect: float
    alpha: float
    side: str
    extra: dict[str, Any]

    @property
    def n2(self) -> float:
        return float(self.extra.get("n2") or self.n * self.extra["ratio"])

    @property
    def whole(self) -> tuple[int, int]:
        """Both sample sizes, rounded up."""
        return math.ceil(self.n - 1e-9), math.ceil(self.n2 - 1e-9)

    @property
    def halves(self) -> tuple[int, int]:
        """The two groups of a sample that is counted in all."""
        total = math.ceil(self.n - 1e-9)
        first = min(total - 1, max(1, round(total * self.extra["share"])))
        return first, total - first

    @property
    def discordant(self) -> tuple[float, float]:
        share = self.extra["discordance"]
        return (share + self.effect) / 2, (share - self.effect) / 2

    @property
    def rates(self) -> tuple[float, float]:
        return self.extra["p2"] + self.effect, self.extra["p2"]


Curve = Callable[[DesignPoint], float]

POWER_OF: dict[str, Curve] = {
    "t": lambda p: functions.independent_t(p.effect, p.n, p.n2, p.alpha, p.side),
    "welch-t": lambda p: functions.welch_power(
        p.effect, p.extra["sd_ratio"], (p.n, p.n2), p.alpha, p.side
    ),
    "paired-t": lambda p: functions.single_t(p.effect, p.n, p.alpha, p.side),
    "one-sample-t": lambda p: functions.single_t(p.effect, p.n, p.alpha, p.side),
    "anova": lambda p: functions.anova_power(p.effect, p.extra["groups"], p.n, p.alpha),
    "proportions": lambda p: functions.proportions_power(p.rates, (p.n, p.n2), p.alpha, p.side),
    "proportions-h": lambda p: functions.proportions_h(p.effect, p.n, p.n2, p.alpha, p.side),
    "one-proportion": lambda p: functions.one_proportion_h(p.effect, p.n, p.alpha, p.side),
    "chi-square": lambda p: functions.chi_square_power(p.effect, p.n, p.extra["df"], p.alpha),
    "mcnemar": lambda p: functions.mcnemar_power(*p.discordant, p.n, p.alpha, p.side),
    "mcnemar-exact": lambda p: counts_power.sign_power(
        *p.discordant, p.whole[0], p.alpha, p.side, mid=False
    ),
    "tost": lambda p: functions.tost_power(
        p.extra["margin"], p.effect, p.extra["sd"], p.n, p.alpha
    ),
    "mann-whitney": lambda p: functions.noether_power(
        p.effect, p.n, p.alpha, p.extra["share"], p.side
    ),
    "brunner-munzel": lambda p: rank_power.brunner_munzel_power(
        p.effect, *p.halves, p.alpha, p.side
    ),
    "wilcoxon": lambda p: rank_power.wilcoxon_power(p.effect, p.whole[0], p.alpha, p.side),
    "eval-paired": lambda p: functions.miller_power(
        p.effect, p.extra["variance"], p.n, p.alpha, p.side
    ),
}

# The test that runs, where the formula above is a normal approximation.
EXACT: dict[str, Curve] = {
    "proportions": lambda p: counts_power.score_power(p.rates, p.whole, p.alpha, p.side),
    "mcnemar": lambda p: counts_power.sign_power(
        *p.discordant, p.whole[0], p.alpha, p.side, mid=True
    ),
    "mann-whitney": lambda p: rank_power.mann_whitney_power(p.effect, *p.halves, p.alpha, p.side),
    "eval-paired": lambda p: functions.single_t(
        p.effect / math.sqrt(p.extra["variance"]), p.n, p.alpha, p.side
    ),
}
EXACT_MOST = 3000  # beyond it the normal approximation is within .2 points
DISCRETE = ("proportions", "mcnemar", "mann-whitney")
WHOLE_ONLY = ("mcnemar-exact", "brunner-munzel", "wilcoxon")


def _pairs(point: DesignPoint, sd: float) -> float:
    """Clustered pairs: a t test with the design effect, and one degree less than clusters."""
    size = point.extra["cluster_size"]
    spread = sd * math.sqrt(1 + (size - 1) * point.extra["icc"])
    shift = point.effect / spread * math.sqrt(point.n)
    return functions.t_power(shift, max(point.n / size - 1, 1.0), point.alpha, point.side)


def _groups(point: DesignPoint, squares: tuple[float, float]) -> float:
    """Clustered groups with the variances of their values."""
    size = point.extra["cluster_size"]
    design = 1 + (size - 1) * point.extra["icc"]
    parts = squares[0] * design / point.n, squares[1] * design / point.n2
    counts = max(point.n / size - 1, 1.0), max(point.n2 / size - 1, 1.0)
    df = sum(parts) ** 2 / (parts[0] ** 2 / counts[0] + parts[1] ** 2 / counts[1])
    return functions.t_power(point.effect / math.sqrt(sum(parts)), df, point.alpha, point.side)


def _spread(p: DesignPoint) -> float:
    return math.sqrt(max(p.extra["discordance"] - p.effect**2, 1e-12))


def _binomials(p: DesignPoint) -> tuple[float, float]:
    first, second = p.rates
    return first * (1 - first), second * (1 - second)


CLUSTERED: dict[str, Curve] = {
    "t": lambda p: _groups(p, (1.0, 1.0)),
    "welch-t": lambda p: _groups(p, (p.extra["sd_ratio"] ** 2, 1.0)),
    "paired-t": lambda p: _pairs(p, 1.0),
    "proportions": lambda p: _groups(p, _binomials(p)),
    "mcnemar": lambda p: _pairs(p, _spread(p)),
    "eval-paired": lambda p: _pairs(p, math.sqrt(p.extra["variance"])),
}
