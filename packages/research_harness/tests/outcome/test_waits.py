"""The delay of a row by waits for admission, from when its calls waited and ended."""

from typing import Any

import pytest

from ensemble import QueueWait
from research_harness._outcome.waits import WaitsOfCalls

TASKS: Any = ["task a", "task b", "task c"]


class Call:
    """A call that took so long, as an observer sees it."""

    def __init__(self, seconds: float) -> None:
        self.duration_ms = 1000 * seconds


def delay_of(*events: tuple[float, str, str], end: float) -> float:
    """The delay of a row whose calls wait, are sent and end at these times."""
    waits, sent = WaitsOfCalls(0.0), {}
    for now, task, event in sorted(events, key=lambda each: each[0]):
        wait: dict[str, Any] = {"number": TASKS.index(task), "model": "m", "to_be_admitted": True}
        name: Any = task
        if event == "waits":
            waits.on_wait(QueueWait(**wait, waited_ms=None), name, now)
            sent[task] = now
        elif event == "is sent":
            waits.on_wait(QueueWait(**wait, waited_ms=1000 * (now - sent[task])), name, now)
            sent[task] = now
        else:
            call: Any = Call(now - sent[task])
            waits.on_call(call, name, now)
    return waits.seconds(end)


def calls(task: str, asked: float, sent: float, end: float) -> list[tuple[float, str, str]]:
    return [(asked, task, "waits"), (sent, task, "is sent"), (end, task, "has ended")]


def test_calls_that_do_not_wait_delay_nothing() -> None:
    assert delay_of(*calls("task a", 0, 0, 2), *calls("task b", 0, 0, 3), end=3) == 0


def test_the_wait_of_a_single_call_is_the_delay() -> None:
    assert delay_of(*calls("task a", 1, 4, 6), end=6.5) == pytest.approx(3)


def test_of_calls_at_once_the_last_one_counts() -> None:
    """Without waits they end at 2 and 5; the row ends at 7."""
    found = delay_of(*calls("task a", 0, 5, 7), *calls("task b", 0, 1, 6), end=7)

    assert found == pytest.approx(2)


def test_a_wait_behind_a_longer_answer_delays_nothing() -> None:
    assert delay_of(*calls("task a", 0, 3, 4), *calls("task b", 0, 0, 9), end=9) == 0


def test_calls_one_after_another_add_up() -> None:
    found = delay_of(*calls("task a", 0, 1, 3), *calls("task b", 3, 5, 6), end=6)

    assert found == pytest.approx(3)


def test_what_begins_late_because_of_a_wait_is_moved_as_well() -> None:
    """The second wave waits for nothing, and begins two seconds late."""
    found = delay_of(
        *calls("task a", 0, 2, 4), *calls("task b", 0, 0, 1), *calls("task c", 4, 4, 7), end=7
    )

    assert found == pytest.approx(2)
