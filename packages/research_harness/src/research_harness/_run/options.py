"""What ``run`` and ``resume`` take, for their twins and for what begins and reopens a run."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypedDict

from .._definition.ceilings import Ceilings
from .._definition.retries import Cause
from .._engine.counters import Counters
from .._executors.executor import Executor

# Attributes of experiments that settings may replace, beside the options of ``run``.
SETTINGS = ("timeout_ms", "formats", "retries")
OnProgress = Callable[[int, int], None]
Progress = Callable[[Counters], AbstractContextManager[object]]


class RunOptions(TypedDict, total=False):
    """The options of ``run``, which describes them."""

    output_dir: str | Path
    run_id: str | None
    overwrite: bool
    seed: int | None
    sample_size: int | None
    repeat: int | None
    limit: int | None
    items: Sequence[str] | None
    conditions: Sequence[str] | None
    models: Sequence[Any] | None
    levels: Mapping[str, Sequence[Any]] | None
    concurrency: int | None
    ceilings: Ceilings | Mapping[str, float] | None
    on_progress: OnProgress | None
    progress: Progress | None
    experiment_file: Path | None
    replay: str | Path | None
    force: bool
    settings: Mapping[str, Any] | None
    executor: Executor | None


class ResumeOptions(TypedDict, total=False):
    """The options of ``resume``, which describes them."""

    output_dir: str | Path
    force: bool
    retry_failed: bool | Collection[Cause]
    missing: bool
    trust: bool
    concurrency: int | None
    ceilings: Ceilings | Mapping[str, float] | None
    on_progress: OnProgress | None
    progress: Progress | None
    executor: Executor | None
