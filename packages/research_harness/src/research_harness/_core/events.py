"""The events this library puts on the shared bus, ``blinker.signal("crucible")``."""

import logging
from collections.abc import Mapping
from types import MappingProxyType

import blinker

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "harness.experiment.start": "An experiment begins or resumes",
        "harness.experiment.stop": "An experiment has run all its rows",
        "harness.experiment.exception": "An experiment was stopped by an error",
        "harness.row.stop": "One row is done: one condition has answered one item once",
        "harness.row.exception": "One row failed; it stays in the results as a failure",
    }
)

signal = blinker.signal("crucible")


def emit(name: str, measurements: dict[str, object], metadata: dict[str, object]) -> None:
    """Send one event; a receiver that raises is logged and never breaks the experiment."""
    if not signal.receivers:
        return
    try:
        signal.send(name, measurements=measurements, metadata=metadata)
    except KeyboardInterrupt:
        raise
    except BaseException:
        logging.getLogger("crucible").exception("a receiver of %s failed", name)
