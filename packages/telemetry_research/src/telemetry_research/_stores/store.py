"""Where captured events go: the protocol, and the store in memory."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from .._core.chunk import Chunk, StoredChunk


class Store(Protocol):
    """Takes events and gives them back; one store belongs to one experiment.

    Attributes:
        background: Whether a thread should call ``write``, so that no event loop waits for a disk
            or a server.
        dropped_events: How many events were let go of because of a cap.
    """

    background: bool
    dropped_events: int

    def open(self, experiment: Mapping[str, Any]) -> None:
        """Get ready for the events of one experiment; its description is kept with them."""
        ...

    def write(self, chunks: Sequence[Chunk | StoredChunk]) -> None:
        """Take events; when it returns they are kept.

        Writing the same chunk again after an error must not double it.

        Raises:
            OSError: They could not be written now; they are offered again.
        """
        ...

    def batches(self) -> Iterator[Any]:
        """All events as ``pyarrow.RecordBatch`` with the columns of ``table``, oldest first."""
        ...

    def close(self) -> None:
        """Let go of files and connections; reading stays possible."""
        ...
