"""Adjusted means of a linear model, and contrasts of them that hold together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Literal

from .._core.deprecated import renamed_arguments
from .._core.errors import InvalidOptionError, UnknownRowError
from .._core.lazy import FloatArray, np
from .._core.notes import dropped_notes, note
from .._core.options import MissingPolicy, check_choice, check_share, checked_options
from .._core.rendering import Result, ResultTable, Value
from .._core.results import Interval, Note
from .._core.shown import shown
from .._core.tails import t_p, t_quantile
from .._core.wording import bracket, df_text, number, p_text, percent, printed
from .._data.rows import Rows, complete_rows
from .._multiplicity.adjust import Correction
from .._multiplicity.simultaneous import family_of, pooled_smallest_p
from .anova_table import AdjustedMean
from .design import Labels, check_estimable, levels_of, stacked, terms_of
from .least_squares import LeastSquares

ContrastKind = Literal["pairs", "control", "mean"]
FamilyCorrection = Correction | Literal["max-t"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast(Value):
    """A weighted sum of adjusted means; ``at`` is the level of the other factor, where one is set.

    ``interval`` has its level alone; ``interval_adjusted`` has it for the whole family.
    """

    name: str
    at: str | None
    estimate: float
    se: float
    df: float
    statistic: float
    p_value: float
    p_adjusted: float
    interval: Interval
    interval_adjusted: Interval | None

    @shown
    def __str__(self) -> str:
        where = "" if self.at is None else f" at {self.at}"
        adjusted = ""
        if self.interval_adjusted is not None:
            adjusted = f", adjusted {bracket(*self.interval_adjusted)}"
        return (
            f"{self.name}{where}: {number(self.estimate)}, {self.interval}{adjusted},"
            f" t{df_text((self.df,))} = {number(self.statistic)},"
            f" adjusted {p_text(self.p_adjusted)}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrasts(Result):
    """Adjusted means and their contrasts, each with its adjusted interval."""

    outcome: str
    means: tuple[AdjustedMean, ...]
    rows: tuple[Contrast, ...]
    correction: str
    n: int
    n_dropped: int = 0
    warnings: tuple[Note, ...] = ()

    def contrast(self, name: str, *, at: str | None = None) -> Contrast:
        """The row of a contrast.

        Raises:
            UnknownRowError: The result has no such contrast.
        """
        for row in self.rows:
            if (row.name, row.at) == (name, at):
                return row
        known = [row.name if row.at is None else f"{row.name} at {row.at}" for row in self.rows]
        raise UnknownRowError(name if at is None else f"{name} at {at}", known)

    @shown
    def __str__(self) -> list[str]:
        return list(map(str, self.rows))

    def table(self) -> ResultTable:
        level = self.rows[0].interval.level
        return ResultTable(
            title=f"Contrasts of adjusted means of {self.outcome}",
            columns=("Contrast", "Estimate", f"{percent(level)} CI", "Adjusted CI", "t", "p adj."),
            rows=tuple(
                (
                    row.name if row.at is None else f"{row.name} at {row.at}",
                    number(row.estimate),
                    bracket(*row.interval),
                    "" if row.interval_adjusted is None else bracket(*row.interval_adjusted),
                    f"t{df_text((row.df,))} = {number(row.statistic)}",
                    p_text(row.p_adjusted).removeprefix("p ").removeprefix("= "),
                )
                for row in self.rows
            ),
            notes=(
                *map(str, self.means),
                f"n = {self.n}, correction: {printed(self.correction)}",
                *map(str, self.warnings),
            ),
        )


@renamed_arguments(nan="missing")
@checked_options
def contrasts(
    rows: Rows,
    *,
    outcome: str,
    factors: Sequence[str],
    of: str,
    by: str | None = None,
    kind: ContrastKind = "pairs",
    control: str | None = None,
    weights: Mapping[str, Mapping[str, float]] | None = None,
    covariates: Sequence[str] = (),
    interactions: bool = True,
    correction: FamilyCorrection = "max-t",
    level: float = 0.95,
    missing: MissingPolicy = "error",
    seed: int = 0,
) -> Contrasts:
    """Contrasts of the adjusted means of a factor, over all or at each level of another factor.

    The adjusted means weigh the levels of the other factors equally and stand at the means of the
    covariates (Searle, Speed and Milliken 1980; R's emmeans). The max-T method takes the
    correlation of the contrasts into account; for all pairs of equal groups it is Tukey's test.

    Args:
        rows: One row per observation: mappings, columns, a pandas frame or a pyarrow table.
        outcome: The column of numbers to explain.
        factors: The columns of labels in the model.
        of: The factor whose levels are contrasted.
        by: Another factor: the contrasts at each of its levels, which are corrected apart.
        kind: ``pairs``; ``control``, the others minus ``control``; ``mean``, each level minus the
            mean of all.
        control: The level that others are compared with; the first to appear when left out.
        weights: Contrasts of your own by name, as the weight of each level; in place of ``kind``.
        covariates: The columns of numbers to adjust for.
        interactions: Fit every combination of the factors.
        correction: ``max-t``, or as in ``adjust``.
        level: The level of each interval, and of all adjusted intervals of a family together.
        missing: ``omit`` leaves incomplete rows out and says how many.
        seed: Of the directions that the max-T method draws; p = .05 varies by .0005 with it.

    Returns:
        The adjusted means and the contrasts, with adjusted p-values and intervals.

    Raises:
        InvalidOptionError: A factor or level that is not in the model, or weights that do not sum
            to 0.
        NotEnoughDataError: Too few rows or levels.

    Example:
        >>> columns = {
        ...     "score": [1.0, 1.2, 2.0, 2.3, 1.1, 1.3, 3.0, 3.1],
        ...     "model": ["small", "small", "large", "large"] * 2,
        ...     "prompt": ["plain"] * 4 + ["long"] * 4,
        ... }
        >>> found = bench.contrasts(
        ...     columns, outcome="score", factors=["model", "prompt"], of="model", by="prompt"
        ... )
        >>> round(found.contrast("large - small", at="long").estimate, 2)
        1.85
    """
    check_share("level", level)
    check_choice("kind", kind, ("pairs", "control", "mean"))
    check_choice("of", of, tuple(factors))
    if by is not None and (by == of or by not in factors):
        raise InvalidOptionError("by", by, tuple(name for name in factors if name != of))
    arrays, labels, dropped = complete_rows(
        rows, numbers=[outcome, *covariates], labels=factors, missing=missing
    )
    y = arrays[outcome]
    values = {name: arrays[name] for name in covariates}
    terms = terms_of(labels, values, interactions=interactions)
    check_estimable(stacked(terms, len(y)), labels)
    model = LeastSquares(y - y[0], terms)
    cells = _cells(labels, covariates, interactions=interactions)
    levels = levels_of(labels[of])
    chosen = _weights(levels, kind, control, weights)
    means, found = [], []
    for at in (None,) if by is None else levels_of(labels[by]):
        marks = _marginal(cells, of, levels, by, at)
        means += [
            _mean(model, labels, (of, name), (by, at), row, level=level, shift=float(y[0]))
            for name, row in zip(levels, marks, strict=True)
        ]
        found += _family(model, marks, chosen, at=at, correction=correction, level=level, seed=seed)
    warnings = [*dropped_notes(dropped), *([note("ZERO_VARIANCE")] if model.flat else [])]
    return Contrasts(
        outcome=outcome,
        means=tuple(means),
        rows=tuple(found),
        correction=correction,
        n=len(y),
        n_dropped=dropped,
        warnings=tuple(warnings),
    )


def _weights(
    levels: Sequence[str],
    kind: ContrastKind,
    control: str | None,
    weights: Mapping[str, Mapping[str, float]] | None,
) -> dict[str, FloatArray]:
    """The weight of every level in each contrast."""
    eye = np.eye(len(levels))
    place = dict(zip(levels, eye, strict=True))
    if weights is not None:
        return {name: _own(name, given, place) for name, given in weights.items()}
    if control is not None:
        check_choice("control", control, levels)
    if kind == "mean":
        return {f"{name} - mean": place[name] - eye.mean(axis=0) for name in levels}
    if kind == "control":
        first = control or levels[0]
        return {f"{b} - {first}": place[b] - place[first] for b in levels if b != first}
    return {f"{b} - {a}": place[b] - place[a] for a, b in combinations(levels, 2)}


def _own(name: str, given: Mapping[str, float], place: Mapping[str, FloatArray]) -> FloatArray:
    unknown = [level for level in given if level not in place]
    row = sum((weight * place[level] for level, weight in given.items() if level in place), 0.0)
    total = np.asarray(row, dtype=float)
    if unknown or not total.any() or abs(float(total.sum())) > 1e-9 * float(np.abs(total).max()):
        known = f"weights of {', '.join(place)} that sum to 0"
        raise InvalidOptionError(f"weights[{name!r}]", dict(given), known)
    return total


def _cells(
    labels: Labels, covariates: Sequence[str], *, interactions: bool
) -> tuple[dict[str, list[str]], FloatArray]:
    """Every combination of levels, and its row in the matrix of the model."""
    combos = list(product(*(levels_of(column) for column in labels.values())))
    grid = {name: [combo[index] for combo in combos] for index, name in enumerate(labels)}
    zeros = {name: np.zeros(len(combos)) for name in covariates}
    return grid, stacked(terms_of(grid, zeros, interactions=interactions), len(combos))


def _marginal(
    cells: tuple[dict[str, list[str]], FloatArray],
    of: str,
    levels: Sequence[str],
    by: str | None,
    at: str | None,
) -> FloatArray:
    grid, matrix = cells
    kept = [by is None or label == at for label in (grid[by] if by else grid[of])]
    return np.array(
        [
            matrix[[here == name and keep for here, keep in zip(grid[of], kept, strict=True)]].mean(
                axis=0
            )
            for name in levels
        ]
    )


def _mean(
    model: LeastSquares,
    labels: Labels,
    of: tuple[str, str],
    by: tuple[str | None, str | None],
    row: FloatArray,
    *,
    level: float,
    shift: float,
) -> AdjustedMean:
    value, se = model.estimate(row)
    here = [label == of[1] for label in labels[of[0]]]
    name = of[1]
    if by[0] is not None:
        here = [known and label == by[1] for known, label in zip(here, labels[by[0]], strict=True)]
        name = f"{of[1]}, {by[0]} {by[1]}"
    ends = _around(value + shift, se, model.df, level)
    return AdjustedMean(
        factor=of[0], level=name, n=sum(here), estimate=value + shift, se=se, interval=ends
    )


def _around(value: float, se: float, df: float, level: float) -> Interval:
    half = t_quantile((1 + level) / 2, df) * se
    return Interval(
        low=value - half,
        high=value + half,
        level=level,
        method="t, pooled residual",
        estimate=value,
    )


def _family(
    model: LeastSquares,
    marks: FloatArray,
    chosen: Mapping[str, FloatArray],
    *,
    at: str | None,
    correction: FamilyCorrection,
    level: float,
    seed: int,
) -> list[Contrast]:
    matrix = np.array(list(chosen.values()))
    found = [model.estimate(row @ marks) for row in matrix]
    tests = [value / se if se > 0 else float("nan") for value, se in found]
    p_values = [t_p(t, model.df, "two-sided")[0] for t in tests]
    spread = marks @ model.inverse
    smallest = None
    if correction == "max-t":
        smallest = pooled_smallest_p(spread @ spread.T, matrix, model.df, seed)
    adjusted, each = family_of(p_values, correction, level, smallest)
    return [
        Contrast(
            name=name,
            at=at,
            estimate=value,
            se=se,
            df=model.df,
            statistic=t,
            p_value=p,
            p_adjusted=p_adjusted,
            interval=_around(value, se, model.df, level),
            interval_adjusted=None
            if own is None
            else _adjusted(_around(value, se, model.df, own), level, correction),
        )
        for name, (value, se), t, p, p_adjusted, own in zip(
            chosen, found, tests, p_values, adjusted, each, strict=True
        )
    ]


def _adjusted(interval: Interval, level: float, correction: str) -> Interval:
    return Interval(
        low=interval.low,
        high=interval.high,
        level=level,
        method=f"{interval.method}, simultaneous ({correction})",
        estimate=interval.estimate,
    )
