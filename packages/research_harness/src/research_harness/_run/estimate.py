"""What an experiment is expected to cost and take, from a pilot of five items."""

import asyncio
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any, TypedDict, Unpack

from .._artifacts.folder import RunFolder
from .._artifacts.tables import read_rows
from .._batches.batches import Batches
from .._batches.prices import batch_saving_usd
from .._core.interval import Interval
from .._definition.experiment import Experiment
from .._engine.journal import Journal
from .._engine.response_log import ResponseLog
from .._outcome.row import Row
from .._plan.plan import Plan
from .._plan.preparation import PreparedExperiment, prepare
from .forecast import ConditionEstimate, Estimate
from .job import OnProgress, require_no_loop, run_rows_only
from .session import write_start


class EstimateOptions(TypedDict, total=False):
    """The options of ``estimate``, which describes them."""

    pilot: int
    level: float
    settings: Mapping[str, Any] | None
    on_progress: OnProgress | None


async def estimate(
    experiment: Experiment | type[Experiment],
    *,
    pilot: int = 5,
    level: float = 0.95,
    settings: Mapping[str, Any] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Estimate:
    """Run a pilot and extrapolate cost and time; nothing is kept on disk.

    Args:
        experiment: The class, or an instance.
        pilot: How many items each condition answers; their calls are paid for.
        level: The confidence level of the intervals of cost, in (0, 1).
        settings: Values for attributes of the experiment, such as ``{"sample_size": 100}``.
        on_progress: Called with rows done and rows in all after each row of the pilot.

    Returns:
        The expected cost and time of the whole experiment.

    Raises:
        ExperimentError: The experiment is not runnable.
        ValueError: ``pilot`` is below 1, or ``level`` is outside (0, 1).
    """
    return await asyncio.to_thread(
        estimate_sync,
        experiment,
        pilot=pilot,
        level=level,
        settings=settings,
        on_progress=on_progress,
    )


def estimate_sync(
    experiment: Experiment | type[Experiment], **options: Unpack[EstimateOptions]
) -> Estimate:
    """``estimate`` for scripts: takes the same arguments and waits for the end.

    Args:
        experiment: The class, or an instance.
        **options: The options of ``estimate``.

    Returns:
        The expected cost and time of the whole experiment.

    Raises:
        RunningLoopError: An event loop is running; use ``await estimate(...)`` there.
        ExperimentError: The experiment is not runnable.
        ValueError: ``pilot`` is below 1, or ``level`` is outside (0, 1).
    """
    require_no_loop("estimate_sync")
    pilot, level = options.get("pilot", 5), options.get("level", 0.95)
    if pilot < 1:
        raise ValueError(f"pilot: {pilot} is not a number of items; pass at least 1")
    if not 0 < level < 1:
        raise ValueError(f"level: {level} is not a number between 0 and 1; pass 0.95, for instance")
    prepared = prepare(experiment, **(options.get("settings") or {}))
    rows = _pilot_rows(prepared, pilot, options.get("on_progress"))
    names = [each.name for each in prepared.plan.conditions]
    planned = len(prepared.plan) // len(names)
    parts = tuple(
        _part(name, [row for row in rows if row.condition == name], planned, level)
        for name in names
    )
    costs = [row.cost_usd for row in rows if row.cost_usd is not None]
    return Estimate(
        experiment=prepared.experiment.name,
        rows=len(prepared.plan),
        pilot_rows=len(rows),
        pilot_failures=sum(row.failed for row in rows),
        pilot_cost_usd=sum(costs) if len(costs) == len(rows) else None,
        pilot_known_cost_usd=sum(costs),
        pilot_unknown_costs=len(rows) - len(costs),
        conditions=parts,
        duration_ms=_duration_ms(parts, min(prepared.experiment.concurrency, len(prepared.plan))),
        virtual_time=prepared.experiment.virtual_time,
    )


def _pilot_rows(
    prepared: PreparedExperiment, pilot: int, on_progress: OnProgress | None
) -> list[Row]:
    """The rows of the first items, each condition once."""
    plan = Plan(
        prepared.plan.conditions,
        prepared.items[: min(pilot, len(prepared.items))],
        repeat=1,
        seed=prepared.experiment.seed,
        randomize=False,
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = RunFolder(Path(temporary))
        folder.journal.parent.mkdir()
        write_start(prepared, folder, None)
        run_rows_only(replace(prepared, plan=plan), folder, on_progress)
        rows = list(read_rows(plan, Journal(folder.journal)))
        log = ResponseLog(folder.responses)
        return [_as_planned(row, prepared.experiment.batches, log) for row in rows]


def _as_planned(row: Row, batches: Batches | None, log: ResponseLog) -> Row:
    """A row of the pilot, which asks directly, at the price of batch jobs where it will be one."""
    if batches is None or not batches.includes(row.condition) or row.cost_usd is None:
        return row
    return replace(row, cost_usd=row.cost_usd - batch_saving_usd(log.of_rows([row])))


def _part(name: str, rows: list[Row], planned: int, level: float) -> ConditionEstimate:
    costs = [row.cost_usd for row in rows if row.cost_usd is not None]
    latencies = [row.latency_ms for row in rows if row.latency_ms is not None]
    return ConditionEstimate(
        condition=name,
        rows=planned,
        cost_usd=fmean(costs) * planned if costs else None,
        cost_interval=_total_interval(costs, planned, level),
        unknown_costs=len(rows) - len(costs),
        latency_ms=fmean(latencies) if latencies else None,
    )


def _total_interval(costs: list[float], planned: int, level: float) -> Interval | None:
    """The interval of the mean cost of an item, times the number of rows; None for one item."""
    import bench

    if len(costs) < 2:
        return None
    found = bench.mean_interval(costs, level=level)
    low, high = max(0.0, found.low) * planned, found.high * planned
    return Interval(low=low, high=high, level=level, method=found.method)


def _duration_ms(parts: tuple[ConditionEstimate, ...], workers: int) -> float | None:
    latencies = [part.latency_ms for part in parts]
    known = [latency for latency in latencies if latency is not None]
    if len(known) < len(latencies):
        return None
    return sum(latency * part.rows for latency, part in zip(known, parts, strict=True)) / workers
