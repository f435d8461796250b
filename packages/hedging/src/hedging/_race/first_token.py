"""Streams: attempts race to their first chunk, then only the winner's stream goes on."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from .._core.errors import StreamClosedError
from .._core.result import Hedged
from .lingering import keep_until_done, runs_here
from .own_calls import OwnCall

Chunk = TypeVar("Chunk")
Open = Callable[[], AsyncIterable[Chunk] | Awaitable[AsyncIterable[Chunk]]]
_END: Any = object()
_CLOSED = "the stream was closed before its end; read it first"


class Stream(AsyncIterator[Chunk], Generic[Chunk]):
    """The stream that won: an async iterator over its chunks, the first included.

    Close it with ``async with`` or ``aclose()``; reading it to its end closes it too. It runs in a
    task of its own, from its opening to its closing: streams may hold cancel scopes and contexts
    that belong to the task that opened them. It reads at most two chunks ahead.

    The ``cost`` of a request is called with it once, when it has ended, failed or was closed.

    Args:
        open_stream: Opens the stream: gives an async iterable, or an awaitable of one. One that is
            a context manager too is closed as such.
        grace_ms: The longest that a cancelled stream is waited for.
        keep: Whether ``streamed`` keeps the chunks.
        on_end: Called once with the stream when its source has ended, failed or was closed.
    """

    def __init__(
        self,
        open_stream: Open[Chunk],
        *,
        grace_ms: float = 50.0,
        keep: bool = False,
        on_end: "Callable[[Stream[Chunk]], object] | None" = None,
    ) -> None:
        self._open: Open[Chunk] = open_stream
        self._grace_ms: float = grace_ms
        self._chunks: asyncio.Queue[Chunk] = asyncio.Queue(1)
        self._task: asyncio.Task[None] | None = None
        self._error: BaseException | None = None
        self._first: list[Chunk] = []
        self._ended: bool = False
        self._closed: bool = False
        self._keep: bool = keep
        self._on_end: Callable[[Stream[Chunk]], object] | None = on_end
        self._streamed: list[Chunk] = []
        self._arrived: int = 0
        self._complete: bool = False
        self._opened_source: bool = False

    @property
    def streamed(self) -> tuple[Chunk, ...]:
        """The chunks that came so far, read or not; kept only for a ``cost``, else empty."""
        return tuple(self._streamed)

    @property
    def arrived(self) -> int:
        """The number of chunks that came so far, read or not."""
        return self._arrived

    @property
    def was_opened(self) -> bool:
        """Whether its source was asked for; one that is closed at once never is."""
        return self._opened_source

    @property
    def complete(self) -> bool:
        """Whether the source has given all its chunks."""
        return self._complete

    @property
    def was_cut(self) -> bool:
        """Whether it was closed before its source had ended."""
        return self._closed and not self._complete

    async def start(self) -> "Stream[Chunk]":
        """Open the stream and wait for its first chunk, which stays to be read.

        Raises:
            Exception: What opening the stream raised.
        """
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(self._settle)  # one that is closed at once does not run
        try:
            self._first.append(await self._chunks.get())
        except asyncio.CancelledError:
            await self.aclose()
            raise
        if self._first[0] is _END and self._error is not None:
            raise self._error
        if self._closed:
            raise StreamClosedError(_CLOSED)
        return self

    async def __anext__(self) -> Chunk:
        """The next chunk.

        Raises:
            StreamClosedError: The stream was closed.
        """
        if self._ended:
            raise StopAsyncIteration
        if self._task is None:
            raise StreamClosedError(_CLOSED)
        chunk = self._first.pop() if self._first else await self._chunks.get()
        if chunk is not _END:
            if self._closed or self._task.done():  # no other chunk may come to wake the next reader
                self._wake_readers()
            return chunk
        self._wake_readers()
        if self._error is not None:
            error, self._error = self._error, None
            self._ended = True
            raise error
        if self._closed and not self._ended:
            raise StreamClosedError(_CLOSED)
        self._ended = True
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Stop the stream, and wait until it is closed while the grace lasts."""
        task = self._task
        if task is None or task.done():
            return
        self._closed = True
        task.cancel()
        self._wake_readers()
        try:
            await asyncio.wait({task}, timeout=self._grace_ms / 1000)
        finally:
            self._ended = True
            keep_until_done([] if task.done() else [task])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _run(self) -> None:
        try:
            await self._pass_on()
        finally:
            self._settle()
        await self._chunks.put(_END)

    def _settle(self, _: object = None) -> None:
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end(self)

    async def _pass_on(self) -> None:
        """Take the chunks of the source, and close it."""
        try:
            async with AsyncExitStack() as stack:
                async for chunk in await self._opened(stack):
                    self._arrived += 1
                    if self._keep:
                        self._streamed.append(chunk)
                    await self._chunks.put(chunk)
                self._complete = True
        except (asyncio.CancelledError, GeneratorExit) as error:
            if self._closed or not runs_here(self._task):
                raise
            self._error = StreamClosedError("the source of the stream was cancelled")
            self._error.__cause__ = error
            if self._task is not None and self._task.cancelling():  # such as by the end of the loop
                self._wake_readers()
                raise
        except BaseException as error:
            self._error = error  # raised again where the stream is read
            if isinstance(error, KeyboardInterrupt | SystemExit):
                self._wake_readers()
                raise

    def _wake_readers(self) -> None:
        """Another task may be waiting for a chunk that will not come."""
        if self._chunks.empty():
            self._chunks.put_nowait(_END)

    async def _opened(self, stack: AsyncExitStack) -> AsyncIterator[Chunk]:
        """The stream, which the stack will close; SDKs give it by an await and as a context."""
        self._opened_source = True
        source: Any = self._open()
        if isinstance(source, Awaitable):
            source = await source
        if isinstance(source, AbstractAsyncContextManager):
            source = await stack.enter_async_context(source)
        iterator: AsyncIterator[Chunk] = aiter(source)
        if hasattr(iterator, "aclose"):
            stack.push_async_callback(iterator.aclose)
        return iterator


