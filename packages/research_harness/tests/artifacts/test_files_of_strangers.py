"""Files of a run that others may have made are bounded, and links in their place are refused."""

import gzip
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import telemetry_research
from research_harness import HarnessError
from research_harness._artifacts.folder import RunFolder
from research_harness._browse import rows as browsed
from research_harness._canaries.log import append_canaries
from research_harness._core.errors import JournalError, OutputError
from research_harness._core.parts import compress, open_parts
from research_harness._following import row_events


def test_a_part_that_unpacks_to_a_thousand_times_its_size_is_refused(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "journal-0001.jsonl.gz", "wb") as file:
        file.write(b'{"schema":1,"rows":1}\n')
        for _ in range(65):
            file.write(bytes(1 << 20))

    with pytest.raises(JournalError, match="more than 150 times"):
        open_parts(tmp_path / "journal.jsonl")


def test_own_rows_that_pack_to_almost_nothing_are_read_again(tmp_path: Path) -> None:
    part = tmp_path / "journal-0001.jsonl"
    part.write_bytes((b"x" * 1023 + b"\n") * (65 << 10))

    compress(part)
    found = open_parts(tmp_path / "journal.jsonl")

    assert found is not None
    with found:
        assert found.seek(0, 2) == 65 << 20


def test_a_part_that_is_cut_or_changed_is_named(tmp_path: Path) -> None:
    part = tmp_path / "journal-0001.jsonl.gz"
    part.write_bytes(gzip.compress(b'{"schema":1,"rows":1}\n{}\n')[:-12] + b"\xff" * 12)

    with pytest.raises(JournalError, match="cannot be read"):
        open_parts(tmp_path / "journal.jsonl")


def table(count: int, **more: Any) -> pa.Table:
    texts = ("model", "role", "status", "prompt", "answer", "vote", "error")
    plain = {name: ["y"] * count for name in texts}
    numbers = {name: [0.0] * count for name in ("cost_usd", "latency_ms")}
    return pa.table({**plain, **numbers, **more})


def test_more_calls_of_a_row_than_any_run_makes_are_refused(tmp_path: Path) -> None:
    pq.write_table(table(10_001, index=[0] * 10_001), tmp_path / "responses.parquet")

    with pytest.raises(OutputError, match="more than 10,000 calls a row"):
        browsed._calls(RunFolder(tmp_path), [0])

    assert browsed._calls(RunFolder(tmp_path), [1]) == {}


def test_of_millions_of_events_of_a_row_the_first_are_read(tmp_path: Path) -> None:
    count = 70_000
    events = pa.table(
        {name: ["y"] * count for name in ("name", "model", "error_type", "condition", "item_id")}
        | {name: [0] * count for name in ("timestamp_us", "duration_ns", "repeat")}
        | {"cost_usd": [0.0] * count, "success": [True] * count}
    )
    pq.write_table(events, tmp_path / "events.parquet")
    row: Any = SimpleNamespace(condition="y", item_id="y", repeat=0)

    found = row_events.events_of_row(RunFolder(tmp_path), row)

    assert len(found) == 200
    assert set(found[0]) == set(row_events._COLUMNS)


def test_a_link_in_place_of_the_record_of_canaries_is_refused(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("kept")
    (tmp_path / "canaries.jsonl").symlink_to(theirs)

    with pytest.raises((OSError, HarnessError)):
        append_canaries(tmp_path / "canaries.jsonl", [])

    assert theirs.read_text() == "kept"


def live_events(folder: Path) -> Path:
    path = folder / "checkpoints" / "events-1.arrows"
    path.parent.mkdir(exist_ok=True)
    with telemetry_research.recording("x", store=telemetry_research.FileStore(path)):
        for item in ("1", "2"):
            with telemetry_research.scope(condition="y", item_id=item, repeat=0):
                telemetry_research.record("model.stop", {"duration_ns": 5, "model": "m"})
    return path


ROW: Any = SimpleNamespace(condition="y", item_id="1", repeat=0)


def test_the_events_of_a_row_are_shown_while_its_session_goes_on(tmp_path: Path) -> None:
    path = live_events(tmp_path)
    assert [each["model"] for each in row_events.events_of_row(RunFolder(tmp_path), ROW)] == ["m"]

    path.write_bytes(path.read_bytes()[:-10])  # a write that is not complete yet
    assert row_events.events_of_row(RunFolder(tmp_path), ROW)


def damaged_forms(content: bytes) -> list[bytes]:
    stream = pa.BufferOutputStream()
    table = pa.table({"condition": ["y"], "item_id": ["1"], "repeat": [0]})
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    half = len(content) // 2
    return [b"", b"x" * 99, content[:300], content[:half] + b"\xff" * 40 + content[half + 40 :],
            stream.getvalue().to_pybytes()]  # fmt: skip


@pytest.mark.parametrize("number", range(5))
def test_live_events_that_are_damaged_or_something_else_are_left_out(
    number: int, tmp_path: Path
) -> None:
    path = live_events(tmp_path)
    path.write_bytes(damaged_forms(path.read_bytes())[number])

    assert len(row_events.events_of_row(RunFolder(tmp_path), ROW)) <= 1
