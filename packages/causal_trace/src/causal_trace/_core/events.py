"""The events that this library emits on the shared bus, ``blinker.signal("crucible")``."""

import logging
from collections.abc import Mapping
from types import MappingProxyType

import blinker

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "trace.chain.created": "A decision chain was made from a text",
        "trace.event.created": "A decision was added to a chain",
        "trace.chain.saved": "A chain was written",
        "trace.chain.loaded": "A chain was read",
    }
)

signal = blinker.signal("crucible")


def emit(name: str, measurements: dict[str, object], metadata: dict[str, object]) -> None:
    """Emit one event. An exception of a receiver is logged and does not reach the caller."""
    if not signal.receivers:
        return
    try:
        signal.send(name, measurements=measurements, metadata=metadata)
    except Exception:
        logging.getLogger("crucible").exception("a receiver of %s failed", name)
