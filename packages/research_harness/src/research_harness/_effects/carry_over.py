"""Whether a condition changes what the next one of the same item does, in a Latin square."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .._analysis.schema import DesignFinding
from .._analysis.vectors import MetricData
from .._outcome.row import Row
from .._rows.columns import value_of
from .effects import omnibus

_MAX_UNITS = 48


class _Unit(NamedTuple):
    """Items of one sequence: their mean in each period."""

    conditions: tuple[str, ...]
    means: tuple[float, ...]


def carry_over_findings(
    data: MetricData, rows: Sequence[Row], *, level: float
) -> list[DesignFinding]:
    """Whether values depend on the condition that came before.

    Of two conditions the totals of items are compared between the two sequences (Grizzle 1965);
    this takes carry-over and a difference of the groups of items for one another. Of more
    conditions it is the analysis of variance of item, condition, period and the condition before
    (Jones and Kenward 2014, chapter 5), with Holm's correction over the conditions. The first
    repeat is analysed, in which the sequences of items are independent. Where items are many, the
    means of some of the same sequence are taken, which have the same model.

    Args:
        data: The values of the metric.
        rows: The finished rows.
        level: The level of intervals.
    """
    import bench

    units = _units(_by_item(data, rows))
    conditions = sorted({name for unit in units for name in unit.conditions})
    if len(conditions) < 2:
        return []
    try:
        if len(conditions) == 2:
            return [_of_two(data, units, level)]
        return _of_more(data, units, conditions, level)
    except bench.BenchError:
        return []  # too few items in a sequence, or values without spread


def _by_item(data: MetricData, rows: Sequence[Row]) -> dict[str, dict[int, tuple[str, float]]]:
    """Condition and value of each item in each period of the first repeat."""
    found: dict[str, dict[int, tuple[str, float]]] = {}
    for row in rows:
        value = value_of(row, data.metric) if row.repeat == 0 else None
        if value is not None:
            found.setdefault(row.item_id, {})[row.period] = row.condition, value
    return found


def _units(items: Mapping[str, Mapping[int, tuple[str, float]]]) -> list[_Unit]:
    """The items with a value in every period, put together where they are many."""
    width = max(map(len, items.values()), default=0)
    sequences: dict[tuple[str, ...], list[list[float]]] = {}
    for periods in items.values():
        if len(periods) == width:
            cells = [periods[period] for period in sorted(periods)]
            conditions = tuple(name for name, _ in cells)
            sequences.setdefault(conditions, []).append([value for _, value in cells])
    total = sum(map(len, sequences.values()))
    size = max(1, -(-total // _MAX_UNITS)) if width > 2 else 1
    return [
        _Unit(
            conditions,
            tuple(sum(each) / size for each in zip(*values[at : at + size], strict=True)),
        )
        for conditions, values in sorted(sequences.items())
        for at in range(0, len(values) - size + 1, size)
    ]


def _of_two(data: MetricData, units: Sequence[_Unit], level: float) -> DesignFinding:
    import bench

    totals: dict[tuple[str, ...], list[float]] = {}
    for unit in units:
        totals.setdefault(unit.conditions, []).append(sum(unit.means))
    first, second = sorted(totals) if len(totals) == 2 else (("",), ("",))
    test = bench.compare(
        totals.get(first, []), totals.get(second, []), level=level, scale="numeric"
    )
    about = f"carry-over: items that began with {second[0]} against {first[0]}"
    return omnibus(about, data, test.p_value, str(test))


def _of_more(
    data: MetricData, units: Sequence[_Unit], conditions: Sequence[str], level: float
) -> list[DesignFinding]:
    """A covariate for each condition but the last: 1 after it, -1 after the last, 0 at first."""
    import bench

    *own, last = conditions
    rows = []
    for number, unit in enumerate(units):
        before = ("", *unit.conditions[:-1])
        for period, (previous, name, value) in enumerate(
            zip(before, unit.conditions, unit.means, strict=True)
        ):
            after = {f"after {each}": float(previous == each) - (previous == last) for each in own}
            row = {"value": value, "item": str(number), "condition": name, "period": str(period)}
            rows.append({**row, **after})
    table = bench.factorial_anova(
        rows,
        outcome="value",
        factors=("item", "condition", "period"),
        covariates=[f"after {each}" for each in own],
        interactions=False,
        level=level,
    )
    terms = [term for term in table.terms if term.name.startswith("after ")]
    adjusted = bench.adjust([term.p_value for term in terms], method="holm")
    found = []
    for term, p_value in zip(terms, adjusted, strict=True):
        each = omnibus(f"carry-over, {term.name}", data, term.p_value, str(term))
        each["p_adjusted"] = float(p_value)
        found.append(each)
    return found
