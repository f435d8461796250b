"""HTTP/2 over a real connection: losers are cancelled as streams, and their slots come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from hedging import Fixed, HedgedTransport, Hedger, Policy

httpx = pytest.importorskip("httpx")
pytest.importorskip("h2", reason="HTTP/2 of httpx needs h2")
connections: Any = pytest.importorskip("h2.connection")
configs: Any = pytest.importorskip("h2.config")
events: Any = pytest.importorskip("h2.events")
exceptions: Any = pytest.importorskip("h2.exceptions")
EVENT_STREAM = [(":status", "200"), ("content-type", "text/event-stream")]


class Server:
    """Answers streams by script; the n-th stream gets the n-th step, and the last step repeats.

    A step is ``hang``, ``headers`` (of an event stream whose first event never comes), or
    ``answer``. ``cancelled`` has the numbers of the streams that the client has cancelled.
    """

    def __init__(self, *steps: str) -> None:
        self.steps = steps
        self.connections = self.streams = 0
        self.cancelled: list[int] = []
        self.arrived = asyncio.Semaphore(0)
        self.left = asyncio.Semaphore(0)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        config = configs.H2Configuration(client_side=False, header_encoding="utf-8")
        wire = connections.H2Connection(config=config)
        wire.initiate_connection()
        numbers: dict[int, int] = {}
        writer.write(wire.data_to_send())
        while data := await reader.read(65536):
            for event in wire.receive_data(data):
                if isinstance(event, events.RequestReceived):
                    numbers[event.stream_id] = self.streams
                    # On a slow machine a request and its reset come together.
                    with suppress(exceptions.StreamClosedError):
                        self._answer(wire, event.stream_id, self.streams)
                    self.streams += 1
                    self.arrived.release()
                elif isinstance(event, events.StreamReset):
                    self.cancelled.append(numbers[event.stream_id])
                    self.left.release()
            writer.write(wire.data_to_send())
        writer.close()

    def _answer(self, wire: Any, stream: int, number: int) -> None:
        step = self.steps[min(number, len(self.steps) - 1)]
        if step != "hang":
            wire.send_headers(stream, EVENT_STREAM)
        if step == "answer":
            wire.send_data(stream, b"data: four\n\n", end_stream=True)


@asynccontextmanager
async def client(*steps: str) -> AsyncIterator[tuple[Server, Any, str]]:
    """A server, a hedged client whose backups are sent after 20 ms, and the server's address."""
    server = Server(*steps)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    plain = httpx.AsyncHTTPTransport(http1=False, http2=True)
    transport = HedgedTransport(
        Hedger(Policy(budget=None), strategy=Fixed(20)), transport=plain, until="headers"
    )
    try:
        async with httpx.AsyncClient(transport=transport, timeout=60) as http:
            yield server, http, f"http://127.0.0.1:{port}/"
    finally:
        listening.close()


async def idle(http: Any) -> bool:
    """Whether no request stays in the pools of a client."""
    pools = [each._pool for each in http._transport._transports()]
    for _ in range(10_000):  # a loser that was just cancelled leaves some turns later
        if all("Requests: 0 active, 0 queued" in repr(pool) for pool in pools):
            return True
        await asyncio.sleep(0)
    return False


async def test_a_loser_is_cancelled_as_a_stream_and_its_connection_goes_on() -> None:
    async with client("hang", "answer", "answer") as (server, http, url):
        first = await http.get(url)
        await server.left.acquire()
        later = [await http.get(url) for _ in range(3)]

        assert first.http_version == "HTTP/2"
        assert first.extensions["hedging"]["winner"] == 1
        assert {each.text for each in (first, *later)} == {"data: four\n\n"}
        assert 0 in server.cancelled  # a slow machine sends further backups
        assert server.connections == 2  # of the primaries and of the backups
        assert await idle(http)


async def test_a_stream_with_early_headers_is_hedged_on_its_first_event() -> None:
    async with client("headers", "answer") as (server, http, url):
        async with http.stream("GET", url) as answer:
            received = [chunk async for chunk in answer.aiter_bytes()]
        await server.left.acquire()

        assert answer.extensions["hedging"]["winner"] == 1
        assert received == [b"data: four\n\n"]
        assert server.cancelled[0] == 0
        assert await idle(http)


async def test_requests_that_are_cancelled_leave_no_stream_and_no_slot() -> None:
    async with client(*["hang"] * 24, "answer") as (server, http, url):
        asked = [asyncio.ensure_future(http.get(url)) for _ in range(12)]
        for _ in range(24):
            await server.arrived.acquire()
        for each in asked:
            each.cancel()
        await asyncio.wait(asked)
        for _ in range(24):
            await server.left.acquire()

        assert sorted(server.cancelled) == list(range(24))
        assert (await http.get(url)).text == "data: four\n\n"
        assert await idle(http)
