"""A file of 2 MB that unpacks to much more takes at most 300 MB and 10 s of any reader."""

import gzip
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import telemetry_research
from telemetry_research._stores import frames

MB = 1 << 20
READ = {
    "load": "import dataset_manager; dataset_manager.load_sync(path)",
    "chains": "import causal_trace; causal_trace.import_chains(path)",
    "archive": "import causal_trace; causal_trace.read_archive(path)",
    "events": "import telemetry_research; telemetry_research.restore_experiment(path)",
    "stored": "import telemetry_research; telemetry_research.open_experiment(path)",
    "live": (
        "import pathlib; from research_harness._following.row_events import _batches;"
        " list(_batches(pathlib.Path(path)))"
    ),
    "trace": "import hedging; hedging.read_trace(path)",
}
MEASURE = """
import resource, sys

path, source = sys.argv[1:]
import causal_trace, dataset_manager, hedging, pyarrow.parquet, telemetry_research

def peak():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1])

before = peak()
resource.setrlimit(resource.RLIMIT_CPU, (14, 15))  # some seconds of it are the imports
try:
    exec(source, {"path": path})
    end = "read"
except (
    causal_trace.TraceError,
    dataset_manager.DatasetError,
    hedging.HedgingError,
    telemetry_research.TelemetryError,
):
    end = "refused"
print((peak() - before) // 1024, end)
"""


def _gz(*parts: bytes) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as file:
        for part in parts:
            file.write(part)
    return packed.getvalue()


def _zip(members: Iterable[tuple[str, bytes, int]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, block, times in members:
            with archive.open(name, "w") as file:
                for _ in range(times):
                    file.write(block)
    return packed.getvalue()


def _table(table: pa.Table) -> bytes:
    packed = io.BytesIO()
    pq.write_table(table, packed, compression="zstd")
    return packed.getvalue()


def _rows() -> bytes:
    return _table(pa.table({"question": ["q"], "answer": ["a"]}).take([0] * 1_100_000))


def _events(folder: Path) -> bytes:
    with telemetry_research.recording("x") as experiment:
        telemetry_research.record("a.stop", {"duration_ns": 5}, {"q": "x" * 1000})
    path = telemetry_research.archive_experiment(experiment, folder / "one.parquet")
    table = pq.read_table(path)
    return _table(table.take([0] * 500_000).replace_schema_metadata(table.schema.metadata))


def _frame(folder: Path) -> bytes:
    """An event file with a frame that unpacks to 512 MB of nothing."""
    path = folder / "one.arrows"
    with telemetry_research.recording("x", store=telemetry_research.FileStore(path)):
        telemetry_research.record("a.stop", {"duration_ns": 5})
    raw = bytes(512 * MB)
    payload = pa.Codec("zstd", compression_level=1).compress(raw, asbytes=True)
    chain = frames.chained(b"", "batch", payload)
    return path.read_bytes() + frames.frame_bytes("batch", 1, payload, len(raw), chain)


def _of_one_text() -> bytes:
    """A table whose 400,000 rows share one text of 2 MB."""
    text = pa.array(["x" * 2 * MB])
    rows = pa.DictionaryArray.from_arrays(pa.array([0] * 400_000, pa.int32()), text)
    packed = io.BytesIO()
    table = pa.table({"question": rows, "answer": rows, "latency_ms": rows})
    pq.write_table(
        table, packed, compression="zstd", dictionary_pagesize_limit=1 << 30, write_statistics=False
    )
    return packed.getvalue()


def _nulls() -> bytes:
    """A table with one row, whose list has 50 million values."""
    many = pa.array([pa.nulls(50_000_000, pa.int8())], pa.list_(pa.int8()))
    return _table(pa.table({"question": ["q"], "answer": ["a"], "choices": many}))


def _varint(number: int) -> bytes:
    """A number as Thrift writes it."""
    number <<= 1
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _with_false_sizes() -> bytes:
    """A table with a text of 512 MB whose end says that it has a few."""
    packed = io.BytesIO()
    table = pa.table({"question": ["y" * 512 * MB], "answer": ["a"]})
    pq.write_table(table, packed, compression="zstd", use_dictionary=False, write_statistics=False)
    content = packed.getvalue()
    group = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(0)
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    end = content[start:-8]
    for size in (group.total_byte_size, group.column(0).total_uncompressed_size):
        true = _varint(size)
        assert true in end
        end = end.replace(true, b"\xc8" + b"\x80" * (len(true) - 2) + b"\x00")
    return content[:start] + end + content[-8:]


def _old_events(_: Path) -> bytes:
    """An event file of version 0.1 whose batch unpacks to 512 MB."""
    text = pa.array(["z" * 512 * MB])
    schema = pa.schema([("name", pa.string())], {b"experiment": b"{}"})
    batch = pa.RecordBatch.from_arrays([text], schema=schema)
    packed = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(packed, schema, options=options) as writer:
        writer.write_batch(batch, custom_metadata={b"hash": b"0"})
    return packed.getvalue()


SAMPLE = json.dumps({"id": 1, "epoch": 1, "input": "q"}).encode()
BOMBS: dict[str, tuple[str, str, Callable[[Path], bytes]]] = {
    "lists": ("load", "a.json.gz", lambda _: _gz(b"[", b"[]," * (20 * MB), b"[]]")),
    "line ends": ("load", "a.json.gz", lambda _: _gz(b"\n" * (30 * MB), b"[]")),
    "one long character": (
        *("load", "a.json.gz"),
        lambda _: _gz('[{"question":"\N{GRINNING FACE}'.encode(), b"a" * (30 * MB), b'"}]'),
    ),
    "rows of a table": ("load", "a.parquet", lambda _: _rows()),
    "samples": ("chains", "a.eval", lambda _: _zip([("samples/1.json", b" " * MB, 200)])),
    "values": ("chains", "b.eval", lambda _: _zip([("samples/1.json", b'{"a":1},' * MB, 7)])),
    "chains": ("archive", "a.zip", lambda _: _zip((f"{n}.json", SAMPLE, 1) for n in range(9000))),
    "events": ("events", "a.parquet", _events),
    "one text": ("load", "b.parquet", lambda _: _of_one_text()),
    "one text in a trace": ("trace", "c.parquet", lambda _: _of_one_text()),
    "false sizes": ("load", "d.parquet", lambda _: _with_false_sizes()),
    "false sizes in a trace": ("trace", "e.parquet", lambda _: _with_false_sizes()),
    "nulls": ("load", "f.parquet", lambda _: _nulls()),
    "old events": ("stored", "b.arrows", _old_events),
    "frames": ("stored", "a.arrows", _frame),
    "live frames": ("live", "events-1.arrows", _frame),
    "live old events": ("live", "events-2.arrows", _old_events),
}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read on Linux")
@pytest.mark.parametrize("name", BOMBS)
def test_what_unpacks_to_much_more_takes_a_bounded_amount(name: str, tmp_path: Path) -> None:
    reader, file, make = BOMBS[name]
    path = tmp_path / file
    path.write_bytes(make(tmp_path))
    assert path.stat().st_size < 3 * MB

    found = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), READ[reader]],
        capture_output=True,
        text=True,
        check=True,
    )

    peak, _ = found.stdout.split()
    assert int(peak) < 300
