"""The connection of the PostgreSQL store, on an event loop in a thread of its own."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar
from urllib.parse import urlsplit

from .._core.errors import MissingExtraError, StoreError
from .._core.safe import described

_Result = TypeVar("_Result")
Work = Callable[[Any], Coroutine[Any, Any, _Result]]
_FIRST_PAUSE_S = 0.05
_MAX_PAUSE_S = 1.0
# The server restarts, has no free connection, or has ended a transaction in favour of another.
_PASSING_STATES = frozenset(("57P01", "57P02", "57P03", "53300", "40001", "40P01"))

_UNREADABLE = (
    "the address of the database cannot be read: give postgresql://user:password@host:port/database"
    " with the special characters of a password in percent form, such as %2F for /"
)


def _is_readable(dsn: str) -> bool:
    """Whether the parts of an address can be told apart."""
    try:
        return urlsplit(dsn).port != 0
    except ValueError:
        return False


class Link:
    """Runs work on a connection that is made when it is needed, and again when it is lost.

    Callers may have a running event loop, so the connection has its own.

    Args:
        dsn: The address of the database.
        timeout_s: How long to wait for the server each time, in seconds.

    Raises:
        MissingExtraError: asyncpg is not installed.
    """

    def __init__(self, dsn: str, timeout_s: float) -> None:
        try:
            import asyncpg  # noqa: PLC0415  # an optional dependency
        except ImportError:
            raise MissingExtraError("asyncpg", "postgres") from None
        self.dsn = dsn
        self.timeout_s = timeout_s
        self._asyncpg = asyncpg
        self._connection: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def submit(self, work: Work[_Result], *, limited: bool = True) -> "Future[_Result]":
        """Begin work, a coroutine function of the connection.

        Args:
            work: The work.
            limited: Whether it is given up after twice the time of one wait. The driver waits
                without a limit for space to send in, also when the connection is lost meanwhile.
        """
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._loop.run_forever, name="telemetry-postgres", daemon=True
            )
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(self._run(work, limited), self._loop)

    def result(self, working: "Future[_Result]") -> _Result:
        """The result of submitted work.

        Raises:
            StoreError: The server cannot be reached, or refuses.
        """
        postgres = self._asyncpg
        try:
            return working.result()
        except StoreError:
            raise
        except (postgres.PostgresError, postgres.InterfaceError, OSError, ValueError) as error:
            if not _is_readable(self.dsn):  # the error may quote a piece of the password
                raise StoreError(_UNREADABLE) from None
            text = f"PostgreSQL does not answer or refuses: {described(error)}"
            raise StoreError(text) from error

    def patiently(self, work: Work[_Result], *, limited: bool = True) -> _Result:
        """Do work that may be repeated; while the server is away, try again until the deadline.

        Args:
            work: The work.
            limited: As for ``submit``.

        Raises:
            StoreError: The server refuses, or is away for as long as one wait may take.
        """
        deadline, pause = time.monotonic() + self.timeout_s, _FIRST_PAUSE_S
        while True:
            try:
                return self.result(self.submit(work, limited=limited))
            except StoreError as error:
                if not self._passes(error.__cause__) or time.monotonic() + pause > deadline:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, _MAX_PAUSE_S)

    def at_once(self, work: Work[_Result]) -> _Result:
        """Do work that may be repeated; only a lost connection is made again.

        Raises:
            StoreError: The server cannot be reached, or refuses.
        """
        connected = self._connection is not None
        try:
            return self.result(self.submit(work))
        except StoreError as error:
            if not connected or not self._passes(error.__cause__):
                raise
        return self.result(self.submit(work))

    def lacks_right(self, error: StoreError) -> bool:
        """Whether the role may not do the work."""
        return isinstance(error.__cause__, self._asyncpg.InsufficientPrivilegeError)

    def was_canceled(self, error: BaseException | None) -> bool:
        """Whether the server ended a statement, mostly for its ``statement_timeout``."""
        return isinstance(error, self._asyncpg.QueryCanceledError)

    def close(self) -> None:
        """Close the connection and end its thread."""
        if self._loop is None:
            return
        asyncio.run_coroutine_threadsafe(self._drop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join()
        self._loop.close()
        self._loop = self._thread = None

    async def _run(self, work: Work[_Result], limited: bool) -> _Result:
        try:
            async with asyncio.timeout(2 * self.timeout_s if limited else None):
                return await self._within(work)
        except BaseException as error:
            # The next session has the timeouts that the server states by then.
            if self._passes(error) or self.was_canceled(error):
                await self._drop()
            raise

    async def _within(self, work: Work[_Result]) -> _Result:
        if self._connection is None or self._connection.is_closed():
            connecting: Awaitable[Any] = self._asyncpg.connect(
                self.dsn, timeout=self.timeout_s, command_timeout=self.timeout_s
            )
            self._connection = await connecting
        return await work(self._connection)

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    def _passes(self, error: BaseException | None) -> bool:
        """Whether the same work may succeed on another connection."""
        postgres = self._asyncpg
        lost = (OSError, postgres.PostgresConnectionError, postgres.InterfaceError)
        state = getattr(error, "sqlstate", None)
        return isinstance(error, lost) or state in _PASSING_STATES
