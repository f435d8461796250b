"""The options of starting and continuing a recording."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from .._capture.pipeline import Overflow
from .._capture.sampling import Predicate, Reservoir, Sampling
from .._stores.store import Store


class CaptureOptions(TypedDict, total=False):
    """What is recorded and how; see ``Recording``."""

    hypothesis: str | None
    condition: str
    tags: Sequence[str]
    metadata: Mapping[str, object] | None
    sample_size: int | None
    include: Sequence[str]
    exclude: Sequence[str]
    where: Predicate | None
    sampling: Sampling | Reservoir | None
    seed: int
    take_unscoped: bool
    flush_interval_ms: float
    max_pending: int
    overflow: Overflow
    stop_timeout_ms: float


class RecordingOptions(CaptureOptions, total=False):
    """Options of ``recording`` and ``start_experiment``."""

    store: Store | None
    experiment_id: str | None


class ContinuationOptions(CaptureOptions, total=False):
    """Options of ``continue_experiment``."""

    name: str
