"""What a result rests on, against the same numbers made by other libraries.

The golden values come from the 540 rows below and were computed on 30 November 2026 with numpy 2.4
and scipy 1.17 (t intervals of differences of item means, with the level of Bonferroni for topics)
and with statsmodels 0.15 (``MixedLM`` of the marks with a random effect of the item, by REML, which
for equal repeats is the method of moments), from the marks alone, without this library.
"""

import math
import random
from typing import Any

import numpy as np
import pytest

from research_harness import Experiment, condition, run_sync
from research_harness._analysis.vectors import MetricData
from research_harness._definition.metrics import resolve_metrics
from research_harness._sensitivity.values import _front_point, _Point, _variance

SHIFT = {"plain": 0.0, "vote": 0.12, "dear": 0.05}
FAILS = {"plain": 0.0, "vote": 0.1, "dear": 0.03}
COST = {"plain": 0.001, "vote": 0.003, "dear": 0.004}


def drawn() -> dict[tuple[str, int, str], tuple[bool, bool, float, float]]:
    """Of each row: right, failed, share of its cost, agreement of its voters."""
    chance = random.Random(7)
    found = {}
    for item in range(60):
        ability = chance.random()
        for repeat in range(3):
            for name, shift in SHIFT.items():
                right = chance.random() < min(1, ability * 0.7 + 0.15 + shift)
                failed = chance.random() < FAILS[name] or (item == 5 and name == "vote")
                agreement = (1 + int(3 * chance.random())) / 3
                found[f"i{item}", repeat, name] = right, failed, 0.5 + chance.random(), agreement
    return found


ROWS = drawn()


class Golden(Experiment):
    name = "Golden"
    dataset = tuple(
        {"id": f"i{n}", "input": "q", "expected": "4", "metadata": {"topic": "abc"[n % 3]}}
        for n in range(60)
    )
    repeat = 3
    metrics = ("accuracy", "cost_per_query", "consensus")
    subgroups = ("topic",)
    formats = ("markdown",)
    max_world_failures = 1.0
    virtual_time = True

    @condition
    async def plain(self, item: Any, trial: Any) -> Any:
        """One answer."""
        return self.row(item, trial)

    @condition
    async def vote(self, item: Any, trial: Any) -> Any:
        """Three."""
        return self.row(item, trial)

    @condition
    async def dear(self, item: Any, trial: Any) -> Any:
        """One that costs more."""
        return self.row(item, trial)

    def row(self, item: Any, trial: Any) -> dict[str, Any]:
        """The drawn row."""
        name = trial.condition.name
        right, failed, luck, agreement = ROWS[item.id, trial.repeat, name]
        if failed:
            raise ValueError("no answer")
        found = {"prediction": "4" if right else "5", "cost": COST[name] * luck}
        return found | ({"consensus": agreement} if name == "vote" else {})


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return run_sync(Golden, output_dir=tmp_path_factory.mktemp("runs"), run_id="x")


GOLDEN_MISSING = {
    ("vote", "wrong"): (60, -0.00555556, -0.09866533, 0.08755422),
    ("vote", "excluded"): (59, 0.04519774, -0.05085535, 0.14125083),
    ("vote", "best_for_treatment"): (60, 0.1, 0.00188451, 0.19811549),
    ("vote", "worst_for_treatment"): (60, -0.00555556, -0.09866533, 0.08755422),
    ("dear", "wrong"): (60, 0.0, -0.10274551, 0.10274551),
    ("dear", "excluded"): (60, 0.02222222, -0.08248206, 0.1269265),
    ("dear", "best_for_treatment"): (60, 0.06111111, -0.04344303, 0.16566525),
    ("dear", "worst_for_treatment"): (60, 0.0, -0.10274551, 0.10274551),
}
GOLDEN_TOPICS = {
    ("vote", "a"): (20, -0.16666667, -0.41836439, 0.08503106),
    ("vote", "b"): (20, 0.01666667, -0.21374332, 0.24707665),
    ("vote", "c"): (20, 0.13333333, -0.06032676, 0.32699343),
    ("dear", "a"): (20, -0.1, -0.27582847, 0.07582847),
    ("dear", "b"): (20, 0.13333333, -0.16362732, 0.43029398),
    ("dear", "c"): (20, -0.03333333, -0.31720552, 0.25053885),
}
GOLDEN_VARIANCE = {
    "plain": (0.067706, 0.183332, 0.046335),
    "vote": (0.062432, 0.188888, 0.045715),
    "dear": (0.090177, 0.161111, 0.048969),
}
GOLDEN_CONSENSUS = (
    "vote | unanimous | 52 | 32.3 % | 61.5 %",
    "vote | majority | 43 | 26.7 % | 44.2 %",
    "vote | no majority | 66 | 41.0 % | 66.7 %",
)


