"""Cancelling at every turn of the event loop, with a network in memory: the pool stays whole."""

import asyncio
from itertools import count
from typing import Any

import pytest

from hedging import Fixed, HedgedTransport, Hedger, Policy

httpx = pytest.importorskip("httpx")
httpcore = pytest.importorskip("httpcore")
_Stream: Any = httpcore.AsyncMockStream
_Backend: Any = httpcore.AsyncMockBackend
_ANSWER = [b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n", b"\r\nfo", b"ur"]
_REFUSAL = [b"HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbusy"]


class Connection(_Stream):  # type: ignore[misc]  # known when it runs
    """Takes a turn of the loop for each thing it does, as a socket would."""

    async def read(self, *arguments: Any, **options: Any) -> Any:
        await asyncio.sleep(0)
        return await super().read(*arguments, **options)

    async def write(self, *arguments: Any, **options: Any) -> None:
        await asyncio.sleep(0)

    async def aclose(self) -> None:
        await asyncio.sleep(0)
        await super().aclose()


class Network(_Backend):  # type: ignore[misc]  # known when it runs
    async def connect_tcp(self, *arguments: Any, **options: Any) -> Any:
        await asyncio.sleep(0)
        return Connection([*self._buffer])


def hedged(until: Any, answer: list[bytes]) -> tuple[HedgedTransport, list[Any]]:
    """A transport over the network in memory, and the pools of its primary and its backups."""
    plain = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=2), verify=False)
    plain._pool._network_backend = Network(answer)
    hedger = Hedger(Policy(budget=None), strategy=Fixed(60_000))
    transport = HedgedTransport(hedger, transport=plain, until=until)
    return transport, [each._pool for each in transport._transports()]


async def turns(n: int) -> None:
    for _ in range(n):
        await asyncio.sleep(0)


async def ask_and_cancel(transport: HedgedTransport, after: int) -> bool:
    """Send a request and cancel it some turns later; whether it had ended by then."""
    asking = asyncio.ensure_future(
        transport.handle_async_request(httpx.Request("GET", "http://service/"))
    )
    await turns(after)
    if ended := not asking.cancel():
        await (await asking).aclose()
    else:
        await asyncio.wait({asking})
    await turns(60)
    return ended


@pytest.mark.parametrize("answer", [_ANSWER, _REFUSAL], ids=["answer", "refusal"])
@pytest.mark.parametrize("until", ["headers", "first_chunk", "body"])
async def test_a_request_cancelled_at_any_turn_leaves_no_slot_taken(
    until: str, answer: list[bytes]
) -> None:
    lost = []
    for after in count():
        transport, pools = hedged(until, answer)
        ended = await ask_and_cancel(transport, after)
        states = [repr(pool) for pool in pools]
        if not all("0 active, 0 queued | Connections: 0 active" in each for each in states):
            lost.append((after, states))
        await transport.aclose()
        if ended:
            break

    assert after > 5  # the request takes several turns, each of which was tried
    assert lost == []


async def read(transport: HedgedTransport) -> None:
    response: Any = await transport.handle_async_request(httpx.Request("GET", "http://service/"))
    try:
        async for _ in response.stream:
            pass
    finally:
        await response.aclose()


@pytest.mark.parametrize("until", ["headers", "first_chunk", "body"])
@pytest.mark.parametrize("answer", [_ANSWER, _REFUSAL], ids=["answer", "refusal"])
@pytest.mark.parametrize("again", [0, 1, 2])
async def test_a_reader_cancelled_at_any_turn_leaves_no_slot_taken(
    until: str, answer: list[bytes], again: int
) -> None:
    lost = []
    for after in count():
        transport, pools = hedged(until, answer)
        reading = asyncio.ensure_future(read(transport))
        await turns(after)
        ended = not reading.cancel()
        await turns(again)
        if again:
            reading.cancel()
        await asyncio.wait({reading})
        await turns(60)
        states = [repr(pool) for pool in pools]
        if not all("0 active, 0 queued | Connections: 0 active" in each for each in states):
            lost.append((after, states))
        await transport.aclose()
        if ended:
            break

    assert lost == []


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_request_that_stops_waiting_as_it_gets_a_connection_leaves_the_slot_free(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def too_late(*_: Any, **__: Any) -> None:
        raise httpcore.PoolTimeout

    transport, pools = hedged("headers", _ANSWER)
    with monkeypatch.context() as patched:
        # The pool has given it a connection before it waits.
        module = httpcore._async.connection_pool
        patched.setattr(module.AsyncPoolRequest, "wait_for_connection", too_late)
        for _ in range(2):
            with pytest.raises(httpx.PoolTimeout):
                await transport.handle_async_request(httpx.Request(method, "http://service/"))
        await turns(60)

    assert all("0 active, 0 queued | Connections: 0 active" in repr(pool) for pool in pools)
    await read(transport)
    await transport.aclose()
