"""Rules that are checked while events come, and what happens when one is broken."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .._core.catalogue import event_info
from .._core.event import Event
from .._experiment.experiment import Experiment
from .._metrics.statistics import percentile

Measure = Callable[[Sequence[Event]], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """Alarm when a number of the latest requests is above or below a limit.

    Made by ``latency_above``, ``error_rate_above``, ``cost_above``, or from a function of your own.

    Attributes:
        name: What it is called.
        measure: The number, from the latest events; None says nothing.
        limit: The limit.
        below: Alarm below it instead of above.
        level: Only events of this level; finished requests of any level when left out.
        last: How many events it looks at.
        at_least: Fewer say nothing.
    """

    name: str
    measure: Measure
    limit: float
    below: bool = False
    level: str | None = None
    last: int = 100
    at_least: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A rule that was broken, at an event."""

    rule: str
    value: float
    limit: float
    timestamp_us: int

    def __str__(self) -> str:
        return f"{self.rule}: {self.value:.6g}, the limit is {self.limit:.6g}"


def latency_above(limit_ms: float, share: float = 0.95, **options: object) -> AlertRule:
    """Alarm when a percentile of the latest durations is above a limit."""

    def measure(events: Sequence[Event]) -> float | None:
        values = sorted(event.latency_ms for event in events if event.latency_ms is not None)
        return percentile(values, share) if values else None

    return _rule(f"latency p{share * 100:g} in ms", measure, limit_ms, options)


def error_rate_above(limit: float, **options: object) -> AlertRule:
    """Alarm when the share of failures among the latest requests is above a limit."""

    def measure(events: Sequence[Event]) -> float | None:
        judged = [event.success for event in events if event.success is not None]
        return judged.count(False) / len(judged) if judged else None

    return _rule("error rate", measure, limit, options)


def cost_above(limit_usd: float, **options: object) -> AlertRule:
    """Alarm when the known costs since the beginning exceed a budget.

    Only the level of models is added up, unless another is given, so that none counts twice.
    """
    spent = [0.0]

    def measure(events: Sequence[Event]) -> float | None:
        spent[0] += events[-1].cost_usd or 0.0
        return spent[0]

    return _rule("cost in USD", measure, limit_usd, {"level": "model", "at_least": 1, **options})


def watch(
    experiment: Experiment,
    rules: Sequence[AlertRule],
    on_alert: Callable[[Alert], object],
) -> Callable[[], None]:
    """Check rules at every finished request from here on; each alarms once until it holds again.

    Args:
        experiment: What to watch.
        rules: The rules.
        on_alert: Called with each alert, in the emitter's thread.

    Returns:
        A function that ends it.
    """
    checks = [_Check(rule, on_alert) for rule in rules]

    def observe(event: Event) -> None:
        for check in checks:
            check(event)

    return experiment.subscribe(observe)


class _Check:
    def __init__(self, rule: AlertRule, on_alert: Callable[[Alert], object]) -> None:
        self._rule = rule
        self._on_alert = on_alert
        self._events: deque[Event] = deque(maxlen=rule.last)
        self._broken = False

    def __call__(self, event: Event) -> None:
        rule = self._rule
        info = event_info(event.name)
        if not info.counts or (rule.level is not None and info.level != rule.level):
            return
        self._events.append(event)
        value = rule.measure(tuple(self._events))
        if value is None or len(self._events) < rule.at_least:
            return
        broken = value < rule.limit if rule.below else value > rule.limit
        if broken and not self._broken:
            alert = Alert(
                rule=rule.name, value=value, limit=rule.limit, timestamp_us=event.timestamp_us
            )
            self._on_alert(alert)
        self._broken = broken


def _rule(name: str, measure: Measure, limit: float, options: dict[str, object]) -> AlertRule:
    return AlertRule(**{"name": name, "measure": measure, "limit": limit, **options})  # type: ignore[arg-type]  # checked by the dataclass
