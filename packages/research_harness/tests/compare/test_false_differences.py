"""Logs of equal systems are seldom called different, whatever the logs hold."""

import random
from pathlib import Path

import pytest
from scipy import stats

from research_harness import compare

from .logs import write_csv


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["repeats", "clusters", "tasks"])
def test_false_differences_stay_rare_in_logs_of_each_kind(tmp_path: Path, kind: str) -> None:
    """Equal systems; a family of pairs and tasks with any finding counts."""
    families, wrong = 40, 0
    groups, size = (20, 4) if kind == "clusters" else (1, 60)
    for seed in range(families):
        draw = random.Random(seed)
        for name in ("m0", "m1"):
            rows = [
                {
                    "id": f"q{group}-{k}",
                    "prediction": "x",
                    "score": float(draw.random() < chance),
                    "model": name,
                    "task": task,
                    "group": f"c{group}",
                }
                for task in (("x", "y", "z") if kind == "tasks" else ("x",))
                for group in range(groups)
                for chance in [draw.choice((0.4, 0.9)) if kind == "clusters" else 0.7]
                for k in range(size)
                for _ in range(3 if kind == "repeats" else 1)
            ]
            write_csv(tmp_path / f"{name}.csv", rows)
        found = compare([tmp_path], cluster_by="group" if kind == "clusters" else None)
        wrong += any(pair.verdict in ("better", "worse") for pair in found.pairs)

    assert wrong <= stats.binom.ppf(0.999, families, 0.05)
