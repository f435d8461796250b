"""Bayes factors of t tests and of one-way layouts (JZS priors)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .._core.arithmetic import unit_of
from .._core.errors import InvalidDataError
from .._core.lazy import integrate, np
from .._core.options import check_above, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Comparison
from .._core.shown import shown
from .._core.wording import factor_number, factor_text
from .._data.groups import clean_groups, named
from .._data.values import Values, ValuesByItem, clean, kept
from .._tests.means.anova import anova
from .._tests.means.t_tests import one_sample_t, paired_t, student_t

DEFAULT_SCALE = math.sqrt(2) / 2
_MOST_LOG = 709.0  # a larger power of e is beyond a float


@dataclass(frozen=True, slots=True, kw_only=True)
class BayesFactor(Result):
    """How much better the alternative predicts the data than no difference does.

    ``bf10`` is at most 8e307, the largest power of e in a float; ``log_bf10`` has no such limit.
    """

    test: str
    bf10: float
    log_bf10: float
    prior: str
    details: dict[str, float] = field(default_factory=dict)

    @property
    def bf01(self) -> float:
        """The Bayes factor for no difference, 1 over ``bf10``."""
        return math.exp(min(-self.log_bf10, _MOST_LOG))

    @shown
    def __str__(self) -> str:
        return f"{factor_text('BF10', self.log_bf10)} ({self.words}; {self.prior})."

    @property
    def words(self) -> str:
        """The words of Jeffreys 1961 as revised by Lee and Wagenmakers 2013."""
        side = "for a difference" if self.log_bf10 > 0 else "for no difference"
        size = math.exp(min(abs(self.log_bf10), _MOST_LOG))
        grades = ((3, "anecdotal"), (10, "moderate"), (30, "strong"), (100, "very strong"))
        word = next((word for limit, word in grades if size < limit), "extreme")
        return f"{word} evidence {side}"

    def table(self) -> ResultTable:
        return ResultTable(
            title=f"Bayes factor ({self.test})",
            columns=("BF10", "BF01", "Evidence", "Prior"),
            rows=(
                (
                    factor_number(self.log_bf10),
                    factor_number(-self.log_bf10),
                    self.words,
                    self.prior,
                ),
            ),
        )


@checked_options
def bayes_t(
    control: ValuesByItem,
    treatment: ValuesByItem | None = None,
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

    Returns:
        The Bayes factor of a difference against no difference.

    Raises:
        InvalidDataError: The values do not vary.

    Example:
        >>> print(bench.bayes_t([1.0, 2.0, 3.0, 4.0], [3.0, 4.0, 6.0, 7.0]).words)
        anecdotal evidence for a difference
    """
    check_above("scale", scale)
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
        bf10=math.exp(min(log_bf, _MOST_LOG)),
        log_bf10=log_bf,
        prior=f"Cauchy({scale:.3f}) on the standardised effect",
        details={"t": result.statistic, "df": df},
    )


@checked_options
def bayes_anova(groups: Mapping[str, Values], *, scale: float = 0.5) -> BayesFactor:
    """The JZS Bayes factor of one-way groups of any sizes (Rouder et al. 2012, fixed effects).

    The g-prior is put on orthonormal contrasts, so the answer does not depend on their order.

    Args:
        groups: Values by group.
        scale: The width of the Cauchy prior on the effects.

    Returns:
        The Bayes factor of any difference against no difference.

    Raises:
        InvalidDataError: The values do not vary.
    """
    check_above("scale", scale)
    groups = {name: kept(values) for name, values in named(groups).items()}
    result = anova(groups)
    if math.isnan(result.statistic):
        raise InvalidDataError("values", "they do not vary, so there is no Bayes factor")
    log_bf = log_bayes_factor(list(clean_groups(groups).arrays.values()), scale)
    return BayesFactor(
        test="JZS ANOVA",
        bf10=math.exp(min(log_bf, _MOST_LOG)),
        log_bf10=log_bf,
        prior=f"Cauchy({scale:g}) on the effects",
        details={"f": result.statistic},
    )


def log_bayes_factor(groups: Sequence[Values], scale: float) -> float:
    """Rouder et al. 2012, equation for one fixed factor with g from an inverse chi-square."""
    arrays = [clean(each, "group")[0] for each in groups]
    unit = unit_of(*arrays)
    arrays = [each / unit for each in arrays]
    k, n = len(arrays), sum(map(len, arrays))
    y = np.concatenate(arrays)
    y = y - y.mean()
    # Orthonormal contrasts: the projection away from the mean, its unit eigenvectors as columns.
    centring = np.eye(k) - 1 / k
    contrasts = np.linalg.eigh(centring)[1][:, 1:]
    rows = np.repeat(np.arange(k), [len(each) for each in arrays])
    x = contrasts[rows]
    x = x - x.mean(axis=0)
    total = float(y @ y)
    gram, cross = x.T @ x, x.T @ y

    def log_density(u: float) -> float:
        g = math.exp(u)
        inner = gram + np.eye(k - 1) / g
        explained = float(cross @ np.linalg.solve(inner, cross))
        log = -0.5 * (k - 1) * u - 0.5 * float(np.linalg.slogdet(inner)[1])
        log -= (n - 1) / 2 * math.log((total - explained) / total)
        prior = math.log(scale) - 0.5 * math.log(2 * math.pi) - 1.5 * u - scale**2 / (2 * g)
        return log + prior + u

    peak = max((log_density(step / 4), step / 4) for step in range(-40, 60))
    parts = ((-15.0, peak[1]), (peak[1], peak[1] + 8), (peak[1] + 8, 60.0))
    mass = sum(
        float(integrate.quad(lambda u: math.exp(log_density(u) - peak[0]), *part, limit=400)[0])
        for part in parts
    )
    return peak[0] + math.log(mass)
