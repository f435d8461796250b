"""What it costs a run to be watched, and whether the memory of the server grows.

    uv run python tests/benchmarks/bench_dashboard.py rate [rows] [pairs]
    uv run python tests/benchmarks/bench_dashboard.py hour [rows per second] [minutes]

``rate`` runs the same study of about 1,000 rows a second in a process of its own, in turn without
and with a dashboard that five watchers read, and prints the rows per second and the CPU of the run.
``hour`` appends the rows of an hour in steps of a quarter of a second of simulated time to a
journal that is followed and sent to five watchers, and prints the memory of the process (Linux).
"""

import asyncio
import http.client
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from research_harness._artifacts.folder import RunFolder
from research_harness._dashboard.changes import Topic
from research_harness._dashboard.hub import WatchedRun
from research_harness._dashboard.serve import serving
from research_harness._engine.frames import Frame, open_for_append, write_all
from research_harness._outcome.row import Row, encode_row

WATCHERS = 5
STUDY = """
import asyncio, json, resource, sys, time
from research_harness import Experiment, condition, run_sync

class Fast(Experiment):
    name = "Fast"
    metrics = ("accuracy",)
    scorer = "text"
    formats = ()
    concurrency = 25
    dataset = [{"id": f"i{n}", "input": str(n), "answer": str(n)} for n in range(int(sys.argv[2]))]

    @condition
    async def plain(self, item):
        await asyncio.sleep(0.025)
        return item.input

began = [0.0, 0.0]
def on_progress(done, total):
    if not began[0]:
        began[:] = time.monotonic(), time.process_time()
    elif done == total:
        wall, cpu = time.monotonic() - began[0], time.process_time() - began[1]
        print(json.dumps({"rate": total / wall, "cpu_us": 1e6 * cpu / total}), flush=True)

run_sync(Fast, output_dir=sys.argv[1], run_id=sys.argv[3], on_progress=on_progress)
"""


def _study(folder: Path, rows: int, name: str) -> dict[str, float]:
    found = subprocess.run(
        [sys.executable, "-c", STUDY, str(folder), str(rows), name],
        check=True,
        capture_output=True,
        text=True,
    )
    values: dict[str, float] = json.loads(found.stdout.strip().splitlines()[0])
    return values


class Watcher(threading.Thread):
    """Reads the stream of a run until it is to end."""

    def __init__(self, address: str, run: str) -> None:
        super().__init__(daemon=True)
        self.events = 0
        self.bytes = 0
        self._address = urlsplit(address)
        self._run = run
        self._ending = threading.Event()

    def end(self) -> None:
        self._ending.set()
        self.join()

    def run(self) -> None:
        while not self._ending.is_set():
            connection = http.client.HTTPConnection(self._address.netloc, timeout=60)
            connection.request("GET", f"/api/stream?run={self._run}")
            answer = connection.getresponse()
            if answer.status != 200:  # the run has not begun
                self._ending.wait(0.2)
            while answer.status == 200 and not self._ending.is_set():
                line = answer.readline()
                self.bytes += len(line)
                self.events += line.startswith(b"event: ")
            connection.close()


def rate(rows: int, pairs: int) -> None:
    """Run the study without and with watchers, in turn."""
    plain: list[dict[str, float]] = []
    watched: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(pairs):
            first = number % 2 == 0
            for with_watchers in (False, True) if first else (True, False):
                name = f"run-{number}-{with_watchers}"
                if not with_watchers:
                    plain.append(_study(Path(folder), rows, name))
                    continue
                with serving(Path(folder)) as address:
                    watchers = [Watcher(address, name) for _ in range(WATCHERS)]
                    for each in watchers:
                        each.start()
                    watched.append(_study(Path(folder), rows, name))
                    for each in watchers:
                        each.end()
                seen = sum(each.events for each in watchers)
                print(f"  {seen:,} events, {sum(each.bytes for each in watchers):,} bytes")
    for key, unit in (("rate", "rows/s"), ("cpu_us", "us of CPU a row")):
        without, with_them = (median(each[key] for each in group) for group in (plain, watched))
        share = 100 * (with_them / without - 1)
        print(f"{unit}: {without:,.1f} without, {with_them:,.1f} with watchers ({share:+.1f} %)")


def _memory_mb() -> float:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _folder(path: Path, rows: int) -> RunFolder:
    folder = RunFolder(path)
    folder.journal.parent.mkdir(parents=True)
    metrics = [{"name": "accuracy", "column": "correct", "summary": "mean"}]
    conditions = [{"name": name} for name in ("first", "second")]
    config = {"name": "Hour", "alpha": 0.05, "conditions": conditions, "metrics": metrics}
    folder.file("config.json").write_text(json.dumps(config), encoding="utf-8")
    folder.state.write_text(json.dumps({"sessions": []}), encoding="utf-8")
    status = {"session": 1, "rows": rows, "concurrency": 100, "max_cost_usd": 100.0}
    (folder.journal.parent / "session.json").write_text(json.dumps(status), encoding="utf-8")
    return folder


async def hour(per_second: int, minutes: int) -> None:
    """Follow the rows of an hour, and print the memory each ten minutes."""
    frame = Frame("row")
    step = per_second // 4
    with tempfile.TemporaryDirectory() as folder:
        run = _folder(Path(folder) / "hour", per_second * 60 * minutes)
        file = open_for_append(run.journal)
        watched, places = WatchedRun(run), [None] * WATCHERS
        topic: Topic = watched.topic
        number, sent, began = 0, 0, time.process_time()
        for quarter in range(minutes * 60 * 4):
            lines = []
            for index in range(number, number + step):
                row = Row(
                    index=index,
                    item_id=f"item-{index // 2}",
                    condition=("first", "second")[index % 2],
                    repeat=0,
                    prediction="an answer of some words",
                    correct=index % 5 > 0,
                    score=float(index % 5 > 0),
                    latency_ms=100.0 + index % 997,
                    cost_usd=0.0001,
                    source="live",
                    started_us=1_800_000_000_000_000 + index,
                )
                lines.append(frame.line(encode_row(row)))
            number += step
            write_all(file, b"".join(lines))
            topic.publish(*watched.step())
            for watcher in range(WATCHERS):
                events, places[watcher] = topic.since(places[watcher])  # type: ignore[call-overload]
                sent += sum(map(len, events))
            if quarter % 2_400 == 1_199:
                rows = topic.state["rows"] if topic.state else 0
                seconds = time.process_time() - began
                print(
                    f"minute {quarter // 240 + 1:3}: {rows:,} rows, {_memory_mb():.1f} MB,"
                    f" {sent / 2**20:.1f} MB sent, {seconds:.0f} s of CPU"
                )
        assert topic.state is not None
        assert topic.state["rows"] == number
        print(f"journal {os.fstat(file).st_size / 2**20:,.0f} MB, {_memory_mb():.1f} MB of memory")
        os.close(file)


def main() -> None:
    kind, *given = sys.argv[1:] or ["rate"]
    numbers = [int(each) for each in given]
    if kind == "rate":
        rate(*(numbers + [10_000, 3][len(numbers) :]))
    else:
        asyncio.run(hour(*(numbers + [1_000, 60][len(numbers) :])))


if __name__ == "__main__":
    main()
