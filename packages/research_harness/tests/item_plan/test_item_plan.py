"""An experiment that asks the items of a plan, and the mean over all items."""

import csv
import random
from pathlib import Path
from typing import Any

import pytest

from research_harness import (
    ComparisonError,
    Experiment,
    ExperimentError,
    ItemPlan,
    ItemStudy,
    analyze_item_plan,
    condition,
    plan_items,
    run,
    run_item_plan,
    verify,
)

COUNT = 600


def systems(seed: int = 3) -> list[dict[str, float]]:
    """The scores of six systems that find the same items hard."""
    draw = random.Random(seed)
    hard = [draw.random() for _ in range(COUNT)]
    return [
        {
            f"q{k}": float(draw.random() < (0.96 if each < 0.7 else 0.1))
            for k, each in enumerate(hard)
        }
        for _ in range(6)
    ]


SCORES = systems()


def plan_of(folder: Path, half_width: float = 0.05) -> ItemPlan:
    for number, scores in enumerate(SCORES[2:]):
        with (folder / f"m{number}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "question", "prediction", "score"])
            writer.writerows([item, f"{item}?", "x", score] for item, score in scores.items())
    return plan_items([folder / "m*.csv"], half_width=half_width)


class Asked(Experiment):
    """Two new systems; a right answer is yes."""

    name = "asked"
    metrics = ("accuracy",)
    scorer = "exact_match"
    formats = ()

    def __init__(self, count: int = COUNT) -> None:
        self.dataset = [{"id": f"q{k}", "input": f"q{k}?", "expected": "yes"} for k in range(count)]

    @condition
    async def first(self, item: Any) -> str:
        return "yes" if SCORES[0][item.id] else "no"

    @condition
    async def second(self, item: Any) -> str:
        return "yes" if SCORES[1][item.id] else "no"


@pytest.mark.slow
async def test_asking_ends_when_the_intervals_are_narrow_enough(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    looks: list[ItemStudy] = []

    found = await run_item_plan(
        Asked, plan, output_dir=tmp_path / "results", run_id="asked", on_look=looks.append
    )

    assert found.reached
    assert found.asked < COUNT
    assert [each.reached for each in looks] == [False] * (len(looks) - 1) + [True]
    assert [each.name for each in found.runs][:2] == ["asked", "asked-2"][: len(found.runs)]
    for name, scores in zip(("first", "second"), SCORES, strict=False):
        interval = found.means[name].interval
        assert (interval.high - interval.low) / 2 <= 0.05
        assert interval.low <= sum(scores.values()) / COUNT <= interval.high
    assert all(verify(run).agree for run in found.runs)
    assert "their own mean is not that of the task" in str(found)
    assert found.to_dict()["asked"] == found.asked


@pytest.mark.slow
async def test_a_wider_goal_asks_fewer_and_no_item_twice(tmp_path: Path) -> None:
    wide = await run_item_plan(
        Asked, plan_of(tmp_path, 0.1), output_dir=tmp_path / "results", run_id="wide"
    )
    again = analyze_item_plan(wide.plan, wide.runs)

    assert wide.asked < 200
    assert again.means == wide.means
    last = wide.plan.order[-2:]
    other = await run(Asked, items=last, output_dir=tmp_path / "other")
    with pytest.raises(ComparisonError, match="other items"):
        analyze_item_plan(wide.plan, [other.folder])


@pytest.mark.slow
async def test_at_most_so_many_items_are_asked(tmp_path: Path) -> None:
    found = await run_item_plan(
        Asked, plan_of(tmp_path, 0.02), output_dir=tmp_path / "results", most=40
    )

    assert (found.asked, found.reached) == (40, False)
    assert "not reached" in str(found)


@pytest.mark.slow
async def test_labels_of_people_correct_the_scores_of_a_run(tmp_path: Path) -> None:
    found = await run_item_plan(Asked, plan_of(tmp_path, 0.1), output_dir=tmp_path / "results")
    wrong = dict.fromkeys(found.plan.order[:25], 0.0)

    checked = analyze_item_plan(found.plan, found.runs, checks={"first": wrong})

    assert checked.means["first"].mean < found.means["first"].mean - 0.2
    assert checked.means["first"].n_checked == 25
    assert checked.means["second"] == found.means["second"]
    with pytest.raises(ComparisonError, match="no condition is called third"):
        analyze_item_plan(found.plan, found.runs, checks={"third": wrong})


async def test_a_data_set_without_the_items_of_the_plan_is_refused(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)

    with pytest.raises(ExperimentError, match="lacks 100 of the 600 items"):
        await run_item_plan(Asked(500), plan, output_dir=tmp_path / "results")
    with pytest.raises(ExperimentError, match="the plan chooses the items"):
        await run_item_plan(Asked, plan, output_dir=tmp_path / "results", sample_size=10)
