"""Every event of an experiment, captured, stored and exported."""

import typing as _typing

from ._analysis.compare import compare_experiments
from ._analysis.detectors import Anomalies, detect_anomalies
from ._analysis.difference import ExperimentComparison, MetricDifference
from ._analysis.quality import DataQuality, data_quality
from ._analysis.weighted_test import WeightedTest
from ._capture.context import in_context, scope
from ._capture.held import HeldEvents, held_events, keep_held
from ._capture.receiver import record
from ._capture.sampling import KeepErrors, Reservoir, Sampling, Stratified, Uniform
from ._capture.shielded import shielded
from ._capture.span import span
from ._clients.instrument import instrument
from ._core.catalogue import CATALOGUE, CONVENTIONS, LEVELS, EventInfo, event_info
from ._core.chunk import Chunk
from ._core.deprecated import renamed_names as _renamed_names
from ._core.errors import (
    AlreadyPausedError,
    DamagedFileError,
    ExperimentNotFoundError,
    MissingExtraError,
    NoDataError,
    NotPausedError,
    NotRunningError,
    StillRunningError,
    StoreError,
    StoreInUseError,
    TelemetryError,
    TransitionError,
    UnknownChoiceError,
    UnknownDetectorError,
    UnknownExportFormatError,
    UnknownLevelError,
    UnknownMetricError,
)
from ._core.event import Event
from ._experiment.archive import archive_experiment, restore_experiment
from ._experiment.continuation import continue_experiment, open_experiment
from ._experiment.recording import Recording
from ._experiment.registry import (
    cleanup_experiment,
    current_experiment,
    get_experiment,
    list_experiments,
    recording,
    start_experiment,
    stop_experiment,
)
from ._experiment.reproducibility import ReproducibilityRecord, reproducibility_record
from ._experiment.workers import Handover, hand_over, in_worker, join_workers
from ._export.redact import Anonymize
from ._metrics.interval import Interval
from ._metrics.metrics import Calculator, LevelMetrics, Metrics
from ._metrics.windows import WindowMetrics
from ._query.window import Window
from ._showing.page import write_page
from ._showing.sources import StoredExperiment, stored_experiments
from ._stores.file import FileStore
from ._stores.memory import MemoryStore
from ._stores.postgres import PostgresStore
from ._stores.store import Store
from ._tracing.otel_export import export_otel
from ._tracing.otel_import import import_otel
from ._tracing.otel_metrics import export_otel_metrics
from ._tracing.otlp_receiver import otlp_receiver
from ._tracing.spans import Span, spans_of
from ._tracing.trace_context import remote_parent, traceparent
from ._watching.alerts import Alert, AlertRule, cost_above, error_rate_above, latency_above
from ._watching.prometheus import prometheus_endpoint, prometheus_text
from ._watching.streaming import Moments, QuantileSketch, StreamingMetrics
from ._watching.watcher import watch

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
    "Chunk",
    "DamagedFileError",
    "DataQuality",
    "Event",
    "EventInfo",
    "ExperimentComparison",
    "ExperimentNotFoundError",
    "FileStore",
    "Handover",
    "HeldEvents",
    "Interval",
    "KeepErrors",
    "LevelMetrics",
    "MemoryStore",
    "MetricDifference",
    "Metrics",
    "MissingExtraError",
    "Moments",
    "NoDataError",
    "NotPausedError",
    "NotRunningError",
    "PostgresStore",
    "QuantileSketch",
    "Recording",
    "ReproducibilityRecord",
    "Reservoir",
    "Sampling",
    "Span",
    "StillRunningError",
    "Store",
    "StoreError",
    "StoreInUseError",
    "StoredExperiment",
    "Stratified",
    "StreamingMetrics",
    "TelemetryError",
    "TransitionError",
    "Uniform",
    "UnknownChoiceError",
    "UnknownDetectorError",
    "UnknownExportFormatError",
    "UnknownLevelError",
    "UnknownMetricError",
    "WeightedTest",
    "Window",
    "WindowMetrics",
    "archive_experiment",
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
    "export_otel_metrics",
    "get_experiment",
    "hand_over",
    "held_events",
    "import_otel",
    "in_context",
    "in_worker",
    "instrument",
    "join_workers",
    "keep_held",
    "latency_above",
    "list_experiments",
    "open_experiment",
    "otlp_receiver",
    "prometheus_endpoint",
    "prometheus_text",
    "record",
    "recording",
    "remote_parent",
    "reproducibility_record",
    "restore_experiment",
    "scope",
    "shielded",
    "span",
    "spans_of",
    "start_experiment",
    "stop_experiment",
    "stored_experiments",
    "traceparent",
    "watch",
    "write_page",
]

if not _typing.TYPE_CHECKING:  # type checkers refuse the old names; running code is warned
    __getattr__ = _renamed_names(
        __name__,
        {
            "Capsule": "ReproducibilityRecord",
            "Difference": "MetricDifference",
            "Experiment": "Recording",
            "UnsupportedFormatError": "UnknownExportFormatError",
            "capsule": "reproducibility_record",
        },
    )
