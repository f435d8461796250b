"""What an experiment is expected to cost and take, from a pilot of five items."""

import asyncio
import math
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from statistics import NormalDist, fmean, stdev
from typing import TypedDict, Unpack

from .._artifacts.folder import RunFolder
from .._artifacts.tables import read_rows
from .._core.interval import Interval
from .._definition.experiment import Experiment
from .._engine.journal import Journal
from .._outcome.row import Row
from .._plan.plan import Plan
from .._plan.preparation import PreparedExperiment, prepare
from .._report.grids import html_grid, markdown_grid
from .._report.wording import count_text, interval_text, value_text
from .job import OnProgress, require_no_loop, run_rows_only
from .session import write_start


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionEstimate:
    """What one condition is expected to cost and take.

    Attributes:
        condition: Its name.
        rows: How many rows it has in the full run.
        cost_usd: The expected total; None when no row of the pilot had a known cost.
        cost_interval: The confidence interval of that total.
        unknown_costs: How many rows of the pilot had no known cost and are left out.
        latency_ms: The mean latency of the pilot; None when unknown.
    """

    condition: str
    rows: int
    cost_usd: float | None
    cost_interval: Interval | None
    unknown_costs: int
    latency_ms: float | None

    @property
    def cost_low_usd(self) -> float | None:
        """Deprecated: ``cost_interval.low``."""
        _warn_of_interval("cost_low_usd", "low")
        return None if self.cost_interval is None else self.cost_interval.low

    @property
    def cost_high_usd(self) -> float | None:
        """Deprecated: ``cost_interval.high``."""
        _warn_of_interval("cost_high_usd", "high")
        return None if self.cost_interval is None else self.cost_interval.high

    def to_dict(self) -> dict[str, object]:
        """The estimate as plain values."""
        interval = self.cost_interval
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**values, "cost_interval": None if interval is None else interval.to_dict()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What an experiment is expected to cost and take.

    Attributes:
        experiment: Its name.
        rows: How many rows the full run has.
        pilot_rows: How many rows the pilot ran; their models were called, and paid for.
        pilot_failures: How many of them failed.
        pilot_cost_usd: What the pilot cost; None when the cost of a row is unknown.
        pilot_known_cost_usd: The known costs of the pilot, added up.
        pilot_unknown_costs: How many rows of the pilot had no known cost.
        conditions: The parts.
        duration_ms: The expected time at the experiment's concurrency, simulated if time is; None
            when a latency is unknown.
        virtual_time: Whether that time is simulated.
    """

    experiment: str
    rows: int
    pilot_rows: int
    pilot_failures: int
    pilot_cost_usd: float | None
    pilot_known_cost_usd: float
    pilot_unknown_costs: int
    conditions: tuple[ConditionEstimate, ...]
    duration_ms: float | None
    virtual_time: bool

    @property
    def cost_usd(self) -> float | None:
        """The expected total; None when the cost of a condition is unknown."""
        costs = [each.cost_usd for each in self.conditions]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if len(known) == len(costs) else None

    @property
    def seconds(self) -> float | None:
        """Deprecated: ``duration_ms`` in seconds."""
        text = "Estimate.seconds is now Estimate.duration_ms, in milliseconds"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        return None if self.duration_ms is None else self.duration_ms / 1000

    def __str__(self) -> str:
        width = max(len(each.condition) for each in self.conditions)
        rows = [
            f"  {row[0].ljust(width)}  {', '.join(row[1:])}" for row in _grid(self.conditions)[1:]
        ]
        return "\n".join([*self._lines()[:2], *rows, *self._lines()[2:]])

    def _repr_html_(self) -> str:
        return html_grid(_grid(self.conditions), lines=self._lines())

    def to_markdown(self) -> str:
        """The estimate in Markdown.

        Returns:
            A table of the conditions, with the totals below.
        """
        return markdown_grid(_grid(self.conditions)) + "\n" + "\n\n".join(self._lines()) + "\n"

    def to_dict(self) -> dict[str, object]:
        """The estimate as plain values."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        parts = [each.to_dict() for each in self.conditions]
        return {**values, "cost_usd": self.cost_usd, "conditions": parts}

    def _lines(self) -> list[str]:
        pilot = value_text(self.pilot_cost_usd, "usd")
        if self.pilot_cost_usd is None and self.pilot_unknown_costs < self.pilot_rows:
            pilot = f"at least {value_text(self.pilot_known_cost_usd, 'usd')}"
        unknown = f" ({self.pilot_unknown_costs} of them with unknown cost)"
        total = value_text(self.cost_usd, "usd")
        known = [each.cost_usd for each in self.conditions if each.cost_usd is not None]
        if self.cost_usd is None and known:
            total = f"unknown; {value_text(sum(known), 'usd')} for the conditions with known costs"
        duration = "unknown" if self.duration_ms is None else f"{self.duration_ms / 1000:,.0f} s"
        clock = " of simulated time" if self.virtual_time else ""
        return [
            f"{self.experiment}: {count_text(self.rows, 'row')}",
            (
                f"pilot: {count_text(self.pilot_rows, 'row')}"
                f"{unknown if self.pilot_unknown_costs else ''}, {self.pilot_failures} failed,"
                f" cost {pilot}"
            ),
            f"in all: cost {total}, time {duration}{clock}",
        ]


