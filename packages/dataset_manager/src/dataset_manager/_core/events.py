"""The events this library puts on the shared bus, ``blinker.signal("crucible")``."""

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

import blinker

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "dataset.load.start": "Loading a data set begins",
        "dataset.load.stop": "A data set was loaded",
        "dataset.load.exception": "A data set could not be loaded",
        "dataset.cache.hit": "A file was found in the cache",
        "dataset.cache.miss": "A file was not in the cache",
        "dataset.cache.evict": "A file was evicted from the cache",
        "dataset.evaluate.start": "Scoring predictions begins",
        "dataset.evaluate.stop": "Predictions were scored",
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
