"""How many items a new system must be asked, on recorded panels: gain, coverage, cost saved.

    CRUCIBLE_MIRROR=... uv run python tests/benchmarks/bench_assisted_panels.py [studies [stages]]

Each recorded system is once the new one and the others are its history. A study draws a design,
takes the recorded scores of its items, and estimates the mean over all items. The gain is the
squared standard error of as many items drawn at random, each once, over that of the design: as its
intervals have it, and as its errors were. With ``stages`` items are asked in stages until a half
width is reached.
"""

import ast
import csv
import json
import math
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import bench
import dataset_manager

Scores = NDArray[np.float64]
LETTERS = "ABCD"
SIZES = {
    "MMLU": (100, 500, 1000),
    "MMLU science": (100, 500),
    "GSM8K (ZeroEval)": (100, 300),
    "GSM8K (2021)": (100, 300),
}
HALF_WIDTHS = {"MMLU science": 0.04, "GSM8K (ZeroEval)": 0.03}
SAMPLINGS: tuple[bench.AssistedSampling, ...] = ("uniform", "active")
SCIENCE = [
    "abstract_algebra",
    "anatomy",
    "astronomy",
    "college_biology",
    "college_chemistry",
    "college_computer_science",
    "college_mathematics",
    "college_physics",
    "computer_security",
    "conceptual_physics",
    "electrical_engineering",
    "elementary_mathematics",
    "high_school_biology",
    "high_school_chemistry",
    "high_school_computer_science",
    "high_school_mathematics",
    "high_school_physics",
    "high_school_statistics",
    "machine_learning",
]


def gold(root: Path) -> dict[tuple[str, ...], str]:
    """The right letter of each question of MMLU."""
    found = {}
    for path in sorted((root / "mmlu/final-2021/test").glob("*.csv")):
        subject = path.stem.removesuffix("_test")
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                choices = [row[f"choice{number}"].strip() for number in range(4)]
                found[subject, row["question"].strip(), *choices] = LETTERS[int(row["answer"])]
    return found


def mmlu(root: Path) -> tuple[list[str], Scores]:
    """The subjects and the scores of nine systems; palmyra, a copy of another one, is left out."""
    csv.field_size_limit(10**9)
    right = gold(root)
    subjects, rows = [], []
    for path in sorted((root / "mmlu-helm-10models/original_helm_combined").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                choices = [str(each).strip() for each in ast.literal_eval(row["choices"])]
                letter = right[path.stem, row["question"].strip(), *choices]
                names = [each for each in list(row)[2:] if "palmyra" not in each]
                subjects.append(path.stem)
                rows.append([row[name].strip() == letter for name in names])
    return subjects, np.array(rows, dtype=float)


def zeroeval(root: Path) -> Scores:
    """The scores of eight systems on GSM8K."""
    columns = []
    for path in sorted((root / "zeroeval-gsm8k/gsm").glob("*.json")):
        rows = json.loads(path.read_text(encoding="utf-8"))
        items = [
            dataset_manager.Item(str(number), row["question"], row["answer"].lstrip("# "))
            for number, row in enumerate(rows)
        ]
        data = dataset_manager.Dataset(items, name="gsm8k", scorer="number")
        found = dataset_manager.evaluate([row["output"][0] for row in rows], dataset=data)
        columns.append([each.score.value for each in found.items])
    return np.column_stack(columns).astype(float)


def gsm8k(root: Path) -> Scores:
    """The scores of the four systems of the paper that brought GSM8K."""
    with (root / "gsm8k/example_model_solutions.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    names = [name for name, value in rows[0].items() if isinstance(value, dict)]
    return np.array([[row[name]["is_correct"] for name in names] for row in rows], dtype=float)


def panels(root: Path) -> Iterator[tuple[str, Scores]]:
    """The recorded panels."""
    subjects, scores = mmlu(root)
    yield "MMLU", scores
    yield "MMLU science", scores[np.isin(subjects, SCIENCE)]
    yield "GSM8K (ZeroEval)", zeroeval(root)
    yield "GSM8K (2021)", gsm8k(root)


def study(
    scores: Scores, new: int, n: int, sampling: bench.AssistedSampling, seed: int
) -> tuple[float, float, bool]:
    """The squared errors as estimated and as made, and whether the interval covers."""
    others = np.delete(scores, new, axis=1)
    history = {str(number): column for number, column in enumerate(others.T)}
    design = bench.assisted_design(history, n=n, sampling=sampling, seed=seed)
    given = {item: float(scores[int(str(item)), new]) for item in design.items}
    found = bench.assisted_mean(design, given)
    truth = float(scores[:, new].mean())
    inside = found.interval.low <= truth <= found.interval.high
    return found.se**2, (found.mean - truth) ** 2, inside


def row(name: str, scores: Scores, n: int, sampling: bench.AssistedSampling, studies: int) -> str:
    """One line of the table."""
    size, systems = scores.shape
    gains, covers, errors = [], [], []
    for new in range(systems):
        found = [study(scores, new, n, sampling, seed) for seed in range(studies)]
        plain = float(scores[:, new].var()) / n * (size - n) / (size - 1)
        gains.append(plain / float(np.mean([each[0] for each in found])))
        errors.append(float(np.mean([each[1] for each in found])) / plain)
        covers += [each[2] for each in found]
    gain = float(np.mean(gains))
    return (
        f"| {name}, {size:,} items, {systems} systems | {n} | {sampling}"
        f" | {gain:.2f} ({min(gains):.2f} to {max(gains):.2f}) | {1 / np.mean(errors):.2f}"
        f" | {np.mean(covers):.1%} of {len(covers)} | {1 - 1 / gain:.0%} |"
    )


def stopped(name: str, scores: Scores, half_width: float, studies: int) -> str:
    """One line about asking in stages until the half width is reached, as run_item_plan does."""
    asked, covers, planned = [], [], []
    for new in range(scores.shape[1]):
        others = np.delete(scores, new, axis=1)
        history = {str(number): column for number, column in enumerate(others.T)}
        truth = float(scores[:, new].mean())
        for seed in range(studies):
            design = bench.assisted_design(history, half_width=half_width, seed=seed)
            planned.append(design.n)
            at, last = math.ceil(0.8 * design.n), min(len(scores), math.ceil(1.5 * design.n))
            while True:
                part = design.first(at)
                given = {item: float(scores[int(str(item)), new]) for item in part.items}
                interval = bench.assisted_mean(part, given).interval
                if (interval.high - interval.low) / 2 <= half_width or at == last:
                    break
                at = min(last, at + math.ceil(0.1 * design.n))
            asked.append(at)
            covers.append(interval.low <= truth <= interval.high)
    return (
        f"| {name} | {half_width:g} | {np.mean(planned):.0f} | {np.mean(asked):.0f}"
        f" ({min(asked)} to {max(asked)}) | {np.mean(covers):.1%} of {len(covers)} |"
    )


def main() -> None:
    root = Path(os.environ["CRUCIBLE_MIRROR"])
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    if "stages" not in sys.argv:
        print("| panel | asked | sampling | gain by the interval | by the error | cover | saved |")
        print("|---|---|---|---|---|---|---|")
    for name, scores in panels(root):
        if "stages" in sys.argv:
            if name in HALF_WIDTHS:
                print(stopped(name, scores, HALF_WIDTHS[name], studies), flush=True)
            continue
        for n in SIZES[name]:
            for sampling in SAMPLINGS:
                started = time.process_time()
                print(row(name, scores, n, sampling, studies), flush=True)
                print(f"{time.process_time() - started:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
