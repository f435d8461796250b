"""The events of this library on the shared bus, ``blinker.signal("crucible")``."""

import logging
from collections.abc import Mapping
from types import MappingProxyType

import blinker

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "ensemble.predict.start": "A prediction begins",
        "ensemble.predict.stop": "A prediction has its result",
        "ensemble.predict.exception": "A prediction failed",
        "ensemble.model.start": "A call to a model begins",
        "ensemble.model.stop": "A model has answered",
        "ensemble.model.exception": "A call to a model failed",
        "ensemble.executor.start": "The calls of a prediction begin",
        "ensemble.executor.stop": "The calls of a prediction have ended",
        "ensemble.vote.complete": "The votes are counted",
        "ensemble.consensus.reached": "The winner has the share of the votes that was wanted",
        "ensemble.consensus.failed": "The winner has a smaller share, or none won",
    }
)

signal = blinker.signal("crucible")


def emit(name: str, measurements: dict[str, object], metadata: dict[str, object]) -> None:
    """Send one event; a receiver that raises is logged and never breaks the caller."""
    if not signal.receivers:
        return
    try:
        signal.send(name, measurements=measurements, metadata=metadata)
    except Exception:
        logging.getLogger("crucible").exception("a receiver of %s failed", name)
