"""What votes reach on recorded real answers, and what labels buy.

Run with ``CRUCIBLE_MIRROR=<folder> python tests/benchmarks/bench_voting_recorded.py``: GSM8K by
four models of ZeroEval, MMLU-STEM by ten of HELM. Gates nothing.
"""

import csv
import json
import os
import random
import statistics
import sys
import warnings
from ast import literal_eval
from collections.abc import Hashable
from pathlib import Path

from ensemble import ReplayModel, VoteTable, read_answer

# Dollars per million tokens of 2025-10; 200 tokens are read, one is written per four characters.
PRICES = {
    "gpt-4o-mini-2024-07-18": (0.15, 0.60),
    "gemini-1.5-flash": (0.10, 0.30),
    "claude-3-haiku-20240307": (0.25, 1.25),
    "claude-3-5-sonnet-20241022": (3.0, 15.0),
}
STEM = (
    *("abstract_algebra", "astronomy", "college_biology", "college_chemistry"),
    *("college_computer_science", "college_mathematics", "college_physics", "computer_security"),
    *("conceptual_physics", "electrical_engineering", "elementary_mathematics"),
    *("high_school_biology", "high_school_chemistry", "high_school_computer_science"),
    *("high_school_mathematics", "high_school_physics", "high_school_statistics"),
    "machine_learning",
)
DRAWS = 20


def gsm8k(mirror: Path) -> VoteTable:
    lines = (mirror / "gsm8k/test.jsonl").read_text("utf-8").splitlines()
    votes, costs = [], []
    for name, (read, written) in PRICES.items():
        path = mirror / f"zeroeval-gsm8k/gsm/{name}.json"
        recorded = ReplayModel.from_zeroeval(path, id_format="{}")
        texts = [text or "" for text in recorded.texts(map(str, range(len(lines)))).values()]
        votes.append([read_answer(text, "number").key for text in texts])
        costs.append([(200 * read + len(text) / 4 * written) / 1e6 for text in texts])
    return VoteTable(
        models=list(PRICES),
        votes=list(zip(*votes, strict=True)),
        gold=[
            read_answer(json.loads(line)["answer"].rpartition("####")[2], "number").key
            for line in lines
        ],
        costs=list(zip(*costs, strict=True)),
    )


def stem(mirror: Path) -> VoteTable:
    votes: list[list[Hashable]] = []
    gold: list[Hashable] = []
    models: list[str] = []
    for subject in STEM:
        path = mirror / f"mmlu-helm-10models/original_helm_combined/{subject}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        models = [name for name in rows[0] if name not in {"question", "choices"}]
        letters = {}
        for row in rows:
            choices = (str(each).strip() for each in literal_eval(row["choices"]))
            cells = [row[model].strip() for model in models]
            letters[row["question"].strip(), *choices] = [
                cell if len(cell) == 1 else None for cell in cells
            ]
        path = mirror / f"mmlu/final-2021/test/{subject}_test.csv"
        with path.open(encoding="utf-8", newline="") as file:
            for cells in list(csv.reader(file))[1:]:
                found = letters.pop(tuple(cell.strip() for cell in cells[:5]), None)
                if found is not None:
                    votes.append(list(found))
                    gold.append("ABCD"[int(cells[5])])
    return VoteTable(models=models, votes=votes, gold=gold)


def curve(table: VoteTable) -> None:
    """The accuracy on unseen questions of what a number of labels chooses."""
    best = max(table.accuracies().values())
    oracle = table.analyze().oracle
    chance = random.Random(1)
    for labels in (50, 100, 200, 400, 1000, 2000):
        reached = []
        for draw in range(DRAWS):
            drawn = chance.sample(range(len(table)), len(table))
            fitted = table.take(drawn[:labels]).fit(seed=draw)
            rest = table.take(drawn[labels:])
            reached.append(rest.accuracy(fitted.answers(rest)))
        mean = statistics.fmean(reached)
        print(
            f"{labels:5d} labels: {mean:.4f} on unseen questions,"
            f" {(mean - best) / (oracle - best):.1%} of the gap"
        )


def main() -> None:
    place = os.environ.get("CRUCIBLE_MIRROR")
    if not place:
        sys.exit("set CRUCIBLE_MIRROR to a folder with gsm8k, zeroeval-gsm8k, mmlu and HELM's MMLU")
    warnings.simplefilter("ignore")  # small samples do not always show a gain
    grades = gsm8k(Path(place))
    print("GSM8K, 1,319 questions")
    for choice in grades.pareto():
        print(" ", choice)
    sciences = stem(Path(place))
    print("\nMMLU-STEM, 3,006 questions")
    print(sciences.analyze())
    for size in (3, 5, 10):
        shares = sciences.accuracies()
        ranked = sorted(shares, key=lambda model: -shares[model])[:size]
        print(f"best {size}: {sciences.only(ranked).analyze().majority:.4f}")
    print(sciences.fit())
    curve(sciences)


if __name__ == "__main__":
    main()
