"""Faults of disks and programs cost a file at most what they hit, and every loss shows."""

import itertools
import random
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import pyarrow as pa
import pytest

from telemetry_research import (
    DamagedFileError,
    FileStore,
    Recording,
    StoreInUseError,
    continue_experiment,
    open_experiment,
    record,
    recording,
    start_experiment,
    stop_experiment,
)
from telemetry_research._stores import contents, frames
from telemetry_research._stores import file as file_store
from telemetry_research._stores.streams import chained

np = pytest.importorskip("numpy")

BATCHES, ROWS = 12, 40


def emit(first: int, count: int = ROWS) -> None:
    for number in range(first, first + count):
        record("a.stop", {"duration_ns": number}, {"text": f"answer {number}"})


def numbers(experiment: Recording) -> list[int]:
    found: Any = experiment.table()["duration_ns"]
    return [int(each) for each in found.to_pylist() if each is not None]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes, list[int]]:
    """A file as a killed process leaves it, the same when closed, and the ends of its batches."""
    path = tmp_path_factory.mktemp("files") / "events.arrows"
    experiment = start_experiment("one", store=FileStore(path), flush_interval_ms=60_000)
    ends = []
    for batch in range(BATCHES):
        emit(batch * ROWS)
        experiment.flush()
        ends.append(path.stat().st_size)
    killed = path.read_bytes()
    stop_experiment(experiment)
    return killed, path.read_bytes(), ends


