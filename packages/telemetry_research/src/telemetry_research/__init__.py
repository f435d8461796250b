"""Every event of an experiment, captured, stored and exported."""

from ._alerts import Alert, AlertRule, cost_above, error_rate_above, latency_above, watch
from ._archive import archive_experiment, restore_experiment
from ._capsule import Capsule, capsule
from ._capture import record
from ._catalogue import CATALOGUE, CONVENTIONS, LEVELS, EventInfo, event_info
from ._chunk import Chunk
from ._compare import Difference, ExperimentComparison, compare_experiments
from ._context import current_experiment, scope
from ._continue import continue_experiment, open_experiment
from ._detectors import Anomalies, detect_anomalies
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
from ._otel import export_otel, import_otel
from ._postgres import PostgresStore
from ._prometheus import prometheus_endpoint, prometheus_text
from ._quality import DataQuality, data_quality
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
from ._spans import Span, spans_of
from ._store import MemoryStore, Store
from ._streaming import Moments, QuantileSketch, StreamingMetrics
from ._trace_context import remote_parent, traceparent
from ._windows import Window, WindowMetrics
from ._workers import Handover, hand_over, in_worker, join_workers

__all__ = [
    "CATALOGUE",
    "CONVENTIONS",
    "LEVELS",
    "Alert",
    "AlertRule",
    "AlreadyPausedError",
    "Anomalies",
    "Anonymize",
    "Calculator",
    "Capsule",
    "Chunk",
    "DamagedFileError",
    "DataQuality",
    "Difference",
    "Event",
    "EventInfo",
    "Experiment",
    "ExperimentComparison",
    "ExperimentNotFoundError",
    "FileStore",
    "Handover",
    "KeepErrors",
    "LevelMetrics",
    "MemoryStore",
    "Metrics",
    "MissingExtraError",
    "Moments",
    "NoDataError",
    "NotPausedError",
    "NotRunningError",
    "PostgresStore",
    "QuantileSketch",
    "Reservoir",
    "Sampling",
    "Span",
    "StillRunningError",
    "Store",
    "StoreError",
    "Stratified",
    "StreamingMetrics",
    "TelemetryError",
    "TransitionError",
    "Uniform",
    "UnsupportedFormatError",
    "Window",
    "WindowMetrics",
    "archive_experiment",
    "capsule",
    "cleanup_experiment",
    "compare_experiments",
    "continue_experiment",
    "cost_above",
    "current_experiment",
    "data_quality",
    "detect_anomalies",
    "error_rate_above",
    "event_info",
    "export_otel",
    "get_experiment",
    "hand_over",
    "import_otel",
    "in_worker",
    "join_workers",
    "latency_above",
    "list_experiments",
    "open_experiment",
    "prometheus_endpoint",
    "prometheus_text",
    "record",
    "recording",
    "remote_parent",
    "restore_experiment",
    "scope",
    "spans_of",
    "start_experiment",
    "stop_experiment",
    "traceparent",
    "watch",
]
