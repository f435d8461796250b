"""The protocol of a store of events."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from .._core.chunk import Chunk, StoredChunk

if TYPE_CHECKING:
    from pyarrow import RecordBatch


class Store(Protocol):
    """Takes events and gives them back; one store belongs to one experiment.

    Attributes:
        background: Whether a thread should call ``write``, so that no event loop waits for a disk
            or a server.
        dropped_events: How many events were discarded because of a cap.
    """

    background: bool
    dropped_events: int

    def open(self, experiment: Mapping[str, Any]) -> None:
        """Prepare for the events of one experiment.

        Args:
            experiment: Its description, to be stored with the events.

        Raises:
            OSError: The file or server cannot be used.
        """
        ...

    def write(self, chunks: Sequence[Chunk | StoredChunk]) -> None:
        """Store events; they are safe when it returns.

        Writing the same chunk again after an error must not store it twice.

        Args:
            chunks: Packed events, each chunk with a ``table``, a ``source``, ``first`` and
                ``count``.

        Raises:
            OSError: They could not be written now; they are offered again.
        """
        ...

    def batches(self) -> "Iterator[RecordBatch]":
        """All events as ``pyarrow.RecordBatch`` with the columns of ``table``, oldest first."""
        ...

    # A store may also have `update(experiment)`, which takes the description at the stop,
    # `count()`, the number of events, `named(pattern)`, the batches of events with a name, and
    # `abandon()` for a forked child.

    def close(self) -> None:
        """Release files and connections; reading stays possible."""
        ...


def stored_events(store: Store) -> int:
    """The number of events in a store, counted by the store where it can."""
    count = getattr(store, "count", None)
    return sum(batch.num_rows for batch in store.batches()) if count is None else int(count())
