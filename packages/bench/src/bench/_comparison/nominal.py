"""Categories without an order: independent groups, and the same items under two systems."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

from .._core.arithmetic import data_hash
from .._core.errors import InvalidDataError, InvalidOptionError
from .._core.lazy import FloatArray, np
from .._core.notes import dropped_notes, note
from .._core.options import Alternative, MissingPolicy, check_share
from .._core.results import Comparison, Note, Selection
from .._core.streams import stream
from .._core.tails import chi2_p, tail_of
from .._data.categories import categories, count_table, is_text, paired_categories
from .._data.intake import checked_ids, plain_list, unique_ids
from .._data.summaries import DataSummary
from .._intervals.proportions import proportion_interval
from .._tests.constructors import comparison
from .._tests.counts.contingency import SPARSE, chi_square, fisher_exact

RULE = "design and scale"
_RESAMPLES = 10_000
_MANY_CHANGES = 25


def is_nominal(scale: str, *groups: Any) -> bool:
    """Whether the values are categories: declared, or texts that are not numbers."""
    return scale == "nominal" or (scale == "auto" and all(map(is_text, groups)))


def compare_nominal(
    groups: dict[str, Any],
    *,
    level: float,
    missing: MissingPolicy,
    seed: int,
    alternative: Alternative = "two-sided",
) -> Comparison:
    """The chi-square test of categories by group, or the exact one where counts are small."""
    check_share("level", level)
    _two_sided(alternative)
    found = {name: categories(values, name, missing) for name, values in groups.items()}
    dropped = sum(lost for _, lost in found.values())
    table, names = count_table([values for values, _ in found.values()])
    result = _tested(table, level, seed)
    notes: tuple[Note, ...] = tuple(dropped_notes(dropped))
    return replace(
        result,
        n={name: len(values) for name, (values, _) in found.items()},
        n_dropped=dropped,
        data_hash=data_hash(table.ravel()),
        direction="any difference between the groups",
        details={
            **result.details,
            "categories": list(map(str, names)),
            "counts": {name: row.tolist() for name, row in zip(found, table, strict=True)},
        },
        selection=Selection(
            rule=RULE,
            reason="independent groups of categories without an order: compare their shares",
            rejected=("rank tests: the categories have no order",),
        ),
        warnings=(*result.warnings, *notes),
    )


def _two_sided(alternative: Alternative) -> None:
    if alternative != "two-sided":
        raise InvalidOptionError("alternative", alternative, "'two-sided' for categories")


def _tested(table: FloatArray, level: float, seed: int) -> Comparison:
    if table.shape[1] < 2:  # one category in all groups
        return comparison(
            "chi_square",
            "chi-square test",
            DataSummary(),
            statistic=math.nan,
            statistic_name="χ²",
            tail=(math.nan, math.nan),
            estimate_name="Cramér's V",
            warnings=[note("ZERO_VARIANCE")],
        )
    result = chi_square(table, level=level)
    smallest = float(str(result.details["smallest_expected"]))
    if smallest >= SPARSE:
        return result
    exact = fisher_exact(table, level=level, seed=seed)
    return replace(
        result,
        test=exact.test,
        title=exact.title,
        method=exact.method,
        statistic=exact.statistic,
        statistic_name=exact.statistic_name,
        df=(),
        p_value=exact.p_value,
        log_p=exact.log_p,
        seed=exact.seed,
        resamples=exact.resamples,
        warnings=(*exact.warnings, note("SMALL_EXPECTED", f"smallest {smallest:.2f}")),
    )


def by_given_ids(control: Any, treatment: Any, ids: Any) -> tuple[Any, Any]:
    """Both sides as mappings from the ids that were passed beside them, if any."""
    if ids is None:
        return control, treatment
    if isinstance(ids, str) or len(ids) != 2:  # one for each side
        raise InvalidDataError("ids", "pass two sequences: the ids of control and of treatment")
    found = []
    for given, side, name in zip(ids, (control, treatment), ("control", "treatment"), strict=True):
        known, values = checked_ids(given, f"ids of {name}"), plain_list(side)
        if len(known) != len(values):
            raise InvalidDataError(name, f"{len(known)} ids for {len(values)} values")
        unique_ids(known, name)
        found.append(dict(zip(known, values, strict=True)))
    return found[0], found[1]


def compare_nominal_paired(
    control: Any,
    treatment: Any,
    *,
    level: float,
    alternative: Alternative,
    missing: MissingPolicy,
    seed: int,
) -> Comparison:
    """Whether the shares of the categories differ between two systems on the same items.

    Stuart 1955 and Maxwell 1970; with fewer than 25 changed items from random swaps of the two
    answers of each item. The estimate is the share of items whose category changed.
    """
    check_share("level", level)
    _two_sided(alternative)
    rows, ids, dropped = paired_categories(control, treatment, missing)
    first, second = (list(side) for side in zip(*rows, strict=True))
    table, names = count_table([first, second])
    changes = _changes(first, second, names)
    changed = len(changes)
    statistic, df = stuart_maxwell(changes)
    warnings = dropped_notes(dropped)
    method, drawn = "chi-square approximation", None
    tail = chi2_p(statistic, df)
    if not changed:
        warnings.append(note("NO_DISCORDANT_PAIRS"))
        tail = (1.0, 0.0)
    elif changed < _MANY_CHANGES:
        tail, method, drawn = (
            tail_of(_swapped(changes, statistic, seed)),
            "random swaps",
            _RESAMPLES,
        )
    share = proportion_interval(changed, len(rows), level=level)
    return replace(
        comparison(
            "stuart_maxwell",
            "Stuart-Maxwell test",
            DataSummary(
                n={"pairs": len(rows), "changed": changed},
                dropped=0,
                hash=data_hash(table.ravel(), changes.ravel()),
            ),
            method=method,
            statistic=statistic,
            statistic_name="χ²",
            df=(df,),
            tail=tail,
            estimate=share.estimate,
            estimate_name="share of changed items",
            interval=share,
            direction="any difference between the systems",
            details={
                "categories": list(map(str, names)),
                "counts": {"control": table[0].tolist(), "treatment": table[1].tolist()},
            },
            warnings=warnings,
            seed=seed if drawn else None,
            resamples=drawn,
        ),
        n_dropped=dropped,
        ids=None if ids is None else tuple(ids),
        selection=Selection(
            rule=RULE,
            reason="the same items in categories without an order: do the shares differ",
            rejected=("chi-square test: it ignores the pairing",),
        ),
    )


def _changes(
    first: Sequence[Hashable], second: Sequence[Hashable], names: Sequence[Hashable]
) -> FloatArray:
    """One row for each changed item: 1 at its new category, -1 at its old one."""
    column = {name: place for place, name in enumerate(names)}
    pairs = [(column[a], column[b]) for a, b in zip(first, second, strict=True) if a != b]
    found = np.zeros((len(pairs), len(names)))
    for row, (old, new) in enumerate(pairs):
        found[row, old], found[row, new] = -1.0, 1.0
    return found


def stuart_maxwell(changes: FloatArray) -> tuple[float, float]:
    """The statistic and its degrees of freedom; categories that never change drop out."""
    if not len(changes):
        return 0.0, float(max(1, changes.shape[1] - 1))
    inner = changes.T @ changes
    total = changes.sum(axis=0)
    rank = int(np.linalg.matrix_rank(inner))
    return float(total @ np.linalg.pinv(inner, hermitian=True) @ total), float(rank)


def _swapped(changes: FloatArray, statistic: float, seed: int) -> float:
    """The share of random swaps that differ as much, the observed one counted in."""
    inverse = np.linalg.pinv(changes.T @ changes, hermitian=True)
    signs = stream(seed, "stuart-maxwell").choice([-1.0, 1.0], size=(_RESAMPLES, len(changes)))
    totals = signs @ changes
    found = np.einsum("ij,jk,ik->i", totals, inverse, totals)
    return (int((found >= statistic - 1e-9).sum()) + 1) / (_RESAMPLES + 1)
