"""Every event of an experiment, captured, stored and exported."""

from ._capture import record
from ._catalogue import CATALOGUE, LEVELS, EventInfo, event_info
from ._context import current_experiment, scope
from ._errors import (
    ExperimentNotFoundError,
    NoDataError,
    TelemetryError,
    UnsupportedFormatError,
)
from ._event import Event
from ._experiment import (
    Experiment,
    forget_experiment,
    get_experiment,
    list_experiments,
    recording,
    start_experiment,
    stop_experiment,
)
from ._metrics import LevelMetrics, Metrics
from ._store import MemoryStore, Store

__all__ = [
    "CATALOGUE",
    "LEVELS",
    "Event",
    "EventInfo",
    "Experiment",
    "ExperimentNotFoundError",
    "LevelMetrics",
    "MemoryStore",
    "Metrics",
    "NoDataError",
    "Store",
    "TelemetryError",
    "UnsupportedFormatError",
    "current_experiment",
    "event_info",
    "forget_experiment",
    "get_experiment",
    "list_experiments",
    "record",
    "recording",
    "scope",
    "start_experiment",
    "stop_experiment",
]
