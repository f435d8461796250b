"""All metrics are those of a plain computation from what was emitted, on every store."""

import json
import math
import random
import statistics
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from telemetry_research import (
    FileStore,
    KeepErrors,
    MemoryStore,
    PostgresStore,
    Recording,
    Sampling,
    Store,
    Stratified,
    StreamingMetrics,
    Uniform,
    archive_experiment,
    compare_experiments,
    open_experiment,
    prometheus_text,
    record,
    recording,
    restore_experiment,
)

from ..support import ListStore

COUNT = 1500
LIMIT_MS = 900.0
SAMPLINGS: dict[str, Sampling | None] = {
    "all": None,
    "uniform": Uniform(0.3),
    "errors": KeepErrors(0.2, slow_ms=LIMIT_MS),
    "strata": Stratified({"*.exception": 0.5}, 0.25),
}
Emitted = dict[str, Any]


def emitted() -> list[Emitted]:
    """Requests with missing durations, costs, tokens and models, and with failures of two kinds."""
    draw = random.Random(11)

    def sometimes(value: Any, share: float) -> Any:
        return value if draw.random() < share else None

    return [
        {
            "failed": draw.random() < 0.15,
            "duration_ns": sometimes(int(draw.lognormvariate(19, 1.2)), 0.95),
            "cost_usd": sometimes(draw.expovariate(400), 0.85),
            "input_tokens": sometimes(draw.randrange(1, 4000), 0.9),
            "output_tokens": sometimes(draw.randrange(0, 900), 0.9),
            "model": sometimes(draw.choice("abc"), 0.97),
            "error": draw.choice(["LostError", "SlowError"]),
        }
        for _ in range(COUNT)
    ]


def emit(requests: Sequence[Emitted]) -> None:
    for number, each in enumerate(requests):
        measured = ("duration_ns", "cost_usd", "input_tokens", "output_tokens")
        measurements = {key: each[key] for key in measured if each[key] is not None}
        about = {"n": number} | ({} if each["model"] is None else {"model": each["model"]})
        record("llm.request.start", {}, about)
        if each["failed"]:
            record("llm.request.exception", measurements, {**about, "error_type": each["error"]})
        else:
            record("llm.request.stop", measurements, about)


def kept(experiment: Recording, requests: Sequence[Emitted]) -> list[tuple[float, Emitted]]:
    """The requests that were kept, each with the number that it stands for."""
    table: Any = experiment.table().to_pydict()
    columns = (table["name"], table["probability"], table["attributes"])
    return [
        (1 / probability, requests[json.loads(attributes)["n"]])
        for name, probability, attributes in zip(*columns, strict=True)
        if not name.endswith(".start")
    ]


def total(pairs: Sequence[tuple[float, Emitted]], key: str) -> float:
    return math.fsum(w * each[key] for w, each in pairs if each[key] is not None)


def quantile(values: Sequence[tuple[float, float]], q: float) -> float:
    """Type 7 of Hyndman and Fan (1996) without weights; else the inverse of the weighted ECDF."""
    ordered = sorted((value, weight) for weight, value in values)
    if all(weight == 1 for _, weight in ordered):
        found = statistics.quantiles([v for v, _ in ordered], n=1000, method="inclusive")
        return found[round(q * 1000) - 1]
    sums = list(accumulate(weight for _, weight in ordered))
    return ordered[bisect_left(sums, q * sums[-1] * (1 - 1e-12))][0]


def expected(pairs: Sequence[tuple[float, Emitted]]) -> dict[str, Any]:
    count = math.fsum(weight for weight, _ in pairs)
    failed = math.fsum(weight for weight, each in pairs if each["failed"])
    timed = [(w, each["duration_ns"] / 1e6) for w, each in pairs if each["duration_ns"] is not None]
    priced = math.fsum(weight for weight, each in pairs if each["cost_usd"] is not None)
    weight_timed = math.fsum(weight for weight, _ in timed)
    mean = math.fsum(w * ms for w, ms in timed) / weight_timed
    cost = total(pairs, "cost_usd")
    models = sorted({each["model"] for _, each in pairs if each["model"] is not None})
    by_model = {m: [(w, each) for w, each in pairs if each["model"] == m] for m in models}
    spread = math.fsum(w * (ms - mean) ** 2 for w, ms in timed)
    return {
        "requests": count,
        "succeeded": count - failed,
        "failed": failed,
        "success_rate": 1 - failed / count,
        "mtbf": count / failed,
        "latency count": weight_timed,
        "latency mean": mean,
        "latency sd": math.sqrt(spread / (weight_timed - 1)),
        "latency min": min(ms for _, ms in timed),
        "latency max": max(ms for _, ms in timed),
        **{f"latency p{name}": quantile(timed, q) for name, q in QUANTILES.items()},
        "cost": cost,
        "cost known": priced,
        "cost per request": cost / priced,
        "cost per success": cost / priced * count / (count - failed),
        "input": total(pairs, "input_tokens"),
        "output": total(pairs, "output_tokens"),
        "input known": math.fsum(w for w, each in pairs if each["input_tokens"] is not None),
        "output known": math.fsum(w for w, each in pairs if each["output_tokens"] is not None),
        **{f"cost {m}": total(own, "cost_usd") for m, own in by_model.items()},
        **{f"input {m}": total(own, "input_tokens") for m, own in by_model.items()},
        **{f"output {m}": total(own, "output_tokens") for m, own in by_model.items()},
        **{
            error: math.fsum(w for w, each in pairs if each["failed"] and each["error"] == error)
            for error in ("LostError", "SlowError")
        },
    }


QUANTILES = {"50": 0.5, "90": 0.9, "95": 0.95, "99": 0.99, "99_9": 0.999}


