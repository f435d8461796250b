"""The Prometheus endpoint."""

import asyncio
import math
import random
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from telemetry_research import (
    FileStore,
    MemoryStore,
    QuantileSketch,
    Store,
    Uniform,
    continue_experiment,
    in_context,
    open_experiment,
    prometheus_endpoint,
    prometheus_text,
    record,
    recording,
)
from telemetry_research._core.safe import printable
from telemetry_research._watching.totals import totals_of

from ..support import ListStore, batch, event


async def test_prometheus_reads_the_metrics() -> None:
    async with recording('with "quotes"') as experiment, prometheus_endpoint() as address:
        record("a.stop", {"duration_ns": 5 * 10**6, "cost_usd": 0.5})
        host, port = address.removeprefix("http://").removesuffix("/metrics").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = (await reader.read()).decode()
        writer.close()

    assert answer.startswith("HTTP/1.1 200 OK")
    labels = f'experiment="with \\"quotes\\"",id="{experiment.id}",level="custom"'
    assert f'crucible_requests_total{{{labels},outcome="success"}} 1\n' in answer
    assert f'crucible_latency_ms{{{labels},quantile="0.5"}} 5.0\n' in answer
    assert f"crucible_cost_usd_total{{{labels}}} 0.5\n" in prometheus_text([experiment])


HOSTILE = (
    'a"} 1\nevil{x="', "a\r\nevil 1", "\x1b]0;owned\x07", "\u202etxt", "\u2028evil 1", "\x85evil 1",
    "nul\0", "\ud800", "a\\", "\tevil 1", "<script>harm()</script>", "javascript:harm()",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_a_label_of_one_line_that_utf_8_holds(name: str) -> None:
    with recording(name) as experiment:
        record("a.stop", {"duration_ns": 5})
        text = prometheus_text([experiment])

    text.encode()
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert samples
    for line in samples:
        form = (
            r'crucible_\w+\{experiment="((?:[^"\\]|\\[\\n"])*)",id="\w+",[^{}]*\} [\d.e+-]+|.* NaN'
        )
        assert re.fullmatch(form, line), line
        assert printable(line) == line
        assert "\t" not in line


async def test_an_endpoint_that_ends_with_an_idle_client_shows_no_traceback() -> None:
    seen: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.append(context))

    async with prometheus_endpoint() as address:
        port = int(address.rpartition(":")[2].partition("/")[0])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /metrics")
        await writer.drain()
        await asyncio.sleep(0)
        # Another client has its answer, so the first is being served.
        reader, other = await asyncio.open_connection("127.0.0.1", port)
        other.write(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.read()
        other.close()
    writer.close()
    await asyncio.sleep(0)

    assert seen == []


def test_large_counts_keep_all_their_digits() -> None:
    store = ListStore()
    with recording("many", store=store) as experiment:
        pass
    store.kept = [batch([event(1, probability=1 / 1_234_567)])]

    assert "} 1234567\n" in prometheus_text([experiment])
    assert "1234567" in str(experiment.metrics())


def stores(folder: Path) -> list[Store]:
    return [MemoryStore(), FileStore(folder / "run.arrows"), ListStore()]


@pytest.mark.parametrize("index", range(3))
def test_totals_that_are_added_up_equal_those_of_all_events(tmp_path: Path, index: int) -> None:
    draw = random.Random(index)
    with recording("live", store=stores(tmp_path)[index], sampling=Uniform(0.5)) as experiment:
        for step in range(6):
            for _ in range(draw.randrange(1500)):
                value = draw.choice([0, draw.expovariate(1e-8)])
                ending = draw.choice(["stop", "exception", "start"])
                fields = {"duration_ns": round(value), "cost_usd": draw.random()}
                record(f"llm.request.{ending}", fields)
            if step % 2 == 0:
                prometheus_text([experiment])
    totals = totals_of(experiment)["model"]
    metrics = experiment.metrics().level("model")

    assert totals.sums.outcome(True) == pytest.approx(metrics.succeeded)
    assert totals.sums.outcome(False) == pytest.approx(metrics.failed)
    assert totals.sums.cost_usd == pytest.approx(metrics.cost_usd)
    assert totals.count == pytest.approx(metrics.latency_ms["count"])
    assert totals.total_ms == pytest.approx(totals.count * metrics.latency_ms["mean"])
    for quantile, name in ((0.5, "p50"), (0.9, "p90"), (0.99, "p99")):
        assert totals.quantile_ms(quantile) == pytest.approx(metrics.latency_ms[name], rel=0.03)


class CountedStore(ListStore):
    """A store that counts how often all of it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def batches(self) -> Iterator[Any]:
        self.reads += 1
        return super().batches()


async def test_an_endpoint_has_read_the_running_experiments_before_it_serves() -> None:
    store = CountedStore()
    with recording("before", store=store) as experiment:
        record("a.stop", {"duration_ns": 5})
        async with prometheus_endpoint():
            reads = store.reads
            record("a.stop", {"duration_ns": 5})
            text = prometheus_text([experiment])

    assert reads
    assert store.reads == reads
    assert 'outcome="success"} 2\n' in text


def test_a_stored_experiment_is_read_again_only_when_it_has_grown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.arrows"
    with recording("stored", store=FileStore(path)):
        record("a.stop", {"duration_ns": 5})
    stored = open_experiment(path)
    reads = []
    batches = stored.store.batches

    def counted() -> Iterator[Any]:
        reads.append(1)
        return batches()

    monkeypatch.setattr(stored.store, "batches", counted)

    first, second = prometheus_text([stored]), prometheus_text([stored])
    with continue_experiment(path):
        record("a.stop", {"duration_ns": 5})
    third = prometheus_text([stored])

    assert first == second
    assert len(reads) == 2
    assert 'outcome="success"} 1\n' in first
    assert 'outcome="success"} 2\n' in third


def emit_many() -> None:
    for _ in range(20_000):
        record("a.stop", {"duration_ns": 1})


def test_a_scrape_while_events_are_written_misses_and_doubles_none(tmp_path: Path) -> None:
    with recording(
        "busy", store=FileStore(tmp_path / "run.arrows"), flush_interval_ms=1
    ) as experiment:
        emitting = threading.Thread(target=in_context(emit_many))
        emitting.start()
        while emitting.is_alive():
            prometheus_text([experiment])
        emitting.join()

    assert totals_of(experiment)["custom"].count == 20_000


def test_a_column_gives_the_same_sketch_as_its_values() -> None:
    draw = random.Random(3)
    values = [draw.choice([0.0, draw.lognormvariate(0, 3)]) for _ in range(500)]
    weights = [draw.choice([1.0, 4.0]) for _ in values]
    columns = pa.array(values), pa.array(weights)
    for given, column in (([1.0] * len(values), None), (weights, columns[1])):
        one, other = QuantileSketch(), QuantileSketch()
        for value, weight in zip(values, given, strict=True):
            one.add(value, weight)
        other.add_column(columns[0], column)
        assert [one.quantile(q / 20) for q in range(21)] == [
            other.quantile(q / 20) for q in range(21)
        ]
    for wrong in ([-1.0], [math.inf], [math.nan]):
        with pytest.raises(ValueError, match="not finite"):
            QuantileSketch().add_column(pa.array(wrong))
