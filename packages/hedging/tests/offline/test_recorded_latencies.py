"""Forecasts on recorded latencies, against resampling them."""

import csv
import os
import random
from pathlib import Path

import pytest

from hedging import analyze, read_trace
from hedging.simulation import Rule, Sample


@pytest.fixture(scope="module")
def mirror() -> Path:
    folder = os.environ.get("CRUCIBLE_MIRROR")
    if not folder:
        pytest.skip("set CRUCIBLE_MIRROR to a folder with the benchmark files")
    return Path(folder)


def opinionqa(mirror: Path, model: str) -> list[float]:
    with (mirror / "latency-llmdrift/OPINIONQA_EVAL.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["model"].endswith(model)]
    return [1000 * float(row["latency"]) for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("model", ["gpt-3.5-turbo-0301", "gpt-4-0314"])
def test_a_forecast_is_what_resampling_finds(mirror: Path, model: str) -> None:
    latencies = opinionqa(mirror, model)
    chance = random.Random(7)

    for row in analyze(latencies).prospects:
        rule = Rule(delay_ms=row.delay_ms, probability=row.probability)
        hedged = []
        for _ in range(200_000):
            latency = chance.choice(latencies)
            if latency > rule.delay_ms and chance.random() < rule.probability:
                latency = min(latency, rule.delay_ms + chance.choice(latencies))
            hedged.append(latency)
        truth = Sample(hedged)
        # A recorded series has gaps: near one, a quantile of draws is on either side of it.
        assert truth.quantile(0.9885) * 0.99 <= row.p99_ms <= truth.quantile(0.9915) * 1.01
        assert row.p95_ms == pytest.approx(truth.quantile(0.95), rel=0.02)


@pytest.mark.parametrize(
    ("model", "reductions"),
    [("gpt-3.5-turbo-0301", (0.96, 0.97, 0.97)), ("gpt-4-0314", (0.26, 0.32, 0.38))],
)
def test_the_reductions_of_the_recorded_series(
    mirror: Path, model: str, reductions: tuple[float, ...]
) -> None:
    """An independent computation of SingleR on the same series at 5, 10 and 15 %."""
    forecast = analyze(opinionqa(mirror, model))

    found = [row.reduction for row in forecast.prospects]
    assert found == pytest.approx(reductions, abs=0.015)


def test_a_recorded_file_is_read_as_it_is(mirror: Path) -> None:
    trace = read_trace(
        mirror / "latency-llmdrift/OPINIONQA_EVAL.csv",
        latency="latency",
        unit="s",
        where={"model": "openaichat/gpt-4-0314"},
    )

    assert list(trace.latency_ms) == pytest.approx(opinionqa(mirror, "gpt-4-0314"))
