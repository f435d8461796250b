"""What capturing, storing and exporting an event costs, next to OpenTelemetry and a list of dicts.

CPU time, the best of several rounds, all in one process.
"""

import asyncio
import gc
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import blinker

from telemetry_research import (
    FileStore,
    MemoryStore,
    Store,
    open_experiment,
    prometheus_text,
    recording,
    scope,
    span,
)

SIGNAL = blinker.signal("crucible")
ROUNDS = 5
EVENTS = 100_000
MILLION = 1_000_000


def send(count: int) -> None:
    """Emit as the libraries do."""
    for number in range(count):
        if SIGNAL.receivers:
            SIGNAL.send(
                "ensemble.model.stop",
                measurements={
                    "duration_ns": number * 7919 % 1_000_003,
                    "cost_usd": 0.1 * (number % 1000),
                    "input_tokens": number % 400,
                    "output_tokens": number % 55,
                },
                metadata={"model": "m", "request_id": "abc", "finish_reason": "stop"},
            )


def best_us(work: Callable[[], object], count: int = EVENTS, rounds: int = ROUNDS) -> float:
    """CPU microseconds for each of so many."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) / count * 1e6)
    return min(times)


def capture() -> Iterator[tuple[str, float]]:
    """Microseconds for each event."""
    yield "emission with no receiver", best_us(lambda: send(EVENTS))

    def nothing(name: Any, **_: Any) -> None:
        pass

    SIGNAL.connect(nothing)
    yield "the bus alone, to an empty receiver", best_us(lambda: send(EVENTS))
    SIGNAL.disconnect(nothing)
    rows: list[dict[str, Any]] = []

    def keep(name: Any, measurements: Any, metadata: Any) -> None:
        rows.append({"name": name, "at": time.time_ns(), **measurements, **metadata})

    SIGNAL.connect(keep)
    yield "through the bus into a list of dicts", best_us(lambda: send(EVENTS))
    SIGNAL.disconnect(keep)
    with recording("speed"), scope(condition="c", item_id="i", repeat=1):
        yield "through the bus with context, memory store", best_us(lambda: send(EVENTS))

        async def in_loop() -> float:
            return best_us(lambda: send(EVENTS))

        yield "the same inside of an event loop", asyncio.run(in_loop())
        SIGNAL.connect(nothing)
        yield "the same with another receiver connected", best_us(lambda: send(EVENTS))
        SIGNAL.disconnect(nothing)
        yield "a span with a field and a cost", best_us(own_spans)
    yield "OpenTelemetry SDK, batched to nothing", best_us(spans, EVENTS // 10, 2)


def own_spans() -> None:
    """Spans of this library: two events each."""
    for _ in range(EVENTS):
        with span("tool", k=1) as tool:
            tool.set(cost_usd=0.1)


def spans() -> None:
    """The same event as a span of the OpenTelemetry SDK."""
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import (
        BatchSpanProcessor,
        SpanExporter,
        SpanExportResult,
    )

    class Nothing(SpanExporter):
        def export(self, spans: Any) -> SpanExportResult:
            return SpanExportResult.SUCCESS

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(Nothing(), max_queue_size=20_000))
    tracer = provider.get_tracer("speed")
    for number in range(EVENTS // 10):
        with tracer.start_as_current_span("model") as opened:
            opened.set_attribute("gen_ai.request.model", "m")
            opened.set_attribute("gen_ai.usage.input_tokens", number % 400)
            opened.set_attribute("gen_ai.usage.output_tokens", number % 55)
            opened.set_attribute("duration_ns", number)
            opened.set_attribute("cost_usd", 0.1 * (number % 1000))
            opened.set_attribute("request_id", "abc")
            opened.set_attribute("finish_reason", "stop")
    provider.shutdown()


def sizes(folder: Path) -> Iterator[tuple[str, float]]:
    """Bytes, seconds and stalls at a million events."""
    stores: dict[str, Store] = {"memory": MemoryStore(), "file": FileStore(folder / "e.arrows")}
    for name, store in stores.items():
        before = resident_mb()
        with recording(name, store=store), scope(condition="c", repeat=1):
            stall = asyncio.run(longest_stall_ms())
            start = time.process_time()
            send(MILLION)
            emitted = time.process_time() - start
        yield f"{name}: us of CPU for each event, threads included", emitted
        yield f"{name}: resident MB at a million events", resident_mb() - before
        yield f"{name}: longest stall of an event loop, ms", stall
    yield from questions(folder / "e.arrows")
    yield from scrapes(folder)
    experiment = open_experiment(folder / "e.arrows")
    yield "file: bytes for each event", (folder / "e.arrows").stat().st_size / len(experiment)
    for ending in ("parquet", "csv", "jsonl"):
        start = time.process_time()
        path = experiment.export(folder / f"e.{ending}")
        took = time.process_time() - start
        yield f"{ending}: s of CPU for {len(experiment):,} events, reading included", took
        yield f"{ending}: MB", path.stat().st_size / 1e6


QUESTIONS = {
    "metrics()": "experiment.metrics()",
    "windowed_metrics(size_ms=1000)": "experiment.windowed_metrics(size_ms=1000)",
    "compare_experiments, two of them": "compare_experiments(experiment, experiment)",
    "data_quality": "data_quality(experiment)",
    "prometheus_text of a stored one": "prometheus_text([experiment])",
    "events(name) of one in a thousand": "experiment.events('rare.stop')",
}
ASKING = """
import re, sys, time
from telemetry_research import *

