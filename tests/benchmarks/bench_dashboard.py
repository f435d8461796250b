"""What it costs a run to be watched, and whether the memory of the server grows.

    uv run python tests/benchmarks/bench_dashboard.py rate [blocks]
    uv run python tests/benchmarks/bench_dashboard.py hour [rows per second] [minutes]

``rate`` runs one study of about 1,000 rows a second in a process of its own. A dashboard has five
watchers in every second block of 1,500 rows, and none in the others, so that both meet the same
load. The first 500 rows of a block are left out. It prints the CPU of the run's process a row, and
its rows per second. On a busy machine look at the CPU: others take from the rate, not from it.
``hour`` appends the rows of an hour in steps of a quarter of a second of simulated time to a
journal that is followed and sent to five watchers, and prints the memory of the process (Linux).
"""

import asyncio
import contextlib
import http.client
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

from research_harness._artifacts.folder import RunFolder
from research_harness._dashboard.changes import Topic
from research_harness._dashboard.hub import WatchedRun
from research_harness._dashboard.serve import serving
from research_harness._engine.frames import Frame, open_for_append, write_all
from research_harness._outcome.row import Row, encode_row

WATCHERS = 5
STEP = 500
STEPS_A_BLOCK = 3
STUDY = """
import asyncio, json, sys, time
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

def on_progress(done, total):
    if done % 500 == 0:
        print(json.dumps([done, time.monotonic(), time.process_time()]), flush=True)

run_sync(Fast, output_dir=sys.argv[1], run_id="run", on_progress=on_progress)
"""


class Watcher(threading.Thread):
    """Reads the stream of the run until it is to end."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.events = 0
        self.bytes = 0
        self._ending = False
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)

    def end(self) -> None:
        self._ending = True
        if self._connection.sock is not None:
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self.join()

    def run(self) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            self._connection.request("GET", "/api/stream?run=run")
            answer = self._connection.getresponse()
            while not self._ending and (line := answer.readline()):
                self.bytes += len(line)
                self.events += line.startswith(b"event: ")


def _steps(study: subprocess.Popen[str], address: str) -> Iterator[tuple[bool, float, float]]:
    """For each step of rows whether it was watched, its seconds and its CPU seconds."""
    watchers: list[Watcher] = []
    seen = [0, 0]
    last: tuple[float, float] | None = None
    for number, line in enumerate(study.stdout or ()):
        _, wall, cpu = json.loads(line)
        step = number % STEPS_A_BLOCK
        if last is not None and step:  # the first step of a block: watchers come or go
            yield bool(watchers), wall - last[0], cpu - last[1]
        last = wall, cpu
        if step == STEPS_A_BLOCK - 1 and watchers:
            for each in watchers:
                each.end()
                seen = [seen[0] + each.events, seen[1] + each.bytes]
            watchers = []
        elif step == STEPS_A_BLOCK - 1:
            watchers = [Watcher(address) for _ in range(WATCHERS)]
            for each in watchers:
                each.start()
    print(f"the watchers had {seen[0]:,} events, {seen[1]:,} bytes")


def rate(blocks: int) -> None:
    """Run the study with and without watchers in turn."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as address:
        rows = blocks * STEPS_A_BLOCK * STEP
        command = [sys.executable, "-c", STUDY, folder, str(rows)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as study:
            steps = list(_steps(study, address))
    measures: dict[str, Callable[[float, float], float]] = {
        "rows/s": lambda wall, _: STEP / wall,
        "us of CPU a row": lambda _, cpu: 1e6 * cpu / STEP,
    }
    for name, of in measures.items():
        plain, watched = (
            [of(wall, cpu) for with_watchers, wall, cpu in steps if with_watchers == on]
            for on in (False, True)
        )
        change = 100 * (median(watched) / median(plain) - 1)
        print(
            f"{name}: {median(plain):,.1f} without, {median(watched):,.1f} with watchers"
            f" ({change:+.1f} %), medians of {len(plain)} and {len(watched)} steps of {STEP} rows;"
            f" middle halves {_middle(plain)} and {_middle(watched)}"
        )


def _middle(values: list[float]) -> str:
    low, _, high = quantiles(values, n=4)
    return f"{low:,.0f} to {high:,.0f}"


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
        rate(*(numbers or [20]))
    else:
        asyncio.run(hour(*(numbers + [1_000, 60][len(numbers) :])))


if __name__ == "__main__":
    main()