def read(found: Any) -> dict[tuple[str, str], list[float]]:
    return {
        (each["treatment"], each["reading"]): [
            each["items"],
            each["difference"],
            each["low"],
            each["high"],
        ]
        for each in found["changes"]
    }


def test_readings_of_missing_answers_are_those_of_numpy(ran: Any) -> None:
    found = read(ran.analysis["sensitivity"]["missing"])

    assert found.keys() == GOLDEN_MISSING.keys()
    for key, golden in GOLDEN_MISSING.items():
        assert found[key] == pytest.approx(golden, abs=1e-6), key
    assert ran.analysis["sensitivity"]["missing"]["sensitive"] == ["vote"]


def test_topics_are_those_of_numpy_with_bonferroni(ran: Any) -> None:
    (part,) = ran.analysis["sensitivity"]["subgroups"]
    found = read(part)

    assert found.keys() == GOLDEN_TOPICS.keys()
    for key, golden in GOLDEN_TOPICS.items():
        # An interval of few items that differ is a little wider than that of t.
        assert found[key] == pytest.approx(golden, abs=2e-3), key
        assert found[key][2] <= golden[2] + 1e-8
        assert found[key][3] >= golden[3] - 1e-8


def test_components_of_variance_are_those_of_statsmodels(ran: Any) -> None:
    found = {each["condition"]: each for each in ran.analysis["sensitivity"]["variance"]}

    for name, (item, run, error) in GOLDEN_VARIANCE.items():
        assert found[name]["item_variance"] == pytest.approx(item, abs=2e-5)
        assert found[name]["run_variance"] == pytest.approx(run, abs=2e-5)
        assert found[name]["standard_error"] == pytest.approx(error, abs=2e-5)


def test_the_error_of_unequal_repeats_is_that_of_the_item_means() -> None:
    chance = random.Random(3)
    marks: list[list[float]] = []
    for item in range(80):
        ability = chance.random()
        marks.append([float(chance.random() < ability) for _ in range(1 + item % 4)])
    values = {f"i{n}": dict(enumerate(each)) for n, each in enumerate(marks)}
    metric = resolve_metrics(["accuracy"])[0]
    found = _variance(MetricData(metric=metric, values={"plain": values}), "plain")
    means = [sum(each) / len(each) for each in marks]

    assert found is not None
    assert found["repeats"] == pytest.approx(80 / sum(1 / len(each) for each in marks))
    assert found["standard_error"] == pytest.approx(np.std(means, ddof=1) / 80**0.5)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([(0.5, 1.0, 1.0), (0.5, 1.0, 1.0)], [True, True]),
        ([(0.5, 1.0, 1.0), (0.6, 1.0, 1.0)], [False, True]),
        ([(0.5, 1.0, 2.0), (0.6, 1.5, 1.5)], [None, True]),
        ([(0.5, 2.0, 3.0), (0.6, 1.5, math.inf)], [None, True]),
        ([(0.5, 1.0, 3.0), (0.6, 4.0, math.inf)], [True, True]),
    ],
)
def test_the_front_says_where_unknown_costs_decide(
    points: list[tuple[float, float, float]], expected: list[bool | None]
) -> None:
    made = [_Point(*each) for each in points]

    assert [_front_point("x", each, made)["on_front"] for each in made] == expected


def test_the_front_is_that_of_the_costs_whatever_the_unknown_ones_are(ran: Any) -> None:
    found = {each["condition"]: each for each in ran.analysis["sensitivity"]["front"]}

    known = {
        name: np.array(
            [r[2] * COST[name] for key, r in ROWS.items() if key[2] == name and not r[1]]
        )
        for name in COST
    }
    assert {name: each["on_front"] for name, each in found.items()} == {
        "plain": True,
        "vote": False,
        "dear": False,
    }
    for name, each in found.items():
        assert each["cost_usd"] == pytest.approx(known[name].sum() / 180)
    assert found["vote"]["most_cost_usd"] == pytest.approx(
        (known["vote"].sum() + 19 * known["vote"].max()) / 180
    )
    assert "most_cost_usd" not in found["plain"]


def test_agreement_and_accuracy_are_counted_as_numpy_counts_them(ran: Any) -> None:
    report = ran.reports["markdown"].read_text()

    for line in GOLDEN_CONSENSUS:
        assert line in report
