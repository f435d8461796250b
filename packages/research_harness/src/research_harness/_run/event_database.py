"""The events of a run in a database too, for those who follow it from other machines.

The address is in the variable ``CRUCIBLE_EVENTS_DSN``, since it may hold a password. The driver
alone writes. All sessions of a run are one experiment of the database.
"""

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._artifacts.events import CleanChunk
from .._artifacts.folder import RunFolder
from .._core.files import read_json, write_json

if TYPE_CHECKING:
    from pyarrow import RecordBatch

    from telemetry_research import Store

DSN_VARIABLE = "CRUCIBLE_EVENTS_DSN"


class BothStores:
    """The file of a session, and a database that has the same events.

    Args:
        file: The file; events are read from it.
        database: The database. While it is away, events wait for it, and are in the file.

    Attributes:
        background: True: a thread writes.
        dropped_events: How many events the file discarded.
    """

    background: bool = True

    def __init__(self, file: "Store", database: "Store") -> None:
        self._file = file
        self._database = database
        self._next: dict[str, int] = {}
        self.dropped_events: int = 0

    def open(self, experiment: Mapping[str, Any]) -> None:
        """Prepare both.

        Raises:
            OSError: One of them cannot be used.
        """
        self._database.open(experiment)
        try:
            self._file.open(experiment)
        except BaseException:
            self._database.close()
            raise

    def write(self, chunks: Sequence[Any]) -> None:
        """Store events in the file, and then in the database.

        Chunks that are offered again, since the database failed, are not written to the file again.

        Raises:
            OSError: One of them failed.
        """
        new = [each for each in chunks if each.first >= self._next.get(each.source.name, 0)]
        if new:
            self._file.write(new)
            self.dropped_events = self._file.dropped_events
        for each in new:
            self._next[each.source.name] = each.first + each.count
        clean: Any = [CleanChunk(each) for each in chunks]
        self._database.write(clean)

    def batches(self) -> "Iterator[RecordBatch]":
        """The events of the file."""
        return self._file.batches()

    def update(self, experiment: Mapping[str, Any]) -> None:
        """Store a newer description in both, where they take one."""
        for store in (self._file, self._database):
            update = getattr(store, "update", None)
            if update is not None:
                update(experiment)

    def close(self) -> None:
        """Release both."""
        self._file.close()
        self._database.close()

    def abandon(self) -> None:
        """In a forked child: neither belongs to this process."""
        for store in (self._file, self._database):
            release = getattr(store, "abandon", None)
            if release is not None:
                release()


def with_database(file: "Store", folder: RunFolder) -> "tuple[Store, str | None]":
    """The store of a session, and the id of the run in the database; only the file without one.

    Args:
        file: The file of the session.
        folder: The run, which keeps its id.
    """
    address = os.environ.get(DSN_VARIABLE)
    if not address:
        return file, None
    import telemetry_research

    state = read_json(folder.state)
    if "events_id" not in state:
        state["events_id"] = secrets.token_hex(8)
        write_json(folder.state, state)
    return BothStores(file, telemetry_research.PostgresStore(address)), str(state["events_id"])
