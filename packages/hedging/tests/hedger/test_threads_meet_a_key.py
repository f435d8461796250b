"""Threads that meet a new key at the same moment share its state: no count is lost."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hedging import Adaptive, Hedger, Policy
from hedging._hedger import single_request

THREADS = 8


def at_once(call: Callable[[], object]) -> list[Any]:
    """The results of a call that all threads have begun before one of them goes on."""
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(call())) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_threads_that_make_a_key_at_once_get_one_state() -> None:
    """Making a strategy waits for the other threads, so that all of them find no state."""
    meeting = threading.Barrier(THREADS)

    def slow_to_make() -> Adaptive:
        with suppress(threading.BrokenBarrierError):
            meeting.wait(0.2)  # passes only when threads make a state side by side
        return Adaptive()

    hedger = Hedger(Policy(), strategy=slow_to_make)

    states = at_once(lambda: hedger._state("new"))

    assert len({id(state) for state in states}) == 1
    assert hedger.keys == ("new",)


def test_requests_without_a_hedger_share_one_for_a_key() -> None:
    policy = Policy(budget=None)

    hedgers = at_once(
        lambda: single_request._hedger(
            "percentile", {"quantile": 0.95}, key="threads", budget=0.05, policy=policy
        )
    )

    assert len({id(hedger) for hedger in hedgers}) == 1
