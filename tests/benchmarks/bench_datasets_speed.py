"""What loading, streaming and holding data sets costs, next to the least that the same work can.

CPU seconds, the best of several rounds; memory is the peak of a fresh
process above its imports (Linux).
Set CRUCIBLE_MIRROR to measure MMLU as well.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROWS = 1_000_000
ROUNDS = 5

_PEAK = """
import json, sys, time
from dataset_manager import load_sync, stream_file

def peak():  # ru_maxrss would be that of the process which started this one
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

path, what = sys.argv[1:]
before, began = peak(), time.process_time()
if what == "stream":
    count = sum(1 for _ in stream_file(path))
elif what == "load":
    held = load_sync(path)
    count = len(held)
else:
    held = [json.loads(line) for line in open(path)]
    count = len(held)
print(count, (peak() - before) / 1024, time.process_time() - began)
"""


def best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """CPU seconds."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def in_process(code: str, *arguments: str) -> list[float]:
    """The numbers that a fresh process prints."""
    command = [sys.executable, "-c", code, *arguments]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(word) for word in found.stdout.split()]


def mmlu(folder: Path) -> None:
    """All 14,042 questions from the cache, each file checked by its hash."""
    from dataset_manager import load_sync, preload_sync

    preload_sync("mmlu", cache_dir=folder)

    def load() -> object:
        return load_sync("mmlu", cache_dir=folder, mirror=folder / "none", offline=True)

    print(f"MMLU, 14,042 rows from the cache   {best(load):.3f} s CPU (limit 0.3)")
    data = load_sync("mmlu", cache_dir=folder, offline=True)
    fresh = [data.select(range(len(data))) for _ in range(ROUNDS)]
    print(f"  its content hash                 {best(lambda: fresh.pop().content_hash):.3f} s CPU")


def rows(folder: Path) -> None:
    """A file of a million rows, streamed and held."""
    for count in (ROWS // 100, ROWS):
        path = folder / f"{count}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for n in range(count):
                row = {"id": f"i{n}", "question": f"What is {n} + {n}?", "answer": str(2 * n)}
                file.write(json.dumps({**row, "subject": f"s{n % 57}", "level": n % 5}) + "\n")
        for what in ("stream", "load", "list of dicts"):
            found, megabytes, seconds = in_process(_PEAK, str(path), what)
            print(f"{found:>9,.0f} rows, {what:<14} {megabytes:7.1f} MB  {seconds:5.2f} s CPU")


def operations() -> None:
    """What is done with a data set of 100,000 items."""
    from dataset_manager import Dataset, Item, k_fold, random_sample, stratified_sample

    items = [Item(f"i{n}", f"q{n}", n, {"subject": f"s{n % 57}"}) for n in range(ROWS // 10)]
    data = Dataset(items, name="d")
    work: dict[str, Callable[[], object]] = {
        "made of items": lambda: Dataset(items, name="d"),
        "iterated": lambda: sum(1 for _ in data),
        "filtered": lambda: data.filter(lambda item: item.metadata["subject"] == "s1"),
        "shuffled": lambda: data.shuffle(seed=1),
        "sampled": lambda: random_sample(data, 1000, seed=1),
        "sampled by subject": lambda: stratified_sample(data, 1000, seed=1),
        "in 5 folds": lambda: k_fold(data, 5, seed=1),
    }
    for name, each in work.items():
        print(f"  100,000 items {name:<20} {best(each, 3):.3f} s CPU")


def leaks() -> None:
    """Every pair of alike questions between the splits of GSM8K."""
    from dataset_manager import find_leaks, load_sync

    test, train = load_sync("gsm8k"), load_sync("gsm8k", split="train")
    seconds = best(lambda: find_leaks(test, train), 1)
    print(f"GSM8K, 1,319 x 7,473 questions compared  {seconds:.2f} s CPU")
    print(f"  {find_leaks(test, train)}")


def imports() -> None:
    """``import dataset_manager`` in a fresh process, warm."""
    code = "from time import perf_counter as t; s = t(); import dataset_manager; print(t() - s)"
    found = min(in_process(code)[0] for _ in range(ROUNDS))
    print(f"import dataset_manager             {found:.3f} s (limit 0.15)")


def main() -> None:
    """Print all of it."""
    imports()
    with tempfile.TemporaryDirectory() as folder:
        if os.environ.get("CRUCIBLE_MIRROR"):
            mmlu(Path(folder))
            leaks()
        operations()
        rows(Path(folder))


if __name__ == "__main__":
    main()
