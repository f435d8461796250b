"""Metrics over columns equal an independent computation, sampled and not, on every store."""

import math
import random
import statistics
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry_research import (
    Event,
    FileStore,
    MemoryStore,
    Recording,
    Sampling,
    Uniform,
    Window,
    compare_experiments,
    data_quality,
    record,
    recording,
    scope,
)
from telemetry_research._metrics.requests import BLOCK_ROWS, blocks

from ..support import ListStore

REQUEST = st.tuples(
    st.sampled_from(["llm.request.stop", "llm.request.exception", "tool.stop", "tool.start"]),
    st.none() | st.integers(0, 10**10),
    st.none() | st.floats(0, 10),
    st.sampled_from([None, "m1", "m2"]),
    st.sampled_from([None, "c"]),
)


def play(requests: list[Any], store: Any, sampling: Sampling | None = None) -> Recording:
    with recording("one", store=store, sampling=sampling, seed=4) as experiment:
        for name, duration, cost, model, condition in requests:
            with scope(condition=condition):
                record(name, {"duration_ns": duration, "cost_usd": cost}, {"model": model})
    return experiment


def chosen(experiment: Recording, name: str) -> list[Event]:
    return [each for each in experiment if each.name.startswith(name) and each.success is not None]


@settings(deadline=None, max_examples=40)
@given(st.lists(REQUEST, max_size=60), st.sampled_from([None, 0.5]))
def test_metrics_equal_sums_over_the_events(requests: list[Any], rate: float | None) -> None:
    experiment = play(requests, MemoryStore(), None if rate is None else Uniform(rate))

    for level in experiment.metrics().levels:
        events = chosen(experiment, "llm.request" if level.level == "model" else "tool")
        weights = [1 / each.probability for each in events]
        assert level.events == len(events)
        assert level.requests == pytest.approx(math.fsum(weights))
        failed = [w for e, w in zip(events, weights, strict=True) if e.success is False]
        assert level.failed == pytest.approx(math.fsum(failed))
        pairs = [(e.cost_usd, w) for e, w in zip(events, weights, strict=True)]
        costs = [cost * w for cost, w in pairs if cost is not None]
        assert (level.cost_usd or 0) == pytest.approx(math.fsum(costs))
        assert (level.cost_usd is None) == (not costs)
        for model in level.cost_by_model:
            own = [
                (e.cost_usd or 0) * w
                for e, w in zip(events, weights, strict=True)
                if e.model == model
            ]
            assert level.cost_by_model[model] == pytest.approx(math.fsum(own))
        timed = [e.latency_ms for e in events if e.latency_ms is not None]
        if timed and rate is None:
            assert level.latency_ms["mean"] == pytest.approx(statistics.fmean(timed))
            assert level.latency_ms["p50"] == pytest.approx(statistics.median(timed))
            if len(timed) > 1:
                assert level.latency_ms["sd"] == pytest.approx(statistics.stdev(timed), abs=1e-6)


@pytest.mark.parametrize("sampling", [None, Uniform(0.3)])
def test_every_store_gives_the_same_numbers(tmp_path: Path, sampling: Sampling | None) -> None:
    draw = random.Random(2)
    requests = [
        (
            draw.choice(["llm.request.stop", "llm.request.exception"]),
            draw.choice([None, draw.randrange(10**9)]),
            draw.choice([None, draw.random()]),
            draw.choice(["a", "b", None]),
            None,
        )
        for _ in range(3000)
    ]
    stores = (MemoryStore(), FileStore(tmp_path / "e.arrows"), ListStore())

    memory, file, own = (play(requests, store, sampling) for store in stores)

    assert memory.metrics().to_dict() == file.metrics().to_dict() == own.metrics().to_dict()
    (same,) = compare_experiments(memory, file)
    assert [each.difference for each in same.differences] == [0, 0, 0]


def test_windows_equal_the_metrics_of_their_events() -> None:
    with recording("one") as experiment:
        for number in range(400):
            ending = "exception" if number % 7 == 0 else "stop"
            stated = {"success": None if number % 11 else "unclear"}
            record(f"llm.request.{ending}", {"duration_ns": number * 10**6}, stated)
    every = experiment.windowed_metrics(size_ms=1, step_ms=0.5)

    assert sum(each.requests for each in every) >= 400
    for each in every:
        window = Window.between(each.start_us, each.end_us - 1)
        events = experiment.events(window=window)
        assert each.requests == len(events)
        assert each.failed == sum(e.success is False for e in events)
        assert each.succeeded == sum(e.success is True for e in events)
        assert each.mean_ms == pytest.approx(statistics.fmean(e.latency_ms or 0 for e in events))


def test_filters_by_columns_equal_filters_by_events() -> None:
    experiment = play([("a.stop", 5, 0.1, "m1", "c"), ("b.exception", 6, None, None, None)] * 9,
                      MemoryStore())  # fmt: skip
    events = list(experiment)
    first, last = events[3].timestamp_us, events[8].timestamp_us

    for wanted, same in (
        ({"name": "*.exception"}, lambda e: e.name == "b.exception"),
        ({"success": True}, lambda e: e.success is True),
        ({"condition": "c"}, lambda e: e.condition == "c"),
        ({"condition": "absent"}, lambda _: False),
        ({"model": "m1", "success": True}, lambda e: e.model == "m1"),
        ({"model": None}, lambda e: e.model is None),
        ({"cost_usd": 0.1}, lambda e: e.cost_usd == 0.1),
        ({"since_us": first, "until_us": last}, lambda e: first <= e.timestamp_us <= last),
    ):
        assert experiment.events(**wanted) == [e for e in events if same(e)], wanted


def test_blocks_have_one_size_whatever_the_batches() -> None:
    experiment = play([("a.stop", 5, 0.1, "m1", "c")] * 700, MemoryStore())
    (batch,) = [each.table for _, each in experiment.store._chunks][:1]  # type: ignore[attr-defined]
    copies = [batch] * (2 * BLOCK_ROWS // batch.num_rows + 1)

    found = list(blocks(copies, ["name"]))

    assert [each.num_rows for each in found[:2]] == [BLOCK_ROWS] * 2
    assert sum(each.num_rows for each in found) == sum(each.num_rows for each in copies)


def test_reading_a_stored_experiment_imports_no_pandas(tmp_path: Path) -> None:
    import subprocess  # noqa: PLC0415  # a process without pandas

    with recording("one", store=FileStore(tmp_path / "e.arrows")):
        record("a.stop", {"duration_ns": 5}, {"model": "m"})
        record("a.exception", {"cost_usd": 0.1})
    program = (
        "import sys, telemetry_research as t\n"
        f"e = t.open_experiment({str(tmp_path / 'e.arrows')!r})\n"
        "e.metrics(), e.windowed_metrics(size_ms=5), e.events('a.*'), t.data_quality(e)\n"
        "t.compare_experiments(e, e), t.prometheus_text([e])\n"
        "sys.exit('pandas' in sys.modules)\n"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_quality_report_finds_duplicates_and_suspects() -> None:
    experiment = play([("tool.start", None, None, None, None)] * 3, store := ListStore())
    store.kept *= 2
    with recording("names") as named:
        record("a.stop", {}, {"text": '"malformed":', "nested": {"cost": 1}})
        with pytest.warns(UserWarning, match="is not read"):
            record("another.stop", {"cost": 1})
        record("hedging.hedge.won", {"latency_ms": 5.0})  # its request has a duration

    assert data_quality(experiment).duplicates == 3
    assert data_quality(experiment).unfinished == 6
    assert data_quality(named).malformed == 0
    assert data_quality(named).misnamed == {"cost": 1}
