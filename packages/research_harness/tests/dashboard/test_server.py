"""A real server on a free port of this machine."""

import contextlib
import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from research_harness._core.errors import HostError
from research_harness._dashboard.guard import TOKEN_HEADER
from research_harness._dashboard.head_deadline import DeadlineProtocol
from research_harness._dashboard.serve import server, serving

from ..following.folders import append, make_folder, row


@contextlib.contextmanager
def _sent(address: str, path: str, method: str = "GET", **headers: str) -> Iterator[Any]:
    """The answer to a request, closed with its connection."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    connection.request(method, path, headers=headers)
    with contextlib.closing(connection), connection.getresponse() as answer:
        yield answer


def _status(*request: str, **headers: str) -> int:
    with _sent(*request, **headers) as answer:
        return int(answer.status)


def _events(answer: Any, name: str) -> tuple[str, Any]:
    """The id and the data of the first event of this name."""
    event: dict[str, str] = {}
    while event.get("event") != name:
        event = {}
        while line := answer.readline().decode().strip():
            key, _, value = line.partition(": ")
            event[key] = value
    return event.get("id", ""), json.loads(event["data"])


def test_a_stream_has_the_state_and_goes_on_from_the_last_id(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "one")
    append(folder, [row(n) for n in range(10)])
    with serving(tmp_path) as address:
        with _sent(address, "/api/stream?run=one") as first:
            place, whole = _events(first, "state")
            append(folder, [row(10)])
            _, change = _events(first, "change")
        with _sent(address, "/api/stream?run=one", **{"Last-Event-ID": place}) as again:
            _, missed = _events(again, "change")

    assert whole["state"]["rows"] == 10
    assert change["rows"] == missed["rows"] == 11
    assert "name" not in change


def test_other_sites_and_other_names_are_refused(tmp_path: Path) -> None:
    with serving(tmp_path) as address:
        assert _status(address, "/api/runs") == 200
        assert _status(address, "/api/runs", Origin="http://evil.example") == 403
        assert _status(address, "/api/runs", Host="evil.example") == 421
        assert _status(address, "/api/runs/one/control", "POST", **{TOKEN_HEADER: "x"}) == 415


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with serving(tmp_path) as address:
        port = urlsplit(address).port
        assert port is not None
        with pytest.raises(HostError, match=str(port)), server(tmp_path, port=port):
            pass


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost", b"\x16\x03\x01"])
def test_a_client_that_does_not_send_all_headers_is_left(
    sent: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("research_harness._dashboard.head_deadline.MAX_HEAD_S", 0.05)
    with serving(tmp_path) as address:
        place = urlsplit(address)
        with socket.create_connection((place.hostname or "", place.port or 0)) as connection:
            connection.sendall(sent)
            with contextlib.suppress(ConnectionResetError):
                while connection.recv(4096):
                    pass


def test_a_stream_is_not_cut_by_the_limit_for_headers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[DeadlineProtocol] = []

    def connected(protocol: DeadlineProtocol, transport: Any) -> None:
        connect(protocol, transport)
        made.append(protocol)

    connect = DeadlineProtocol.connection_made
    monkeypatch.setattr(DeadlineProtocol, "connection_made", connected)
    append(make_folder(tmp_path / "one"), [row(0)])
    with serving(tmp_path) as address, _sent(address, "/api/stream?run=one") as stream:
        _events(stream, "state")
        waiting = [each.waits_for_headers for each in made]

    assert waiting == [False]
