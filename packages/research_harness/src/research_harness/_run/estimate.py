"""What an experiment will cost and take, from a pilot of a few items."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from .._definition.experiment import Experiment
from .._plan.plan import Plan

_NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionEstimate:
    """What one condition will cost and take.

    Attributes:
        condition: Its name.
        rows: How many rows it has in the full run.
        cost_usd: The expected total; None when the pilot had no row with a known cost.
        cost_low_usd: The lower end of its 95 % interval.
        cost_high_usd: The upper end.
        latency_ms: The mean latency of the pilot; None when unknown.
    """

    condition: str
    rows: int
    cost_usd: float | None
    cost_low_usd: float | None
    cost_high_usd: float | None
    latency_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What an experiment will cost and take.

    Attributes:
        experiment: Its name.
        rows: How many rows the full run has.
        pilot_rows: How many rows the pilot ran; they were really asked, and paid for.
        pilot_failures: How many of them failed.
        pilot_cost_usd: What the pilot cost, as far as known.
        conditions: The parts.
        seconds: The expected time at the experiment's concurrency; simulated seconds if time is.
        virtual_time: Whether those seconds are simulated.
    """

    experiment: str
    rows: int
    pilot_rows: int
    pilot_failures: int
    pilot_cost_usd: float
    conditions: tuple[ConditionEstimate, ...]
    seconds: float | None
    virtual_time: bool

    @property
    def cost_usd(self) -> float | None:
        """The expected total of the conditions whose cost is known; None when none is."""
        known = [each.cost_usd for each in self.conditions if each.cost_usd is not None]
        return sum(known) if known else None

    def __str__(self) -> str:
        lines = [
            f"{self.experiment}: {self.rows} rows",
            (
                f"pilot: {self.pilot_rows} rows were asked, {self.pilot_failures} failed,"
                f" ${self.pilot_cost_usd:.6g}"
            ),
        ]
        for each in self.conditions:
            cost = "cost unknown"
            if each.cost_usd is not None:
                cost = f"${each.cost_usd:.4g} [{each.cost_low_usd:.4g}, {each.cost_high_usd:.4g}]"
            latency = "" if each.latency_ms is None else f", {each.latency_ms:.0f} ms a row"
            lines.append(f"  {each.condition}: {each.rows} rows, {cost}{latency}")
        total = "unknown" if self.cost_usd is None else f"${self.cost_usd:.4g}"
        clock = " of simulated time" if self.virtual_time else ""
        time = "unknown" if self.seconds is None else f"{self.seconds:.0f} s{clock}"
        lines.append(f"in all: cost {total}, time {time}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The estimate as plain values."""
        return {
            "experiment": self.experiment,
            "rows": self.rows,
            "pilot_rows": self.pilot_rows,
            "pilot_failures": self.pilot_failures,
            "pilot_cost_usd": self.pilot_cost_usd,
            "cost_usd": self.cost_usd,
            "seconds": self.seconds,
            "virtual_time": self.virtual_time,
            "conditions": [
                {name: getattr(each, name) for name in ConditionEstimate.__slots__}
                for each in self.conditions
            ],
        }


async def estimate(experiment: Experiment | type[Experiment], *, pilot: int = 5) -> Estimate:
    """Run a few items for real and extrapolate cost and time; nothing is kept on disk.

    Args:
        experiment: The class, or an instance.
        pilot: How many items to ask each condition.

    Raises:
        ExperimentError: The experiment is not runnable.
        ValueError: ``pilot`` is below 1.
    """
    return await asyncio.to_thread(estimate_sync, experiment, pilot=pilot)


def estimate_sync(experiment: Experiment | type[Experiment], *, pilot: int = 5) -> Estimate:
    """``estimate`` for scripts."""
    import tempfile

    from .._artifacts.folder import RunFolder
    from .._artifacts.tables import read_rows
    from .._engine.journal import Journal
    from .._plan.preparation import prepare
    from .job import run_rows_only
    from .session import write_start

    if pilot < 1:
        raise ValueError(f"pilot: {pilot} is not a number of items; ask at least 1")
    prepared = prepare(experiment)
    full = len(prepared.plan)
    per_condition = full // len(prepared.plan.conditions)
    size = min(pilot, len(prepared.items))
    plan = Plan(
        prepared.plan.conditions,
        prepared.items[:size],
        repeat=1,
        seed=prepared.experiment.seed,
        randomize=False,
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = RunFolder(Path(temporary))
        folder.journal.parent.mkdir()
        write_start(prepared, folder, None)
        run_rows_only(replace(prepared, plan=plan), folder)
        rows = read_rows(plan, Journal(folder.journal))
    parts = tuple(
        _part(each.name, [row for row in rows if row.condition == each.name], per_condition)
        for each in prepared.plan.conditions
    )
    times = [part.latency_ms for part in parts]
    seconds = None
    if all(time is not None for time in times):
        busy = sum((part.latency_ms or 0.0) * part.rows for part in parts) / 1000
        seconds = busy / min(prepared.experiment.concurrency, full)
    return Estimate(
        experiment=prepared.experiment.name,
        rows=full,
        pilot_rows=len(rows),
        pilot_failures=sum(row.failed for row in rows),
        pilot_cost_usd=sum(row.cost_usd or 0.0 for row in rows),
        conditions=parts,
        seconds=seconds,
        virtual_time=prepared.experiment.virtual_time,
    )


def _part(name: str, rows: list[Any], planned: int) -> ConditionEstimate:
    costs = [row.cost_usd for row in rows if row.cost_usd is not None]
    latencies = [row.latency_ms for row in rows if row.latency_ms is not None]
    mean = fmean(costs) if costs else None
    spread = 0.0
    if mean is not None and len(costs) > 1:
        variance = sum((cost - mean) ** 2 for cost in costs) / (len(costs) - 1)
        spread = _NORMAL_95 * (variance / len(costs)) ** 0.5
    return ConditionEstimate(
        condition=name,
        rows=planned,
        cost_usd=None if mean is None else mean * planned,
        cost_low_usd=None if mean is None else max(0.0, mean - spread) * planned,
        cost_high_usd=None if mean is None else (mean + spread) * planned,
        latency_ms=fmean(latencies) if latencies else None,
    )
