"""Items chosen from other systems' logs."""

import random
from pathlib import Path

import pytest

import bench
from research_harness import ComparisonError, plan_items

from .logs import plain


def write_history(folder: Path) -> dict[str, float]:
    """Logs of five systems that find the same items hard; the scores of a sixth."""
    draw = random.Random(3)
    hard = [draw.random() for _ in range(1500)]
    systems = [
        {
            f"q{k}": float(draw.random() < (0.95 if each < 0.7 else 0.1))
            for k, each in enumerate(hard)
        }
        for _ in range(6)
    ]
    for number, scores in enumerate(systems[1:]):
        plain(folder / f"m{number}.csv", scores)
    return systems[0]


def test_few_items_give_the_mean_over_all_within_the_half_width(tmp_path: Path) -> None:
    new = write_history(tmp_path)

    plan = plan_items([tmp_path], half_width=0.03, cost_per_item_usd=0.01)
    result = bench.assisted_mean(plan.design, new)

    assert len(plan.items) < 600
    assert plan.cost_usd == pytest.approx(0.01 * len(plan.items))
    assert plan.full_cost_usd == pytest.approx(15.0)
    assert result.mean == pytest.approx(sum(new.values()) / len(new), abs=0.06)
    assert str(plan).startswith(f"m0: ask {len(plan.items)} of 1,500 items")
    assert plan.to_dict()["items"] == list(plan.items)


def test_one_system_is_no_history(tmp_path: Path) -> None:
    plain(tmp_path / "a.csv", {"q": 1.0})

    with pytest.raises(ComparisonError, match="two systems"):
        plan_items([tmp_path / "a.csv"], half_width=0.03)
