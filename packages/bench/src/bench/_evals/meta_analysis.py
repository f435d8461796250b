"""One answer from several runs or studies: meta-analysis with fixed or random effects."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from .._core.errors import InvalidDataError, NotEnoughDataError, UnequalLengthsError
from .._core.lazy import FloatArray, np, optimize
from .._core.noncentral import chi2_below, chi2_median
from .._core.notes import note
from .._core.options import check_choice, check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Comparison, Interval, Note
from .._core.shown import shown
from .._core.tails import chi2_p, normal_p, normal_quantile, t_p, t_quantile
from .._core.wording import bracket, number, p_text, percent
from .._data.groups import names_of
from .._data.intake import by_index, mapped, plain_list, split_ids
from .._data.values import check_squares, clean

MetaMethod = Literal["reml", "dl", "fixed"]
METHODS: tuple[MetaMethod, ...] = get_args(MetaMethod)
_FEW = 5
_TINY = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaStudy(Result):
    """One run or study: its estimate, interval and share of the weight."""

    name: str
    estimate: float
    se: float
    interval: Interval
    weight: float

    @shown
    def __str__(self) -> str:
        share = percent(round(self.weight, 3))
        return f"{self.name}: {number(self.estimate)}, {self.interval}, {share} of the weight."

    def table(self) -> ResultTable:
        return ResultTable(title=self.name, columns=_COLUMNS, rows=(_row(self),))


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaAnalysis(Result):
    """The mean effect, how far the studies differ, and where a new study would lie.

    Attributes:
        tau: The standard deviation of the true effects between studies.
        i_squared: The share of the spread that is not sampling error.
        cochran_q: Cochran's Q, with its degrees of freedom and p-value.
        prediction: The interval of the true effect of a new study.
        studies: The rows of a forest plot.
    """

    estimate: float
    se: float
    interval: Interval
    p_value: float
    tau: float
    tau_interval: Interval
    i_squared: float
    cochran_q: float
    q_df: int
    q_p_value: float
    prediction: Interval
    studies: tuple[MetaStudy, ...]
    method: str
    warnings: tuple[Note, ...] = ()

    @shown
    def __str__(self) -> str:
        return (
            f"estimate = {number(self.estimate)}, {self.interval}, {p_text(self.p_value)}"
            f" ({len(self.studies)} studies, {_NAMES[self.method]});"
            f" tau = {number(self.tau)} {bracket(*self.tau_interval)},"
            f" I² = {percent(round(100 * self.i_squared) / 100)},"
            f" Q({self.q_df}) = {number(self.cochran_q)}, {p_text(self.q_p_value)};"
            f" a new study: {bracket(*self.prediction)}."
        )

    def table(self) -> ResultTable:
        total = ("all", number(self.estimate), *map(number, self.interval), "100%")
        return ResultTable(
            title="Meta-analysis",
            columns=_COLUMNS,
            rows=(*map(_row, self.studies), total),
            notes=(str(self), *map(str, self.warnings)),
        )


_COLUMNS = ("Study", "Estimate", "Low", "High", "Weight")
_NAMES = {
    "reml": "random effects, REML",
    "dl": "random effects, DerSimonian-Laird",
    "fixed": "fixed effect",
}


def _row(study: MetaStudy) -> tuple[str, ...]:
    low, high = study.interval
    share = percent(round(100 * study.weight, 1) / 100)
    return (study.name, number(study.estimate), number(low), number(high), share)


@checked_options
def meta_analysis(
    estimates: Sequence[float] | Mapping[str, float | Comparison] | Sequence[Comparison],
    errors: Sequence[float] | Mapping[str, float] | None = None,
    *,
    method: MetaMethod = "reml",
    hartung_knapp: bool = True,
    level: float = 0.95,
) -> MetaAnalysis:
    """The mean effect over runs, models or studies, with their heterogeneity.

    Args:
        estimates: One estimate per study, in order or by name; or the comparisons themselves, whose
            estimates and standard errors are taken. Ratios belong here as logarithms.
        errors: The standard error of each estimate; left out for comparisons.
        method: ``reml`` or ``dl`` (DerSimonian and Laird 1986) for random effects; ``fixed`` for
            one common effect.
        hartung_knapp: For random effects the t interval with the spread of the studies (Hartung
            and Knapp 2001), never narrower than the normal one.
        level: The level of all intervals.

    Returns:
        The mean effect, tau with its Q-profile interval (Viechtbauer 2007), I², the prediction
        interval (Higgins, Thompson and Spiegelhalter 2009), and the rows of a forest plot.

    Raises:
        NotEnoughDataError: Fewer than two studies.
        InvalidDataError: A standard error that is not above 0.

    Example:
        >>> print(bench.meta_analysis([0.10, 0.14, 0.06], [0.03, 0.04, 0.03]).interval)
        95% CI [0.000113, 0.189]
    """
    check_choice("method", method, METHODS)
    check_share("level", level)
    names, y, se = _studies(estimates, errors)
    v, k = se**2, len(y)
    fixed = 1 / v
    common = float(fixed @ y) / float(fixed.sum())
    q = float(fixed @ (y - common) ** 2)
    tau2 = {"reml": _reml, "dl": _dersimonian_laird, "fixed": lambda *_: 0.0}[method](y, v)
    weights = 1 / (v + tau2)
    total = float(weights.sum())
    estimate = float(weights @ y) / total
    error, tail = 1 / math.sqrt(total), 0.5 + level / 2
    random = method != "fixed"
    if random and hartung_knapp:
        spread = float(weights @ (y - estimate) ** 2) / (k - 1) / total
        error = math.sqrt(max(spread, 1 / total))
        reach = t_quantile(tail, k - 1.0)
        p_value = t_p(estimate / error, k - 1.0, "two-sided")[0]
    else:
        reach, p_value = normal_quantile(tail), normal_p(estimate / error, "two-sided")[0]
    around = t_quantile(tail, max(k - 2.0, 1.0)) if random else reach
    typical = (k - 1) * float(fixed.sum()) / (float(fixed.sum()) ** 2 - float((fixed**2).sum()))
    below = chi2_below(q, k - 1.0, level)
    low, high = _q_profile(y, v, level)
    shares = weights / total
    return MetaAnalysis(
        estimate=estimate,
        se=error,
        interval=_interval(estimate, reach * error, level, _NAMES[method]),
        p_value=p_value,
        tau=math.sqrt(tau2),
        tau_interval=Interval(
            low=low,
            high=high,
            level=level,
            method="Q-profile",
            estimate=math.sqrt(tau2),
            warnings=(note("BELOW_CHANCE"),) if below else (),
        ),
        i_squared=tau2 / (tau2 + typical) if random else max(0.0, 1 - (k - 1) / q) if q else 0.0,
        cochran_q=q,
        q_df=k - 1,
        q_p_value=chi2_p(q, k - 1.0)[0],
        prediction=_interval(
            estimate, around * math.sqrt(tau2 + error**2), level, "prediction of a new study"
        ),
        studies=tuple(
            MetaStudy(
                name=name,
                estimate=float(each),
                se=float(own),
                interval=_interval(
                    float(each), normal_quantile(tail) * float(own), level, "normal"
                ),
                weight=float(share),
            )
            for name, each, own, share in zip(names, y, se, shares, strict=True)
        ),
        method=method,
        warnings=(note("FEW_STUDIES", f"{k} studies"),) if k < _FEW and random else (),
    )


def _studies(
    estimates: Sequence[float] | Mapping[str, float | Comparison] | Sequence[Comparison],
    errors: Sequence[float] | Mapping[str, float] | None,
) -> tuple[list[str], FloatArray, FloatArray]:
    named, errors = _named(estimates, errors)
    found = list(named.values())
    if errors is None:
        values = [each for each in found if isinstance(each, Comparison)]
        if len(values) < len(found):
            raise InvalidDataError("errors", "needed unless the estimates are comparisons")
        y, se = [each.estimate for each in values], [each.se for each in values]
    else:
        y = [each.estimate if isinstance(each, Comparison) else each for each in found]
        se = plain_list(split_ids(errors, "errors")[1])
    if len(y) < 2:  # one study has nothing to be pooled with
        raise NotEnoughDataError("studies", needed=2, got=len(y))
    if len(y) != len(se):
        raise UnequalLengthsError(len(y), len(se), "one standard error per estimate")
    array, _ = clean(y, "estimates")
    wide, _ = clean(se, "errors")
    check_squares(array, "estimates")
    check_squares(wide, "errors")
    if float(wide.min()) <= 0:
        raise InvalidDataError("errors", "a standard error must be above 0")
    check_squares(wide.min(keepdims=True), "errors")
    return list(named), array, wide


def _named(
    estimates: Any, errors: Any
) -> tuple[dict[str, float | Comparison], Sequence[float] | None]:
    """Estimates by the name of their study, and their errors in the same order."""
    if by_index(estimates) or isinstance(estimates, Mapping):
        estimates, errors = mapped(estimates, "estimates"), mapped(errors, "errors")
        named = names_of(estimates.items())
        if not isinstance(errors, Mapping):
            return named, errors
        given = names_of(errors.items())
        if set(given) != set(named):
            raise InvalidDataError("errors", "the names are not those of the estimates")
        return named, [given[name] for name in named]
    if isinstance(errors, Mapping):
        raise InvalidDataError("errors", "have names while the estimates have none")
    _, listed = split_ids(estimates, "estimates")
    studies = enumerate(plain_list(listed), start=1)
    return {f"study {place}": value for place, value in studies}, errors


def _interval(centre: float, half: float, level: float, method: str) -> Interval:
    return Interval(
        low=centre - half, high=centre + half, level=level, method=method, estimate=centre
    )


def _dersimonian_laird(y: FloatArray, v: FloatArray) -> float:
    w = 1 / v
    q = float(w @ (y - float(w @ y) / float(w.sum())) ** 2)
    scale = float(w.sum()) - float((w**2).sum()) / float(w.sum())
    return max(0.0, (q - (len(y) - 1)) / scale)


def _reml(y: FloatArray, v: FloatArray) -> float:
    """The restricted maximum of the likelihood, searched over the scale of the data."""

    def loss(tau2: float) -> float:
        w = 1 / (v + tau2)
        centre = float(w @ y) / float(w.sum())
        return (
            float(np.log(v + tau2).sum()) + math.log(float(w.sum())) + float(w @ (y - centre) ** 2)
        )

    most = 10 * (float(np.var(y)) + float(v.max()))
    grid = np.r_[0.0, np.geomspace(most * 1e-8, most, 60)]
    at = int(np.argmin([loss(float(each)) for each in grid]))
    low, high = float(grid[max(0, at - 1)]), float(grid[min(len(grid) - 1, at + 1)])
    found = optimize.minimize_scalar(
        loss, bounds=(low, high), method="bounded", options={"xatol": _TINY * most}
    )
    return 0.0 if loss(0.0) <= float(found.fun) else float(found.x)


def _q_profile(y: FloatArray, v: FloatArray, level: float) -> tuple[float, float]:
    """The tau at which the generalised Q is at the quantiles of its chi-square distribution."""
    df = len(y) - 1.0

    def q_of(values: FloatArray, tau2: float) -> float:
        w = 1 / (v + tau2)
        return float(w @ (values - float(w @ values) / float(w.sum())) ** 2)

    def root(tail: float, values: FloatArray) -> float:
        def gap(tau2: float) -> float:
            return chi2_p(q_of(values, tau2), df)[0] - tail

        if gap(0.0) >= 0:  # the observed spread is no larger than without heterogeneity
            return 0.0
        high = float(np.var(values)) + float(v.max())
        while gap(high) < 0:
            high *= 4
        return math.sqrt(float(optimize.brentq(gap, 0.0, high, xtol=1e-14, rtol=1e-12)))

    low, high = (1 - level) / 2, (1 + level) / 2
    spread = q_of(y, 0.0)
    if not chi2_below(spread, df, level):
        return root(low, y), root(high, y)
    # Smaller than chance alone leaves it: the upper end of estimates that are spread as usual.
    usual = (y - y.mean()) * math.sqrt(chi2_median(df) / spread) if spread > _TINY else None
    return 0.0, root(high, _spread_out(v, df) if usual is None else usual)


def _spread_out(v: FloatArray, df: float) -> FloatArray:
    """Estimates whose Q is at its median, for studies that all found the same."""
    values = np.sqrt(v) * np.where(np.arange(len(v)) % 2 == 0, 1.0, -1.0)
    w = 1 / v
    q = float(w @ (values - float(w @ values) / float(w.sum())) ** 2)
    found: FloatArray = values * math.sqrt(chi2_median(df) / q)
    return found