def kilobytes(name):  # ru_maxrss would be that of the parent
    return int(re.search(name + r":\\s+(\\d+)", open("/proc/self/status").read())[1])

experiment = open_experiment(sys.argv[1])
before, start = kilobytes("VmRSS"), time.process_time()
eval(sys.argv[2])
print(time.process_time() - start, (kilobytes("VmHWM") - before) / 1e3)
"""


def questions(path: Path) -> Iterator[tuple[str, float]]:
    """Seconds of CPU and megabytes of memory of each question, in a process of its own."""
    for name, code in QUESTIONS.items():
        command = [sys.executable, "-c", ASKING, str(path), code]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        yield f"{name}: s of CPU", float(answer[0])
        yield f"{name}: MB above the start", float(answer[1])


def scrapes(folder: Path) -> Iterator[tuple[str, float]]:
    """Milliseconds of CPU of scrapes of a running experiment."""
    with recording("scraped", store=FileStore(folder / "s.arrows")) as experiment:
        for _ in range(MILLION // 50_000 - 1):
            send(50_000)
            prometheus_text([experiment])
        send(50_000)
        experiment.flush()
        start = time.process_time()
        prometheus_text([experiment])
        yield "scrape with 50,000 new events, ms of CPU", (time.process_time() - start) * 1e3
        start = time.process_time()
        prometheus_text([experiment])
        yield "scrape without new events, ms of CPU", (time.process_time() - start) * 1e3


async def longest_stall_ms() -> float:
    """How late the loop came back while events were emitted a few at a time.

    Python's own full garbage collection, 11 ms here for all that is imported, is
    kept out of it as a server would: by freezing what is there.
    """
    worst = 0.0
    gc.collect()
    gc.freeze()
    for _ in range(400):
        send(50)
        start = time.perf_counter()
        await asyncio.sleep(0.001)
        worst = max(worst, (time.perf_counter() - start) * 1e3 - 1)
    gc.unfreeze()
    return worst


def resident_mb() -> float:
    """What the process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    """Print all of it."""
    for name, value in capture():
        print(f"{value:10.2f} us  {name}")
    with tempfile.TemporaryDirectory() as folder:
        for name, value in sizes(Path(folder)):
            print(f"{value:10.2f}     {name}")


if __name__ == "__main__":
    main()
