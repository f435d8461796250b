"""The library that a request came from: httpx, or httpx2, which has the same interface."""

import copy
import sys
from collections.abc import AsyncIterator
from functools import cache
from importlib import import_module
from typing import Any

from .._core.errors import MissingExtraError
from .._race.pool_guard import close_guarded, close_stream

_NAMES = ("httpx", "httpx2")


def default_library() -> Any:
    """The library that is in use already, or else is installed; httpx before httpx2.

    Raises:
        MissingExtraError: Neither is installed; httpx comes with the extra ``http``.
    """
    for name in sorted(_NAMES, key=lambda each: (each not in sys.modules, each)):
        try:
            return import_module(name)
        except ImportError:
            continue
    raise MissingExtraError("HedgedTransport", extra="http", package="httpx")


def library_of(request: Any) -> Any:
    """The module of the library that a request or response is from."""
    return _library(type(request))  # type: ignore[arg-type]  # classes are hashable


@cache
def _library(kind: type) -> Any:
    roots = [each.__module__.partition(".")[0] for each in kind.__mro__]
    return import_module(next((root for root in roots if root in _NAMES), _NAMES[0]))


def with_own_connections(transport: Any) -> Any:
    """A copy of a transport with a connection pool of its own; None when it has no pool.

    A backup must not wait in the queue of the primary that it is to overtake. The libraries have
    no public way to copy a transport with its settings.
    """
    pool = getattr(transport, "_pool", None)
    if not (isinstance(getattr(pool, "_connections", None), list) and hasattr(pool, "_requests")):
        return None
    twin = copy.copy(transport)
    twin._pool = copy.copy(pool)  # noqa: SLF001  # see above
    twin._pool._connections, twin._pool._requests = [], []  # noqa: SLF001  # see above
    return twin


async def after_first_chunk(library: Any, response: Any) -> Any:
    """The response once the first chunk of its body is here; the rest is still streamed."""
    chunks = aiter(with_guarded_closing(response).stream)
    try:
        first = [await anext(chunks)]
    except StopAsyncIteration:
        first = []
    except BaseException:
        await close_guarded(response)
        raise
    stream = _resumed_class(library)(first, chunks, response.aclose)
    return _with_stream(library, response, stream)


async def with_whole_body(library: Any, response: Any) -> Any:
    """The response with its whole body, still encoded as it came."""
    try:
        body = b"".join([part async for part in response.stream])
    finally:
        await close_guarded(response)
    return _with_stream(library, response, library.ByteStream(body))


def with_guarded_closing(response: Any) -> Any:
    """The response, whose closing loses no connection when its reader is cancelled in it."""
    if hasattr(response.stream, "_httpcore_stream"):  # others have no connection of a pool
        is_http2 = response.extensions.get("http_version") == b"HTTP/2"
        response.stream = _guarded_class(library_of(response))(response.stream, is_http2)
    return response


def _with_stream(library: Any, response: Any, stream: Any) -> Any:
    return library.Response(
        response.status_code,
        headers=response.headers,
        stream=stream,
        extensions=response.extensions,
    )


@cache
def _resumed_class(library: Any) -> Any:
    """The class of a stream whose first chunk has been read: the libraries check its base."""

    class ResumedStream(library.AsyncByteStream):  # type: ignore[misc]  # known when it runs
        def __init__(self, first: list[bytes], rest: AsyncIterator[bytes], close: Any) -> None:
            self._first = first
            self._rest = rest
            self._close = close

        async def __aiter__(self) -> AsyncIterator[bytes]:
            for chunk in self._first:
                yield chunk
            async for chunk in self._rest:
                yield chunk

        async def aclose(self) -> None:
            await self._close()

    return ResumedStream


@cache
def _guarded_class(library: Any) -> Any:
    """The class of a stream that gives its connection back, however its closing ends."""

    class GuardedStream(library.AsyncByteStream):  # type: ignore[misc]  # known when it runs
        def __init__(self, stream: Any, is_http2: bool) -> None:
            self._stream = stream
            self._is_http2 = is_http2

        def __aiter__(self) -> AsyncIterator[bytes]:
            chunks: AsyncIterator[bytes] = aiter(self._stream)
            return chunks

        async def aclose(self) -> None:
            await close_stream(self._stream, is_http2=self._is_http2)

    return GuardedStream
