"""Stores in memory: for captured events, and for events that were read from elsewhere."""

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._core.chunk import Chunk, StoredChunk
from .._core.renamed import durations_in_ms

if TYPE_CHECKING:
    from pyarrow import RecordBatch


class MemoryStore:
    """Keeps events in memory, packed and compressed until they are read.

    Args:
        max_events: Discard the oldest chunks beyond so many events; None keeps all.
        max_age_ms: Discard chunks that are older than this; None keeps all.

    Attributes:
        background: False: it is written where events are emitted.
        max_events: As given.
        max_age_ms: As given.
        dropped_events: How many events were discarded.

    Example:
        >>> with recording("capped", store=MemoryStore(max_events=100_000)) as experiment:
        ...     record("a.stop", {"duration_ns": 5})
        >>> experiment.dropped_events
        0
    """

    background: bool = False

    @durations_in_ms(max_age_s="max_age_ms")
    def __init__(self, *, max_events: int | None = None, max_age_ms: float | None = None) -> None:
        self.max_events: int | None = max_events
        self.max_age_ms: float | None = max_age_ms
        self.dropped_events: int = 0
        self._chunks: deque[tuple[float, Chunk | StoredChunk]] = deque()
        self._count = 0

    def open(self, experiment: Mapping[str, Any]) -> None:
        """Do nothing: memory needs no preparation.

        Args:
            experiment: Its description, which is not stored.
        """

    def write(self, chunks: Sequence[Chunk | StoredChunk]) -> None:
        """Store events, then discard what is beyond the caps.

        Args:
            chunks: Packed events.
        """
        now = time.monotonic()
        for chunk in chunks:
            self._chunks.append((now, chunk))
            self._count += chunk.count
        self._discard(now)

    def _discard(self, now: float) -> None:
        while self._chunks and (
            (self.max_events is not None and self._count > self.max_events)
            or (self.max_age_ms is not None and (now - self._chunks[0][0]) * 1000 > self.max_age_ms)
        ):
            _, oldest = self._chunks.popleft()
            self._count -= oldest.count
            self.dropped_events += oldest.count

    def batches(self) -> "Iterator[RecordBatch]":
        """All events, oldest first."""
        for _, chunk in tuple(self._chunks):
            yield chunk.table

    def count(self) -> int:
        """The number of events, without unpacking them."""
        return self._count

    def close(self) -> None:
        """Do nothing: the events stay readable."""


class TableStore:
    """Events that were read from an archive; it refuses further events."""

    background = False

    def __init__(self, batches: Sequence["RecordBatch"]) -> None:
        self.dropped_events = 0
        self._batches = tuple(batches)

    def open(self, experiment: Mapping[str, Any]) -> None:
        """Do nothing: the events are there."""

    def write(self, chunks: Sequence[Chunk | StoredChunk]) -> None:  # noqa: ARG002  # the protocol's
        """Refuse.

        Raises:
            OSError: Always.
        """
        raise OSError("a restored experiment is read-only; start a new one for further events")

    def batches(self) -> "Iterator[RecordBatch]":
        """All events, oldest first."""
        return iter(self._batches)

    def count(self) -> int:
        """The number of events."""
        return sum(batch.num_rows for batch in self._batches)

    def close(self) -> None:
        """Do nothing: the events stay readable."""
