"""Rows come from the journal in the order of the plan, and columns hold what rows hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research_harness import Condition, Metric, Plan, Row
from research_harness._analysis.vectors import (
    has_seen,
    is_censored,
    item_means,
    known,
    paired_means,
    paired_rows,
)
from research_harness._engine.journal import Journal, JournalWriter
from research_harness._rows.columns import RowColumns
from research_harness._rows.store import JournalRows
from research_harness._rows.values import ByItem, Censored, ItemValues


@dataclass(frozen=True)
class Item:
    id: str


PLAN = Plan(
    [Condition(name=name, function=str) for name in "ab"],
    [Item(f"i{number}") for number in range(5)],
    repeat=2,
    seed=3,
)


def row_of(index: int, **values: object) -> Row:
    trial = PLAN[index]
    return Row(
        index=index,
        item_id=trial.item.id,
        condition=trial.condition.name,
        repeat=trial.repeat,
        **values,  # type: ignore[arg-type]  # the fields of a row
    )


def journal_of(path: Path, rows: Iterable[Row]) -> Journal:
    with JournalWriter(path) as writer:
        for row in rows:
            writer.append(row)
    return Journal(path)


def test_rows_come_in_the_order_of_the_plan_and_the_last_of_a_number_counts(
    tmp_path: Path,
) -> None:
    again = row_of(4, prediction="again")
    foreign = Row(index=3, item_id="other", condition="a", repeat=0)
    rows = [row_of(9), row_of(4), row_of(0, values={"tokens": 3.0}), foreign, again]
    journal = journal_of(tmp_path / "journal.jsonl", rows)

    found = JournalRows(PLAN, journal)

    assert [each.index for each in found] == [0, 4, 9]
    assert len(found) == 3
    assert found[1] == again
    assert [each.index for each in found[1:]] == [4, 9]
    assert found.returned == ("tokens",)
    assert [PLAN.items[found.item_number(each)].id for each in found] == [
        each.item_id for each in found
    ]


def test_a_journal_without_rows_has_no_rows(tmp_path: Path) -> None:
    assert list(JournalRows(PLAN, Journal(tmp_path / "journal.jsonl"))) == []


COST = Metric(name="cost", column="cost_usd", unit="usd")
LATENCY = Metric(name="latency", column="latency_ms", unit="ms")


def columns_of(rows: list[Row], metric: Metric, *, timeout_ms: float | None = None) -> RowColumns:
    return RowColumns.of_rows(
        rows,
        [metric],
        conditions=["a", "b"],
        items=[item.id for item in PLAN.items],
        size=len(rows),
        timeout_ms=timeout_ms,
    )


def test_a_row_without_an_answer_takes_at_least_the_time_limit() -> None:
    rows = [row_of(n, latency_ms=10.0 + n) for n in range(len(PLAN) - 1)]
    rows.append(row_of(len(PLAN) - 1, error_type="TimeoutError", failure="time", latency_ms=900.0))
    late = rows[-1]

    values = columns_of(rows, LATENCY, timeout_ms=1_000.0).of(LATENCY, late.condition)

    found = values[late.item_id][late.repeat]
    assert isinstance(found, Censored)
    assert found == 1_000.0
    assert is_censored(values)


def test_an_unknown_cost_is_between_what_is_known_and_the_dearest_row() -> None:
    rows = [row_of(n, cost_usd=0.5) for n in range(len(PLAN))]
    first = rows[0]
    rows[0] = row_of(0, known_cost_usd=0.2, open_calls=2)

    bounds = columns_of(rows, COST).cost_bounds(COST, first.condition)

    assert bounds is not None
    least, most = (side[first.item_id][first.repeat] for side in bounds)
    assert least == 0.2
    assert most == pytest.approx(0.2 + 2 * 0.5)


def test_an_unknown_cost_that_nothing_bounds_has_no_greatest_value() -> None:
    rows = [row_of(n, cost_usd=0.5) for n in range(1, len(PLAN))]
    rows.insert(0, row_of(0))

    bounds = columns_of(rows, COST).cost_bounds(COST, rows[0].condition)

    assert bounds is not None
    assert [side[rows[0].item_id][rows[0].repeat] for side in bounds] == [0.0, None]


VALUES = st.one_of(st.none(), st.floats(-1e6, 1e6), st.floats(0, 1e6).map(Censored))
SIDES = st.dictionaries(
    st.sampled_from("uvwxyz"),
    st.dictionaries(st.integers(0, 3), VALUES, min_size=1, max_size=4),
    min_size=1,
)


@settings(deadline=None)
@given(side=SIDES)
def test_arrays_of_values_read_like_the_mapping_they_were_made_from(side: ByItem) -> None:
    found = ItemValues.of(side)

    assert {item: dict(row) for item, row in found.items()} == side
    assert is_censored(side) == any(
        isinstance(each, Censored) for row in side.values() for each in row.values()
    )
    assert has_seen(side) == any(
        each is not None and not isinstance(each, Censored)
        for row in side.values()
        for each in row.values()
    )
    by_item = {
        item: [row[repeat] for repeat in sorted(row) if row[repeat] is not None]
        for item, row in side.items()
    }
    expected = {item: values for item, values in by_item.items() if values}
    rows = known(side)
    assert dict(zip(rows.items, map(list, rows), strict=True)) == expected
    assert rows.once == all(len(values) == 1 for values in expected.values())


@settings(deadline=None)
@given(first=SIDES, second=SIDES)
def test_pairs_are_the_items_and_rows_that_both_sides_have(first: ByItem, second: ByItem) -> None:
    old, new, items, dropped = paired_means(first, second)

    means = item_means(first), item_means(second)
    common = [item for item in means[0] if item in means[1]]
    assert list(items) == common
    assert [old.tolist(), new.tolist()] == [[side[item] for item in common] for side in means]
    assert dropped == len({*first, *second}) - len(common)

    rows = paired_rows(first, second)
    expected = [
        (item, value, second[item][repeat])
        for item, row in first.items()
        for repeat, value in sorted(row.items())
        if value is not None and second.get(item, {}).get(repeat) is not None
    ]
    sides = rows.control.tolist(), rows.treatment.tolist()
    assert list(zip(rows.items, *sides, strict=True)) == expected
    cuts = rows.control_cut.tolist(), rows.treatment_cut.tolist()
    assert list(zip(*cuts, strict=True)) == [
        tuple(isinstance(each, Censored) for each in values) for _, *values in expected
    ]
    assert [list(first)[number] for number in rows.numbers] == list(rows.items)
    assert rows.dropped == sum(map(len, first.values())) - len(expected)
