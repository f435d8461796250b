"""Several factors at once: factorial ANOVA with interactions, and ANCOVA.

Effects are tested by comparing two fits. Factors are coded to sum to zero, so that type III tests
compare unweighted means (Fox 2016, Applied Regression Analysis, chapter 8).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from .._core.arithmetic import data_hash
from .._core.deprecated import renamed_arguments
from .._core.errors import InvalidOptionError
from .._core.lazy import FloatArray, np
from .._core.notes import dropped_notes, note
from .._core.options import MissingPolicy, check_choice, check_share, checked_options
from .._core.results import Check
from .._core.tails import f_p
from .._data.rows import Rows, complete_rows
from .._effects.eta_squared import eta_size
from .._tests.distributions.assumptions import check_independent
from .adjusted_means import adjusted_means
from .anova_table import AnovaTable, AnovaTerm, ErrorStratum
from .design import Term, check_estimable, product, stacked, terms_of
from .least_squares import LeastSquares, residual_square


@renamed_arguments(nan="missing")
@checked_options
def factorial_anova(
    rows: Rows,
    *,
    outcome: str,
    factors: Sequence[str],
    covariates: Sequence[str] = (),
    interactions: bool = True,
    sum_of_squares: Literal[2, 3] = 3,
    level: float = 0.95,
    effect_level: float = 0.9,
    missing: MissingPolicy = "error",
) -> AnovaTable:
    """Whether each factor, and each combination of factors, changes the mean of an outcome.

    For rows that are independent of each other. Where the same items appear in several cells, as in
    most evaluations of models, use ``mixed_model`` with the item as random effect.

    Args:
        rows: One row per observation: mappings, columns, a pandas frame or a pyarrow table.
        outcome: The column of numbers to explain.
        factors: The columns of labels that may explain it.
        covariates: Columns of numbers to adjust for, entered without interaction.
        interactions: Test every combination of factors too.
        sum_of_squares: 3 tests each effect given all others; 2 leaves out those that contain it.
            They differ only when the cells differ in size.
        level: The level of the intervals of adjusted means and their differences.
        effect_level: The level of the interval of partial eta squared; 0.9 goes with a test at .05.
        missing: ``omit`` leaves incomplete rows out and says how many.

    Returns:
        Tests of every effect, adjusted means, and their differences.

    Raises:
        NotEnoughDataError: A factor with one level, or no more rows than coefficients.
        InvalidDataError: A column is missing, or a combination of levels has no values.
        InvalidOptionError: ``sum_of_squares`` is neither 2 nor 3.

    Example:
        >>> columns = {
        ...     "score": [1.0, 1.2, 2.0, 2.3, 1.1, 1.3, 3.0, 3.1],
        ...     "model": ["small", "small", "large", "large"] * 2,
        ...     "prompt": ["plain"] * 4 + ["long"] * 4,
        ... }
        >>> found = bench.factorial_anova(columns, outcome="score", factors=["model", "prompt"])
        >>> [term.name for term in found.terms]
        ['model', 'prompt', 'model:prompt']
    """
    check_choice("sum_of_squares", sum_of_squares, (2, 3))
    check_share("level", level)
    check_share("effect_level", effect_level)
    if not factors or len({outcome, *factors, *covariates}) <= len(factors) + len(covariates):
        raise InvalidOptionError("factors", list(factors), "at least one column, each named once")
    arrays, labels, dropped = complete_rows(
        rows, numbers=[outcome, *covariates], labels=factors, missing=missing
    )
    y = arrays[outcome]
    terms = terms_of(labels, {name: arrays[name] for name in covariates}, interactions=interactions)
    check_estimable(stacked(terms, len(y)), labels)
    model = LeastSquares(y - y[0], terms)
    warnings = list(dropped_notes(dropped))
    if model.flat:
        warnings.append(note("ZERO_VARIANCE"))
    means, pairs = adjusted_means(model, labels, level, float(y[0]))
    return AnovaTable(
        title=f"{len(factors)}-way ANOVA" if not covariates else "ANCOVA",
        outcome=outcome,
        terms=tuple(_tested(model, term, sum_of_squares, effect_level) for term in terms),
        errors=(ErrorStratum(name="residual", sum_of_squares=model.residual_square, df=model.df),),
        means=means,
        pairs=pairs,
        sum_of_squares=sum_of_squares,
        n=len(y),
        n_dropped=dropped,
        assumptions=(
            *_cell_checks(model.residuals, labels),
            *_slope_checks(model, terms, labels, covariates),
        ),
        warnings=tuple(warnings),
        data_hash=data_hash(y, *(arrays[name] for name in covariates)),
    )


@renamed_arguments(nan="missing")
@checked_options
def ancova(
    rows: Rows,
    *,
    outcome: str,
    group: str,
    covariates: Sequence[str],
    level: float = 0.95,
    effect_level: float = 0.9,
    missing: MissingPolicy = "error",
) -> AnovaTable:
    """Whether groups differ once covariates, such as the length of the prompt, are accounted for.

    The adjusted means and their differences stand at the mean of every covariate. Equal slopes are
    assumed; the check of it is reported.

    Args:
        rows: One row per observation: mappings, columns, a pandas frame or a pyarrow table.
        outcome: The column of numbers to explain.
        group: The column with the group of each row.
        covariates: The columns of numbers to adjust for.
        level: The level of the intervals of adjusted means and their differences.
        effect_level: The level of the interval of partial eta squared.
        missing: ``omit`` leaves incomplete rows out and says how many.

    Returns:
        Tests of the groups and covariates, adjusted means, and their differences.

    Raises:
        NotEnoughDataError: One group only, or no more rows than coefficients.
        InvalidDataError: A column is missing, or a covariate repeats another.
    """
    if not covariates:
        raise InvalidOptionError("covariates", covariates, "at least one column")
    return factorial_anova(
        rows,
        outcome=outcome,
        factors=[group],
        covariates=covariates,
        level=level,
        effect_level=effect_level,
        missing=missing,
    )


def _tested(model: LeastSquares, term: Term, kind: int, effect_level: float) -> AnovaTerm:
    others = [each for each in model.terms if each is not term]
    if kind == 2:
        others = [each for each in others if not term.variables < each.variables]
    size = len(model.y)
    without = residual_square(stacked(others, size), model.y)
    square = without - residual_square(stacked([*others, term], size), model.y)
    df = float(term.df)
    f = square / df / model.variance
    p_value, log_p = f_p(f, df, model.df)
    share = math.nan if model.flat else square / (square + model.residual_square)
    return AnovaTerm(
        name=term.name,
        sum_of_squares=square,
        df=df,
        mean_square=square / df,
        statistic=f,
        df_residual=model.df,
        p_value=p_value,
        log_p=log_p,
        effect_size=eta_size(
            "partial eta²", share, f, (df, model.df), level=effect_level, residuals=model.residuals
        ),
    )


def _cell_checks(residuals: FloatArray, labels: Mapping[str, Sequence[str]]) -> tuple[Check, ...]:
    cells: dict[str, list[float]] = {}
    for value, *key in zip(residuals, *labels.values(), strict=True):
        cells.setdefault(" ".join(key), []).append(float(value))
    return check_independent({name: np.asarray(values) for name, values in cells.items()})


def _slope_checks(
    model: LeastSquares,
    terms: Sequence[Term],
    labels: Mapping[str, Sequence[str]],
    covariates: Sequence[str],
) -> tuple[Check, ...]:
    """For each covariate: does its slope differ between the cells of a factor?"""
    found = []
    by_name = {term.name: term for term in terms}
    for covariate in covariates:
        for factor in labels:
            extra = product(by_name[covariate].columns, by_name[factor].columns)
            name = f"equal slopes of {covariate} in {factor}, F"
            df = model.df - extra.shape[1]
            left = residual_square(np.hstack([model.matrix, extra]), model.y) if df > 0 else 0.0
            if model.flat or left <= 0:
                found.append(Check(name=name, note="not assessable"))
                continue
            f = (model.residual_square - left) / extra.shape[1] / (left / df)
            p_value = f_p(f, float(extra.shape[1]), df)[0]
            found.append(
                Check(name=name, statistic=f, p_value=p_value, note="reported, not acted on")
            )
    return tuple(found)
