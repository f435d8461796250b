"""Claims are judged as one family, and claims that came later are marked."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dataset_manager import Item
from research_harness import (
    Condition,
    Criterion,
    Experiment,
    Metric,
    SetupError,
    condition,
    resume_sync,
    run_sync,
)
from research_harness._analysis.schema import CriterionValues
from research_harness._analysis.vectors import MetricData
from research_harness._analysis.verdicts import Claim, judge_all

ACCURACY = Metric(name="accuracy", column="correct", unit="share")


def better(condition: str, **more: Any) -> Criterion:
    return Criterion(
        claim=f"{condition} is better",
        metric="accuracy",
        condition=condition,
        against="c0",
        **(more or {"more_than": 0.0}),
    )


def verdicts(values: dict[str, "np.ndarray"], *criteria: Criterion) -> list[CriterionValues]:
    by_item = {
        name: {str(item): dict(enumerate(map(float, row))) for item, row in enumerate(rows)}
        for name, rows in values.items()
    }
    data = MetricData(metric=ACCURACY, values=by_item)
    claims = [Claim(criterion=each, data=data, seed=1) for each in criteria]
    return judge_all(claims, level=0.95, withheld="")


def test_ten_claims_without_any_effect_are_seldom_supported() -> None:
    random, false, runs = np.random.default_rng(7), 0, 40
    for _ in range(runs):
        hard = random.beta(3, 1, (60, 1))
        values = {f"c{arm}": (random.random((60, 2)) < hard) * 1.0 for arm in range(11)}
        found = verdicts(values, *(better(f"c{arm}") for arm in range(1, 11)))
        false += any(each["verdict"] == "SUPPORTED" for each in found)

    # 5 % and two and a half standard errors; unadjusted intervals give 33 %.
    assert false / runs <= 0.135


@pytest.mark.parametrize("items", [1, 2, 5, 10, 20, 50])
@pytest.mark.parametrize("rate", [0.2, 0.5, 0.8, 0.95])
def test_a_true_rate_at_its_bound_is_seldom_called_beyond_it(items: int, rate: float) -> None:
    least = Criterion(claim="enough", metric="accuracy", condition="c0", more_than=rate)
    false = 0.0
    for right in range(items + 1):
        answers = np.concatenate([np.ones((right, 1)), np.zeros((items - right, 1))])
        chance = math.comb(items, right) * rate**right * (1 - rate) ** (items - right)
        false += chance * (verdicts({"c0": answers}, least)[0]["verdict"] == "SUPPORTED")

    assert false <= 0.025  # half of what an interval of 95 % may miss, counted and not simulated


def test_one_item_with_many_repeats_supports_little() -> None:
    least = Criterion(claim="enough", metric="accuracy", condition="c0", more_than=0.1)

    assert verdicts({"c0": np.ones((1, 20))}, least)[0]["verdict"] == "INCONCLUSIVE"


def test_a_decided_claim_leaves_the_others_a_wider_chance() -> None:
    values = {"c0": np.zeros((40, 1)), "c1": np.ones((40, 1)), "c2": np.zeros((40, 1))}
    values["c2"][:5] = 1.0

    both = verdicts(values, better("c1"), better("c2"))
    alone = verdicts(values, better("c2"))

    assert [each["verdict"] for each in both] == ["SUPPORTED", "SUPPORTED"]
    assert both[0]["interval"] is not None
    assert both[0]["interval"]["level"] == 0.975
    assert replaced(both[1]) == replaced(alone[0])


def replaced(found: CriterionValues) -> dict[str, Any]:
    return {**found, "family": 0}


def test_equivalence_needs_items_enough() -> None:
    same = {"c0": np.ones((20, 3)), "c1": np.ones((20, 3))}
    many = {"c0": np.ones((2000, 3)), "c1": np.ones((2000, 3))}
    claim = better("c1", min_value=-0.02, max_value=0.02)

    assert verdicts(same, claim)[0]["verdict"] == "INCONCLUSIVE"
    assert verdicts(many, claim)[0]["verdict"] == "SUPPORTED"


def test_a_relative_claim_is_judged_by_the_ratio() -> None:
    values = {"c0": np.tile([[1.0], [0.0]], (500, 1)), "c1": np.tile([[1.0], [1.0]], (500, 1))}

    found = verdicts(values, better("c1", min_value=0.5, measure="relative"))[0]

    assert found["verdict"] == "SUPPORTED"
    assert found["estimate"] == 1.0
    assert (found["measure"], found["unit"]) == ("relative", "")


ITEMS = [{"id": str(number), "input": "q", "expected": "4"} for number in range(6)]


class Late(Experiment):
    """An experiment whose claims change."""

    name = "late"
    dataset = ITEMS
    metrics = ("accuracy",)
    formats = ()
    criteria: tuple[Criterion, ...] = (
        Criterion(claim="good", metric="accuracy", condition="a", min_value=0.1),
    )

    @condition
    async def a(self, item: Item) -> str:
        """Right."""
        return "4"


def test_a_claim_that_was_added_after_the_first_row_is_marked(tmp_path: Path) -> None:
    run_sync(Late, output_dir=tmp_path, run_id="x")
    later = Late()
    reworded = replace(Late.criteria[0], claim="it is good")
    stricter = replace(Late.criteria[0], min_value=0.2)
    later.criteria = (reworded, stricter)

    result = resume_sync("x", later, output_dir=tmp_path)

    assert [each["post_hoc"] for each in result.analysis["criteria"]] == [False, True]
    assert "good (post hoc)" in str(result)
    assert "post hoc" in result.to_markdown()


def test_a_claim_that_was_changed_before_the_first_row_is_not_marked(tmp_path: Path) -> None:
    class Waiting(Late):
        async def setup(self) -> None:
            raise RuntimeError("not yet")

    with pytest.raises(SetupError):
        run_sync(Waiting, output_dir=tmp_path, run_id="x")
    later = Late()
    later.criteria = (replace(Late.criteria[0], min_value=0.2),)

    result = resume_sync("x", later, output_dir=tmp_path, force=True)

    assert [each["post_hoc"] for each in result.analysis["criteria"]] == [False]


def test_a_total_is_compared_as_a_total(tmp_path: Path) -> None:
    def costs(usd: float) -> Any:
        async def answer(item: Item) -> dict[str, object]:
            return {"prediction": "4", "cost": usd}

        return answer

    class Costs(Late):
        conditions = (
            Condition(name="cheap", function=costs(0.5)),
            Condition(name="dear", function=costs(1.0)),
        )
        metrics = ("cost",)
        criteria = (
            Criterion(
                claim="costs three dollars more",
                metric="cost",
                condition="dear",
                against="cheap",
                min_value=2.9,
            ),
            Criterion(
                claim="at most twice",
                metric="cost",
                condition="dear",
                against="cheap",
                measure="ratio",
                max_value=2.001,
            ),
        )

    found = run_sync(Costs, output_dir=tmp_path).analysis["criteria"]

    assert [each["verdict"] for each in found] == ["SUPPORTED", "SUPPORTED"]
    assert [each["estimate"] for each in found] == [3.0, 2.0]