@pytest.mark.slow
@pytest.mark.parametrize("closed", [False, True])
def test_a_flipped_bit_costs_at_most_its_batch_and_shows(
    closed: bool, files: tuple[bytes, bytes, list[int]], tmp_path: Path
) -> None:
    data = files[1] if closed else files[0]
    path, draw = tmp_path / "flipped.arrows", random.Random(1)
    for _ in range(60):
        changed = bytearray(data)
        changed[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        path.write_bytes(changed)

        try:
            found = numbers(open_experiment(path))
        except DamagedFileError as error:
            assert "damaged='skip'" in str(error)  # noqa: PT017  # an undamaged file is right too
            with pytest.warns(UserWarning, match="is damaged"):
                found = numbers(open_experiment(path, damaged="skip"))
            assert len(found) >= (BATCHES - 1) * ROWS
            assert path.read_bytes() == bytes(changed)
        else:
            assert len(found) == BATCHES * ROWS  # the bit was in a spare byte


def test_a_resume_of_a_damaged_file_is_refused_or_keeps_every_good_batch(
    files: tuple[bytes, bytes, list[int]], tmp_path: Path
) -> None:
    killed, _, ends = files
    path = tmp_path / "flipped.arrows"
    changed = bytearray(killed)
    changed[ends[3] - 100] ^= 1
    path.write_bytes(changed)

    with pytest.raises(DamagedFileError):
        continue_experiment(path)
    with (
        pytest.warns(UserWarning, match="is damaged"),
        continue_experiment(path, damaged="skip"),
    ):
        emit(10_000, 1)
    with pytest.warns(UserWarning, match="is damaged"):
        found = numbers(open_experiment(path, damaged="skip"))

    lost = set(range(3 * ROWS, 4 * ROWS))
    assert found == [*(n for n in range(BATCHES * ROWS) if n not in lost), 10_000]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:the last write")
def test_a_cut_in_the_last_batch_costs_only_that_batch(
    files: tuple[bytes, bytes, list[int]], tmp_path: Path
) -> None:
    killed, _, ends = files
    path = tmp_path / "cut.arrows"
    for cut in range(ends[-2], ends[-1], 37):
        path.write_bytes(killed[:cut])

        with continue_experiment(path):
            emit(10_000, 1)

        assert numbers(open_experiment(path)) == [*range((BATCHES - 1) * ROWS), 10_000]


@pytest.mark.parametrize("closed", [False, True])
def test_a_removed_end_shows(
    closed: bool, files: tuple[bytes, bytes, list[int]], tmp_path: Path
) -> None:
    path = tmp_path / "short.arrows"
    path.write_bytes((files[1] if closed else files[0])[: files[2][5]])

    with pytest.raises(DamagedFileError, match="written events are missing"):
        open_experiment(path)


def test_a_removed_end_without_events_shows(
    files: tuple[bytes, bytes, list[int]], tmp_path: Path
) -> None:
    _, closed, ends = files
    path = tmp_path / "short.arrows"
    for cut in (ends[-1], ends[-1] + 1, len(closed) - 1):
        path.write_bytes(closed[:cut])

        with pytest.raises(DamagedFileError, match=f"last {len(closed) - cut} bytes are missing"):
            open_experiment(path)


def test_a_file_that_grows_while_it_is_read_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "grows.arrows"
    with recording("grows", store=FileStore(path), flush_interval_ms=60_000) as experiment:
        emit(0)
        experiment.flush()

        def growing(file: BinaryIO, size: int) -> Iterator[frames.Frame | frames.Damage]:
            for first in (ROWS, 2 * ROWS):
                emit(first)
                experiment.flush()
            yield from frames.read_frames(file, size)

        monkeypatch.setattr(contents, "read_frames", growing)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = contents.inspect(path)

    assert (found.events, found.problems) == (ROWS, [])


def test_two_exchanged_batches_show(files: tuple[bytes, bytes, list[int]], tmp_path: Path) -> None:
    killed, _, ends = files
    path = tmp_path / "exchanged.arrows"
    parts = [killed[start:end] for start, end in itertools.pairwise(ends)]
    path.write_bytes(b"".join([killed[: ends[0]], parts[1], parts[0], *parts[2:]]))

    with pytest.raises(DamagedFileError, match="hash"):
        open_experiment(path)


@pytest.mark.parametrize("size", [0, 1, 8, 16, 100, 256, 300])
def test_a_file_that_is_empty_or_has_no_description_is_a_clear_error(
    size: int, files: tuple[bytes, bytes, list[int]], tmp_path: Path
) -> None:
    path = tmp_path / "head.arrows"
    path.write_bytes(files[0][:size])

    for use in (open_experiment, continue_experiment):
        with pytest.raises(DamagedFileError, match=r"is empty|no description"):
            use(path)


def test_zeros_behind_the_end_cost_nothing(
    files: tuple[bytes, bytes, list[int]], tmp_path: Path
) -> None:
    path = tmp_path / "zeros.arrows"
    for data in files[:2]:
        path.write_bytes(data + bytes(4096))

        assert numbers(open_experiment(path)) == [*range(BATCHES * ROWS)]


def test_a_second_writer_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "events.arrows"
    with recording("one", store=FileStore(path)) as experiment:
        emit(0)
        experiment.flush()
        before = path.read_bytes()
        other = f"from telemetry_research import *; continue_experiment({str(path)!r}).__enter__()"
        again = subprocess.run(
            [sys.executable, "-c", other], capture_output=True, text=True, check=False
        )
        with pytest.raises(StoreInUseError):
            FileStore(path).open({"id": experiment.id})

        assert "StoreInUseError" in again.stderr
        assert path.read_bytes() == before
    with continue_experiment(path) as experiment:
        emit(ROWS)
    assert numbers(experiment) == [*range(2 * ROWS)]


@pytest.mark.parametrize("failing", range(1, 10))
@pytest.mark.parametrize("taken", [0, 1, 50, 10_000])
def test_a_failed_write_at_any_time_leaves_a_whole_file_and_the_batch_is_offered_again(
    failing: int, taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = file_store._write_at, [0]

    def faulty(file: Any, data: bytes, at: int) -> None:
        calls[0] += 1
        if calls[0] == failing:
            real(file, data[:taken], at)
            raise OSError(28, "No space left on device")
        real(file, data, at)

    path = tmp_path / "events.arrows"
    monkeypatch.setattr(file_store, "_write_at", faulty)
    with recording("one", store=FileStore(path), flush_interval_ms=60_000) as experiment:
        for batch in range(3):
            emit(batch * ROWS)
            flush_at_last(experiment)
            assert numbers(open_experiment(path)) == [*range((batch + 1) * ROWS)]

    assert numbers(open_experiment(path)) == [*range(3 * ROWS)]


def flush_at_last(experiment: Recording) -> None:
    try:
        experiment.flush()
    except OSError:
        assert "events" in str(experiment)
        experiment.flush()


def test_a_stopped_file_gives_its_stop_time(tmp_path: Path) -> None:
    path = tmp_path / "events.arrows"
    with recording("one", store=FileStore(path)) as experiment:
        emit(0, 1)

    assert open_experiment(path).stopped_at == experiment.stopped_at


def old_format(path: Path, described: bytes, batches: Sequence[Any]) -> None:
    """A file as version 0.1 wrote it."""
    fields = batches[0].schema.with_metadata({b"schema_version": b"1", b"experiment": described})
    with path.open("wb") as file, pa.ipc.new_stream(file, fields) as writer:
        last = ""
        for batch in batches:
            last = chained(last, batch)
            writer.write_batch(batch, custom_metadata={b"hash": last.encode()})


def test_a_file_of_version_0_1_is_read_and_continued(tmp_path: Path) -> None:
    path = tmp_path / "old.arrows"
    with recording("old") as experiment:
        emit(0)
    described = msgspec.json.encode(experiment.description())
    old_format(path, described, list(experiment.batches()))

    before = numbers(open_experiment(path))
    with continue_experiment(path) as again:
        emit(ROWS)

    assert before == [*range(ROWS)]
    assert again.id == experiment.id
    assert numbers(open_experiment(path)) == [*range(2 * ROWS)]


def test_a_batch_with_indices_out_of_range_is_damage_and_not_a_crash(tmp_path: Path) -> None:
    with recording("one") as experiment:
        emit(0, 3)
    batch: Any = next(experiment.batches())
    columns = list(batch.columns)
    wrong: Any = pa.array(np.full(3, 10**8, dtype=np.int32))
    position = batch.schema.get_field_index("name")
    columns[position] = pa.DictionaryArray.from_arrays(
        wrong, columns[position].dictionary, safe=False
    )
    path = tmp_path / "wrong.arrows"
    store = FileStore(path)
    store.open(experiment.description())
    store._append([file_store._packed(pa.RecordBatch.from_arrays(columns, schema=batch.schema))])
    store.close()

    with pytest.raises(DamagedFileError, match="not a batch"):
        open_experiment(path)
