"""The garbage collector while rows are run."""

import gc
from collections.abc import Iterator

import pytest

from research_harness._scheduling import heap
from research_harness._scheduling.heap import settled_heap


@pytest.fixture(autouse=True)
def _usual_collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # A run that another test broke in the middle of its rows may still count as one.
    monkeypatch.setattr(heap, "_HEAP", heap._Heap())
    before, are_tests_frozen = gc.get_threshold(), gc.get_freeze_count() > 0
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
    yield
    gc.unfreeze()
    if are_tests_frozen:
        gc.freeze()
    gc.set_threshold(*before)


def test_objects_of_before_the_rows_are_left_out_of_collection_until_their_end() -> None:
    with settled_heap():
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold() == (10_000, 10, 10)

    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == (700, 10, 10)


def test_runs_that_overlap_take_the_setting_back_once() -> None:
    first, second = settled_heap(), settled_heap()
    first.__enter__()
    second.__enter__()

    first.__exit__(None, None, None)
    assert gc.get_threshold()[0] == 10_000
    second.__exit__(None, None, None)

    assert gc.get_threshold() == (700, 10, 10)
    assert gc.get_freeze_count() == 0


def test_a_higher_threshold_of_the_program_stays() -> None:
    gc.set_threshold(50_000, 5, 5)

    with settled_heap():
        assert gc.get_threshold() == (50_000, 5, 5)

    assert gc.get_threshold() == (50_000, 5, 5)


def test_objects_that_the_program_froze_stay_frozen() -> None:
    gc.freeze()

    with settled_heap():
        pass

    assert gc.get_freeze_count() > 0


def test_a_collector_that_is_switched_off_stays_as_it_is() -> None:
    gc.disable()
    try:
        with settled_heap():
            assert gc.get_freeze_count() == 0
            assert gc.get_threshold() == (700, 10, 10)
    finally:
        gc.enable()


def test_garbage_of_the_rows_is_collected_while_they_run() -> None:
    class Node:
        def __init__(self) -> None:
            self.me = self

    with settled_heap():
        for _ in range(30_000):
            Node()
        left = sum(type(each) is Node for each in gc.get_objects())

    assert left < 15_000
