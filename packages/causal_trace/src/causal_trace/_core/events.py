"""The events that this library emits on the shared bus, ``blinker.signal("crucible")``."""

import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "trace.chain.created": "A decision chain was made from a text",
        "trace.event.created": "A decision was added to a chain",
        "trace.chain.saved": "A chain was written",
        "trace.chain.loaded": "A chain was read",
    }
)


def listened() -> bool:
    """Return whether there is a receiver. Where blinker is not imported there cannot be one."""
    return "blinker" in sys.modules and bool(_signal().receivers)


def emit(name: str, measurements: dict[str, object], metadata: dict[str, object]) -> None:
    """Emit one event. An exception of a receiver is logged and does not reach the caller."""
    if not listened():
        return
    try:
        _signal().send(name, measurements=measurements, metadata=metadata)
    except Exception:
        import logging  # noqa: PLC0415  # slow to import

        logging.getLogger("crucible").exception("a receiver of %s failed", name)


def _signal() -> Any:
    return sys.modules["blinker"].signal("crucible")
