"""A session that follows the requests of its watchers, looked for by a thread in real time."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from .._core.errors import OutputError
from .request_file import REQUEST, Request, read_request
from .session_file import SessionState, SessionStatus, write_status

POLL_SECONDS = 0.2


class RunControl:
    """Looks for requests while the block runs; use it as a context manager in an event loop.

    Args:
        folder: The folder ``checkpoints`` of the run.
        status: The session at its beginning, as it is written there.

    Attributes:
        paused: Whether no further row is to begin for now.
        stopped: Whether the session shall end.
        concurrency: How many rows to run at a time.
        pauses: Grows while the session is paused, so that a pause is not taken for a standstill.
    """

    def __init__(self, folder: Path, status: SessionStatus) -> None:
        self._folder = folder
        self._status = status
        self._seen: tuple[int, int, int] | None = None
        self._resize: Callable[[int], None] = lambda _: None
        self._listener: Callable[[], None] = lambda: None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._hold: asyncio.Task[None] | None = None
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self.paused: bool = False
        self.stopped: bool = False
        self.concurrency: int = status.concurrency
        self.pauses: int = 0

    @property
    def reason(self) -> str:
        """Why the session ends; empty while it is not asked to."""
        return "stopped by a watcher (crucible dashboard)" if self.stopped else ""

    def may_begin(self, under_way: int) -> bool:
        """Whether a further row may begin.

        Args:
            under_way: How many rows are under way.
        """
        return not self.paused and under_way < self.concurrency

    def on_concurrency(self, resize: Callable[[int], None]) -> None:
        """Have a function called with how many rows to run at a time, when that has changed.

        Args:
            resize: The function, which may be called from any thread.
        """
        self._resize = resize

    def lend_threads(self, rows: int) -> None:
        """Have threads for rows that take the place of others, which wait in theirs.

        Args:
            rows: How many rows wait.
        """
        self._resize(self.concurrency + rows)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Have a function called in the event loop after each request.

        Args:
            listener: The function; the one that was given last is called alone.
        """
        self._listener = listener

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._look, name="control", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        if self._thread is not None:
            self._thread.join()
        self._write(replace(self._status, state="finishing"))
        if self._hold is not None:
            self._hold.cancel()

    def follow(self, request: Request) -> None:
        """Do what a request asks; an older one than the last is passed over.

        Args:
            request: The request.
        """
        if request.number <= self._status.request:
            return
        self.paused = request.paused and not request.stop
        self.stopped = self.stopped or request.stop
        if request.concurrency is not None:
            self.concurrency = request.concurrency
            self._resize(request.concurrency)
        state: SessionState = "stopping" if self.stopped else "paused" if self.paused else "running"
        number, limit = request.number, self.concurrency
        self._write(replace(self._status, state=state, request=number, concurrency=limit))
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the session has ended
                self._loop.call_soon_threadsafe(self._notify)

    def _write(self, status: SessionStatus) -> None:
        self._status = status
        with suppress(OutputError):  # a full disk: requests are followed all the same
            write_status(self._folder, status)

    def _look(self) -> None:
        while not self._closing.wait(POLL_SECONDS):
            self.pauses += self.paused
            found = _signature(self._folder / REQUEST)
            if found is None or found == self._seen:
                continue
            self._seen = found
            request = read_request(self._folder)
            if request is not None:
                self.follow(request)

    def _notify(self) -> None:
        import hedging

        if self.paused and hedging.is_virtual() and (self._hold is None or self._hold.done()):
            self._hold = asyncio.ensure_future(self._hold_clock())
        self._listener()

    async def _hold_clock(self) -> None:
        """Keep simulated time from going on; it stands still while a thread of the loop works."""
        while self.paused and not self._closing.is_set():
            await asyncio.to_thread(self._closing.wait, POLL_SECONDS)


def _signature(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
