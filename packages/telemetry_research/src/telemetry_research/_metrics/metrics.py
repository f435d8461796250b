"""The metrics of an experiment: latency, cost and reliability of each level of events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .._core import tables
from .._core.catalogue import Level
from .._core.errors import UnknownLevelError
from .._core.event import Event
from .._core.safe import on_lines
from .interval import Interval

_SMALL_PRICE = 0.00001
_HEAD = ("level", "requests", "success", "mean ms", "p50 ms", "p99 ms", "cost")


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelMetrics:
    """Latency, cost and reliability of the finished requests of one level.

    With sampling, counts and sums are estimates for all events: each kept event is weighted with
    one over its probability (Horvitz and Thompson, JASA 47, 1952).

    Attributes:
        level: The level.
        events: How many events were measured.
        requests: How many requests finished: stops and exceptions, never starts.
        succeeded: How many of them succeeded.
        failed: How many failed.
        success_rate: The share that succeeded; None when no event states success or failure.
        success_interval: Its Wilson interval.
        latency_ms: ``count``, ``mean``, ``sd`` (n - 1), ``min``, ``p50`` to ``p99_9``, ``max`` of
            the known durations in milliseconds; empty when none is known.
        latency_intervals: The interval of each percentile, from order statistics; None for too few
            values. Empty for a weighted sample.
        cost_usd: The sum of the known costs in US dollars; None when none is known.
        cost_known: How many requests have a known cost.
        cost_by_model: The sum by model, where events name one.
        input_tokens: Tokens of the prompts.
        output_tokens: Tokens of the answers.
        input_tokens_known: How many requests state the tokens of their prompt.
        output_tokens_known: How many state those of their answer.
        tokens_by_model: Both, by model.
        error_types: The number of failures by class of error.
    """

    level: Level
    events: int
    requests: float
    succeeded: float
    failed: float
    success_rate: float | None
    success_interval: Interval | None
    latency_ms: Mapping[str, float]
    latency_intervals: Mapping[str, Interval | None]
    cost_usd: float | None
    cost_known: float
    cost_by_model: Mapping[str, float]
    input_tokens: float
    output_tokens: float
    input_tokens_known: float
    output_tokens_known: float
    tokens_by_model: Mapping[str, Mapping[str, float]]
    error_types: Mapping[str, float]

    @property
    def cost_per_request_usd(self) -> float | None:
        """The mean of the known costs."""
        return None if self.cost_usd is None else self.cost_usd / self.cost_known

    @property
    def cost_per_success_usd(self) -> float | None:
        """The cost per success, that of failures included.

        A request whose cost is unknown counts with the mean of the known costs.
        """
        each = self.cost_per_request_usd
        return None if each is None or not self.succeeded else each * self.requests / self.succeeded

    @property
    def mtbf(self) -> float | None:
        """Requests per failure; None without a failure."""
        return self.requests / self.failed if self.failed else None

    def sla(self, target: float = 0.99) -> bool | None:
        """Whether the success rate reaches a target.

        Args:
            target: The required success rate, in [0, 1].

        Returns:
            None when the success rate is unknown.
        """
        return None if self.success_rate is None else self.success_rate >= target

    def to_dict(self) -> dict[str, object]:
        """The metrics as plain values."""
        values = {name: _plain(getattr(self, name)) for name in self.__slots__}
        derived = {
            "cost_per_request_usd": self.cost_per_request_usd,
            "cost_per_success_usd": self.cost_per_success_usd,
            "mtbf": self.mtbf,
            "sla": {str(target): self.sla(target) for target in (0.99, 0.999, 0.9999)},
        }
        return {**values, **derived}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Metrics:
    """The metrics of an experiment.

    Attributes:
        levels: The levels that have requests, outermost first.
        events: The number of events of each name.
        missed: The number of events that were not stored, by reason: errors, late, paused,
            filtered, dropped.
        custom: The results of custom calculators, by their name.
    """

    levels: tuple[LevelMetrics, ...]
    events: Mapping[str, int]
    missed: Mapping[str, int]
    custom: Mapping[str, Any] = field(default_factory=dict)

    def level(self, name: str) -> LevelMetrics:
        """The metrics of one level.

        Args:
            name: One of ``LEVELS``.

        Returns:
            The metrics of its requests.

        Raises:
            UnknownLevelError: The level has no requests.
        """
        for each in self.levels:
            if each.level == name:
                return each
        raise UnknownLevelError(name, (each.level for each in self.levels))

    def __str__(self) -> str:
        rows = [_HEAD, *(_cells(each) for each in self.levels)]
        widths = [max(len(row[index]) for row in rows) for index in range(len(_HEAD))]
        lines = [
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        ]
        missed = [
            f"{count} {name.replace('_', ' ')}" for name, count in self.missed.items() if count
        ]
        if missed:
            lines.append("not stored: " + ", ".join(missed))
        return on_lines(lines)

    def __repr__(self) -> str:
        levels = [
            f"{each.level}: "
            + ", ".join(f"{n} {c}" for n, c in zip(_HEAD[1:], _cells(each)[1:], strict=True))
            for each in self.levels
        ]
        return (
            f"<Metrics of {sum(self.events.values())} events; {'; '.join(levels) or 'no requests'}>"
        )

    def _repr_html_(self) -> str:
        return tables.html(_HEAD, map(_cells, self.levels))

    def to_markdown(self) -> str:
        """One row for each level, as a Markdown table."""
        return tables.markdown(_HEAD, map(_cells, self.levels))

    def to_json(self) -> str:
        """The metrics as JSON."""
        return tables.json_text(self.to_dict())

    def to_dict(self) -> dict[str, object]:
        """The metrics as plain values."""
        return {
            "levels": [each.to_dict() for each in self.levels],
            "events": dict(self.events),
            "missed": dict(self.missed),
            "custom": dict(self.custom),
        }


class Calculator(Protocol):
    """A metric of your own.

    Attributes:
        name: The key of its result in ``Metrics.custom``.
    """

    name: str

    def calculate(self, events: Sequence[Event]) -> Any:
        """Compute the metric.

        Args:
            events: All events that are measured.

        Returns:
            A number, or anything that JSON can hold.
        """
        ...


def _plain(value: object) -> object:
    if isinstance(value, Interval):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return value


def _cells(each: LevelMetrics) -> tuple[str, ...]:
    rate = "-" if each.success_rate is None else f"{each.success_rate:.1%}"
    latency = [
        _milliseconds(each.latency_ms[name]) if name in each.latency_ms else "-"
        for name in ("mean", "p50", "p99")
    ]
    return (each.level, f"{each.requests:.10g}", rate, *latency, cost_text(each))


def _milliseconds(duration: float) -> str:
    return f"{duration:.3g}" if 0 < duration < 1 else f"{duration:.1f}"


def cost_text(each: LevelMetrics) -> str:
    """The sum of the costs; a sum of only a part of them is marked as a lower bound."""
    if each.cost_usd is None:
        return "unknown"
    return _with_known(dollars(each.cost_usd), each.cost_known, each.requests)


def tokens_text(tokens: float, known: float, requests: float) -> str:
    """A sum of tokens; a sum of only a part of them is marked as a lower bound.

    Args:
        tokens: The sum.
        known: How many requests state theirs.
        requests: How many requests there are.
    """
    return _with_known(f"{tokens:.0f}", known, requests) if known else "unknown"


def _with_known(text: str, known: float, requests: float) -> str:
    return text if known >= requests else f"≥ {text} ({known:.10g} of {requests:.10g} known)"


def dollars(amount: float) -> str:
    """A price with six decimals, or with three significant digits when it is smaller."""
    small = 0 < abs(amount) < _SMALL_PRICE
    return f"${amount:.{3 - _exponent(amount) - 1}f}" if small else f"${amount:.6f}"


def _exponent(amount: float) -> int:
    return int(f"{amount:e}".partition("e")[2])
