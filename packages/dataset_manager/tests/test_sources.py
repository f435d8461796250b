"""Files come from the cache, a mirror or the network, and are never other than those pinned."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import blinker
import pytest

from dataset_manager import ChecksumError, DownloadError, UnavailableError
from dataset_manager._download import download
from dataset_manager._sources import Pin, Sources, find_sources, pins

BODY = bytes(range(256)) * 400
HASH = hashlib.sha256(BODY).hexdigest()


class Server:
    """A server that behaves as it is told, one instruction a request."""

    def __init__(self) -> None:
        self.script: list[str] = []
        self.ranges: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.ranges.append(self.headers.get("Range"))
                step = outer.script.pop(0) if outer.script else "ok"
                outer.answer(self, step)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/file"

    def answer(self, request: BaseHTTPRequestHandler, step: str) -> None:
        if step.isdigit():
            request.send_response(int(step))
            request.send_header("Content-Length", "0")
            request.send_header("Retry-After", "7")
            request.end_headers()
            return
        asked = request.headers.get("Range")
        same = request.headers.get("If-Range") == '"tag"'
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and same else 0
        body = (b"other" * 20_000)[: len(BODY)] if step == "lie" else BODY[start:]
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("ETag", '"other"' if step == "changed" else '"tag"')
        request.end_headers()
        request.wfile.write(body[: len(body) // 2] if step in ("cut", "changed") else body)
        if step in ("cut", "changed"):
            request.wfile.flush()
            request.close_connection = True
            request.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()
    made.thread.join()


def get(server: Server, target: Path, **options: Any) -> tuple[Path, list[float]]:
    waits: list[float] = []
    return download(server.url, target, sha256=HASH, wait=waits.append, **options), waits


def test_a_file_arrives_whole_and_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    path, waits = get(server, tmp_path / "deep" / "file")
    again, _ = get(server, path)

    assert path.read_bytes() == again.read_bytes() == BODY
    assert waits == []
    assert len(server.ranges) == 1
    assert {entry.name for entry in path.parent.iterdir()} <= {"file", "file.lock"}


def test_a_cut_connection_is_taken_up_where_it_broke(server: Server, tmp_path: Path) -> None:
    server.script = ["cut", "cut"]

    path, waits = get(server, tmp_path / "file")

    assert path.read_bytes() == BODY
    assert server.ranges == [None, f"bytes={len(BODY) // 2}-", f"bytes={len(BODY) * 3 // 4}-"]
    assert waits == [1.0, 2.0]


def test_a_file_that_changed_meanwhile_is_fetched_from_the_begin(
    server: Server, tmp_path: Path
) -> None:
    server.script = ["changed"]

    path, _ = get(server, tmp_path / "file")

    assert path.read_bytes() == BODY
    assert server.ranges[1] is not None


def test_a_file_with_another_hash_is_thrown_away(server: Server, tmp_path: Path) -> None:
    server.script = ["lie"]

    with pytest.raises(ChecksumError, match="is pinned"):
        get(server, tmp_path / "file")

    assert {entry.name for entry in tmp_path.iterdir()} <= {"file.lock"}


def test_a_busy_server_is_asked_again_when_it_says(server: Server, tmp_path: Path) -> None:
    server.script = ["429", "503"]

    path, waits = get(server, tmp_path / "file")

    assert path.read_bytes() == BODY
    assert waits == [7.0, 7.0]


def test_tries_come_to_an_end(server: Server, tmp_path: Path) -> None:
    server.script = ["503"] * 10

    with pytest.raises(DownloadError, match=r"answers 503 \(tried 3 times\)"):
        get(server, tmp_path / "file", tries=3)

    assert len(server.ranges) == 3


def test_a_file_that_is_not_there_is_not_asked_for_again(server: Server, tmp_path: Path) -> None:
    server.script = ["404"] * 10

    with pytest.raises(DownloadError, match="answers 404"):
        get(server, tmp_path / "file")

    assert len(server.ranges) == 1


def test_a_server_that_is_not_there_is_an_error_and_not_a_hang(
    server: Server, tmp_path: Path
) -> None:
    server.http.shutdown()
    server.http.server_close()

    with pytest.raises(DownloadError, match="ConnectError"):
        get(server, tmp_path / "file", tries=2)


def pin(name: str = "set/file.txt") -> Pin:
    return Pin(name=name, repository="o/r", commit="0" * 40, path="f", sha256=HASH, bytes=len(BODY))


def mirrored(folder: Path, body: bytes = BODY) -> Path:
    path = folder / "set" / "file.txt"
    path.parent.mkdir(parents=True)
    path.write_bytes(body)
    return path


def test_the_cache_goes_first_and_a_damaged_file_in_it_is_not_used(tmp_path: Path) -> None:
    sources = Sources(cache_dir=tmp_path / "cache", mirror=tmp_path / "mirror", offline=True)
    in_mirror = mirrored(tmp_path / "mirror")
    cached = tmp_path / "cache" / "files" / HASH[:2] / HASH
    cached.parent.mkdir(parents=True)

    cached.write_bytes(BODY)
    first = sources.fetch(pin())
    cached.write_bytes(BODY[:-1])
    second = sources.fetch(pin())

    assert (first, second) == (cached, in_mirror)


def test_a_mirror_with_other_bytes_is_an_error(tmp_path: Path) -> None:
    mirrored(tmp_path, BODY + b"x")

    with pytest.raises(ChecksumError, match=r"file\.txt has SHA-256"):
        Sources(cache_dir=tmp_path / "cache", mirror=tmp_path, offline=True).fetch(pin())


def test_when_no_source_has_it_all_that_was_tried_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        UnavailableError, match=r"(?s)cache: nothing.*mirror: no set.*offline.*CRUCIBLE_MIRROR"
    ):
        Sources(cache_dir=tmp_path / "cache", mirror=tmp_path, offline=True).fetch(pin())


def test_hits_and_misses_are_on_the_bus(tmp_path: Path) -> None:
    seen: list[str] = []

    def receive(name: str, **_: object) -> None:
        seen.append(name)

    mirrored(tmp_path)
    with blinker.signal("crucible").connected_to(receive):
        Sources(cache_dir=tmp_path / "cache", mirror=tmp_path).fetch(pin())

    assert seen == ["dataset.cache.miss"]


def test_the_environment_says_where_to_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRUCIBLE_CACHE", str(tmp_path / "c"))
    monkeypatch.setenv("CRUCIBLE_MIRROR", str(tmp_path / "m"))
    monkeypatch.setenv("CRUCIBLE_OFFLINE", "1")

    sources = find_sources(cache_dir=None, mirror=None, offline=None)

    assert sources == Sources(cache_dir=tmp_path / "c", mirror=tmp_path / "m", offline=True)


def test_every_pin_names_a_commit_and_a_hash() -> None:
    assert len(pins()) == 118
    for found in pins().values():
        assert len(found.commit) == 40
        assert len(found.sha256) == 64
        assert found.commit in found.url
