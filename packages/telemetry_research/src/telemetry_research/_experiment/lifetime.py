"""The life of a recording: its status, pauses and durations."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from .._core.errors import AlreadyPausedError, NotPausedError, NotRunningError, StillRunningError
from .._core.renamed import renamed_attribute
from .clock import Clock

Status = Literal["running", "paused", "stopped", "archived"]


class Lifetime:
    """Starts, pauses, resumes and stops; refuses what its status does not allow.

    Attributes:
        id: 16 hexadecimal digits.
        capturing: Whether events are captured: it runs and is not paused.
        archived: Whether it was written to an archive, or read from one.
    """

    def __init__(self, identifier: str) -> None:
        self.id: str = identifier
        self.capturing: bool = False
        self.archived: bool = False
        self._clock = Clock()

    @property
    def started_at(self) -> datetime:
        """When it started, UTC."""
        return self._clock.started_at

    @property
    def stopped_at(self) -> datetime | None:
        """When it stopped, UTC; None while it runs."""
        return self._clock.stopped_at

    @property
    def pause_count(self) -> int:
        """The number of pauses."""
        return self._clock.pause_count

    @property
    def stopped(self) -> bool:
        """Whether it has stopped."""
        return self._clock.stopped

    @property
    def status(self) -> Status:
        """``running``, ``paused``, ``stopped`` or ``archived``."""
        if self.archived:
            return "archived"
        if self.stopped:
            return "stopped"
        return "paused" if self._clock.paused else "running"

    @property
    def duration_ms(self) -> float:
        """Wall time from start to stop, or until now, in milliseconds; pauses included."""
        return self._clock.duration_ns / 1e6

    @property
    def paused_ms(self) -> float:
        """The pauses, in milliseconds."""
        return self._clock.paused_ns / 1e6

    @property
    def active_ms(self) -> float:
        """The time without the pauses, in milliseconds."""
        return (self._clock.duration_ns - self._clock.paused_ns) / 1e6

    if not TYPE_CHECKING:
        duration_ns = renamed_attribute("duration_ms", lambda ms: round(ms * 1e6))
        paused_ns = renamed_attribute("paused_ms", lambda ms: round(ms * 1e6))
        active_ns = renamed_attribute("active_ms", lambda ms: round(ms * 1e6))

    def pause(self) -> None:
        """Stop capturing until ``resume``; events in between are counted.

        Raises:
            NotRunningError: It has stopped.
            AlreadyPausedError: It is paused.
        """
        self._require_running("it cannot be paused")
        if self._clock.paused:
            raise AlreadyPausedError(self.id, self.status, "resume() it first")
        self.capturing = False
        self._clock.pause()

    def resume(self) -> None:
        """Capture events again.

        Raises:
            NotRunningError: It has stopped.
            NotPausedError: It is not paused.
        """
        self._require_running("use continue_experiment() to continue a stored experiment")
        if not self._clock.paused:
            raise NotPausedError(self.id, self.status, "resume() follows pause()")
        self._clock.resume()
        self.capturing = True

    def require_stopped(self, problem: str) -> None:
        """Refuse what is possible only after the stop.

        Args:
            problem: What to do first.

        Raises:
            StillRunningError: It runs or is paused.
        """
        if not self.stopped:
            raise StillRunningError(self.id, self.status, problem)

    def _require_running(self, problem: str) -> None:
        if self.stopped:
            raise NotRunningError(self.id, self.status, problem)
