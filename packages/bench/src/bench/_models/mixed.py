"""Mixed-effects models: several rows per item or run, which are not independent."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from .._core.arithmetic import data_hash, is_constant, without_offset
from .._core.deprecated import renamed_arguments
from .._core.errors import (
    InvalidDataError,
    InvalidOptionError,
    MissingExtraError,
    NotEnoughDataError,
)
from .._core.lazy import FloatArray, np
from .._core.notes import dropped_notes, note
from .._core.options import MissingPolicy, check_choice, check_share, checked_options
from .._core.results import Interval, Note
from .._core.tails import t_p, t_quantile
from .._data.rows import Rows, complete_rows
from .design import check_estimable, levels_of, stacked, terms_of, units_of
from .mixed_results import FixedEffect, MixedModel, VarianceComponent

_ROUNDING = 1e-12
_LAST_DIGITS = 4 * 2.0**-53


@renamed_arguments(nan="missing")
@checked_options
def mixed_model(
    rows: Rows,
    *,
    outcome: str,
    fixed: Sequence[str],
    random: str | Sequence[str],
    covariates: Sequence[str] = (),
    interactions: bool = False,
    reference: Mapping[str, str] | None = None,
    level: float = 0.95,
    missing: MissingPolicy = "error",
) -> MixedModel:
    """What each condition changes when the same items, or runs, appear under all of them.

    Every level of ``random`` gets an intercept of its own; several random effects are crossed.
    Levels of a factor are compared with its reference. Degrees of freedom follow the inner-outer
    rule of Pinheiro and Bates 2000 (Mixed-Effects Models in S and S-PLUS, section 2.4): an effect
    that is constant within the levels of a random effect is judged by how many levels there are.
    Needs the extra ``models``.

    Args:
        rows: One row per observation: mappings, columns, a pandas frame or a pyarrow table.
        outcome: The column of numbers to explain.
        fixed: The columns of labels whose differences are of interest.
        random: The column, or columns, that say which rows belong together: item, run, rater.
        covariates: Columns of numbers to adjust for, centred.
        interactions: Fit every combination of the fixed factors too.
        reference: The level of each factor that the others are compared with; the first to appear
            when left out.
        level: The level of the intervals.
        missing: ``omit`` leaves incomplete rows out and says how many.

    Returns:
        Fixed effects with intervals, and variance components.

    Raises:
        MissingExtraError: statsmodels is not installed.
        NotEnoughDataError: Too few rows, or a random effect with fewer than two levels.
        InvalidDataError: A column is missing, a random effect has one row per level only, or the
            fixed effects explain every value exactly.
        InvalidOptionError: A reference that is not a level of its factor.
    """
    check_share("level", level)
    grouping = [random] if isinstance(random, str) else list(random)
    if not grouping:
        raise InvalidOptionError("random", random, "at least one column")
    arrays, labels, dropped = complete_rows(
        rows, numbers=[outcome, *covariates], labels=[*fixed, *grouping], missing=missing
    )
    y = arrays[outcome]
    groups = {name: labels[name] for name in grouping}
    _check_groups(groups, len(y))
    factors = {name: labels[name] for name in fixed}
    for name, wanted in (reference or {}).items():
        check_choice("reference", name, factors)
        if wanted not in levels_of(factors.get(name, ())):
            raise InvalidOptionError(f"reference[{name!r}]", wanted, levels_of(factors[name]))
    terms = terms_of(
        factors,
        {name: arrays[name] for name in covariates},
        interactions=interactions,
        coding="treatment",
        reference=reference,
    )
    names = ["intercept", *(name for term in terms for name in term.column_names)]
    matrix = stacked(terms, len(y))
    check_estimable(matrix, factors)
    if is_constant(y):
        raise InvalidDataError(outcome, "all values are equal, so there is nothing to model")
    moved = without_offset(y)
    _check_residuals(moved, matrix, outcome, noise=_LAST_DIGITS * float(np.abs(y).max()))
    unit, units = float(units_of(moved[:, None])[0]), units_of(matrix)
    fit, notes = _fitted(moved / unit, matrix / units, groups)
    estimates, ses = (each * unit / units for each in (fit.fe_params, fit.bse_fe))
    estimates[0] += float(y[np.abs(y).argmin()])
    components = _variances(fit, groups, unit)
    if any(component.share < 1e-8 * components[-1].share for component in components[:-1]):
        notes.append(note("NO_GROUP_VARIANCE"))
    return MixedModel(
        outcome=outcome,
        effects=_effects(estimates, ses, names, _degrees(matrix, groups), level),
        variances=components,
        log_likelihood=float(fit.llf)
        - (len(y) - len(names)) * math.log(unit)
        - float(np.log(units).sum()),
        converged=bool(fit.converged),
        n=len(y),
        n_dropped=dropped,
        warnings=(*notes, *dropped_notes(dropped)),
        data_hash=data_hash(y, *matrix.T),
    )


def _check_groups(groups: Mapping[str, Sequence[str]], size: int) -> None:
    for name, column in groups.items():
        count = len(levels_of(column))
        if count < 2:
            raise NotEnoughDataError(f"{name}, number of levels", needed=2, got=count)
        if count == size:
            raise InvalidDataError(
                name,
                "every row has a level of its own, so its variance cannot be estimated",
            )


def _check_residuals(y: FloatArray, matrix: FloatArray, outcome: str, noise: float) -> None:
    """Refuse what the fixed effects explain but for ``noise``, the last digits of the values."""
    unit, scaled = float(np.abs(y).max()), matrix / units_of(matrix)
    residuals = y / unit - scaled @ np.linalg.lstsq(scaled, y / unit, rcond=None)[0]
    largest = float(np.abs(residuals).max())
    if largest <= noise / unit and noise / unit > _ROUNDING:
        raise InvalidDataError(
            outcome,
            f"the fixed effects explain the values but for their last digits (up to"
            f" {noise:.1g}); subtract an offset before they become floats",
        )
    if largest <= _ROUNDING:
        raise InvalidDataError(
            outcome,
            "the fixed effects explain every value exactly, so no variance is left to estimate",
        )


def _fitted(
    y: FloatArray, matrix: FloatArray, groups: Mapping[str, Sequence[str]]
) -> tuple[Any, list[Note]]:
    """The fit by statsmodels, with its warnings."""
    try:
        from statsmodels.regression.mixed_linear_model import (  # noqa: PLC0415  # an extra
            MixedLM,
            VCSpec,
        )
    except ImportError as error:
        raise MissingExtraError("mixed_model", "models") from error
    if len(groups) == 1:
        model = MixedLM(y, matrix, next(iter(groups.values())))
    else:
        # Crossed effects: one group of all rows, with a component of variance per effect.
        parts = [_indicators(column) for column in groups.values()]
        spec = VCSpec(
            list(groups), [[list(map(str, range(p.shape[1])))] for p in parts], [[p] for p in parts]
        )
        model = MixedLM(y, matrix, np.zeros(len(y)), exog_vc=spec)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit = model.fit(reml=True, method=["bfgs", "lbfgs", "powell"])
    notes = [] if fit.converged else [note("NOT_CONVERGED", str(caught[-1].message))]
    return fit, notes


def _indicators(column: Sequence[str]) -> FloatArray:
    levels = levels_of(column)
    indices = [levels.index(label) for label in column]
    return np.asarray(np.eye(len(levels))[indices])


def _variances(
    fit: Any, groups: Mapping[str, Sequence[str]], unit: float
) -> tuple[VarianceComponent, ...]:
    between = [float(fit.cov_re[0, 0])] if len(groups) == 1 else [float(v) for v in fit.vcomp]
    found = [*between, float(fit.scale)]
    rows = len(next(iter(groups.values())))
    total = math.fsum(found)
    sizes = [*(len(levels_of(column)) for column in groups.values()), rows]
    return tuple(
        VarianceComponent(name=name, levels=size, variance=value * unit * unit, share=value / total)
        for name, size, value in zip([*groups, "residual"], sizes, found, strict=True)
    )


def _degrees(matrix: FloatArray, groups: Mapping[str, Sequence[str]]) -> list[float]:
    """One number per column: outer effects by the levels they vary over, inner ones by rows."""
    indicators = [_indicators(column) for column in groups.values()]
    everything = np.hstack([matrix, *indicators])
    found = [float(len(matrix) - np.linalg.matrix_rank(everything))] * matrix.shape[1]
    for indicator in indicators:
        averages = indicator @ (indicator.T @ matrix / indicator.sum(axis=0)[:, None])
        outer = np.isclose(averages, matrix).all(axis=0)
        df = float(indicator.shape[1] - int(outer.sum()))
        found = [min(now, df) if at else now for now, at in zip(found, outer, strict=True)]
    return found


def _effects(
    estimates: FloatArray,
    ses: FloatArray,
    names: Sequence[str],
    degrees: Sequence[float],
    level: float,
) -> tuple[FixedEffect, ...]:
    found = []
    for name, df, estimate, se in zip(names, degrees, estimates, ses, strict=True):
        t = float(estimate) / float(se)
        p_value, log_p = t_p(t, df, "two-sided") if df > 0 else (math.nan, math.nan)
        reach = t_quantile((1 + level) / 2, df) * float(se) if df > 0 else math.nan
        interval = Interval(
            low=float(estimate) - reach,
            high=float(estimate) + reach,
            level=level,
            method="t, inner-outer degrees of freedom",
            estimate=float(estimate),
        )
        found.append(
            FixedEffect(
                name=name,
                estimate=float(estimate),
                se=float(se),
                statistic=t,
                df=df,
                p_value=p_value,
                log_p=log_p,
                interval=interval,
            )
        )
    return tuple(found)
