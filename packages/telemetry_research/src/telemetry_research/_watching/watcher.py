"""Alert rules are checked at every finished request."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from .._core.catalogue import event_info
from .._core.event import Event
from .._experiment.recording import Recording
from .alerts import Alert, AlertRule
from .glance import Glance, Glances
from .running import RunningCost, RunningErrorRate, RunningQuantile

_MAX_NAMES = 10_000
_OWN_MEASURES = (RunningCost, RunningErrorRate, RunningQuantile)


def watch(
    experiment: Recording,
    rules: Sequence[AlertRule],
    on_alert: Callable[[Alert], object],
) -> Callable[[], None]:
    """Check rules at every finished request from here on.

    A broken rule alerts once, and again only after it has held in between.

    Args:
        experiment: The experiment to watch.
        rules: The rules.
        on_alert: Called with each alert, in the emitter's thread.

    Returns:
        A function that stops the checks.

    Example:
        >>> alerts = []
        >>> with recording("watched") as experiment:
        ...     stop = watch(experiment, [error_rate_above(0.5, min_events=2)], alerts.append)
        ...     record("a.exception")
        ...     record("a.exception")
        >>> print(alerts[0])
        error rate: 1, the limit is 0.5
    """
    return experiment.subscribe(_Watcher([_Check(rule, on_alert) for rule in rules]))


class _Watcher:
    """Checks rules; by a glance at the row of an event, where that has what all of them use."""

    def __init__(self, checks: Sequence["_Check"]) -> None:
        self._checks = checks
        self._glances = Glances()
        self._at_a_glance = all(check.takes_glances for check in checks)
        self._known: dict[str, tuple[tuple[_Check, int], ...]] = {}

    def __call__(self, event: Event | Glance) -> None:
        self._add(event, self._checks_of(event.name))

    def _add(self, event: Event | Glance, checks: Sequence[tuple["_Check", int]]) -> None:
        failed: BaseException | None = None
        for check, count in checks:
            try:
                check.add(event, count)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001  # raised when all rules are checked
                failed = failed or error
        if failed is not None:
            raise failed

    def see_row(self, row: tuple[Any, ...]) -> bool:
        """Check the rules on a row.

        Args:
            row: The event as the receiver packs it.

        Returns:
            Whether the rules need no more of it.
        """
        checks = self._known.get(row[0])
        if checks is None:
            checks = self._checks_of(row[0])
        if not checks:
            return True
        glance = self._glances.at(row) if self._at_a_glance else None
        if glance is None:
            return False
        if len(checks) == 1:
            check, count = checks[0]
            check.add(glance, count)
        else:
            self._add(glance, checks)
        return True

    def _checks_of(self, name: str) -> tuple[tuple["_Check", int], ...]:
        """The rules that look at events of a name, each with how many requests it counts."""
        known = self._known.get(name)
        if known is None:
            counts = [(check, check.count_of(name)) for check in self._checks]
            known = tuple((check, count) for check, count in counts if count is not None)
            if len(self._known) < _MAX_NAMES:
                self._known[name] = known
        return known


class _Check:
    __slots__ = ("_below", "_broken", "_count", "_events", "_limit", "_measured", "_min_events",
                 "_on_alert", "_rule", "_running")  # fmt: skip

    def __init__(self, rule: AlertRule, on_alert: Callable[[Alert], object]) -> None:
        self._rule = rule
        self._on_alert = on_alert
        self._running = None if rule.running is None else rule.running(rule.last)
        self._measured: Callable[[Any], float | None]
        self._measured = self._measure if self._running is None else self._running.add
        self._limit, self._below, self._min_events = rule.limit, rule.below, rule.min_events
        self._events: deque[Event] = deque(maxlen=rule.last)
        self._count = 0
        self._broken = False

    @property
    def takes_glances(self) -> bool:
        """Whether the measure is one of this library, which uses no other fields."""
        return type(self._running) in _OWN_MEASURES

    def count_of(self, name: str) -> int | None:
        """How many requests an event is; None when the rule does not look at it.

        Args:
            name: The name of the event.
        """
        info, level = event_info(name), self._rule.event_level
        counts = info.counts or (info.settles_cost and isinstance(self._running, RunningCost))
        return int(info.counts) if counts and level in {None, info.level} else None

    def add(self, event: Event | Glance, count: int) -> None:
        """Measure with one more event.

        Args:
            event: The event.
            count: How many requests it is.
        """
        self._count += count
        value = self._measured(event)  # a glance has the fields that measures of this library use
        if value is None or self._count < self._min_events:
            return
        broken = value < self._limit if self._below else value > self._limit
        if broken and not self._broken:
            self._broken = True
            rule, at_us = self._rule, event.timestamp_us
            alert = Alert(rule=rule.name, value=value, limit=rule.limit, timestamp_us=at_us)
            self._on_alert(alert)
        self._broken = broken

    def _measure(self, event: Event) -> float | None:
        self._events.append(event)
        return self._rule.measure(tuple(self._events))
