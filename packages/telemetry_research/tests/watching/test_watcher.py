"""Rules look at rows by a glance, with the same result as at whole events."""

import random
from typing import Any

import pytest

from telemetry_research import (
    Alert,
    AlertRule,
    Event,
    Recording,
    cost_above,
    error_rate_above,
    latency_above,
    record,
    recording,
    scope,
    span,
    watch,
)

HOSTILE: list[Any] = [None, True, -1, 1.5, "5", float("nan"), 2**60, 10**30, [1], {"a": 1}, b"x"]


def rules() -> list[AlertRule]:
    return [
        latency_above(100, 0.9, last=7, min_events=2),
        error_rate_above(0.4, last=5, min_events=2),
        cost_above(0.5, event_level=None),
        cost_above(0.2),
    ]


def whole(rule: AlertRule) -> AlertRule:
    """A rule that needs whole events, with the same measure."""

    class Measure:
        def __init__(self, last: int) -> None:
            assert rule.running is not None
            self._running = rule.running(last)

        def add(self, event: Event) -> float | None:
            assert type(event) is Event
            return self._running.add(event)

    options = {name: getattr(rule, name) for name in ("limit", "event_level", "last", "min_events")}
    return AlertRule(name=rule.name, measure=rule.measure, running=Measure, **options)


def send(chance: random.Random) -> None:
    name = chance.choice(
        ["a.start", "a.stop", "a.exception", "note", "ensemble.model.stop", "ensemble.ask.stop"]
    )
    odd = chance.random() < 0.2
    measured: dict[str, Any] = {}
    if chance.random() < 0.8:
        measured["duration_ns"] = chance.choice(HOSTILE) if odd else chance.randrange(2 * 10**8)
    if chance.random() < 0.8:
        measured["cost_usd"] = chance.choice(HOSTILE) if odd else chance.random() / 100
    stated = {"success": chance.choice([True, False, None, "no", "true", 1, 0, 7])}
    place = chance.randrange(4)
    if place == 0:
        measured |= stated
    with scope(**(stated if place == 1 else {})):
        record(name, measured, stated if place == 2 else {"model": "m"})


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_a_glance_gives_the_alerts_of_whole_events(seed: int) -> None:
    chance = random.Random(seed)
    quick: list[tuple[str, float]] = []
    slow: list[tuple[str, float]] = []
    with recording("watched") as experiment:
        watch(experiment, rules(), lambda alert: quick.append((alert.rule, alert.value)))
        watch(
            experiment,
            [whole(rule) for rule in rules()],
            lambda alert: slow.append((alert.rule, alert.value)),
        )
        for _ in range(200):
            send(chance)

    assert experiment.handler_errors == 0
    assert quick == slow
    assert quick


def test_rules_of_this_library_make_no_events(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    find = Recording._event

    def counted(experiment: Recording, row: tuple[Any, ...]) -> Event:
        made.append(row)
        return find(experiment, row)

    monkeypatch.setattr(Recording, "_event", counted)
    with recording("watched") as experiment:
        watch(experiment, rules(), print)
        for _ in range(20):
            record("a.stop", {"duration_ns": 5, "cost_usd": 0.01}, {"model": "m"})
            with span("tool", k=1):
                pass
        assert made == []
        experiment.subscribe(lambda event: None)
        record("a.stop", {"duration_ns": 5})

    assert len(made) == 1


def test_a_receiver_that_raises_costs_no_other_rule_its_alert() -> None:
    alerts: list[Alert] = []

    def receive(alert: Alert) -> None:
        alerts.append(alert)
        raise SystemExit

    with recording("watched") as experiment:
        watch(
            experiment,
            [error_rate_above(limit, last=2, min_events=1) for limit in (0.1, 0.2)],
            receive,
        )
        for _ in range(3):
            record("a.exception")

    assert [alert.limit for alert in alerts] == [0.1, 0.2]
    assert experiment.handler_errors == 1
