"""Read an answer while it arrives, with the time of each part."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from .._core.ids import new_id
from .._core.times import read_time
from .._model.chain import Chain
from .._model.event import TraceEvent
from .parse import parse


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TraceStream:
    """Collects the pieces of an answer, and dates each event by the piece that ended it.

    Pieces are only joined while they arrive, so that markup may be cut anywhere between them.

    Args:
        name: The name of the chain.
        metadata: Values to store with the chain.
        id: The id of the chain; None makes a random one.
        clock: Returns the present time.

    Example:
        >>> stream = TraceStream("cache")
        >>> for piece in ("<thi", "nk>weigh</th", "ink>Answer"):
        ...     stream.feed(piece)
        >>> stream.finish().events[0].reasoning
        'weigh'
    """

    def __init__(
        self,
        name: str,
        *,
        metadata: Mapping[str, Any] | None = None,
        id: str | None = None,  # the name of the field
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._name = name
        self._metadata = metadata
        self._id = id or new_id()
        self._clock = clock
        self._started = _iso(clock())
        self._pieces: list[str] = []
        self._ends: list[int] = []
        self._times: list[str] = []

    def feed(self, piece: str) -> None:
        """Take the next piece of the answer.

        Args:
            piece: Any text, also an empty one.
        """
        self._pieces.append(piece)
        self._ends.append((self._ends[-1] if self._ends else 0) + len(piece))
        self._times.append(_iso(self._clock()))

    @property
    def text(self) -> str:
        """The text that has arrived."""
        return "".join(self._pieces)

    def finish(self, *, strict: bool = False) -> Chain:
        """Return the chain of the whole answer, its events dated by their last piece.

        Args:
            strict: Raise an error for malformed markup.

        Returns:
            The chain. ``latency_ms`` of an event is the time from its first to its last piece.

        Raises:
            TraceParseError: ``strict`` is set and the markup is malformed.
        """
        chain = parse(
            self.text,
            self._name,
            metadata=self._metadata,
            strict=strict,
            id=self._id,
            timestamp=self._started,
        )
        updated = self._times[-1] if self._times else self._started
        return replace(chain, events=tuple(map(self._dated, chain.events)), updated_at=updated)

    def _dated(self, event: TraceEvent) -> TraceEvent:
        if event.position is None or not self._times:
            return event
        begin = self._time_at(event.position + 1)
        end = self._time_at(event.position + 1 if event.end is None else event.end)
        elapsed = (read_time(end) - read_time(begin)).total_seconds() * 1000
        stated = event.timestamp != self._started
        return replace(
            event, timestamp=event.timestamp if stated else end, latency_ms=max(0.0, elapsed)
        )

    def _time_at(self, length: int) -> str:
        """Return when the text had this many characters."""
        return self._times[min(bisect_left(self._ends, length), len(self._times) - 1)]


def _iso(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")
