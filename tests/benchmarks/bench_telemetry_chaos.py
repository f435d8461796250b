"""Kill a capturing process fifty times and count what is left in its file.

With a server at CRUCIBLE_POSTGRES_DSN also the speed of COPY. The arguments are the number of kills
and the seed of the moments.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from telemetry_research import PostgresStore, open_experiment, record, recording

WRITER = """
import sys
from telemetry_research import FileStore, continue_experiment, record, recording
path, number = sys.argv[1], int(sys.argv[2])
block = (continue_experiment(path, flush_interval_ms=100) if number else
         recording("chaos", store=FileStore(path), flush_interval_ms=100))
with block as experiment:
    for each in range(100_000):
        record("work.stop", {"duration_ns": each}, {"round": number})
        if each % 2000 == 1999:
            experiment.flush()
            print(each + 1, flush=True)
"""


def one_round(path: Path, number: int, delay_s: float) -> int:
    """Start, wait, kill; how many events were acknowledged."""
    command = [sys.executable, "-c", WRITER, str(path), str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(delay_s)
        os.kill(process.pid, signal.SIGKILL)
        lines = [first, *process.stdout.readlines()]
    return max((int(line) for line in lines if line.endswith(b"\n")), default=0)


def killed(kills: int, seed: int) -> None:
    """The file after so many kills."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.arrows"
        acknowledged = [one_round(path, number, draw.random()) for number in range(kills)]
        found = open_experiment(path)
        counts = Counter(event.attributes["round"] for event in found)
        ids = len({event.event_id for event in found})
        lost = sum(max(0, least - counts[number]) for number, least in enumerate(acknowledged))
        print(f"{kills} kills: {sum(acknowledged):,} events acknowledged, {lost} of them lost,")
        print(f"{len(found):,} in the file, {len(found) - ids} doubled")


def copied(dsn: str, events: int = 200_000) -> None:
    """How many events a second COPY takes."""
    store = PostgresStore(dsn, timeout_ms=60_000)
    with recording("copy", store=store, flush_interval_ms=600_000) as experiment:
        for number in range(events):
            record("work.stop", {"duration_ns": number}, {"model": "m"})
        start = time.perf_counter()
        experiment.flush()
        took = time.perf_counter() - start
    print(f"COPY: {events / took:,.0f} events a second, packing and hashing included")
    store.close()


def main() -> None:
    """Print both."""
    given = [int(each) for each in sys.argv[1:]]
    killed(*[*given, *(50, 1)[len(given) :]])
    dsn = os.environ.get("CRUCIBLE_POSTGRES_DSN")
    if dsn:
        copied(dsn)


if __name__ == "__main__":
    main()
