"""Rules for alerts, and what they measure; ``watch`` checks them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypedDict, Unpack

from .._core.catalogue import LEVELS, Level
from .._core.deprecated import renamed_arguments
from .._core.errors import require_choice, require_quantile
from .._core.event import Event
from .._core.renamed import old_fields, renamed_attribute
from .._core.safe import on_one_line
from .running import Running, RunningCost, RunningErrorRate, RunningQuantile

Measure = Callable[[Sequence[Event]], float | None]


class RuleOptions(TypedDict, total=False):
    """Options of a rule; see ``AlertRule``."""

    name: str
    event_level: Level | None
    last: int
    min_events: int


@old_fields(renamed_arguments(at_least="min_events", level="event_level"))
@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """An alert when a measure of the latest requests is above or below a limit.

    Made by ``latency_above``, ``error_rate_above``, ``cost_above``, or with a measure of your own.

    Attributes:
        name: The name in alerts.
        measure: A function from the latest events to a number, or to None for no decision.
        limit: The limit.
        below: Alert below the limit instead of above it.
        event_level: Only events of this level; None is any level.
        last: How many of the latest events are measured.
        min_events: With fewer events there is no alert; at most ``last``.
        running: Makes a measure for ``last`` events that is updated with each event, which is used
            instead of ``measure``; None computes ``measure`` at each event.

    Raises:
        ValueError: The rule can never alert, or the level does not exist.
    """

    name: str
    measure: Measure
    limit: float
    below: bool = False
    event_level: Level | None = None
    last: int = 100
    min_events: int = 20
    running: Callable[[int], Running] | None = None

    if not TYPE_CHECKING:
        level = renamed_attribute("event_level")
        at_least = renamed_attribute("min_events")

    def __post_init__(self) -> None:
        require_choice("event_level", self.event_level, LEVELS)
        if not 1 <= self.min_events <= self.last:
            given = f"min_events={self.min_events}, last={self.last}"
            raise ValueError(f"{given}: the rule can never alert; give min_events from 1 to last")

    def to_dict(self) -> dict[str, object]:
        """The rule as plain values; the measure is given by its name."""
        values = {name: getattr(self, name) for name in self.__slots__ if name != "running"}
        return {**values, "measure": getattr(self.measure, "__qualname__", repr(self.measure))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A rule that was broken at an event.

    Attributes:
        rule: The name of the rule.
        value: The measured value.
        limit: The limit of the rule.
        timestamp_us: The time of the event, in microseconds since the epoch.
    """

    rule: str
    value: float
    limit: float
    timestamp_us: int

    def __str__(self) -> str:
        return on_one_line(f"{self.rule}: {self.value:.6g}, the limit is {self.limit:.6g}")

    def to_dict(self) -> dict[str, object]:
        """The alert as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@renamed_arguments(share="quantile", at_least="min_events", level="event_level")
def latency_above(
    limit_ms: float, quantile: float = 0.95, **options: Unpack[RuleOptions]
) -> AlertRule:
    """A rule: a percentile of the latest durations is above a limit.

    Args:
        limit_ms: The limit in milliseconds.
        quantile: Which percentile, in [0, 1].
        options: ``name``, ``event_level``, ``last`` and ``min_events`` of ``AlertRule``.

    Returns:
        The rule, for ``watch``.

    Raises:
        ValueError: The quantile is not in [0, 1], or the rule can never alert.

    Example:
        >>> latency_above(500, 0.99, event_level="model").name
        'latency p99 in ms'
    """
    require_quantile(quantile)
    options.setdefault("name", f"latency p{quantile * 100:g} in ms")
    running = partial(RunningQuantile, quantile=quantile)
    return AlertRule(measure=_over(running), running=running, limit=limit_ms, **options)


@renamed_arguments(at_least="min_events", level="event_level")
def error_rate_above(limit: float, **options: Unpack[RuleOptions]) -> AlertRule:
    """A rule: the share of failures among the latest requests is above a limit.

    Args:
        limit: The limit, in [0, 1].
        options: ``name``, ``event_level``, ``last`` and ``min_events`` of ``AlertRule``.

    Returns:
        The rule, for ``watch``.

    Raises:
        ValueError: The rule can never alert.

    Example:
        >>> error_rate_above(0.05, min_events=50).limit
        0.05
    """
    options.setdefault("name", "error rate")
    measure = _over(RunningErrorRate)
    return AlertRule(measure=measure, running=RunningErrorRate, limit=limit, **options)


@renamed_arguments(at_least="min_events", level="event_level")
def cost_above(limit_usd: float, **options: Unpack[RuleOptions]) -> AlertRule:
    """A rule: the sum of the known costs from the start of ``watch`` is above a budget.

    Args:
        limit_usd: The budget in US dollars.
        options: ``name``, ``event_level``, ``last`` and ``min_events`` of ``AlertRule``. The level
            is ``model`` unless given, so that each cost counts once.

    Returns:
        The rule, for ``watch``.

    Example:
        >>> cost_above(10.0).event_level
        'model'
    """
    given: RuleOptions = {"name": "cost in USD", "event_level": "model", "min_events": 1}
    given.update(options)
    measure = _over(RunningCost)
    return AlertRule(measure=measure, running=RunningCost, limit=limit_usd, **given)


def _over(running: Callable[[int], Running]) -> Measure:
    """The same measure of events that are given at once."""

    def measure(events: Sequence[Event]) -> float | None:
        state = running(max(1, len(events)))
        value = None
        for event in events:
            value = state.add(event)
        return value

    return measure
