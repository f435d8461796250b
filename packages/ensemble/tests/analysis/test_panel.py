"""What a panel is worth is read off its recorded votes."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from ensemble import Recalibrated, Response, Ties, VoteTable, predict


@pytest.fixture
def small() -> VoteTable:
    """Four questions, three models: b is right on the first three, a on two, c on one."""
    return VoteTable(
        models=["a", "b", "c"],
        votes=[("x", "x", "x"), ("x", "x", "y"), ("y", "x", "y"), ("y", "z", "y")],
        gold=["x"] * 4,
        confidences=[(0.9, 0.8, 0.7), (0.9, 0.8, 0.4), (0.2, 0.8, 0.4), (0.3, 0.8, None)],
        costs=[(1.0, 2.0, 4.0)] * 4,
    )


def test_the_panel_is_described_by_known_numbers(small: VoteTable) -> None:
    """By hand: a right TTFF, b TTTF, c TFFF; the plurality is right on two."""
    found = small.analyze()

    assert found.best_single == "b"
    assert {model: share for model, (share, *_) in found.accuracies.items()} == {
        "a": 0.5,
        "b": 0.75,
        "c": 0.25,
    }
    assert (found.majority, found.oracle) == (0.5, 0.75)
    assert math.isnan(found.gap_closed)
    first = found.pairs[0]
    assert first.models == ("a", "b")
    assert first.phi == pytest.approx((2 * 1 - 0 * 1) / math.sqrt(2 * 2 * 3 * 1))
    assert (first.double_fault, first.disagreement, first.q) == (0.25, 0.25, 1.0)
    assert first.kappa == pytest.approx((0.5 - 6 / 16) / (1 - 6 / 16))
    assert first.same_wrong == 0.0
    assert found.pairs[1].same_wrong == 1.0
    assert found.unanimous == (0.25, 1.0)
    assert (found.cost_usd, found.cost_per_correct) == (7.0, 14.0)
    assert "error correlation" in str(found)


def test_agreement_tells_how_right_the_plurality_is(small: VoteTable) -> None:
    assert small.by_consensus() == [(1.0, 1, 1.0), (pytest.approx(2 / 3), 3, pytest.approx(1 / 3))]


def test_all_subsets_are_counted_and_the_front_is_undominated(small: VoteTable) -> None:
    pytest.importorskip("numpy")

    found = small.choices()
    front = small.pareto()

    assert len(found) == 7 + 3
    by_members = {each.members: each for each in found if each.rule != "two agree"}
    assert by_members["a", "c"].accuracy == 0.5  # ties go to a
    assert by_members["b",].cost_per_correct == pytest.approx(2 / 0.75)
    assert [each.members for each in front] == [("a",), ("b",)]
    agree = next(each for each in found if each.members == ("a", "b", "c") and each.rule[0] == "t")
    assert (agree.accuracy, agree.cost_usd) == (0.5, 3 + 4 * 0.5)


def test_contributions_add_up_to_the_whole(small: VoteTable) -> None:
    pytest.importorskip("numpy")

    found = small.contributions()

    assert sum(shapley for _, shapley in found.values()) == pytest.approx(0.5)
    assert found["a"][0] == pytest.approx(0.5 - 0.75)
    assert max(found, key=lambda model: found[model][1]) == "b"


def test_the_plurality_of_all_is_the_last_subset(make_table: Callable[..., VoteTable]) -> None:
    pytest.importorskip("numpy")
    table = make_table([0.8, 0.7, 0.6, 0.65], 300, rho=0.2)
    shares = table.accuracies()
    ties = Ties(policy="accuracy", accuracies=shares)

    found = next(each for each in table.choices() if len(each.members) == 4)

    assert found.accuracy == pytest.approx(table.accuracy(table.winners(ties=ties)))


def test_a_cascade_is_tuned_under_its_ceiling(make_table: Callable[..., VoteTable]) -> None:
    plain = make_table([0.7, 0.95], 2000, seed=2)
    table = VoteTable(
        models=plain.models,
        votes=plain.votes,
        gold=plain.gold,
        # The cheap model knows when it is right, mostly.
        confidences=[
            (0.9 if (row[0] == "right") != (place % 10 == 0) else 0.3, 0.9)
            for place, row in enumerate(plain.votes)
        ],
        costs=plain.costs,
    )

    found = table.tune_cascade(max_cost_usd=0.0019)

    assert found.cost_usd <= 0.0021
    assert found.cost_usd < 0.75 * (0.001 + found.last_cost_usd)
    assert found.accuracy >= found.last_accuracy - 0.08
    with pytest.raises(ValueError, match="costs at most"):
        table.tune_cascade(max_cost_usd=1e-9)
    with pytest.raises(ValueError, match="with confidences and costs"):
        VoteTable(models=["a"], votes=[["x"]], gold=["x"]).tune_cascade(max_cost_usd=1)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"models": [], "votes": [], "gold": []}, "at least one model"),
        ({"models": ["a", "a"], "votes": [("x", "x")], "gold": ["x"]}, "the same name"),
        ({"models": ["a"], "votes": [("x", "y")], "gold": ["x"]}, "2 cells for 1 models"),
        ({"models": ["a"], "votes": [("x",)], "gold": ["x", "y"]}, "1 rows for 2 right answers"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(cells: dict[str, list[object]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        VoteTable(**cells)  # type: ignore[arg-type]  # wrong on purpose


def test_weights_decide_and_empty_rows_have_no_winner() -> None:
    table = VoteTable(
        models=["a", "b", "c"], votes=[("x", "y", "y"), (None, None, None)], gold=["x", "x"]
    )

    assert table.winners() == ["y", None]
    assert table.winners(weights={"a": 3.0, "b": 1.0, "c": 1.0}) == ["x", None]
    with pytest.raises(ValueError, match="no model 'd'"):
        table.only(["d"])


def test_any_rule_can_count_a_table_but_a_judge_has_to_ask(small: VoteTable) -> None:
    assert small.decide("majority") == ["x", "x", "y", "y"]
    assert small.decide("unanimous") == ["x", None, None, None]
    assert small.decide("best_confidence") == ["x", "x", "x", "z"]
    with pytest.raises(TypeError, match="has to wait"):
        small.decide(("judge", {"model": str}))


def test_boasting_is_found_out_and_mended(make_table: Callable[..., VoteTable]) -> None:
    """Right with .6 and .9, both always say .99."""
    plain = make_table([0.6, 0.9], 1000, seed=5)
    table = VoteTable(
        models=plain.models,
        votes=plain.votes,
        gold=plain.gold,
        confidences=[(0.99, 0.99)] * len(plain),
    )

    found = table.calibrations(method="platt")
    mended = table.recalibrated({model: each.function for model, each in found.items()})

    assert found["m0"].before == pytest.approx(0.39, abs=0.04)
    assert found["m0"].after < 0.03
    assert mended.confidences is not None
    assert mended.confidences[0] == pytest.approx((0.6, 0.9), abs=0.04)
    assert mended.accuracy(mended.decide("best_confidence")) == table.accuracies()["m1"]
    assert plain.only(["m0"]).take(range(10)).calibrations() == {}


async def test_a_recalibrated_model_says_what_was_learned(panel: Callable[..., list[Any]]) -> None:
    async def sure(query: str) -> Response:
        return Response(text="4", model="sure", confidence=0.99)

    models = [Recalibrated(sure, lambda stated: stated / 2), Recalibrated(panel("4")[0], float)]

    result = await predict("?", models=models)

    confidences = [each.response.confidence for each in result.responses if each.response]
    assert confidences == [0.495, None]


PLAIN = VoteTable(models=("a", "b"), votes=[["x", "y"], ["y", None]], gold=["x", "y"])


class Frame:
    """What a data frame shows of itself."""

    columns = ("a", "b")

    def to_dict(self, form: str) -> list[dict[str, Any]]:
        assert form == "records"
        return [{"b": "y", "a": "x"}, {"a": "y", "b": float("nan")}]


class Array:
    """What an array shows of itself."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows

    def tolist(self) -> list[Any]:
        return self.rows


class NAType:
    """As the mark of pandas for what is missing."""

    def __ne__(self, other: object) -> Any:
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    "votes",
    [
        [{"b": "y", "a": "x"}, {"a": "y", "b": None}],
        [("x", "y"), ("y", float("nan"))],
        [("x", "y"), ("y", NAType())],
        Frame(),
        Array([["x", "y"], ["y", None]]),
    ],
    ids=["by name", "nan", "na", "data frame", "array"],
)
def test_votes_are_read_alike_in_every_form(votes: Any) -> None:
    gold: Any = Array(["x", "y"])

    table = VoteTable(models=["a", "b"], votes=votes, gold=gold)

    assert table == PLAIN
    assert table.accuracies() == {"a": 1.0, "b": 0.0}


def test_rows_that_name_other_models_are_refused_with_their_place() -> None:
    rows: Any = [["x", "y"], {"a": "x", "c": "y"}]

    with pytest.raises(ValueError, match=r"votes\[1\]: it names other models .*\(b, c\)"):
        VoteTable(models=["a", "b"], votes=rows, gold=["x", "y"])
    with pytest.raises(TypeError, match="give a list of names"):
        VoteTable(models="ab", votes=[["x", "y"]], gold=["x"])
