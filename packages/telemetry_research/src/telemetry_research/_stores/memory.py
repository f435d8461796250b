"""Events in memory, and events that were read from elsewhere."""

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._core.chunk import Chunk, StoredChunk


class MemoryStore:
    """Keeps events in memory: packed at some 30 bytes each until they are read, then as columns.

    Args:
        max_events: Let go of the oldest beyond so many, a thousand at a time; all are kept when
            left out.
        max_age_s: Let go of what is older than this.
    """

    background = False

    def __init__(self, *, max_events: int | None = None, max_age_s: float | None = None) -> None:
        self.max_events = max_events
        self.max_age_s = max_age_s
        self.dropped_events = 0
        self._chunks: deque[tuple[float, Chunk | StoredChunk]] = deque()
        self._count = 0

    def open(self, experiment: Mapping[str, Any]) -> None:
        """Nothing to do in memory."""

    def write(self, chunks: Sequence[Chunk | StoredChunk]) -> None:
        """Take events."""
        now = time.monotonic()
        for chunk in chunks:
            self._chunks.append((now, chunk))
            self._count += chunk.count
        self._forget(now)

    def _forget(self, now: float) -> None:
        while self._chunks and (
            (self.max_events is not None and self._count > self.max_events)
            or (self.max_age_s is not None and now - self._chunks[0][0] > self.max_age_s)
        ):
            _, oldest = self._chunks.popleft()
            self._count -= oldest.count
            self.dropped_events += oldest.count

    def batches(self) -> Iterator[Any]:
        """All events, oldest first."""
        for _, chunk in tuple(self._chunks):
            yield chunk.table

    def close(self) -> None:
        """Nothing to do in memory."""


class TableStore:
    """Events that were read from elsewhere: an archive, an import. Nothing can be added."""

    background = False

    def __init__(self, batches: Sequence[Any]) -> None:
        self.dropped_events = 0
        self._batches = tuple(batches)

    def open(self, experiment: Mapping[str, Any]) -> None:
        """Nothing to do."""

    def write(self, chunks: Sequence[Chunk | StoredChunk]) -> None:  # noqa: ARG002  # the protocol's
        """Not possible.

        Raises:
            OSError: Always.
        """
        raise OSError("restored events cannot be added to")

    def batches(self) -> Iterator[Any]:
        """All events, oldest first."""
        return iter(self._batches)

    def close(self) -> None:
        """Nothing to do."""
