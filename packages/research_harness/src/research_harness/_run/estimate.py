"""What an experiment is expected to cost, take and find, from a pilot or from a recorded run."""

import asyncio
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict, Unpack

import msgspec

from .._artifacts.folder import RunFolder, find_run
from .._artifacts.tables import read_rows
from .._batches.batches import Batches
from .._batches.prices import batch_saving_usd
from .._definition.experiment import Experiment
from .._engine.journal import Journal
from .._engine.response_log import ResponseLog
from .._outcome.row import Row
from .._plan.plan import Plan
from .._plan.preparation import PreparedExperiment, prepare
from .._planning.forecast import Estimate
from .._planning.outlook import design_power
from .._planning.totals import duration_ms, duration_of, paid, part_of, sum_of
from .job import require_no_loop, run_rows_only
from .options import OnProgress
from .session import write_start

# Further rows of a recorded run say little more about means.
_MOST_ROWS = 100_000


class EstimateOptions(TypedDict, total=False):
    """The options of ``estimate``, which describes them."""

    pilot: int
    level: float
    settings: Mapping[str, Any] | None
    on_progress: OnProgress | None
    recorded: str | Path | None
    output_dir: str | Path
    difference: float | None
    power: float


async def estimate(
    experiment: Experiment | type[Experiment],
    *,
    pilot: int = 5,
    level: float = 0.95,
    settings: Mapping[str, Any] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    recorded: str | Path | None = None,
    output_dir: str | Path = "results",
    difference: float | None = None,
    power: float = 0.8,
) -> Estimate:
    """Extrapolate cost and time from a pilot or a recorded run, and simulate what the design finds.

    Nothing is kept on disk.

    Args:
        experiment: The class, or an instance.
        pilot: How many items each condition answers; their calls are paid for.
        level: The confidence level of the intervals of cost, in (0, 1).
        settings: Values for attributes of the experiment, such as ``{"sample_size": 100}``.
        on_progress: Called with rows done and rows in all after each row of the pilot.
        recorded: A run, by its id or folder, whose costs, latencies and marks are taken in place of
            a pilot. Nothing is asked.
        output_dir: The folder of all runs, in which ``recorded`` is looked for.
        difference: A difference in accuracy, such as 0.05: how likely the design finds it, and how
            many items and repeats do.
        power: The wanted probability of finding a difference, in (0, 1).

    Returns:
        The expected cost and time of the whole experiment, and what its design finds.

    Raises:
        ExperimentError: The experiment is not runnable.
        RunNotFoundError: There is no such run.
        ValueError: ``pilot`` is below 1, ``level`` or ``power`` is outside (0, 1), ``difference``
            is 0 or outside (-1, 1), or the run has no row of a condition.
    """
    return await asyncio.to_thread(
        estimate_sync,
        experiment,
        pilot=pilot,
        level=level,
        settings=settings,
        on_progress=on_progress,
        recorded=recorded,
        output_dir=output_dir,
        difference=difference,
        power=power,
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
        RunNotFoundError: There is no such run.
        ValueError: An option is out of range; see ``estimate``.
    """
    require_no_loop("estimate_sync")
    level = options.get("level", 0.95)
    _check(options)
    prepared = prepare(experiment, **(options.get("settings") or {}))
    recorded = options.get("recorded")
    if recorded is None:
        source = ""
        rows = _pilot_rows(prepared, options.get("pilot", 5), options.get("on_progress"))
    else:
        folder = find_run(recorded, Path(options.get("output_dir", "results")))
        source, rows = folder.id, _recorded_rows(prepared, folder)
    names = [each.name for each in prepared.plan.conditions]
    planned = len(prepared.plan) // len(names)
    batches = prepared.experiment.batches
    parts = tuple(
        part_of(
            name,
            [row for row in rows if row.condition == name],
            planned,
            level,
            in_batches=batches is not None and batches.includes(name),
        )
        for name in names
    )
    costs = [cost for row in rows if (cost := paid(row)) is not None]
    workers = min(prepared.experiment.concurrency, len(prepared.plan))
    known = [part.cost_usd for part in parts if part.cost_usd is not None]
    usd = sum(known) / len(prepared.plan) if len(known) == len(parts) else None
    return Estimate(
        experiment=prepared.experiment.name,
        rows=len(prepared.plan),
        pilot_rows=len(rows),
        pilot_failures=sum(row.failed for row in rows),
        pilot_cost_usd=sum(costs) if len(costs) == len(rows) else None,
        pilot_known_cost_usd=sum(costs),
        pilot_unknown_costs=len(rows) - len(costs),
        conditions=parts,
        duration_ms=duration_ms(parts, workers),
        virtual_time=prepared.experiment.virtual_time,
        cost_interval=sum_of([(each.cost_usd, each.cost_interval) for each in parts]),
        duration_interval=sum_of(
            [
                duration_of([row for row in rows if row.condition == name], planned, level)
                for name in names
            ],
            divisor=workers,
        ),
        recorded=source,
        power=design_power(
            prepared,
            rows,
            difference=options.get("difference"),
            power=options.get("power", 0.8),
            usd_per_row=usd,
        ),
    )


def _check(options: EstimateOptions) -> None:
    """Refuse options out of range."""
    pilot, difference = options.get("pilot", 5), options.get("difference")
    if pilot < 1:
        raise ValueError(f"pilot: {pilot} is not a number of items; pass at least 1")
    for name, value in (
        ("level", options.get("level", 0.95)),
        ("power", options.get("power", 0.8)),
    ):
        if not 0 < value < 1:
            raise ValueError(
                f"{name}: {value} is not a number between 0 and 1; pass 0.95, for instance"
            )
    if difference is not None and not 0 < abs(difference) < 1:
        raise ValueError(
            f"difference: {difference} is not a difference of two accuracies; pass 0.05 for five"
            " points, for instance"
        )


def _recorded_rows(prepared: PreparedExperiment, folder: RunFolder) -> list[Row]:
    """The rows of a run by the conditions of the experiment, of each the last attempt."""
    names = {each.name for each in prepared.plan.conditions}
    found: dict[int, Row] = {}
    seen: set[str] = set()
    for row in Journal(folder.journal):
        seen.add(row.condition)
        if row.condition in names and (row.index in found or len(found) < _MOST_ROWS):
            found[row.index] = row
    missing = sorted(names - {row.condition for row in found.values()})
    if missing:
        raise ValueError(
            f"recorded: the run {folder.id!r} has no row of the condition {missing[0]!r}; its"
            f" conditions are {', '.join(sorted(seen)) or 'none'}"
        )
    log = ResponseLog(folder.responses)
    return [_as_planned(row, prepared.experiment.batches, log) for row in found.values()]


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
    return msgspec.structs.replace(
        row, cost_usd=row.cost_usd - batch_saving_usd(log.of_rows([row]))
    )
