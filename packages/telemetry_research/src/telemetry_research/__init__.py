"""Every event of an experiment, captured, stored and exported."""

from ._capture import record
from ._catalogue import CATALOGUE, CONVENTIONS, LEVELS, EventInfo, event_info
from ._chunk import Chunk
from ._context import current_experiment, scope
from ._continue import continue_experiment, open_experiment
from ._errors import (
    AlreadyPausedError,
    DamagedFileError,
    ExperimentNotFoundError,
    MissingExtraError,
    NoDataError,
    NotPausedError,
    NotRunningError,
    StillRunningError,
    StoreError,
    TelemetryError,
    TransitionError,
    UnsupportedFormatError,
)
from ._event import Event
from ._experiment import Experiment
from ._file import FileStore
from ._metrics import Calculator, LevelMetrics, Metrics
from ._postgres import PostgresStore
from ._redact import Anonymize
from ._registry import (
    cleanup_experiment,
    get_experiment,
    list_experiments,
    recording,
    start_experiment,
    stop_experiment,
)
from ._sampling import KeepErrors, Reservoir, Sampling, Stratified, Uniform
from ._store import MemoryStore, Store
from ._windows import Window, WindowMetrics
from ._workers import Handover, hand_over, in_worker, join_workers

__all__ = [
    "CATALOGUE",
    "CONVENTIONS",
    "LEVELS",
    "AlreadyPausedError",
    "Anonymize",
    "Calculator",
    "Chunk",
    "DamagedFileError",
    "Event",
    "EventInfo",
    "Experiment",
    "ExperimentNotFoundError",
    "FileStore",
    "Handover",
    "KeepErrors",
    "LevelMetrics",
    "MemoryStore",
    "Metrics",
    "MissingExtraError",
    "NoDataError",
    "NotPausedError",
    "NotRunningError",
    "PostgresStore",
    "Reservoir",
    "Sampling",
    "StillRunningError",
    "Store",
    "StoreError",
    "Stratified",
    "TelemetryError",
    "TransitionError",
    "Uniform",
    "UnsupportedFormatError",
    "Window",
    "WindowMetrics",
    "cleanup_experiment",
    "continue_experiment",
    "current_experiment",
    "event_info",
    "get_experiment",
    "hand_over",
    "in_worker",
    "join_workers",
    "list_experiments",
    "open_experiment",
    "record",
    "recording",
    "scope",
    "start_experiment",
    "stop_experiment",
]
