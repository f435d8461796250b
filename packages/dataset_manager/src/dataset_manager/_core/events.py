"""The events this library puts on the shared bus, ``blinker.signal("crucible")``."""

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

import blinker

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "dataset.load.start": "A data set is asked for",
        "dataset.load.stop": "A data set is loaded",
        "dataset.load.exception": "A data set could not be loaded",
        "dataset.cache.hit": "A file was found in the cache",
        "dataset.cache.miss": "A file was not in the cache",
        "dataset.cache.evict": "A file was dropped to make room in the cache",
        "dataset.evaluate.start": "Predictions are to be scored",
        "dataset.evaluate.stop": "Predictions are scored",
        "dataset.evaluate.exception": "Predictions could not be scored",
    }
)

# How much of a long work is done, and how much there is.
Progress = Callable[[int, int], None]

signal = blinker.signal("crucible")


def emit(name: str, measurements: dict[str, object], metadata: dict[str, object]) -> None:
    """Send one event; a receiver that raises is logged and never breaks the caller."""
    if not signal.receivers:
        return
    try:
        signal.send(name, measurements=measurements, metadata=metadata)
    except Exception:
        logging.getLogger("crucible").exception("a receiver of %s failed", name)
