"""Worker processes hand over their events."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from telemetry_research import (
    in_worker,
    record,
    recording,
    scope,
)


@pytest.mark.parametrize("method", ["spawn", "fork"])
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_worker_processes_hand_their_events_over(method: str) -> None:
    with recording("one") as first, scope(condition="c"):
        record("parent.start")
        work = in_worker(first, record)
        with (
            recording("two") as second,
            ProcessPoolExecutor(2, mp_context=get_context(method)) as pool,
        ):
            for number in range(30):
                marker = {"marker": f"m{number % 3}"}
                pool.submit(work, "worker.stop", {}, marker).result()
                pool.submit(in_worker(second, record), "other.stop").result()

    found = first.events("worker.stop", condition="c")
    assert len(found) == 30
    assert {event.attributes["marker"] for event in found} == {"m0", "m1", "m2"}
    assert os.getpid() not in {event.pid for event in found}
    assert {event.parent_id for event in found} == {first.events("parent.start")[0].span_id}
    assert [event.name for event in second] == ["other.stop"] * 30
