"""Items chosen from other systems' logs."""

import random
from pathlib import Path

import pytest

import bench
from research_harness import ComparisonError, JudgeCosts, plan_items

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


@pytest.mark.slow
def test_a_difference_to_find_gives_the_half_width(tmp_path: Path) -> None:
    write_history(tmp_path)

    found = plan_items([tmp_path], detect=0.06)
    stricter = plan_items([tmp_path], detect=0.06, power=0.95)

    # The quantiles of the normal distribution for 95 %, 80 % and 95 %.
    assert found.expected_half_width == pytest.approx(0.06 * 1.96 / (1.96 + 0.8416), rel=1e-3)
    assert stricter.expected_half_width == pytest.approx(0.06 * 1.96 / (1.96 + 1.6449), rel=1e-3)
    assert len(stricter.items) > len(found.items)


@pytest.mark.parametrize("options", [{}, {"half_width": 0.03, "detect": 0.05}, {"detect": -1.0}])
def test_one_goal_is_needed(tmp_path: Path, options: dict[str, float]) -> None:
    with pytest.raises(ComparisonError, match="detect="):
        plan_items([tmp_path], **options)  # type: ignore[arg-type]  # options of each case


def test_a_judge_that_mostly_agrees_saves_labels_of_people(tmp_path: Path) -> None:
    write_history(tmp_path)

    def planned(agreement: float, person_usd: float = 1.0) -> tuple[int, int | None, float | None]:
        judge = JudgeCosts(judge_usd=0.001, person_usd=person_usd, agreement=agreement)
        plan = plan_items([tmp_path], half_width=0.04, cost_per_item_usd=0.01, judge=judge)
        return len(plan.items), plan.checked, plan.cost_usd

    people = planned(0.5)
    good = planned(0.97)
    cheap = planned(0.97, person_usd=0.001)

    assert people[0] == people[1]  # such a judge says nothing: people label all
    assert people[2] == pytest.approx(people[0] * 1.01)
    assert good[1] is not None
    assert good[1] < people[0] * 0.75
    assert good[2] is not None
    assert people[2] is not None
    assert good[2] < people[2] * 0.75
    assert cheap[0] == cheap[1]
    with pytest.raises(ComparisonError, match="agreement"):
        JudgeCosts(judge_usd=0.1, person_usd=1.0, agreement=1.0)
