"""The accuracies of a report as they follow from its items, for a notebook to compute again."""

import math
from collections.abc import Iterator, Mapping
from statistics import fmean
from typing import Any

from .._analysis.schema import Analysis
from .design_tests import is_paired
from .numbers import NumberNames, number_names
from .records import RowRecords, Tally

_DATA = "items"
# A notebook of more items would come with a file of megabytes.
_MAX_ITEMS = 20_000
_SETUP = "from bench import compare_paired"


def recomputed(analysis: Analysis, records: RowRecords) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The share of right answers to each item, and how numbers of the report follow from it.

    A number that does not follow from these shares alone, such as that of a metric with weights,
    has no recipe.

    Args:
        analysis: ``analysis.json``.
        records: The counts over the rows.

    Returns:
        The data sets and the recipes of a report; none with very many items.
    """
    import reporter

    if not records.items or len(records.items) > _MAX_ITEMS:
        return (), ()
    names = number_names(analysis)
    columns = {
        part: [_share(tallies.get(name)) for tallies in records.items.values()]
        for name, part in names.conditions.items()
    }
    recipes = [
        *_of_conditions(analysis, names, columns),
        *(_of_differences(analysis, names, columns) if is_paired(analysis) else ()),
    ]
    if not recipes:
        return (), ()
    # A condition that is called "item" would be a second column of this name.
    label = "item" if "item" not in columns else "item_id"
    data = reporter.DataSet(_DATA, {label: list(records.items), **columns})
    return (data,), tuple(recipes)


def _share(tally: Tally | None) -> float | None:
    return tally.correct / tally.rows if tally is not None and tally.rows else None


def _of_conditions(
    analysis: Analysis, names: NumberNames, columns: Mapping[str, list[float | None]]
) -> Iterator[Any]:
    import reporter

    for condition in analysis["conditions"]:
        part = names.conditions[condition["name"]]
        shares = [each for each in columns[part] if each is not None]
        for found in condition["metrics"]:
            if shares and _same(found["value"], fmean(shares)):
                yield reporter.Recipe(
                    number=names.value(found["metric"], condition["name"]),
                    setup="from statistics import fmean",
                    code=f'fmean(x for x in data["{_DATA}"]["{part}"] if x is not None)',
                )


def _of_differences(
    analysis: Analysis, names: NumberNames, columns: Mapping[str, list[float | None]]
) -> Iterator[Any]:
    import reporter

    for family in analysis["comparisons"]:
        for pair in family["pairs"]:
            old, new = (names.conditions[pair[role]] for role in ("control", "treatment"))
            both = list(zip(columns[old], columns[new], strict=True))
            changes = [b - a for a, b in both if a is not None and b is not None]
            result = pair["result"]
            # A test needs two items in both; where one lacks a value, the analysis left it out.
            complete = len(changes) == len(both) > 1
            if complete and result and _same(result["estimate"], fmean(changes)):
                yield reporter.Recipe(
                    number=names.difference(family["metric"], pair),
                    setup=_SETUP,
                    code=(
                        f'compare_paired(data["{_DATA}"]["{old}"], data["{_DATA}"]["{new}"],'
                        ' scale="numeric").estimate'
                    ),
                )


def _same(reported: object, computed: float) -> bool:
    """Whether a value of the analysis, which may be unknown or infinite, is the one computed."""
    return isinstance(reported, int | float) and math.isclose(
        reported, computed, rel_tol=1e-9, abs_tol=1e-12
    )
