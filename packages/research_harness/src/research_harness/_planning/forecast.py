"""The expected cost and time of an experiment."""

import warnings
from dataclasses import dataclass, fields

from .._analysis.schema import IntervalValues
from .._core.grids import html_grid, markdown_grid
from .._core.interval import Interval
from .._core.text import on_lines, on_one_line
from .._report.wording import count_text, interval_text, value_text
from .outlook import DesignPower


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
        in_batches: Whether it is asked in batch jobs, whose price the cost is; they may take a day.
        scoring_cost_usd: The part of the expected total that its scorers pay, such as a model as
            judge.
    """

    condition: str
    rows: int
    cost_usd: float | None
    cost_interval: Interval | None
    unknown_costs: int
    latency_ms: float | None
    in_batches: bool = False
    scoring_cost_usd: float = 0.0

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
        cost_interval: The interval of the expected total; None when a part of it is unknown.
        duration_interval: The interval of the expected time.
        recorded: The run whose rows were taken in place of a pilot; empty for a pilot.
        power: What the design finds; None with one condition or without right and wrong answers.
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
    cost_interval: Interval | None = None
    duration_interval: Interval | None = None
    recorded: str = ""
    power: DesignPower | None = None

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
        power = [] if self.power is None else [*_aligned(self.power.grid()), *self.power.lines()]
        return on_lines([*self._lines()[:2], *rows, *self._lines()[2:], *power])

    def _repr_html_(self) -> str:
        found = html_grid(_grid(self.conditions), lines=self._lines())
        if self.power is not None:
            found += html_grid(self.power.grid(), lines=self.power.lines())
        return found

    def to_markdown(self) -> str:
        """The estimate in Markdown.

        Returns:
            A table of the conditions, with the totals below.
        """
        lines = "\n\n".join(map(on_one_line, self._lines()))
        found = f"{markdown_grid(_grid(self.conditions))}\n{lines}\n"
        if self.power is not None:
            below = "\n\n".join(map(on_one_line, self.power.lines()))
            found += f"\n{markdown_grid(self.power.grid())}\n{below}\n"
        return found

    def to_dict(self) -> dict[str, object]:
        """The estimate as plain values."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        parts = [each.to_dict() for each in self.conditions]
        nested = {
            name: None if each is None else each.to_dict()
            for name in ("cost_interval", "duration_interval", "power")
            for each in (getattr(self, name),)
        }
        return {**values, **nested, "cost_usd": self.cost_usd, "conditions": parts}

    def _lines(self) -> list[str]:
        pilot = value_text(self.pilot_cost_usd, "usd")
        if self.pilot_cost_usd is None and self.pilot_unknown_costs < self.pilot_rows:
            pilot = f"at least {value_text(self.pilot_known_cost_usd, 'usd')}"
        unknown = f" ({self.pilot_unknown_costs} of them with unknown cost)"
        total = value_text(self.cost_usd, "usd")
        known = [each.cost_usd for each in self.conditions if each.cost_usd is not None]
        if self.cost_usd is None and known:
            total = f"unknown; {value_text(sum(known), 'usd')} for the conditions with known costs"
        if self.cost_interval is not None:
            total += f" {_ends(self.cost_interval)}"
        duration = "unknown" if self.duration_ms is None else f"{self.duration_ms / 1000:,.0f} s"
        if self.duration_interval is not None:
            low, high = (each / 1000 for each in self.duration_interval)
            duration += f" [{low:,.0f} s, {high:,.0f} s]"
        clock = " of simulated time" if self.virtual_time else ""
        return [
            f"{self.experiment}: {count_text(self.rows, 'row')}",
            (
                f"{self._source()}: {count_text(self.pilot_rows, 'row')}"
                f"{unknown if self.pilot_unknown_costs else ''}, {self.pilot_failures} failed,"
                f" cost {pilot}"
            ),
            f"in all: cost {total}, time {duration}{clock}",
        ]

    def _source(self) -> str:
        return f"recorded in {self.recorded}" if self.recorded else "pilot"


def _aligned(grid: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
    padded = (zip(row, widths, strict=True) for row in grid)
    return ["  " + "  ".join(cell.ljust(width) for cell, width in row).rstrip() for row in padded]


def _ends(interval: Interval) -> str:
    low, high = interval
    ends: IntervalValues = {
        "low": low,
        "high": high,
        "level": interval.level,
        "method": interval.method,
    }
    return interval_text(ends, "usd")


def _grid(parts: tuple[ConditionEstimate, ...]) -> list[list[str]]:
    rows = [["condition", "rows", "expected cost", "latency"]]
    for part in parts:
        cost = f"cost {value_text(part.cost_usd, 'usd')}"
        if part.cost_interval is not None:
            cost += f" {_ends(part.cost_interval)}"
        if part.scoring_cost_usd:
            cost += f" with {value_text(part.scoring_cost_usd, 'usd')} for scorers"
        latency = "latency unknown"
        if part.latency_ms is not None:
            latency = f"{value_text(part.latency_ms, 'ms')} a row"
        if part.in_batches:
            latency = "in batch jobs, at their price; within a day"
        rows.append([part.condition, count_text(part.rows, "row"), cost, latency])
    return rows


def _warn_of_interval(old: str, end: str) -> None:
    text = f"ConditionEstimate.{old} is now ConditionEstimate.cost_interval.{end}"
    warnings.warn(text, DeprecationWarning, stacklevel=3)