class StreamCall(OwnCall, Generic[Chunk]):
    """The attempts of a race to the first chunk: each opens a stream.

    Args:
        open_stream: Opens the stream.
        opened: Gets every stream that was opened.
        grace_ms: The longest that a cancelled stream is waited for.
    """

    may_be_probe = False  # losers are closed with the race

    def __init__(
        self, open_stream: Open[Chunk], opened: list[Stream[Chunk]], grace_ms: float
    ) -> None:
        self._open: Open[Chunk] = open_stream
        self._opened: list[Stream[Chunk]] = opened
        self._grace_ms: float = grace_ms

    async def open_for(
        self, on_end: Callable[[Stream[Chunk]], object] | None, *, keep: bool
    ) -> Stream[Chunk]:
        """A stream with its first chunk; ``on_end`` is called once, however it ends."""
        stream = Stream(self._open, grace_ms=self._grace_ms, keep=keep, on_end=on_end)
        self._opened.append(stream)
        return await stream.start()

    async def __call__(self) -> Stream[Chunk]:
        return await self.open_for(None, keep=False)


async def first_token_race(
    request: Callable[..., Awaitable[Hedged[Any]]],
    open_stream: Open[Chunk],
    backups: Sequence[Open[Chunk]],
    grace_ms: float,
) -> Hedged[Stream[Chunk]]:
    """Race streams to their first chunk, and close all but the winner's.

    Args:
        request: Sends the race: takes the call and ``backups``.
        open_stream: Opens the primary's stream.
        backups: Open those of the backups.
        grace_ms: The longest that a cancelled stream is waited for.
    """
    opened: list[Stream[Chunk]] = []
    calls = [StreamCall(each, opened, grace_ms) for each in (open_stream, *backups)]
    winner: Stream[Chunk] | None = None
    try:
        result = await request(calls[0], backups=calls[1:])
        winner = result.value
    finally:
        await _close(opened, winner)
    return result


async def _close(opened: Sequence[Stream[Any]], winner: Stream[Any] | None) -> None:
    """Close the losers; the winner too when the caller is cancelled meanwhile."""
    losers = [stream for stream in opened if stream is not winner]
    try:
        for stream in losers:
            await stream.aclose()
    except BaseException:
        for stream in opened:
            await stream.aclose()
        raise
