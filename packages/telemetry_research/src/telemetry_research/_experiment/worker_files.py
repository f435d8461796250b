"""Takes over the event files of worker processes; a damaged one costs only itself."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .._core.chunk import StoredChunk
from .._core.errors import TelemetryError
from .._core.safe import described
from .._stores.contents import inspect, read_batches
from .._stores.lock import is_locked

_COUNTERS = ("handler_errors", "filtered_events", "paused_events")


@dataclass(slots=True, kw_only=True)
class Joined:
    """What was taken over from workers.

    Attributes:
        folder: The folder of the files.
        events: The number of events.
        counters: The workers' counters of events that were not stored.
        files: The files that are not needed any more.
    """

    folder: Path
    events: int = 0
    counters: dict[str, int] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)

    def remove(self) -> None:
        """Remove the files, and the folder when nothing is left in it."""
        for path in self.files:
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # a worker still writes, or a damaged file is kept
            self.folder.rmdir()


def take_over_files(
    folder: Path,
    take_over: Callable[[StoredChunk], None],
    count_error: Callable[[str], None],
) -> Joined:
    """Read the files of all workers that have ended; the others are left for the next call.

    Args:
        folder: The folder of the files.
        take_over: Called with each batch.
        count_error: Called with the reason when a file is damaged; that file stays.
    """
    found = Joined(folder=folder)
    for path in sorted(folder.glob("*.arrows")):
        if is_locked(path):
            continue
        if not path.stat().st_size:
            found.files.append(path)
            continue
        try:
            about = inspect(path, "skip").experiment
            batches = list(read_batches(path))
        except (TelemetryError, OSError) as error:
            count_error(f"the events of a worker in {path}: {described(error)}")
            continue
        _add(found, about.get("counters"))
        for batch in batches:
            found.events += batch.num_rows
            take_over(StoredChunk(batch))
        found.files.append(path)
    return found


def _add(found: Joined, counters: Any) -> None:
    if isinstance(counters, dict):
        for name in _COUNTERS:
            found.counters[name] = found.counters.get(name, 0) + int(counters.get(name, 0))
