"""How often ``compare`` finds a difference between logs of equal systems.

    uv run python tests/benchmarks/bench_compare_null.py [pairs of logs]

Logs are written and compared as a user would. A family is one comparison with all its pairs and
tasks; it is wrong where any of its verdicts, after Holm's correction, is better or worse. At 95 %
that is to happen in at most 5 % of the families.
"""

import csv
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from research_harness import compare

Rng = np.random.Generator
Row = tuple[str, str, float, str]


def answers(rng: Rng, chance: NDArray[np.float64], repeats: int = 1) -> Iterator[tuple[int, float]]:
    """Scores of 0 and 1 of each item."""
    for _ in range(repeats):
        for number, score in enumerate(rng.random(len(chance)) < chance):
            yield number, float(score)


def independent(rng: Rng) -> tuple[list[list[Row]], int]:
    """Two logs of 100 items that are all alike."""
    chance = np.full(100, 0.7)
    return [[(f"q{k}", "", s, "t") for k, s in answers(rng, chance)] for _ in range(2)], 1


def difficult(rng: Rng) -> tuple[list[list[Row]], int]:
    """Two logs of 100 items, some hard and some easy for both."""
    chance = rng.beta(2, 1, 100)
    return [[(f"q{k}", "", s, "t") for k, s in answers(rng, chance)] for _ in range(2)], 1


def few(rng: Rng) -> tuple[list[list[Row]], int]:
    """Two logs of 20 items."""
    chance = rng.beta(2, 1, 20)
    return [[(f"q{k}", "", s, "t") for k, s in answers(rng, chance)] for _ in range(2)], 1


def clusters(rng: Rng) -> tuple[list[list[Row]], int]:
    """Two logs of 30 clusters of 5 items whose difference is that of the cluster."""
    logs = []
    for _ in range(2):
        chance = np.repeat(np.clip(rng.normal(0.65, 0.2, 30), 0.05, 0.95), 5)
        logs.append([(f"q{k}", f"c{k // 5}", s, "t") for k, s in answers(rng, chance)])
    return logs, 1


def repeats(rng: Rng) -> tuple[list[list[Row]], int]:
    """Two logs of 60 items with three answers to each."""
    chance = rng.beta(2, 1, 60)
    return [[(f"q{k}", "", s, "t") for k, s in answers(rng, chance, 3)] for _ in range(2)], 1


def tasks(rng: Rng) -> tuple[list[list[Row]], int]:
    """Two logs with three tasks of 80 items."""
    chances = {name: rng.beta(2, 1, 80) for name in ("x", "y", "z")}
    logs = [
        [(f"q{k}", "", s, name) for name, each in chances.items() for k, s in answers(rng, each)]
        for _ in range(2)
    ]
    return logs, 3


def four_systems(rng: Rng) -> tuple[list[list[Row]], int]:
    """Four logs of 100 items: six pairs."""
    chance = rng.beta(2, 1, 100)
    return [[(f"q{k}", "", s, "t") for k, s in answers(rng, chance)] for _ in range(4)], 6


WORLDS = (independent, difficult, few, clusters, repeats, tasks, four_systems)


def write(path: Path, rows: Sequence[Row]) -> None:
    """Write a log as a plain file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "question", "prediction", "score", "model", "task", "text"))
        writer.writerows(
            (item, f"{task} {item}?", "x", score, path.stem, task, cluster)
            for item, cluster, score, task in rows
        )


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print("| logs | families | pairs | families with a finding | most that 5 % allows by chance |")
    print("|---|---|---|---|---|")
    every = 0
    for world in WORLDS:
        rng = np.random.default_rng(WORLDS.index(world))
        families = wrong = compared = 0
        with tempfile.TemporaryDirectory() as folder:
            while compared < pairs / len(WORLDS):
                logs, count = world(rng)
                paths = [Path(folder) / f"m{number}.csv" for number in range(len(logs))]
                for path, rows in zip(paths, logs, strict=True):
                    write(path, rows)
                found = compare(paths, cluster_by="text" if world is clusters else None)
                wrong += any(pair.verdict in ("better", "worse") for pair in found.pairs)
                families, compared = families + 1, compared + count
        most = stats.binom.ppf(0.999, families, 0.05)
        title = (world.__doc__ or "").rstrip(".")
        print(
            f"| {title} | {families:,} | {compared:,} | {wrong / families:.1%}"
            f" | {most / families:.1%} |",
            flush=True,
        )
        every += compared
    print(f"{every:,} pairs")


if __name__ == "__main__":
    main()
