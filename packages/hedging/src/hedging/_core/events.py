"""The events this library puts on the shared bus, ``blinker.signal("crucible")``."""

import logging
from collections.abc import Mapping
from types import MappingProxyType

import blinker

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "hedging.request.start": "A hedged request begins",
        "hedging.hedge.fired": "A backup attempt was started",
        "hedging.hedge.won": "A backup attempt gave the result",
        "hedging.hedge.suppressed": "No backup was allowed, and why",
        "hedging.request.cancelled": "A losing attempt was cancelled",
        "hedging.request.stop": "A hedged request has its result",
        "hedging.stream.stop": "All streams of a request have ended, and its cost is final",
        "hedging.request.exception": "A hedged request failed",
    }
)

signal = blinker.signal("crucible")


def emit(name: str, measurements: dict[str, object], metadata: dict[str, object]) -> None:
    """Send one event; an error of a receiver is logged and does not break the request."""
    if not signal.receivers:
        return
    try:
        signal.send(name, measurements=measurements, metadata=metadata)
    except Exception:
        logging.getLogger("crucible").exception("a receiver of %s failed", name)
