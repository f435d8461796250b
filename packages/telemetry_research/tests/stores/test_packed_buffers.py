"""A batch whose buffers are packed once more is no batch of ours, whatever it unpacks to."""

from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pytest

from telemetry_research import DamagedFileError, FileStore, open_experiment, record, recording
from telemetry_research._stores import frames
from telemetry_research._stores.arrow_messages import has_packed_buffers
from telemetry_research._stores.contents import read_batches

TEXTS = pa.table(
    {
        "text": ["x" * 50] * 1000,
        "known": pa.array(["a", "b"] * 500).dictionary_encode(),
    }
)


def stream(batches: list[pa.RecordBatch], compression: Any) -> pa.Buffer:
    written = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(written, batches[0].schema, options=options) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return written.getvalue()


@pytest.mark.parametrize("compression", [None, "zstd", "lz4"])
def test_packed_buffers_are_seen_before_they_are_unpacked(compression: str | None) -> None:
    found = has_packed_buffers(stream(TEXTS.to_batches(), compression))

    assert found == (compression is not None)


def test_a_packed_dictionary_is_seen() -> None:
    plain = stream(TEXTS.select(["known"]).slice(0, 0).to_batches() or TEXTS.to_batches(), "zstd")

    assert has_packed_buffers(plain)


def test_a_frame_with_packed_buffers_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "run.arrows"
    with recording("x", store=FileStore(path)):
        record("a.stop", {"duration_ns": 5}, {"q": "x" * 1000})
    raw = stream(list(read_batches(path)), "zstd")
    payload = pa.Codec("zstd").compress(raw, asbytes=True)
    chain = frames.chained(b"", "batch", payload)
    with path.open("ab") as file:
        file.write(frames.frame_bytes("batch", 1, payload, raw.size, chain))

    with pytest.raises(DamagedFileError, match="not a batch of events"):
        open_experiment(path)


def test_a_frame_that_states_a_size_out_of_proportion_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "run.arrows"
    with recording("x", store=FileStore(path)):
        record("a.stop", {"duration_ns": 5})
    payload = b"nothing"
    chain = frames.chained(b"", "batch", payload)
    with path.open("ab") as file:
        file.write(frames.frame_bytes("batch", 1, payload, 2**31, chain))

    with pytest.raises(DamagedFileError, match="not a batch of events"):
        open_experiment(path)


@pytest.mark.parametrize("damaged", ["error", "skip"])
def test_ten_gigabytes_of_zeros_are_refused_at_their_beginning(
    damaged: Literal["error", "skip"], tmp_path: Path
) -> None:
    path = tmp_path / "a.arrows"
    with path.open("wb") as file:
        file.truncate(10 << 30)  # sparse

    with pytest.raises(DamagedFileError, match="1,001 streams before byte 4,004"):
        open_experiment(path, damaged=damaged)


def test_a_message_with_a_large_head_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.arrows"
    with path.open("wb") as file:
        file.write(b"\xff\xff\xff\xff" + (1 << 30).to_bytes(4, "little"))
        file.truncate(2 << 30)

    with pytest.raises(DamagedFileError, match="has a head of 1,073,741,824 bytes"):
        open_experiment(path)
