"""Shared by the tests of the data library."""

import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from dataset_manager._scoring import scorers

# No result may depend on how fast the machine makes examples.
settings.register_profile("any_load", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any_load")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def own_scorers() -> Iterator[None]:
    """Scorers that a test registers are removed after it."""
    before = dict(scorers._scorers)
    yield
    scorers._scorers.clear()
    scorers._scorers.update(before)


@pytest.fixture
def mirror() -> Path:
    """The folder of real benchmark files."""
    place = os.environ.get("CRUCIBLE_MIRROR")
    if not place:
        pytest.skip("set CRUCIBLE_MIRROR to a folder with the benchmark files")
    return Path(place)


class Server:
    """A server that follows a script, one step for each request."""

    def __init__(self) -> None:
        self.body = bytes(range(256)) * 400
        self.script: list[str] = []
        self.ranges: list[str | None] = []
        self.files: dict[str, bytes] = {}  # by path; the body for any other path
        self.links: dict[str, str] = {}  # the page that follows a path
        self.keys: list[str | None] = []
        self.paths: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.ranges.append(self.headers.get("Range"))
                outer.keys.append(self.headers.get("Authorization"))
                outer.paths.append(self.path)
                outer.asked.set()
                step = outer.script.pop(0) if outer.script else "ok"
                outer.answer(self, step)

            def log_message(self, format: str, *args: Any) -> None:
                """Log nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that hangs up early is what is tested."""

        self.http = Quiet(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        self.asked = threading.Event()
        self.host = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.url = f"{self.host}/file"

    def answer(self, request: BaseHTTPRequestHandler, step: str) -> None:
        status, _, wait = step.partition(" ")
        if status.isdigit():
            request.send_response(int(status))
            request.send_header("Content-Length", "0")
            request.send_header("Location" if status[0] == "3" else "Retry-After", wait or "7")
            request.end_headers()
            return
        asked = request.headers.get("Range")
        same = request.headers.get("If-Range") == '"tag"'
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and same else 0
        whole = self.files.get(request.path, self.body)
        body = whole[start:]
        if step == "lie":
            body = body[::-1]
        if step == "long":
            body += b"more" * 1_000_000
        request.send_response(206 if start else 200)
        if start:
            place = start + 1 if step == "shift" else start
            size = len(whole)
            request.send_header("Content-Range", f"bytes {place}-{size - 1}/{size}")
        if step == "unsized":
            request.close_connection = True
            body = body[: len(body) // 2]
        else:
            request.send_header("Content-Length", str(len(body)))
        if request.path in self.links:
            request.send_header("Link", f'<{self.links[request.path]}>; rel="next"')
        request.send_header("ETag", '"other"' if step == "changed" else '"tag"')
        request.end_headers()
        request.wfile.write(body[: len(body) // 2] if step in ("cut", "changed") else body)
        if step in ("cut", "changed"):
            request.wfile.flush()
            request.close_connection = True
            request.connection.shutdown(socket.SHUT_RDWR)


def _serving() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()
    made.thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    yield from _serving()


@pytest.fixture
def other_server() -> Iterator[Server]:
    yield from _serving()
