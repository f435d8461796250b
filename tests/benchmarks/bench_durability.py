"""What a kill -9 costs: how old the oldest finished row is that did not reach the disk.

    uv run python tests/benchmarks/bench_durability.py

Each condition notes the time at which it finished in a file of its own, which outlives the process.
After the kill, the notes are compared with the journal. The promise is 50 ms.
"""

import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from research_harness._engine.journal import Journal

KILLS = 20
EXPERIMENT = """
import os, time
from research_harness import Experiment, condition

NOTES = os.open(os.environ["NOTES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


class Endless(Experiment):
    name = "Endless"
    dataset = [{"id": str(number), "question": "?", "answer": "4"} for number in range(200_000)]
    metrics = ("accuracy",)
    concurrency = 100

    @condition
    async def note(self, item):
        os.write(NOTES, f"{item.id} {time.monotonic_ns()}\\n".encode())
        return "4"
"""


def main() -> None:
    """Kill a run at random moments and print what was lost."""
    ages, lost, kept = [], [], []
    for number in range(KILLS):
        age_ms, missing, rows = kill_once(random.Random(number).uniform(0.2, 1.5))
        ages.append(age_ms)
        lost.append(missing)
        kept.append(rows)
    print(f"{KILLS} kills, {statistics.median(kept):.0f} rows on disk at the median kill")
    print(f"finished rows lost: median {statistics.median(lost):.0f}, most {max(lost)}")
    middle = statistics.median(ages)
    print(f"age of the oldest lost row: median {middle:.1f} ms, most {max(ages):.1f} ms")


def kill_once(seconds: float) -> tuple[float, int, int]:
    """The age of the oldest lost row in milliseconds, how many were lost, how many are on disk."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "endless.py").write_text(EXPERIMENT)
        notes = folder / "notes"
        process = subprocess.Popen(
            [sys.executable, "-m", "research_harness", "run", "endless.py", "--quiet"],
            cwd=folder,
            env={**os.environ, "NOTES": str(notes)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not (notes.exists() and notes.stat().st_size):
            if process.poll() is not None:
                raise SystemExit("the run ended before its first row")
            time.sleep(0.001)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        finished = dict(line.split() for line in notes.read_text().splitlines())
        journal = folder / "results" / "endless" / "checkpoints" / "journal.jsonl"
        on_disk = {row.item_id for row in Journal(journal)}
    newest = max(map(int, finished.values()))
    lost = [newest - int(at) for name, at in finished.items() if name not in on_disk]
    return max(lost, default=0) / 1e6, len(lost), len(on_disk)


if __name__ == "__main__":
    main()