def measured(experiment: Recording) -> dict[str, Any]:
    level = experiment.metrics().level("model")
    return {
        "requests": level.requests,
        "succeeded": level.succeeded,
        "failed": level.failed,
        "success_rate": level.success_rate,
        "mtbf": level.mtbf,
        **{f"latency {name}": value for name, value in level.latency_ms.items()},
        "cost": level.cost_usd,
        "cost known": level.cost_known,
        "cost per request": level.cost_per_request_usd,
        "cost per success": level.cost_per_success_usd,
        "input": level.input_tokens,
        "output": level.output_tokens,
        "input known": level.input_tokens_known,
        "output known": level.output_tokens_known,
        **{f"cost {model}": cost for model, cost in level.cost_by_model.items()},
        **{
            f"{kind} {model}": count
            for model, tokens in level.tokens_by_model.items()
            for kind, count in tokens.items()
        },
        **level.error_types,
    }


def in_memory(_: Path) -> tuple[Store, Callable[[Recording], Recording]]:
    return MemoryStore(), lambda experiment: experiment


def in_file(folder: Path) -> tuple[Store, Callable[[Recording], Recording]]:
    path = folder / "e.arrows"
    return FileStore(path), lambda _: open_experiment(path)


def in_own_store(_: Path) -> tuple[Store, Callable[[Recording], Recording]]:
    return ListStore(), lambda experiment: experiment


def in_archive(folder: Path) -> tuple[Store, Callable[[Recording], Recording]]:
    path = folder / "e.parquet"

    def archived(experiment: Recording) -> Recording:
        return restore_experiment(archive_experiment(experiment, path))

    return MemoryStore(), archived


@pytest.mark.slow
@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("place", [in_memory, in_file, in_own_store, in_archive])
def test_metrics_equal_a_plain_computation(
    place: Callable[[Path], Any], sampling: str, tmp_path: Path
) -> None:
    store, reopen = place(tmp_path)
    requests = emitted()
    with recording("truth", store=store, sampling=SAMPLINGS[sampling], seed=4) as experiment:
        emit(requests)

    check(reopen(experiment), requests)


@pytest.mark.slow
@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_metrics_of_a_database_equal_a_plain_computation(sampling: str, postgres: Any) -> None:
    requests = emitted()
    with recording("truth", store=PostgresStore(postgres.dsn), sampling=SAMPLINGS[sampling]) as one:
        emit(requests)

    check(open_experiment(PostgresStore(postgres.dsn), one.id), requests)


def check(experiment: Recording, requests: Sequence[Emitted]) -> None:
    pairs = kept(experiment, requests)
    wanted = expected(pairs)
    assert measured(experiment) == pytest.approx(wanted, rel=1e-9)
    check_windows(experiment, pairs)
    assert prometheus(experiment) == pytest.approx(
        [wanted["succeeded"], wanted["failed"], wanted["cost"]], rel=1e-9
    )


def check_windows(experiment: Recording, pairs: Sequence[tuple[float, Emitted]]) -> None:
    windows = experiment.windowed_metrics(size_ms=20)
    wanted = expected(pairs)
    for name in ("requests", "succeeded", "failed"):
        assert math.fsum(getattr(each, name) for each in windows) == pytest.approx(wanted[name])
    costs = [each.cost_usd for each in windows if each.cost_usd is not None]
    assert math.fsum(costs) == pytest.approx(wanted["cost"])
    (whole,) = experiment.windowed_metrics(size_ms=1e9)
    assert whole.mean_ms == pytest.approx(wanted["latency mean"])
    assert whole.p95_ms == pytest.approx(wanted["latency p95"])


def prometheus(experiment: Recording) -> list[float]:
    values = {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in prometheus_text([experiment]).splitlines()
        if not line.startswith("#")
    }
    about = f'{{experiment="truth",id="{experiment.id}",level="model"'
    return [
        values[f'crucible_requests_total{about},outcome="success"}}'],
        values[f'crucible_requests_total{about},outcome="failure"}}'],
        values[f"crucible_cost_usd_total{about}}}"],
    ]


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_live_metrics_equal_a_plain_computation(sampling: str) -> None:
    live, requests = StreamingMetrics(), emitted()
    with recording("truth", sampling=SAMPLINGS[sampling], seed=4) as experiment:
        experiment.subscribe(live)
        emit(requests)

    wanted = expected(kept(experiment, requests))
    levels: Any = live.to_dict()["levels"]
    found = levels["model"]
    assert found["succeeded"] == pytest.approx(wanted["succeeded"])
    assert found["failed"] == pytest.approx(wanted["failed"])
    assert found["cost_usd"] == pytest.approx(wanted["cost"])
    assert found["latency_ms"]["mean"] == pytest.approx(wanted["latency mean"])
    assert found["latency_ms"]["sd"] == pytest.approx(wanted["latency sd"])
    for name in ("p50", "p90", "p95", "p99"):
        assert found["latency_ms"][name] == pytest.approx(wanted[f"latency {name}"], rel=0.0101)


def test_a_comparison_equals_a_plain_computation() -> None:
    requests = emitted()
    arms = []
    for sampling in (None, Uniform(0.3)):
        with recording("truth", sampling=sampling, seed=4) as experiment:
            emit(requests)
        arms.append(experiment)

    (comparison,) = compare_experiments(*arms)

    control, treatment = (expected(kept(arm, requests)) for arm in arms)
    for name, of in {"success_rate": "success_rate", "latency_ms": "latency mean"}.items():
        difference = comparison[name].difference
        assert difference == pytest.approx(treatment[of] - control[of], rel=1e-6), name
