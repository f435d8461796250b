"""A time limit for the headers of a request, which uvicorn lacks."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_HEAD_S = 10.0


class DeadlineProtocol(H11Protocol):
    """Closes a connection whose client does not send all headers in time."""

    _due: asyncio.TimerHandle | None = None

    @property
    def waits_for_headers(self) -> bool:
        """Whether the time limit is running."""
        return self._due is not None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take bytes; the wait ends with the headers, and begins again with the next request."""
        if self._awaits_head() and self._due is None:
            self._wait()
        super().data_received(data)
        if not self._awaits_head():
            self._end_wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the wait."""
        self._end_wait()
        super().connection_lost(exc)

    def _awaits_head(self) -> bool:
        cycle: Any = self.cycle  # None before the first request, which its type does not say
        return cycle is None or bool(cycle.response_complete)

    def _wait(self) -> None:
        self._due = self.loop.call_later(MAX_HEAD_S, self.transport.abort)

    def _end_wait(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
