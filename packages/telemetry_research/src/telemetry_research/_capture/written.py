"""The way of a recording to its store, and back."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from .._core.chunk import Chunk, Source, StoredChunk
from .._core.errors import StoreError
from .._stores.store import Store, stored_events
from .pipeline import Pipeline

if TYPE_CHECKING:
    from pyarrow import RecordBatch


class Written:
    """Writes captured events to a store, and reads them."""

    store: Store
    _pipeline: Pipeline | None

    if TYPE_CHECKING:  # what the other parts of a recording give

        @property
        def stopped(self) -> bool:
            """Whether it has stopped."""
            ...

        def description(self) -> dict[str, object]:
            """The description of the recording, for the store."""
            ...

    @property
    def source(self) -> Source | None:
        """The name of this process as a writer of its events; None before it starts."""
        return None if self._pipeline is None else self._pipeline.source

    @property
    def dropped_events(self) -> int:
        """How many events were lost to a full buffer or to the caps of the store."""
        return self.store.dropped_events + (self._pipeline.dropped if self._pipeline else 0)

    def flush(self) -> None:
        """Write every event captured so far to the store.

        Raises:
            StoreError: The store cannot be written now; the events are kept.
        """
        if self._pipeline is None:
            return
        if self.stopped and not self._pipeline.finished:
            self._pipeline.finish(self.description())
        else:
            self._pipeline.flush()

    def batches(self) -> "Iterator[RecordBatch]":
        """All events as ``pyarrow.RecordBatch``, oldest first; pending ones are written first.

        While the store cannot be written, these are the events that are in it.
        """
        self.write_pending()
        return self.store.batches()

    def follow(
        self, follower: Callable[[Chunk | StoredChunk], None], read: Callable[[Any], None]
    ) -> bool:
        """Read all events, and pass on those that are stored from then on.

        Args:
            follower: Called with each chunk after it was stored, in the thread that stored it.
            read: Called with each batch of events that are stored already.

        Returns:
            Whether more can come; a stored recording is only read.
        """
        if self._pipeline is None:
            for batch in self.batches():
                read(batch)
            return False
        self._pipeline.follow(follower, read)
        return True

    def named(self, pattern: str) -> "Iterator[RecordBatch]":
        """The events with a name, and possibly others; a database selects them.

        Args:
            pattern: A name, or a pattern with ``*``.
        """
        select = getattr(self.store, "named", None)
        if select is None:
            return self.batches()
        self.write_pending()
        found: Iterator[RecordBatch] = select(pattern)
        return found

    def write_pending(self) -> None:
        """Write what waits, if the store can be written; a failure is counted."""
        try:
            self.flush()
        except StoreError:
            if self._pipeline is not None:
                self._pipeline.failed()

    def __len__(self) -> int:
        self.write_pending()
        return stored_events(self.store)

    def _store_failures(self) -> tuple[int, str]:
        return (
            (0, "") if self._pipeline is None else (self._pipeline.failures, self._pipeline.error)
        )
