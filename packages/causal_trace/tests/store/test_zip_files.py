"""ZIP files of others are unpacked within a budget, and give our errors."""

import json
import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from causal_trace import (
    CorruptChainError,
    InvalidTraceError,
    MissingExtraError,
    import_chains,
    read_archive,
)
from causal_trace._store import zip_members

READERS: dict[str, tuple[Callable[[Path], object], type[Exception]]] = {
    "a.eval": (import_chains, InvalidTraceError),
    "a.zip": (read_archive, CorruptChainError),
}


def _packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("sizes", [[3000], [400] * 5], ids=["one", "in all"])
def test_what_unpacks_to_too_much_is_refused(
    name: str, sizes: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_members, "_FREE_BYTES", 1000)
    monkeypatch.setattr(zip_members, "_RATIO", 0)
    members = {
        f"samples/{n}.json": b'{"name": "c", "events": []}' + b" " * size
        for n, size in enumerate(sizes)
    }
    read, error = READERS[name]

    with pytest.raises(error, match="unpacks to more"):
        read(_packed(tmp_path / name, members))


@pytest.mark.parametrize("name", READERS)
def test_values_that_take_much_memory_are_counted_before_they_are_made(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_members, "_FREE_VALUES", 1000)
    content = b"[" + b'{"a":1},' * 20_000 + b"1]"
    read, error = READERS[name]

    with pytest.raises(error, match="more values"):
        read(_packed(tmp_path / name, {"samples/1.json": content}))


@pytest.mark.parametrize("name", READERS)
def test_a_zip_with_too_many_members_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_members, "_MOST_MEMBERS", 2)
    read, error = READERS[name]

    with pytest.raises(error, match="3 members; 2 at most"):
        read(_packed(tmp_path / name, {f"samples/{n}.json": b"{}" for n in range(3)}))


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b"{", b"\xff", b"[1, 2]", b"7"],
    ids=["deep", "cut", "bytes", "list", "number"],
)
def test_a_member_that_is_something_else_gives_our_error_or_no_chain(
    name: str, content: bytes, tmp_path: Path
) -> None:
    read, error = READERS[name]
    with suppress(error):
        read(_packed(tmp_path / name, {"samples/1.json": content}))


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_or_encrypted_member_gives_our_error(name: str, tmp_path: Path) -> None:
    read, error = READERS[name]
    content = json.dumps({"id": 1, "text": "x" * 500}).encode()
    path = _packed(tmp_path / name, {"samples/1.json": content})
    whole = path.read_bytes()
    start = whole.index(b"samples/1.json") + len(b"samples/1.json")

    path.write_bytes(whole[: start + 2] + b"\xff" * 8 + whole[start + 10 :])
    with pytest.raises(error, match="damaged"):
        read(path)

    flags = whole.index(b"PK\x01\x02") + 8
    path.write_bytes(whole[:6] + b"\x01" + whole[7:flags] + b"\x01" + whole[flags + 1 :])
    with pytest.raises(error, match="encrypted"):
        read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("name", READERS)
def test_a_pipe_in_place_of_a_zip_is_not_waited_for(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)
    read, error = READERS[name]

    with pytest.raises(error, match="not a plain file"):
        read(tmp_path / name)


def test_values_that_are_nested_too_deeply_give_our_error() -> None:
    value: object = {"stringValue": "x"}
    for _ in range(5000):
        value = {"arrayValue": {"values": [value]}}
    span = {"traceId": "1", "spanId": "2", "attributes": [{"key": "a", "value": value}]}

    with pytest.raises(InvalidTraceError, match="nested too deeply"):
        import_chains({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})


def test_arrays_of_spans_without_values_are_read() -> None:
    span = {
        "traceId": "1",
        "spanId": "2",
        "name": "x",
        "attributes": [{"key": "a", "value": {"arrayValue": {"values": 3.5}}}],
    }
    import_chains({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})


def _zstandard(path: Path, content: bytes) -> Path:
    """A log as inspect_ai writes it: its member is packed by method 93."""
    zstandard = pytest.importorskip("zstandard")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("samples/1.json", zstandard.ZstdCompressor().compress(content))
    whole = bytearray(path.read_bytes())
    for start, method in ((0, 8), (whole.index(b"PK\x01\x02"), 10)):
        struct.pack_into("<H", whole, start + method, 93)
        struct.pack_into("<L", whole, start + method + 6, zlib.crc32(content))
        struct.pack_into("<L", whole, start + method + 14, len(content))
    path.write_bytes(whole)
    return path


LOG = json.dumps({"id": "q1", "messages": [{"role": "assistant", "content": "<think>w</think>A"}]})


def test_a_log_packed_with_zstandard_is_read(tmp_path: Path) -> None:
    (chain,) = import_chains(_zstandard(tmp_path / "a.eval", LOG.encode()))

    assert (chain.item, chain.events[0].reasoning) == ("q1", "w")


@pytest.mark.parametrize("at", [60, 70, 80])
def test_a_damaged_member_packed_with_zstandard_gives_our_error(at: int, tmp_path: Path) -> None:
    path = _zstandard(tmp_path / "a.eval", LOG.encode())
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + b"\xff\xff\xff" + whole[at + 3 :])

    with pytest.raises(InvalidTraceError):
        import_chains(path)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="zipfile unpacks Zstandard itself")
def test_the_extra_for_logs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _zstandard(tmp_path / "a.eval", LOG.encode())
    monkeypatch.setitem(sys.modules, "zstandard", None)

    with pytest.raises(MissingExtraError, match=r"causal-trace\[logs\]"):
        import_chains(path)
