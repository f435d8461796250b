"""Posteriors of a mean difference, with the posterior mass inside the ROPE."""

from __future__ import annotations

import math
from itertools import pairwise

from .._core.arithmetic import is_constant, mean, standard_deviation, variance
from .._core.errors import InvalidDataError, InvalidOptionError
from .._core.lazy import FloatArray, integrate, optimize, special
from .._core.options import check_number, check_share, checked_options
from .._core.results import Interval
from .._data.pairs import clean_pairs
from .._data.values import Values, ValuesByItem, check_squares, clean
from .posterior import Posterior

# Location, scale and degrees of freedom of a Student t.
Student = tuple[float, float, float]


@checked_options
def bayes_mean(
    control: ValuesByItem,
    treatment: ValuesByItem | None = None,
    *,
    paired: bool = False,
    rope: float | None = None,
    level: float = 0.95,
) -> Posterior:
    """The posterior of a mean difference, with a region of practical equivalence (ROPE).

    With the reference prior the mean of one sample is Student's t around the sample mean (Gelman et
    al. 2013, Bayesian Data Analysis, 3.2). Two samples with spreads of their own give the
    difference of two such posteriors (Behrens and Fisher), by quadrature.

    Args:
        control: One value per item; the posterior of its mean when ``treatment`` is None.
        treatment: One value per item.
        paired: The same items in the same order.
        rope: Half the width of the region of practical equivalence around no difference.
        level: Of the credible interval.

    Returns:
        The posterior of the mean difference.

    Raises:
        InvalidDataError: The values do not vary.
        InvalidOptionError: A rope that is not positive.
        NotEnoughDataError: Fewer than two values.
    """
    rope = None if rope is None else check_number("rope", rope)
    check_share("level", level)
    if rope is not None and not rope > 0:
        raise InvalidOptionError("rope", rope, "positive: half the width of the region")
    if treatment is None:
        parts = [_student(clean(control, "values", min_count=2)[0])]
    elif paired:
        parts = [_student(clean_pairs(control, treatment).gaps)]
    else:
        first, _ = clean(control, "control", min_count=2)
        second, _ = clean(treatment, "treatment", min_count=2)
        parts = [_student(second), _student(first)]
    centre = parts[0][0] - (parts[1][0] if len(parts) > 1 else 0.0)
    below = _cdf(parts, -(rope or 0.0))
    above = 1 - _cdf(parts, rope) if rope else 1 - below
    low, high = (_quantile(parts, centre, p) for p in ((1 - level) / 2, (1 + level) / 2))
    return Posterior(
        test="difference of means" if treatment is not None else "mean",
        mean=centre,
        interval=Interval(low=low, high=high, level=level, method="equal tails", estimate=centre),
        prob_greater=above,
        prob_rope=max(0.0, 1 - below - above) if rope else None,
        prob_less=below,
        prior="reference prior",
        details={"rope": rope or 0.0},
    )


def _student(values: FloatArray) -> Student:
    check_squares(values, "values")
    if is_constant(values):
        raise InvalidDataError("values", "they do not vary, so there is no posterior")
    return mean(values), standard_deviation(values) / math.sqrt(len(values)), len(values) - 1.0


def _cdf(parts: list[Student], x: float) -> float:
    """P(difference <= x)."""
    centre, scale, df = parts[0]
    if len(parts) == 1:
        return float(special.stdtr(df, (x - centre) / scale))
    other_centre, other_scale, other_df = parts[1]
    constant = math.lgamma((other_df + 1) / 2) - math.lgamma(other_df / 2)
    constant -= 0.5 * math.log(other_df * math.pi)

    def density(u: float) -> float:
        log = constant - (other_df + 1) / 2 * math.log1p(u * u / other_df)
        shifted = (x + other_centre + other_scale * u - centre) / scale
        return math.exp(log) * float(special.stdtr(df, shifted))

    cuts = (-math.inf, -6.0, 0.0, 6.0, math.inf)
    return math.fsum(
        float(integrate.quad(density, low, high, limit=200)[0]) for low, high in pairwise(cuts)
    )


def _quantile(parts: list[Student], centre: float, p: float) -> float:
    reach = math.hypot(*(scale for _, scale, _ in parts))
    low, high = centre - reach, centre + reach
    while _cdf(parts, low) > p:
        low -= 2 * (high - low)
    while _cdf(parts, high) < p:
        high += 2 * (high - low)
    return float(optimize.brentq(lambda x: _cdf(parts, x) - p, low, high, xtol=1e-12 * reach))


@checked_options
def correlated_t(
    differences: Values, *, correlation: float, rope: float = 0.0, level: float = 0.95
) -> Posterior:
    """The mean of cross-validated differences, whose folds share data (Corani and Benavoli 2015).

    Args:
        differences: Treatment minus control, one per fold and repeat.
        correlation: The share of the data in a test fold.
        rope: Half the width of the region of practical equivalence.
        level: Of the credible interval.

    Returns:
        The posterior of the mean difference.

    Raises:
        InvalidDataError: The differences do not vary.
    """
    check_share("level", level)
    correlation = check_number("correlation", correlation)
    rope = check_number("rope", rope)
    check_share("level", level)
    array, _ = clean(differences, "differences", min_count=2)
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
