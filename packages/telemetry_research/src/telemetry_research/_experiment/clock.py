"""The start, pauses and stop of a recording, by the monotonic clock."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


class Clock:
    """Measures how long a recording ran and how much of that it was paused.

    Attributes:
        started_at: Wall-clock time of the start, UTC.
        stopped_at: Wall-clock time of the stop; None while it runs.
        pause_count: The number of pauses.
    """

    def __init__(self) -> None:
        self.started_at = datetime.now(UTC)
        self.stopped_at: datetime | None = None
        self.pause_count = 0
        self._started_ns = time.monotonic_ns()
        self._stopped_ns: int | None = None
        self._pause_began_ns: int | None = None
        self._paused_ns = 0

    @property
    def stopped(self) -> bool:
        """Whether it has stopped."""
        return self._stopped_ns is not None

    @property
    def paused(self) -> bool:
        """Whether it is paused."""
        return self._pause_began_ns is not None

    @property
    def duration_ns(self) -> int:
        """From start to stop, or until now; pauses included."""
        return self._now() - self._started_ns

    @property
    def paused_ns(self) -> int:
        """The sum of the pauses, the current one included."""
        began = self._pause_began_ns
        return self._paused_ns + (0 if began is None else self._now() - began)

    def pause(self) -> None:
        """Begin a pause."""
        self.pause_count += 1
        self._pause_began_ns = time.monotonic_ns()

    def resume(self) -> None:
        """End the pause."""
        self._paused_ns = self.paused_ns
        self._pause_began_ns = None

    def stop(self) -> None:
        """Stop; a pause lasts until then."""
        self._stopped_ns = time.monotonic_ns()
        self.stopped_at = datetime.now(UTC)

    def restore(self, described: Mapping[str, Any]) -> None:
        """Take over the times of a stored description."""
        self.started_at = datetime.fromisoformat(described["started_at"])
        stopped = described["stopped_at"]
        self.stopped_at = None if stopped is None else datetime.fromisoformat(stopped)
        self._started_ns, self._stopped_ns = 0, described["duration_ns"]
        self._paused_ns, self.pause_count = described["paused_ns"], described["pause_count"]

    def _now(self) -> int:
        return time.monotonic_ns() if self._stopped_ns is None else self._stopped_ns
