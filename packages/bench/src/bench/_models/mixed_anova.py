"""Mixed ANOVA: factors between the items, and factors under which every item was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from .._core.arithmetic import data_hash
from .._core.errors import InvalidDataError, InvalidOptionError
from .._core.lazy import FloatArray, np
from .._core.notes import dropped_notes, note
from .._core.options import MissingPolicy, check_choice, check_share, checked_options
from .._core.tails import f_p
from .._data.rows import Rows, complete_rows
from .._effects.eta_squared import eta_size
from .._tests.means.sphericity import SPHERICITY_CORRECTIONS, SphericityCorrection
from .anova_table import AnovaTable, AnovaTerm, ErrorStratum
from .design import Term, check_estimable, levels_of, stacked, terms_of
from .mixed_anova_pairs import level_pairs, orthonormal


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """One row per item and one column per combination of the within factors."""

    matrix: FloatArray
    between: dict[str, list[str]]
    within: dict[str, tuple[str, ...]]
    dropped: int


@checked_options
def mixed_anova(
    rows: Rows,
    *,
    outcome: str,
    id: str,
    between: str | Sequence[str],
    within: str | Sequence[str],
    correction: SphericityCorrection = "greenhouse-geisser",
    level: float = 0.95,
    effect_level: float = 0.9,
    missing: MissingPolicy = "error",
) -> AnovaTable:
    """Factors between items, such as the subject, and within them, such as the prompt.

    Every item has one level of each factor between and was measured under all levels of each factor
    within; repeats are averaged. Sums of squares are of type III, as in R's afex; effects within
    items are corrected for unequal covariances as in ``repeated_anova``.

    Args:
        rows: One row per observation: mappings, columns, a pandas frame or a pyarrow table.
        outcome: The column of numbers to explain.
        id: The column that says which rows are of one item.
        between: The columns of labels that differ between items.
        within: The columns of labels under which each item was measured.
        correction: ``greenhouse-geisser``, ``huynh-feldt`` (Lecoutre 1991) or ``none``.
        level: The level of the intervals of means and their differences.
        effect_level: The level of the interval of partial eta squared.
        missing: ``omit`` leaves out rows and items with a missing value and says how many.

    Returns:
        Every effect with its own error, and the pairs of levels of each factor.

    Raises:
        InvalidDataError: An item with two levels of a factor between, or without a combination of
            the factors within.
        NotEnoughDataError: Too few items or levels.

    Example:
        >>> rows = [
        ...     {
        ...         "item": i,
        ...         "topic": "ab"[i % 2],
        ...         "prompt": p,
        ...         "score": (i * 7 + len(p) * (i % 3)) % 5,
        ...     }
        ...     for i in range(12)
        ...     for p in ("short", "longer one")
        ... ]
        >>> found = bench.mixed_anova(
        ...     rows, outcome="score", id="item", between="topic", within="prompt"
        ... )
        >>> [term.name for term in found.terms]
        ['topic', 'prompt', 'topic:prompt']
    """
    check_choice("correction", correction, SPHERICITY_CORRECTIONS)
    check_share("level", level)
    check_share("effect_level", effect_level)
    outer = [between] if isinstance(between, str) else list(between)
    inner = [within] if isinstance(within, str) else list(within)
    names = [outcome, id, *outer, *inner]
    if not outer or not inner or len(set(names)) < len(names):
        raise InvalidOptionError("between/within", names, "columns of their own, one at least each")
    layout = _layout(rows, outcome=outcome, id=id, between=outer, within=inner, missing=missing)
    y = layout.matrix - float(layout.matrix[0, 0])
    terms = terms_of(layout.between, {}, interactions=True)
    matrix = stacked(terms, len(y))
    check_estimable(matrix, layout.between)
    found: list[AnovaTerm] = []
    strata: list[ErrorStratum] = []
    for chosen, contrast in _within(layout.within):
        stratum, tested = _stratum(
            y @ contrast.T,
            matrix,
            terms,
            chosen,
            correction=correction,
            effect_level=effect_level,
        )
        strata.append(stratum)
        found += tested
    flat = any(math.isnan(term.statistic) for term in found)
    warnings = [*dropped_notes(layout.dropped), *([note("ZERO_VARIANCE")] if flat else [])]
    return AnovaTable(
        title="Mixed ANOVA",
        outcome=outcome,
        sum_of_squares=3,
        terms=tuple(found),
        errors=tuple(strata),
        pairs=level_pairs(
            y, matrix, terms, between=layout.between, within=layout.within, level=level
        ),
        correction=correction,
        n=len(y),
        n_dropped=layout.dropped,
        warnings=tuple(warnings),
        data_hash=data_hash(layout.matrix.ravel()),
    )


def _layout(
    rows: Rows,
    *,
    outcome: str,
    id: str,
    between: Sequence[str],
    within: Sequence[str],
    missing: MissingPolicy,
) -> _Layout:
    arrays, labels, dropped = complete_rows(
        rows, numbers=[outcome], labels=[id, *between, *within], missing=missing
    )
    levels = {name: levels_of(labels[name]) for name in within}
    cells = {cell: place for place, cell in enumerate(product(*levels.values()))}
    items: dict[str, dict[int, list[float]]] = {}
    kinds: dict[str, tuple[str, ...]] = {}
    marks = zip(*(labels[name] for name in within), strict=True)
    groups = zip(*(labels[name] for name in between), strict=True)
    for item, value, mark, group in zip(labels[id], arrays[outcome], marks, groups, strict=True):
        if kinds.setdefault(item, group) != group:
            raise InvalidDataError(id, f"item {item!r} is in {kinds[item]} and {group}")
        items.setdefault(item, {}).setdefault(cells[mark], []).append(float(value))
    whole = [item for item, found in items.items() if len(found) == len(cells)]
    partial = len(items) - len(whole)
    if partial and missing == "error":
        lacking = next(item for item, found in items.items() if len(found) < len(cells))
        raise InvalidDataError(
            id,
            f"{partial} items were not measured under all {len(cells)} combinations of"
            f" {' x '.join(within)}, such as {lacking!r}; pass missing='omit' to leave them out",
        )
    if not whole:
        raise InvalidDataError(id, "no item was measured under all combinations")
    matrix = np.array(
        [[math.fsum(items[i][c]) / len(items[i][c]) for c in range(len(cells))] for i in whole]
    )
    return _Layout(
        matrix=matrix,
        between={
            name: [kinds[item][place] for item in whole] for place, name in enumerate(between)
        },
        within=levels,
        dropped=dropped + partial,
    )


def _within(levels: Mapping[str, Sequence[str]]) -> list[tuple[tuple[str, ...], FloatArray]]:
    """Each effect within items, the mean of all first, with its contrasts in rows."""
    found = []
    for order in range(len(levels) + 1):
        for chosen in combinations(levels, order):
            rows: FloatArray = np.ones((1, 1))
            for name, each in levels.items():
                size = len(each)
                part = orthonormal(size) if name in chosen else np.ones((1, size)) / math.sqrt(size)
                rows = np.asarray(np.kron(rows, part), dtype=float)
            found.append((chosen, rows))
    return found


def _stratum(
    z: FloatArray,
    matrix: FloatArray,
    terms: Sequence[Term],
    chosen: tuple[str, ...],
    *,
    correction: SphericityCorrection,
    effect_level: float,
) -> tuple[ErrorStratum, list[AnovaTerm]]:
    """The error of the effects with these within factors, and their tests (type III)."""
    n, q, r = len(z), matrix.shape[1], z.shape[1]
    left = _residuals(matrix, z)
    products = left.T @ left
    square, df = float(np.trace(products)), float((n - q) * r)
    total = float(((z - z.mean(axis=0)) ** 2).sum())
    flat = square <= 1e-20 * max(total, float((z**2).sum()))
    gg = 1.0 if flat else square**2 / (r * float((products**2).sum()))
    bottom = r * (n - q - r * gg)
    hf = min(1.0, ((n - q + 1) * r * gg - 2) / bottom) if bottom > 0 else 1.0
    epsilon = {"greenhouse-geisser": gg, "huynh-feldt": hf, "none": 1.0}[correction]
    start, tested = 1, []
    parts: list[tuple[str, int, slice]] = []
    for term in terms:
        parts.append((term.name, term.df, slice(start, start + term.df)))
        start += term.df
    if chosen:
        parts.insert(0, ("", 1, slice(0, 1)))
    for name, size, place in parts:
        without = np.delete(matrix, place, axis=1)
        bare = _residuals(without, z) if without.shape[1] else z
        tested.append(
            _term(
                ":".join(part for part in (name, *chosen) if part),
                float((bare**2).sum()) - square,
                float(size * r),
                error=(math.nan if flat else square, df),
                epsilon=epsilon,
                effect_level=effect_level,
                residuals=left.ravel(),
            )
        )
    name = ":".join(chosen) or "items"
    return (
        ErrorStratum(
            name=name,
            sum_of_squares=square,
            df=df,
            greenhouse_geisser=gg,
            huynh_feldt=hf,
            epsilon=epsilon,
        ),
        tested,
    )


def _residuals(matrix: FloatArray, z: FloatArray) -> FloatArray:
    basis, _ = np.linalg.qr(matrix)
    found: FloatArray = z - basis @ (basis.T @ z)
    return found


def _term(
    name: str,
    square: float,
    df: float,
    *,
    error: tuple[float, float],
    epsilon: float,
    effect_level: float,
    residuals: FloatArray,
) -> AnovaTerm:
    f = square / df / (error[0] / error[1])
    p_value, log_p = f_p(f, df * epsilon, error[1] * epsilon)
    share = square / (square + error[0])
    return AnovaTerm(
        name=name,
        sum_of_squares=square,
        df=df * epsilon,
        mean_square=square / df,
        statistic=f,
        df_residual=error[1] * epsilon,
        p_value=p_value,
        log_p=log_p,
        effect_size=eta_size(
            "partial eta²", share, f, (df, error[1]), level=effect_level, residuals=residuals
        ),
    )
