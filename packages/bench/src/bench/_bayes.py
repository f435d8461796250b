"""Bayesian counterparts: JZS Bayes factors, beta posteriors, and the correlated t test."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

from ._anova import anova
from ._bayes_anova import log_bayes_factor
from ._errors import InvalidDataError
from ._lazy import integrate, special
from ._numbers import Values, check_share, clean, mean, variance
from ._rendering import Result, Table
from ._results import Comparison, Interval
from ._t_tests import one_sample_t, paired_t, student_t
from ._wording import number

DEFAULT_SCALE = math.sqrt(2) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class BayesFactor(Result):
    """How much better the alternative predicts the data than no difference does."""

    test: str
    bf10: float
    log_bf10: float
    prior: str
    details: dict[str, float] = field(default_factory=dict)

    @property
    def bf01(self) -> float:
        return math.exp(-self.log_bf10)

    def __str__(self) -> str:
        return f"BF10 = {number(self.bf10)} ({self.words}; {self.prior})."

    @property
    def words(self) -> str:
        """The words of Jeffreys 1961 as revised by Lee and Wagenmakers 2013."""
        side = "for a difference" if self.log_bf10 > 0 else "for no difference"
        size = math.exp(abs(self.log_bf10))
        grades = ((3, "anecdotal"), (10, "moderate"), (30, "strong"), (100, "very strong"))
        word = next((word for limit, word in grades if size < limit), "extreme")
        return f"{word} evidence {side}"

    def table(self) -> Table:
        return Table(
            title=f"Bayes factor ({self.test})",
            columns=("BF10", "BF01", "Evidence", "Prior"),
            rows=((number(self.bf10), number(self.bf01), self.words, self.prior),),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior(Result):
    """What the data say about a difference, as probabilities."""

    test: str
    mean: float
    interval: Interval
    prob_greater: float
    prob_rope: float | None
    prob_less: float
    prior: str
    bf10: float = math.nan
    details: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        text = f"posterior mean = {number(self.mean)}, {self.interval.level:.0%} credible interval"
        text += f" [{number(self.interval.low)}, {number(self.interval.high)}],"
        if self.prob_rope is not None:
            text += f" P(equivalent) = {self.prob_rope:.3f},"
        return f"{text} P(treatment better) = {self.prob_greater:.3f} ({self.prior})."

    def table(self) -> Table:
        rope = "" if self.prob_rope is None else f"{self.prob_rope:.3f}"
        return Table(
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


def bayes_t(
    control: Values,
    treatment: Values | None = None,
    *,
    paired: bool = False,
    scale: float = DEFAULT_SCALE,
) -> BayesFactor:
    """The JZS Bayes factor of a t test (Rouder et al. 2009).

    Args:
        control: One value per item; tested against 0 when ``treatment`` is None.
        treatment: One value per item.
        paired: The same items in the same order.
        scale: The width of the Cauchy prior on the standardised effect.

    Raises:
        InvalidDataError: The values do not vary.
    """
    if treatment is None:
        result = one_sample_t(control)
    else:
        result = paired_t(control, treatment) if paired else student_t(control, treatment)
    if math.isnan(result.statistic):
        raise InvalidDataError("values", "they do not vary, so there is no Bayes factor")
    counts = list(result.n.values())
    size = float(counts[0])
    if len(counts) > 1:
        size = counts[0] * counts[1] / (counts[0] + counts[1])
    return _jzs(result, size, result.df[0], scale)


def _jzs(result: Comparison, size: float, df: float, scale: float) -> BayesFactor:
    t2 = result.statistic**2

    def log_density(u: float) -> float:
        g = math.exp(u)
        spread = 1 + size * g * scale**2
        value = -0.5 * math.log(spread)
        value -= (df + 1) / 2 * (math.log1p(t2 / (spread * df)) - math.log1p(t2 / df))
        return value - 0.5 * math.log(2 * math.pi) - 1.5 * u - 1 / (2 * g) + u

    peak = max((log_density(step / 4), step / 4) for step in range(-48, 200))
    log_bf = peak[0] + math.log(
        sum(
            float(
                integrate.quad(
                    lambda u: math.exp(log_density(u) - peak[0]), *part, epsrel=1e-11, limit=500
                )[0]
            )
            for part in ((-12.0, peak[1]), (peak[1], peak[1] + 10), (peak[1] + 10, 120.0))
        )
    )
    return BayesFactor(
        test=f"JZS, {result.title}",
        bf10=math.exp(min(log_bf, 709.0)),
        log_bf10=log_bf,
        prior=f"Cauchy({scale:.3f}) on the standardised effect",
        details={"t": result.statistic, "df": df},
    )


def bayes_anova(groups: dict[str, Values], *, scale: float = 0.5) -> BayesFactor:
    """The JZS Bayes factor of one-way groups of any sizes (Rouder et al. 2012, fixed effects).

    The g-prior is put on orthonormal contrasts, so the answer does not depend on their order.

    Raises:
        InvalidDataError: The values do not vary.
    """
    result = anova(groups)
    if math.isnan(result.statistic):
        raise InvalidDataError("values", "they do not vary, so there is no Bayes factor")
    log_bf = log_bayes_factor(list(groups.values()), scale)
    return BayesFactor(
        test="JZS ANOVA",
        bf10=math.exp(log_bf),
        log_bf10=log_bf,
        prior=f"Cauchy({scale:g}) on the effects",
        details={"f": result.statistic},
    )


def bayes_proportions(
    control_successes: int,
    control_n: int,
    treatment_successes: int,
    treatment_n: int,
    *,
    prior: tuple[float, float] = (1.0, 1.0),
    rope: float | None = None,
    level: float = 0.95,
) -> Posterior:
    """Two success rates with independent beta priors.

    Args:
        control_successes: Of the control.
        control_n: Of the control.
        treatment_successes: Of the treatment.
        treatment_n: Of the treatment.
        prior: The two parameters of both beta priors.
        rope: Half the width of the region of practical equivalence around no difference.
        level: Of the credible intervals.

    Raises:
        InvalidOptionError: A level outside 0 to 1.
    """
    check_share("level", level)
    a, b = prior
    a1, b1 = a + treatment_successes, b + treatment_n - treatment_successes
    a2, b2 = a + control_successes, b + control_n - control_successes
    below = _difference_cdf(a1, b1, a2, b2, -rope if rope else 0.0)
    above = 1 - (_difference_cdf(a1, b1, a2, b2, rope) if rope else below)
    tail = (1 - level) / 2
    ends = [_difference_quantile(a1, b1, a2, b2, p) for p in (tail, 1 - tail)]
    gap = a1 / (a1 + b1) - a2 / (a2 + b2)
    log_bf = float(
        special.betaln(a1, b1)
        + special.betaln(a2, b2)
        - special.betaln(a, b)
        - special.betaln(a1 + a2 - a, b1 + b2 - b)
    )
    return Posterior(
        test="two proportions",
        mean=gap,
        interval=Interval(
            low=ends[0], high=ends[1], level=level, method="equal tails", estimate=gap
        ),
        prob_greater=above,
        prob_rope=1 - below - above if rope else None,
        prob_less=below,
        prior=f"Beta({a:g}, {b:g}) on each rate",
        bf10=math.exp(min(log_bf, 709.0)),
        details={
            "treatment_mean": a1 / (a1 + b1),
            "treatment_low": float(special.betaincinv(a1, b1, tail)),
            "treatment_high": float(special.betaincinv(a1, b1, 1 - tail)),
            "control_mean": a2 / (a2 + b2),
            "control_low": float(special.betaincinv(a2, b2, tail)),
            "control_high": float(special.betaincinv(a2, b2, 1 - tail)),
        },
    )


def _difference_cdf(a1: float, b1: float, a2: float, b2: float, gap: float) -> float:
    """P(p1 - p2 <= gap) by integrating the treatment against the control."""
    constant = float(special.betaln(a2, b2))

    def density(p: float) -> float:
        if p <= 0 or p >= 1:
            return 0.0
        log = (a2 - 1) * math.log(p) + (b2 - 1) * math.log1p(-p) - constant
        upper = min(1.0, max(0.0, p + gap))
        return math.exp(log) * float(special.betainc(a1, b1, upper))

    mode = min(max(a2 / (a2 + b2), 1e-6), 1 - 1e-6)
    spread = math.sqrt(mode * (1 - mode) / (a2 + b2 + 1))
    cuts = sorted({0.0, max(0.0, mode - 8 * spread), mode, min(1.0, mode + 8 * spread), 1.0})
    parts = itertools.pairwise(cuts)
    return min(1.0, sum(float(integrate.quad(density, *part, limit=300)[0]) for part in parts))


def _difference_quantile(a1: float, b1: float, a2: float, b2: float, p: float) -> float:
    low, high = -1.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _difference_cdf(a1, b1, a2, b2, middle) < p else (low, middle)
    return (low + high) / 2


def bayes_mcnemar(
    wins: int, losses: int, *, prior: tuple[float, float] = (1.0, 1.0), level: float = 0.95
) -> Posterior:
    """The share of discordant pairs that the treatment wins, with a beta prior.

    Args:
        wins: Pairs only the treatment got right.
        losses: Pairs only the control got right.
        prior: The two parameters of the beta prior.
        level: Of the credible interval.

    Raises:
        InvalidOptionError: A level outside 0 to 1.
    """
    check_share("level", level)
    a, b = prior[0] + wins, prior[1] + losses
    tail = (1 - level) / 2
    below = float(special.betainc(a, b, 0.5))
    log_bf = float(special.betaln(a, b) - special.betaln(*prior)) + (wins + losses) * math.log(2)
    return Posterior(
        test="discordant pairs",
        mean=a / (a + b),
        interval=Interval(
            low=float(special.betaincinv(a, b, tail)),
            high=float(special.betaincinv(a, b, 1 - tail)),
            level=level,
            method="equal tails",
            estimate=a / (a + b),
        ),
        prob_greater=float(special.betaincc(a, b, 0.5)),
        prob_rope=None,
        prob_less=below,
        prior=f"Beta({prior[0]:g}, {prior[1]:g}) on the share of discordant pairs won",
        bf10=math.exp(min(log_bf, 709.0)),
    )


def correlated_t(
    differences: Values, *, correlation: float, rope: float = 0.0, level: float = 0.95
) -> Posterior:
    """The mean of cross-validated differences, whose folds share data (Corani and Benavoli 2015).

    Args:
        differences: Treatment minus control, one per fold and repeat.
        correlation: The share of the data in a test fold.
        rope: Half the width of the region of practical equivalence.
        level: Of the credible interval.

    Raises:
        InvalidDataError: The differences do not vary.
    """
    check_share("level", level)
    array, _ = clean(differences, "differences", least=2)
    n, centre = len(array), mean(array)
    scale = math.sqrt(variance(array) * (1 / n + correlation / (1 - correlation)))
    if scale == 0.0:
        raise InvalidDataError("differences", "they do not vary, so there is no posterior")
    df = n - 1.0
    below = float(special.stdtr(df, (-rope - centre) / scale))
    above = float(special.stdtr(df, -(rope - centre) / scale))
    half = -float(special.stdtrit(df, (1 - level) / 2)) * scale
    return Posterior(
        test="correlated t",
        mean=centre,
        interval=Interval(
            low=centre - half,
            high=centre + half,
            level=level,
            method="Student posterior",
            estimate=centre,
        ),
        prob_greater=above,
        prob_rope=1 - below - above,
        prob_less=below,
        prior="matching prior of Corani and Benavoli",
        details={"scale": scale, "df": df},
    )
