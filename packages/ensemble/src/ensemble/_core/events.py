"""The events this library puts on the shared bus, ``blinker.signal("crucible")``."""

import logging
from collections.abc import Mapping
from types import MappingProxyType

import blinker

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "ensemble.predict.start": "Several models are asked one question",
        "ensemble.predict.stop": "They have one answer",
        "ensemble.predict.exception": "They have none",
        "ensemble.model.start": "One model is asked",
        "ensemble.model.stop": "One model has answered",
        "ensemble.model.exception": "One model failed",
        "ensemble.executor.start": "The asking begins",
        "ensemble.executor.stop": "The asking has ended",
        "ensemble.vote.complete": "The votes are counted",
        "ensemble.consensus.reached": "The answer has the share of the votes that was wanted",
        "ensemble.consensus.failed": "It has not, or the prediction has no answer",
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
