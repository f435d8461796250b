"""The recordings that get the events of a session: that of the run, and those of the user."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .._core.events import emit

if TYPE_CHECKING:
    from telemetry_research import Recording


class Recordings:
    """The recording of a run and those of the user, out of reach of conditions and scorers.

    Args:
        own: That of the run.
        outer: The one that was running when the run began; None for none.
    """

    def __init__(self, own: "Recording", outer: "Recording | None") -> None:
        self._all = [own] if outer is None else [own, outer]

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Record the events of a block; code in it neither stops nor replaces a recording."""
        import telemetry_research

        with telemetry_research.shielded(*self._all):
            yield

    def add_current(self) -> None:
        """Give the events to the recording that ``setup`` has started here too, if it has."""
        found = current_recording()
        if found is not None:
            self._all.append(found)

    def emit(self, run_id: str, name: str, measurements: dict[str, object], **texts: str) -> None:
        """Emit an event of the run.

        Args:
            run_id: The run.
            name: The name of the event.
            measurements: Its measurements.
            **texts: Everything else.
        """
        with self.inside():
            emit(name, measurements, {"run": run_id, **texts})

    def keep(self, held: bytes) -> None:
        """Record the events of a row that ran elsewhere.

        Args:
            held: The events.
        """
        import telemetry_research

        for each in self._all:
            telemetry_research.keep_held(each, held)


def current_recording() -> "Recording | None":
    """The recording that is running here; None for none."""
    import telemetry_research

    return telemetry_research.current_experiment()
