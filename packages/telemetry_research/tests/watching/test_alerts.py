"""Alerts, and observers of running experiments."""

from telemetry_research import (
    Alert,
    AlertRule,
    cost_above,
    error_rate_above,
    latency_above,
    record,
    recording,
    watch,
)


def test_alerts_fire_once_until_the_rule_holds_again() -> None:
    alerts: list[Alert] = []
    low = AlertRule(
        name="consensus",
        measure=lambda events: events[-1].attributes.get("consensus"),
        limit=0.7,
        below=True,
        min_events=1,
    )
    rules = [
        latency_above(100, last=10, min_events=5),
        error_rate_above(0.5, last=10, min_events=5),
        cost_above(1.0, event_level="custom"),
        low,
    ]
    with recording("one") as experiment:
        stop = watch(experiment, rules, alerts.append)
        for number in range(30):
            slow = 10 <= number < 20
            name = "a.exception" if slow else "a.stop"
            about = {"consensus": 0.5 if number == 3 else 0.9}
            record(name, {"duration_ns": 5 * 10**8 if slow else 10**7, "cost_usd": 0.06}, about)
        stop()
        record("a.exception", {"duration_ns": 10**12})

    assert [alert.rule for alert in alerts].count("consensus") == 1
    assert {alert.rule for alert in alerts} == {
        "latency p95 in ms",
        "error rate",
        "cost in USD",
        "consensus",
    }
    assert "limit is" in str(alerts[0])


def test_an_observer_that_raises_is_counted_and_breaks_nothing() -> None:
    with recording("one") as experiment:
        experiment.subscribe(lambda event: 1 / 0)
        record("a.stop")

    assert (len(experiment), experiment.handler_errors) == (1, 1)
