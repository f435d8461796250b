"""Chunks of packed events."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from telemetry_research import Chunk, record, recording
from telemetry_research._core.chunk import wall_minus_monotonic_ns
from telemetry_research._core.rows import unpack_rows

from ..support import ListStore, emit_some


def test_chunks_count_their_events() -> None:
    seen: list[Chunk] = []

    class Watching(ListStore):
        def write(self, chunks: Any) -> None:
            seen.extend(chunks)
            super().write(chunks)

    with recording("one", store=Watching()):
        emit_some(2000)

    assert len(seen) > 1
    assert [chunk.first for chunk in seen] == [
        sum(before.count for before in seen[:index]) for index in range(len(seen))
    ]
    assert sum(chunk.count for chunk in seen) == 2001


def test_long_texts_are_read_in_parts_between_which_the_event_loop_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[int] = []

    def unpack(packed: bytes, sizes: Any) -> Any:
        read.append(len(packed))
        return unpack_rows(packed, sizes)

    monkeypatch.setattr("telemetry_research._core.chunk.unpack_rows", unpack)
    lengths = [4096, 10, 300_000, 0]
    texts = [f"{number} " + "x" * lengths[number % 4] for number in range(600)]
    with recording("long") as experiment:
        for text in texts:
            record("a.stop", {}, {"text": text})

    assert [event.attributes["text"] for event in experiment] == texts
    assert sum(length > 200_000 for length in read) == 150  # each alone, since it is one event
    assert max(length for length in read if length < 200_000) <= 128 * 1024


def test_capturing_and_flushing_import_no_pandas(tmp_path: Path) -> None:
    script = f"""
import sys
from telemetry_research import FileStore, record, recording
with recording("one", store=FileStore({str(tmp_path / "events.arrows")!r})) as experiment:
    for number in range(3000):
        record("a.stop", {{"duration_ns": number}}, {{"model": "m"}})
    experiment.flush()
print("pandas" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"


def test_the_distance_of_the_clocks_is_read_again_when_another_thread_ran_in_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0]
    pauses = iter([7_000_000, 100, 100])

    def monotonic() -> int:
        return now[0]

    def wall() -> int:
        now[0] += next(pauses)
        return now[0] + 1_000_000_000_000

    monkeypatch.setattr("telemetry_research._core.chunk.time.monotonic_ns", monotonic)
    monkeypatch.setattr("telemetry_research._core.chunk.time.time_ns", wall)

    assert abs(wall_minus_monotonic_ns() - 1_000_000_000_000) < 1000
