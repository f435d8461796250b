"""No store and no policy makes the emitter hang."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from telemetry_research import (
    FileStore,
    MemoryStore,
    Store,
    StoreError,
    record,
    recording,
    start_experiment,
    stop_experiment,
)
from telemetry_research._capture import pipeline

from ..support import ListStore


class Background(ListStore):
    """Is written by a thread."""

    background = True


class Unreliable(Background):
    """Fails at every other write, with an error of any kind."""

    calls = 0

    def write(self, chunks: Any) -> None:
        self.calls += 1
        if self.calls % 2:
            raise RuntimeError("not an OSError")
        super().write(chunks)


class Chatty(Background):
    """Emits events while it is written."""

    def write(self, chunks: Any) -> None:
        super().write(chunks)
        if len(self.kept) < 50:
            for _ in range(600):
                record("store.wrote")


class ChattyHere(Chatty):
    """The same, written where events are emitted."""

    background = False


STORES: dict[str, Callable[[Path], Store]] = {
    "memory": lambda _: MemoryStore(),
    "file": lambda folder: FileStore(folder / "events.arrows"),
    "list": lambda _: ListStore(),
    "background": lambda _: Background(),
    "unreliable": lambda _: Unreliable(),
    "chatty": lambda _: Chatty(),
    "chatty here": lambda _: ChattyHere(),
}


def watched(work: Callable[[], None]) -> None:
    """Run in a thread, and fail when it never ends."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # raised again below
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(300)
    assert not thread.is_alive(), "the emitter hangs"
    if failures:
        raise failures[0]


@pytest.mark.slow
@pytest.mark.parametrize("overflow", ["block", "drop"])
@pytest.mark.parametrize("max_pending", [1, 700, 5000])
@pytest.mark.parametrize("name", STORES)
def test_every_event_is_stored_or_counted_and_nothing_hangs(
    name: str,
    max_pending: int,
    overflow: Literal["block", "drop"],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pipeline, "_MAX_WAIT_S", 3600.0)  # a writer may be slow on a busy machine
    counts: list[int] = []

    def work() -> None:
        store = STORES[name](tmp_path)
        with recording(
            "one", store=store, max_pending=max_pending, overflow=overflow, flush_interval_ms=5
        ) as experiment:
            for number in range(6000):
                record("a.stop", {"duration_ns": number})
        durations: Any = experiment.table()["duration_ns"]
        stored = [each for each in durations.to_pylist() if each is not None]
        assert stored == sorted(set(stored))
        counts.append(len(stored))
        if overflow == "block" and "unreliable" not in name and "chatty" not in name:
            assert len(stored) == 6000
        else:
            assert len(stored) + experiment.dropped_events >= 6000

    watched(work)
    assert counts


def test_a_store_that_never_works_again_does_not_block_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pipeline, "_MAX_WAIT_S", 0.05)

    class Dead(Background):
        def write(self, chunks: Any) -> None:
            raise OSError("unplugged")

    def work() -> None:
        experiment = start_experiment(
            "one", store=Dead(), max_pending=1000, flush_interval_ms=5, stop_timeout_ms=0
        )
        for _ in range(10_000):
            record("a.stop")
        with pytest.raises(StoreError, match="unplugged"):
            stop_experiment(experiment)
        assert experiment.dropped_events > 5000

    watched(work)


def test_a_store_whose_write_never_returns_hangs_neither_stop_nor_queries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pipeline, "_MAX_HANG_S", 0.05)
    released = threading.Event()

    class Hanging(Background):
        def write(self, chunks: Any) -> None:
            released.wait()
            super().write(chunks)

    def work() -> None:
        experiment = start_experiment("one", store=Hanging(), flush_interval_ms=5)
        record("a.stop")
        with pytest.raises(StoreError, match="does not come back"):
            stop_experiment(experiment)
        assert experiment.events() == []
        released.set()

    try:
        watched(work)
    finally:
        released.set()
