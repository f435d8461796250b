"""Hedging inside of httpx, against a real server on loopback that sees who hangs up."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hedging import Fixed, HedgedTransport, Hedger, NoEventLoopError, Policy

httpx = pytest.importorskip("httpx")
_Transport: Any = httpx.AsyncHTTPTransport
_Base: Any = httpx.AsyncBaseTransport
_Stream: Any = httpx.AsyncByteStream


class Server:
    """Answers by script; the n-th request gets the n-th step, and the last step repeats.

    A step is ``hang`` (no answer), or a status, further headers and a body. ``finished`` has the
    requests that were answered, ``hung_up`` those whose connection the client closed before.
    """

    def __init__(self, *steps: Any) -> None:
        self.steps = steps
        self.seen: list[bytes] = []
        self.hung_up: list[int] = []
        self.arrived = asyncio.Semaphore(0)
        self.left = asyncio.Semaphore(0)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await self._head(reader):
                number = len(self.seen)
                self.seen.append(head)
                self.arrived.release()
                await self._answer(number, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = await reader.readline()
            if not line:
                return b""
            head += line
        lengths = [x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")]
        length = int(lengths[0].split(b":")[1]) if lengths else 0
        return head + await reader.readexactly(length)

    async def _answer(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        step = self.steps[min(number, len(self.steps) - 1)]
        if step == "hang":
            # The next thing to read from a client that waits is the end of its connection.
            if not await reader.read(1):
                self.hung_up.append(number)
                self.left.release()
            raise ConnectionError
        status, headers, body = step
        lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}", *headers]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()


@asynccontextmanager
async def serving(*steps: Any) -> AsyncIterator[tuple[Server, str]]:
    server = Server(*steps)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield server, f"http://127.0.0.1:{port}/v1/chat"
    finally:
        listening.close()


def client(delay_ms: float = 20, *, policy: Policy | None = None, **options: Any) -> Any:
    hedger = Hedger(policy or Policy(budget=None), strategy=Fixed(delay_ms))
    return httpx.AsyncClient(transport=HedgedTransport(hedger, **options), timeout=120)


OK: Any = (200, [], b'{"answer": 4}')
BUSY: Any = (429, ["retry-after: 30"], b"later")


async def test_the_backup_answers_and_the_server_sees_the_loser_hang_up() -> None:
    async with serving("hang", OK) as (server, url), client() as http:
        response = await http.get(url)
        # Seen by the server while the client is still open: not the client's own closing.
        await asyncio.wait_for(server.left.acquire(), 60)

    assert response.json() == {"answer": 4}
    assert (len(server.seen), server.hung_up) == (2, [0])


async def test_a_cancelled_caller_hangs_up_all_attempts() -> None:
    async with serving("hang", "hang") as (server, url), client() as http:
        asking = asyncio.ensure_future(http.get(url))
        for _ in range(2):
            await asyncio.wait_for(server.arrived.acquire(), 60)
        asking.cancel()
        await asyncio.wait({asking})
        for _ in range(2):
            await asyncio.wait_for(server.left.acquire(), 60)

    assert asking.cancelled()
    assert sorted(server.hung_up) == [0, 1]


async def test_a_quick_answer_is_asked_for_once() -> None:
    async with serving(OK) as (server, url), client(600_000) as http:
        await http.get(url)

    assert len(server.seen) == 1


async def test_a_post_is_only_sent_twice_when_that_is_allowed() -> None:
    unavailable: Any = (503, [], b"busy")
    async with serving(unavailable, OK) as (server, url):
        async with client(600_000) as http:
            first = await http.post(url, json={"model": "m", "prompt": "2+2"})
            hedged = await http.post(url, json={"q": 1}, extensions={"hedge": True})
        async with client(600_000, methods=["POST"]) as http:
            allowed = await http.post(url, json={"q": 1})

    assert [first.status_code, hedged.status_code, allowed.status_code] == [503, 200, 200]
    assert len(server.seen) == 3


async def test_the_body_is_the_same_for_both_attempts() -> None:
    async with serving("hang", OK) as (server, url), client(methods=["POST"]) as http:
        await http.post(url, json={"prompt": "2+2"})

    bodies = [json.loads(seen.split(b"\r\n\r\n", 1)[1]) for seen in server.seen]
    assert bodies == [{"prompt": "2+2"}, {"prompt": "2+2"}]


async def test_a_failed_answer_is_followed_at_once_and_given_when_there_is_no_better() -> None:
    async with serving((500, [], b"oops"), OK) as (_, url), client(600_000) as http:
        better = await http.get(url)
    async with serving((500, [], b"oops")) as (server, url), client(600_000) as http:
        worse = await http.get(url)

    assert better.status_code == 200
    assert (worse.status_code, worse.text, len(server.seen)) == (500, "oops", 2)


async def test_retry_after_is_heeded() -> None:
    async with serving(BUSY, OK) as (server, url), client(600_000) as http:
        response = await http.get(url)

    assert (response.status_code, len(server.seen)) == (429, 1)


async def test_another_region_may_take_over() -> None:
    async with serving(BUSY) as (_, url), serving(OK) as (other, other_url):

        class Elsewhere(_Transport):  # type: ignore[misc]  # httpx may be missing
            async def handle_async_request(self, request: Any) -> Any:
                request.url = httpx.URL(other_url)
                return await super().handle_async_request(request)

        async with client(600_000, backups=[Elsewhere()]) as http:
            response = await http.get(url)

    assert (response.status_code, len(other.seen)) == (200, 1)


@pytest.mark.parametrize("until", ["headers", "body"])
async def test_a_body_can_be_read_as_a_stream(until: str) -> None:
    large: Any = (200, [], b"x" * 100_000)
    async with serving("hang", large) as (_, url), client(until=until) as http:
        response = await http.send(http.build_request("GET", url), stream=True)
        size = sum([len(chunk) async for chunk in response.aiter_bytes()])

    assert size == 100_000


async def test_what_a_client_sees_of_a_dead_server_is_httpx_own_error() -> None:
    async with serving(OK) as (_, url):
        pass

    async with client(600_000) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(url)


async def test_a_time_limit_is_a_read_timeout() -> None:
    policy = Policy(budget=None, timeout_ms=50)
    async with serving("hang") as (_, url), client(600_000, policy=policy) as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.get(url)


async def test_each_model_is_a_key_of_its_own() -> None:
    transport = HedgedTransport(Hedger(), methods=["POST"])
    async with serving(OK) as (_, url), httpx.AsyncClient(transport=transport) as http:
        for model in ("large", "small", "small"):
            await http.post(url, json={"model": model})

    keys = transport.hedger.keys
    assert [key.split()[-1] for key in keys] == ["large", "small"]
    assert transport.hedger.statistics(keys[1]).requests == 2


def test_until_is_headers_or_body() -> None:
    with pytest.raises(ValueError, match="headers"):
        HedgedTransport(until="sometime")  # type: ignore[arg-type]  # on purpose


async def test_an_event_stream_with_early_headers_is_hedged_on_its_first_chunk() -> None:
    calls: list[Any] = []

    class Chunks(_Stream):  # type: ignore[misc]  # httpx may be missing
        def __init__(self, number: int) -> None:
            self.number, self.closed = number, False

        async def __aiter__(self) -> AsyncIterator[bytes]:
            await asyncio.sleep(30 if self.number == 0 else 0)
            for part in (b"a", b"b", b"c"):
                yield part

        async def aclose(self) -> None:
            self.closed = True

    class Early(_Base):  # type: ignore[misc]  # httpx may be missing
        async def handle_async_request(self, request: Any) -> Any:
            calls.append(Chunks(len(calls)))
            headers = {"content-type": "text/event-stream"}
            return httpx.Response(200, headers=headers, stream=calls[-1])

    transport = HedgedTransport(Hedger(Policy(budget=None), strategy=Fixed(5)), transport=Early())
    async with httpx.AsyncClient(transport=transport) as http:
        request = http.build_request("GET", "http://a.test/")
        response = await http.send(request, stream=True)
        parts = [part async for part in response.aiter_raw()]
        await response.aclose()

    assert parts == [b"a", b"b", b"c"]
    assert [each.closed for each in calls] == [True, True]
    assert response.extensions["hedging"] == {"attempts": 2, "winner": 1, "reason": ""}


@pytest.mark.parametrize("cancel_losers", [True, False])
async def test_the_response_of_a_late_loser_is_closed(cancel_losers: bool) -> None:
    made, closed = [0], [0]
    changed = asyncio.Event()

    class Body(_Stream):  # type: ignore[misc]  # httpx may be missing
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"x"

        async def aclose(self) -> None:
            closed[0] += 1
            changed.set()

    class Deaf(_Base):  # type: ignore[misc]  # httpx may be missing
        async def handle_async_request(self, request: Any) -> Any:
            primary = request.headers["x-attempt"] == "0"
            wait = asyncio.ensure_future(asyncio.sleep(0.2 if primary else 0))
            while not wait.done():
                try:
                    await asyncio.shield(wait)
                except asyncio.CancelledError:
                    continue
            made[0] += 1
            return httpx.Response(503 if primary else 200, stream=Body())

    policy = Policy(budget=None, cancel_losers=cancel_losers, grace_ms=1)
    transport = HedgedTransport(Hedger(policy, strategy=Fixed(5)), transport=Deaf())
    async with httpx.AsyncClient(transport=transport) as http:
        response = await http.get("http://a.test/")
        while (made, closed) != ([2], [2]):
            await asyncio.wait_for(changed.wait(), 60)
            changed.clear()

    assert response.status_code == 200


async def test_cancelling_requests_that_wait_for_a_connection_loses_none() -> None:
    limits = httpx.Limits(max_connections=2)
    inner = _Transport(limits=limits)
    async with serving(OK) as (_, url):
        transport = HedgedTransport(Hedger(Policy(budget=None), strategy=Fixed(1)), transport=inner)
        async with httpx.AsyncClient(transport=transport, timeout=60) as http:
            for _ in range(15):
                tasks = [asyncio.ensure_future(http.get(url)) for _ in range(8)]
                for turns, task in enumerate(tasks):
                    for _ in range(turns):
                        await asyncio.sleep(0)
                    task.cancel()
                await asyncio.wait(tasks)
            after = [await http.get(url) for _ in range(5)]

    assert [each.status_code for each in after] == [200] * 5


class Noted(Fixed):
    """A fixed delay that notes when it has passed."""

    def __init__(self, delay_ms: float) -> None:
        super().__init__(delay_ms)
        self.passed = asyncio.Semaphore(0)

    def observe(self, _: float, late: bool) -> None:
        if late:
            self.passed.release()


async def test_a_request_that_waits_for_a_connection_gets_its_backup_when_it_was_sent() -> None:
    inner = _Transport(limits=httpx.Limits(max_connections=1))
    strategy = Noted(1)
    hedger = Hedger(Policy(budget=None), strategy=strategy)
    async with serving("hang", "hang", "hang", OK) as (server, url):
        transport = HedgedTransport(hedger, transport=inner)
        async with httpx.AsyncClient(transport=transport, timeout=60) as http:
            first = asyncio.ensure_future(http.get(url))
            for _ in range(2):
                await server.arrived.acquire()
            waiting = asyncio.ensure_future(http.get(url))
            for _ in range(2):
                await strategy.passed.acquire()
            sent_meanwhile = len(server.seen)
            first.cancel()
            answer = await waiting

    assert sent_meanwhile == 2  # the first one and its backup
    assert answer.extensions["hedging"]["winner"] == 1
    # Once for each request that waited: on a slow machine the first one too, while it connects.
    assert hedger.statistics().suppressed in ({"pool": 1}, {"pool": 2})


@pytest.mark.parametrize("max_hedges", [1, 3])
async def test_a_dead_server_takes_no_longer_than_the_clients_time_limit(max_hedges: int) -> None:
    policy = Policy(budget=None, max_hedges=max_hedges)
    async with serving("hang") as (server, url):
        transport = HedgedTransport(Hedger(policy, strategy=Fixed(50)))
        async with httpx.AsyncClient(
            transport=transport, timeout=httpx.Timeout(30, read=0.3)
        ) as http:
            with pytest.raises(httpx.ReadTimeout):
                await http.get(url)
        latest = transport.hedger.statistics()

    assert latest.requests == 1
    assert len(server.seen) <= 1 + max_hedges


async def test_calls_of_models_are_hedged_when_the_user_says_so() -> None:
    async with serving("hang", OK) as (server, url), client(model_calls=True) as http:
        response = await http.post(url.replace("/chat", "/chat/completions"), json={"model": 1})

    assert (response.status_code, len(server.seen)) == (200, 2)


async def test_ids_in_the_path_make_no_keys() -> None:
    transport = HedgedTransport(
        Hedger(), transport=httpx.MockTransport(lambda _: httpx.Response(200))
    )
    async with httpx.AsyncClient(transport=transport) as http:
        for path in ("users/1", "users/22", "threads/thread_8fK2bq", "v1/models/gpt-4o"):
            await http.get(f"http://a.test/{path}")

    assert transport.hedger.keys == (
        "a.test/users/*",
        "a.test/threads/*",
        "a.test/v1/models/gpt-4o",
    )


@pytest.mark.parametrize("timeout", [None, 5.0])
def test_another_event_loop_is_refused_in_one_sentence(timeout: float | None) -> None:
    transport = HedgedTransport(transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    limits = httpx.Timeout(timeout).as_dict()
    request = httpx.Request("GET", "http://service/", extensions={"timeout": limits})

    with pytest.raises(NoEventLoopError, match="trio is not supported"):
        transport.handle_async_request(request).send(None)
