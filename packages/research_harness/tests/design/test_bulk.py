"""The places of many rows at once are those of the rows one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research_harness._design.assignments import Crossed, Separate
from research_harness._design.bulk import BLOCK_ROWS, place_columns, places
from research_harness._design.layout import Layout


def crossed(
    width: int, repeat: int, items: int, *, randomize: bool = True, seed: int = 7
) -> Crossed:
    names = tuple(f"condition {number}" for number in range(width))
    layout = Layout(conditions=names, repeat=repeat, seed=seed, randomize=randomize)
    return Crossed(layout, items, periodic=repeat == 3)


@given(
    width=st.integers(1, 7),
    repeat=st.integers(1, 3),
    items=st.integers(1, 300),
    randomize=st.booleans(),
    seed=st.integers(-(2**70), 2**70),
)
def test_places_at_once_are_those_one_by_one(
    width: int, repeat: int, items: int, randomize: bool, seed: int
) -> None:
    design = crossed(width, repeat, items, randomize=randomize, seed=seed)

    found = list(places(design, range(len(design))))

    assert found == [design[row] for row in range(len(design))]


@given(data=st.data())
def test_columns_of_rows_in_any_order_are_those_of_the_rows(data: st.DataObject) -> None:
    design = crossed(3, 2, 40)
    rows = data.draw(st.lists(st.integers(0, len(design) - 1), max_size=60))

    columns = place_columns(design, rows)

    found = list(zip(*(each.tolist() for each in columns), strict=True))
    assert found == [tuple(design[row][:3]) for row in rows]


def test_places_go_on_behind_a_block() -> None:
    design = crossed(2, 1, BLOCK_ROWS)

    found = list(places(design, range(BLOCK_ROWS - 3, BLOCK_ROWS + 3)))

    assert found == [design[row] for row in range(BLOCK_ROWS - 3, BLOCK_ROWS + 3)]


@pytest.mark.parametrize("rows", [(), (3, 0, 5)])
def test_designs_without_a_computation_of_many_rows_are_asked_row_by_row(
    rows: tuple[int, ...],
) -> None:
    design = Separate(Layout(conditions=("a", "b"), repeat=2, seed=1), ["x", "y", "x"])

    columns = place_columns(design, rows)

    assert columns.item.tolist() == [design[row].item for row in rows]
    assert list(places(design, range(6))) == [design[row] for row in range(6)]