class EstimateOptions(TypedDict, total=False):
    """The options of ``estimate``, which describes them."""

    pilot: int
    level: float
    on_progress: OnProgress | None


async def estimate(
    experiment: Experiment | type[Experiment],
    *,
    pilot: int = 5,
    level: float = 0.95,
    on_progress: Callable[[int, int], None] | None = None,
) -> Estimate:
    """Run a pilot and extrapolate cost and time; nothing is kept on disk.

    Args:
        experiment: The class, or an instance.
        pilot: How many items each condition answers; their calls are paid for.
        level: The confidence level of the intervals of cost, in (0, 1).
        on_progress: Called with rows done and rows in all after each row of the pilot.

    Returns:
        The expected cost and time of the whole experiment.

    Raises:
        ExperimentError: The experiment is not runnable.
        ValueError: ``pilot`` is below 1, or ``level`` is outside (0, 1).
    """
    return await asyncio.to_thread(
        estimate_sync, experiment, pilot=pilot, level=level, on_progress=on_progress
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
    prepared = prepare(experiment)
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
        return read_rows(plan, Journal(folder.journal))


def _part(name: str, rows: list[Row], planned: int, level: float) -> ConditionEstimate:
    costs = [row.cost_usd for row in rows if row.cost_usd is not None]
    latencies = [row.latency_ms for row in rows if row.latency_ms is not None]
    return ConditionEstimate(
        condition=name,
        rows=planned,
        cost_usd=fmean(costs) * planned if costs else None,
        cost_interval=_total_interval(costs, planned, level) if costs else None,
        unknown_costs=len(rows) - len(costs),
        latency_ms=fmean(latencies) if latencies else None,
    )


def _total_interval(costs: list[float], planned: int, level: float) -> Interval:
    """The normal interval of a mean, times the number of rows."""
    mean, spread = fmean(costs), 0.0
    if len(costs) > 1:
        spread = NormalDist().inv_cdf((1 + level) / 2) * stdev(costs) / math.sqrt(len(costs))
    low, high = max(0.0, mean - spread) * planned, (mean + spread) * planned
    return Interval(low=low, high=high, level=level, method="normal")


def _duration_ms(parts: tuple[ConditionEstimate, ...], workers: int) -> float | None:
    latencies = [part.latency_ms for part in parts]
    known = [latency for latency in latencies if latency is not None]
    if len(known) < len(latencies):
        return None
    return sum(latency * part.rows for latency, part in zip(known, parts, strict=True)) / workers


def _grid(parts: tuple[ConditionEstimate, ...]) -> list[list[str]]:
    rows = [["condition", "rows", "expected cost", "latency"]]
    for part in parts:
        cost = f"cost {value_text(part.cost_usd, 'usd')}"
        if part.cost_interval is not None:
            low, high = part.cost_interval
            method, level = part.cost_interval.method, part.cost_interval.level
            ends = {"low": low, "high": high, "level": level, "method": method}
            cost += f" {interval_text(ends, 'usd')}"  # type: ignore[arg-type]  # the same keys
        latency = "latency unknown"
        if part.latency_ms is not None:
            latency = f"{value_text(part.latency_ms, 'ms')} a row"
        rows.append([part.condition, count_text(part.rows, "row"), cost, latency])
    return rows


def _warn_of_interval(old: str, end: str) -> None:
    text = f"ConditionEstimate.{old} is now ConditionEstimate.cost_interval.{end}"
    warnings.warn(text, DeprecationWarning, stacklevel=3)
