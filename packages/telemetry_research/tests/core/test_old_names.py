"""Old names, arguments and units still work, with a warning that gives the new ones."""

from collections.abc import Callable
from typing import Any

import pytest

import telemetry_research
from telemetry_research import (
    AlertRule,
    Anonymize,
    MemoryStore,
    QuantileSketch,
    Recording,
    Window,
    compare_experiments,
    detect_anomalies,
    error_rate_above,
    latency_above,
    record,
    recording,
    start_experiment,
    stop_experiment,
)


def run(**options: Any) -> Recording:
    with recording("one", **options) as experiment:
        for number in range(30):
            record("a.stop", {"duration_ns": number * 10**6})
    return experiment


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Capsule", "ReproducibilityRecord"),
        ("Difference", "MetricDifference"),
        ("Experiment", "Recording"),
        ("UnsupportedFormatError", "UnknownExportFormatError"),
        ("capsule", "reproducibility_record"),
    ],
)
def test_an_old_name_is_the_new_thing(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"is now telemetry_research.{new}"):
        found = getattr(telemetry_research, old)

    assert found is getattr(telemetry_research, new)
    assert old not in telemetry_research.__all__


CALLS: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
    "max_age_ms": (
        lambda: MemoryStore(max_age_s=2.5).max_age_ms,  # type: ignore[call-arg]
        lambda: 2500.0,
    ),
    "span_ms": (
        lambda: Window(span_us=5000),  # type: ignore[call-arg]
        lambda: Window(span_ms=5.0),
    ),
    "n": (
        lambda: Window.last_n(count=3),  # type: ignore[call-arg]
        lambda: Window.last_n(3),
    ),
    "min_events": (
        lambda: error_rate_above(0.5, at_least=3).min_events,  # type: ignore[call-arg]
        lambda: 3,
    ),
    "event_level": (
        lambda: error_rate_above(0.5, level="model").event_level,  # type: ignore[call-arg]
        lambda: "model",
    ),
    "quantile": (
        lambda: latency_above(5, share=0.5).name,  # type: ignore[call-arg]
        lambda: "latency p50 in ms",
    ),
    "max_text": (
        lambda: Anonymize(key="k", longest=3).max_text,  # type: ignore[call-arg]
        lambda: 3,
    ),
}


@pytest.mark.parametrize("new", CALLS)
def test_an_old_argument_is_taken_under_its_new_name(new: str) -> None:
    call, expected = CALLS[new]

    with pytest.warns(DeprecationWarning, match=f"is now {new}="):
        found = call()

    assert found == expected()


def test_an_old_interval_in_seconds_becomes_milliseconds() -> None:
    options: Any = {"flush_interval_s": 0.5}

    with pytest.warns(DeprecationWarning, match="flush_interval_ms=, in milliseconds"):
        experiment = start_experiment("one", **options)
    stop_experiment(experiment)
    with pytest.warns(DeprecationWarning, match="flush_interval_ms"):
        run(flush_interval_s=0.5)


def test_an_old_and_a_new_argument_together_are_an_error() -> None:
    options: Any = {"max_age_s": 1, "max_age_ms": 1}

    with pytest.raises(TypeError, match="give max_age_ms only"):
        MemoryStore(**options)


def test_old_windows_in_microseconds_are_those_in_milliseconds() -> None:
    experiment = run()
    windowed: Any = experiment.windowed_metrics

    expected = experiment.windowed_metrics(size_ms=1000, step_ms=500)

    with pytest.warns(DeprecationWarning, match="in milliseconds"):
        assert windowed(1_000_000, 500_000) == expected
    with pytest.warns(DeprecationWarning, match="in milliseconds"):
        assert windowed(size_us=1_000_000, step_us=500_000) == expected


def test_an_old_level_of_a_comparison_is_its_event_level() -> None:
    experiment = run()
    compare: Any = compare_experiments

    with pytest.warns(DeprecationWarning, match="event_level="):
        (found,) = compare(experiment, experiment, level="custom")

    assert found.event_level == "custom"
    assert found["success_rate"].interval.level == 0.95


@pytest.mark.parametrize(
    ("make", "old", "new", "factor"),
    [
        (run, "duration_ns", "duration_ms", 1e6),
        (run, "paused_ns", "paused_ms", 1e6),
        (run, "active_ns", "active_ms", 1e6),
        (lambda: Window(n=3), "count", "n", 1),
        (lambda: Window(span_ms=3), "span_us", "span_ms", 1000),
        (lambda: detect_anomalies([1, 2, 99]), "places", "indices", 1),
        (lambda: AlertRule(name="a", measure=len, limit=1), "at_least", "min_events", 1),
        (lambda: Anonymize(key="k"), "longest", "max_text", 1),
    ],
)
def test_an_old_attribute_reads_the_new_one(
    make: Callable[[], Any], old: str, new: str, factor: float
) -> None:
    value = make()

    with pytest.warns(DeprecationWarning, match=f"{old} is now {new}"):
        found = getattr(value, old)

    current = getattr(value, new)
    assert found == (current if factor == 1 else round(current * factor))


def test_the_old_share_of_a_sketch_is_its_quantile() -> None:
    sketch: Any = QuantileSketch()
    sketch.add(5.0)

    with pytest.warns(DeprecationWarning, match="quantile="):
        assert sketch.quantile(share=0.5) == sketch.quantile(0.5)
