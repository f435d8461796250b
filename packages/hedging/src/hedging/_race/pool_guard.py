"""Cancelling a request through a connection pool, without losing a connection.

The pools of httpx and httpx2 clean up after a cancellation inside of a step: connecting, sending or
waiting for the headers. Between two steps they lose the connection for ever: before its first use,
after connecting, and while it is put back (encode/httpcore, issue 1093). So a request that is
cancelled between two steps runs on in the background, and gives up at the start of the next one.

A task of its own for each request would cost a tenth of what the request does. So a race asks an
attempt whether it may be cancelled now, and only what others cancel has such a task.
"""

import asyncio
from contextlib import suppress
from typing import Any

from .lingering import keep_until_done
from .stream_reset import reset_stream


async def send_guarded(transport: Any, request: Any) -> Any:
    """The response of a transport; cancelling loses no connection of its pool."""
    if not hasattr(transport, "_pool"):
        return await transport.handle_async_request(request)
    steps = followed(request, transport)
    sending = asyncio.ensure_future(send(transport, request))
    try:
        return await asyncio.shield(sending)
    except asyncio.CancelledError:
        sending.add_done_callback(_close)
        keep_until_done([sending])
        if not steps.inside:
            steps.given_up = True
        elif not sending.done():
            sending.cancel()
            await asyncio.wait({sending})
        raise


async def send(transport: Any, request: Any) -> Any:
    """The response of a transport; a failure leaves no connection behind that none uses.

    A pool gives a request a connection that is still to be made. Where the request stops waiting in
    that moment, the pools of httpx keep the connection, and never make it.
    """
    try:
        return await transport.handle_async_request(request)
    except BaseException:
        pool = getattr(transport, "_pool", None)
        if hasattr(pool, "_connections") and hasattr(pool, "_requests"):
            _drop_unused(pool)
        raise


def followed(request: Any, transport: Any) -> "Steps":
    """The steps of a request that is about to be sent through the pool of a transport."""
    steps = Steps(request.extensions.get("trace"), transport._pool)  # noqa: SLF001  # see above
    request.extensions = {**request.extensions, "trace": steps.trace}
    return steps


async def close_guarded(response: Any) -> None:
    """Close a response; a cancellation ends the waiting, and the closing runs on."""
    closing = asyncio.ensure_future(response.aclose())
    keep_until_done([closing])
    await asyncio.shield(closing)


async def close_stream(stream: Any, *, is_http2: bool) -> None:
    """Close the stream of a response that a caller reads; cancelling loses no connection.

    A connection of HTTP/1.1 whose request stays in its pool is closed: that costs nothing where
    no reader is cancelled, unlike a task of its own. One of HTTP/2 has streams of others.
    """
    source = getattr(stream, "_httpcore_stream", None)
    if is_http2 or not hasattr(source, "_pool_request"):
        await close_guarded(stream)
        return
    try:
        await stream.aclose()
    except asyncio.CancelledError:
        _mend(source)
        raise
    _mend(source)  # its reading may have been cancelled twice


class Steps:
    """Hears of the steps of a request on its connection.

    Attributes:
        begun: Whether the request has a connection of the pool, or makes one.
        inside: Whether a step runs that may be cancelled.
        given_up: Whether the next step is refused.
    """

    def __init__(self, trace: Any, pool: Any) -> None:
        self._trace = trace
        self._pool = pool
        self._open = 0
        self._sent: Any = None
        self.begun = False
        self.inside = False
        self.given_up = False

    async def trace(self, name: str, info: dict[str, Any]) -> None:
        self.begun = True
        # Names are such as "http11.send_request_headers.started". "response_closed" is the cleaning
        # up: the pool shields it from anyio's cancellation, but not from that of asyncio.
        step, _, state = name.rpartition(".")
        if not step.endswith(".response_closed"):
            self._open += 1 if state == "started" else -1  # steps of HTTP/2 hold others
        self.inside = self._open > 0 and not step.endswith(".response_closed")
        if name.startswith("http2."):
            self._follow_stream(name, info)
        if self.inside and self.given_up:
            raise asyncio.CancelledError
        if self._trace is not None:
            await self._trace(name, info)

    def _follow_stream(self, name: str, info: dict[str, Any]) -> None:
        if name == "http2.response_closed.started" and self._sent is not None:
            with suppress(Exception):  # the service works on, as without this
                reset_stream(self._pool, self._sent, info["stream_id"])
        elif name == "http2.send_request_headers.started":
            self._sent = info["request"]


def _drop_unused(pool: Any) -> None:
    used = {id(each.connection) for each in pool._requests}  # noqa: SLF001  # see above
    known = pool._connections  # noqa: SLF001  # see above
    unused = [each for each in known if id(each) not in used and _is_to_be_made(each)]
    for each in unused:
        known.remove(each)
    if unused:
        with pool._optional_thread_lock:  # noqa: SLF001  # see above
            closing = pool._assign_requests_to_connections()  # noqa: SLF001  # see above
        keep_until_done([asyncio.ensure_future(pool._close_connections(closing))])  # noqa: SLF001


def _is_to_be_made(connection: Any) -> bool:
    while hasattr(connection, "_connection"):  # those through a proxy hold another
        connection = connection._connection  # noqa: SLF001  # see above
    return connection is None


def _mend(source: Any) -> None:
    """Free the connection of a request whose closing was broken off."""
    pool, request = source._pool, source._pool_request  # noqa: SLF001  # see above
    waiting, connection = pool._requests, request.connection  # noqa: SLF001  # see above
    if request not in waiting:
        if connection.is_idle() or connection.is_closed():
            return
        if any(each.connection is connection for each in waiting):  # the next request has it
            return
    keep_until_done([asyncio.ensure_future(_take_out(pool, request))])


async def _take_out(pool: Any, request: Any) -> None:
    with suppress(Exception):  # a connection that is broken is closed too
        await request.connection.aclose()
    with pool._optional_thread_lock:  # noqa: SLF001  # see above
        if request in pool._requests:  # noqa: SLF001  # see above
            pool._requests.remove(request)  # noqa: SLF001  # see above
        closing = pool._assign_requests_to_connections()  # noqa: SLF001  # see above
    await pool._close_connections(closing)  # noqa: SLF001  # see above


def _close(sending: asyncio.Future[Any]) -> None:
    """Close a response that came too late."""
    if not sending.cancelled() and sending.exception() is None:
        keep_until_done([asyncio.ensure_future(sending.result().aclose())])
