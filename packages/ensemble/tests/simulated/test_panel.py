"""Simulated panels err together as often, and as alike, as they are asked to."""

import asyncio
import itertools
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ensemble import (
    Ability,
    Constant,
    InfeasibleCorrelationError,
    QuestionError,
    SamplingParameters,
    SimulatedModel,
    VoteTable,
    ask,
    majority_error,
    panel,
    panel_like,
    sampling,
)
from ensemble._simulated.copula import both_wrong

QUICK = Constant(latency_ms=0)
SAMPLE = SamplingParameters()
COUNT = 4000
BOTH_RIGHT = 0.6112


@pytest.fixture
def table_of(make_item: Callable[..., Any]) -> Callable[..., VoteTable]:
    """Asks a panel many questions with four choices, of which the second is right."""

    async def votes(models: Sequence[SimulatedModel], items: Sequence[Any]) -> list[list[str]]:
        return [[(await model.generate(item, SAMPLE)).text for model in models] for item in items]

    def table(
        models: Sequence[SimulatedModel],
        count: int = COUNT,
        difficulty: Callable[[int], Any] = lambda _: None,
    ) -> VoteTable:
        choices = {"question": "?", "choices": list("wxyz")}
        items = [
            make_item(number, choices, 1, difficulty=difficulty(number)) for number in range(count)
        ]
        return VoteTable(
            models=[model.name for model in models],
            votes=asyncio.run(votes(models, items)),
            gold=["B"] * count,
        )

    return table


def measured(table: VoteTable, one: int, other: int) -> tuple[float, float]:
    """The error correlation of two models, and its standard error by resampling."""
    errors = [
        (row[one] != gold, row[other] != gold)
        for row, gold in zip(table.votes, table.gold, strict=True)
    ]
    chance = random.Random(1)
    again = [phi(chance.choices(errors, k=len(errors))) for _ in range(40)]
    mean = sum(again) / 40
    return phi(errors), math.sqrt(sum((each - mean) ** 2 for each in again) / 39)


def phi(pairs: Sequence[tuple[bool, bool]]) -> float:
    count = len(pairs)
    both = sum(one and other for one, other in pairs) / count
    one, other = (sum(pair[place] for pair in pairs) / count for place in (0, 1))
    return (both - one * other) / math.sqrt(one * (1 - one) * other * (1 - other))


@pytest.mark.parametrize(
    ("h", "k", "r", "probability"),
    [
        (0.0, 0.0, 0.5, 1 / 3),
        (0.0, 0.0, -0.5, 1 / 6),
        (-1.0, -1.0, 0.5, 0.06251409),
        (-1.0, -0.5, 0.9, 0.14967475),
        (-2.0, 0.3, 0.3, 0.01943487),
    ],
)
def test_the_chance_that_two_err_is_the_bivariate_normal_integral(
    h: float, k: float, r: float, probability: float
) -> None:
    """1/4 + asin(r) / 2 pi at zero; else scipy.stats.multivariate_normal.cdf of scipy 1.17."""
    assert both_wrong(h, k, math.asin(r)) == pytest.approx(probability, abs=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize("rho", [0.0, 0.35, 0.6])
def test_errors_are_correlated_as_asked_and_accuracies_stay(
    rho: float, table_of: Callable[..., VoteTable]
) -> None:
    accuracies = [0.7, 0.8, 0.75]

    table = table_of(panel(accuracies, rho=rho, latency=QUICK))

    for one, other in itertools.combinations(range(3), 2):
        found, error = measured(table, one, other)
        assert abs(found - rho) <= 4 * error
    for place, accuracy in enumerate(accuracies):
        right = sum(row[place] == "B" for row in table.votes) / COUNT
        assert abs(right - accuracy) <= 4 * math.sqrt(accuracy * (1 - accuracy) / COUNT)


def test_every_pair_may_have_its_own_correlation(table_of: Callable[..., VoteTable]) -> None:
    rho = [[1, 0.5, -0.1], [0.5, 1, 0.2], [-0.1, 0.2, 1]]

    table = table_of(panel({"a": 0.7, "b": 0.7, "c": 0.6}, rho=rho, latency=QUICK))

    for one, other in itertools.combinations(range(3), 2):
        found, error = measured(table, one, other)
        assert abs(found - rho[one][other]) <= 4 * error


def test_with_difficulties_the_correlation_is_over_all_questions(
    table_of: Callable[..., VoteTable], make_item: Callable[..., Any]
) -> None:
    """The difficulty alone correlates errors by .13 here; .4 is asked in all."""

    def level(number: int) -> str:
        return "hard" if number % 4 == 0 else "easy"

    by_difficulty = {"easy": 0.9, "hard": 0.6}
    items = [make_item(number, difficulty=level(number)) for number in range(100)]
    models = panel([by_difficulty] * 2, rho=0.4, questions=items, latency=QUICK)

    table = table_of(models, difficulty=level)

    found, error = measured(table, 0, 1)
    assert abs(found - 0.4) <= 4 * error
    for place, right in ((0, 0.6), (1, 0.9)):
        rows = [
            row[0] == "B" for number, row in enumerate(table.votes) if bool(number % 4) == place
        ]
        assert abs(sum(rows) / len(rows) - right) <= 4 * math.sqrt(right * (1 - right) / len(rows))


@pytest.mark.slow
@pytest.mark.parametrize(("asked", "expected"), [(None, 1 / 3), (0.7, 0.7), (0.1, 1 / 3), (1, 1)])
def test_those_who_err_say_the_same_as_often_as_asked(
    asked: float | None, expected: float, table_of: Callable[..., VoteTable]
) -> None:
    """Of three wrong choices two models pick the same by chance once in three times."""
    table = table_of(panel([0.3, 0.3], same_wrong=asked, latency=QUICK))

    both = [row for row in table.votes if "B" not in row]
    same = sum(row[0] == row[1] for row in both) / len(both)
    assert abs(same - expected) <= 4 * math.sqrt(expected * (1 - expected) / len(both))


async def test_the_attractive_number_is_the_same_for_all(make_item: Callable[..., Any]) -> None:
    """Near misses are not equally likely: the chance that two are the same is theirs."""
    models = panel([0.0, 0.0], same_wrong=0.6, latency=QUICK)
    same = 0
    for number in range(2000):
        texts = {(await model.generate(make_item(number), SAMPLE)).text for model in models}
        same += len(texts) == 1

    assert abs(same / 2000 - 0.6) <= 4 * math.sqrt(0.24 / 2000)


@pytest.mark.slow
def test_ea12_the_plan_for_correlated_votes_holds_and_the_independent_one_does_not(
    table_of: Callable[..., VoteTable],
) -> None:
    """EA12: majority errors of 1, 3, 5 and 7 models with rho = .4 against the beta-binomial model.

    All who err agree here, so that a plurality is a majority; as in that model, members are alike.
    """
    table = table_of(panel([0.7] * 7, rho=0.4, same_wrong=1.0, latency=QUICK))
    errors = []
    for size in (1, 3, 5, 7):
        votes = table.only(table.models[:size]).winners()
        errors.append(sum(vote != "B" for vote in votes) / COUNT)

    for size, error in zip((1, 3, 5, 7), errors, strict=True):
        together = majority_error(size, 0.7, rho=0.4)
        spread = math.sqrt(together * (1 - together) / COUNT)
        # The copula and the beta-binomial model differ by less than a point at these correlations.
        assert abs(error - together) <= 4 * spread + 0.01
        if size > 1:
            assert error > majority_error(size, 0.7, rho=0.0) + 4 * spread
    gains = [before - after for before, after in itertools.pairwise(errors)]
    assert gains == sorted(gains, reverse=True)


async def test_a_panel_gives_the_same_answers_in_any_order(make_item: Callable[..., Any]) -> None:
    items = [make_item(number) for number in range(40)]
    first, again = (panel([0.6, 0.7], rho=0.4, latency=QUICK) for _ in range(2))

    forward = {
        (model.name, item.id): (await model.generate(item, SAMPLE)).text
        for model in first
        for item in items
    }
    backward = {
        (model.name, item.id): (await model.generate(item, SAMPLE)).text
        for item in reversed(items)
        for model in reversed(again)
    }

    assert forward == backward


@pytest.mark.parametrize(
    ("accuracies", "rho", "message"),
    [
        ([0.9, 0.6], 0.9, r"'model-1' and 'model-2' .* between -0\.272 and 0\.408"),
        ([0.9, 0.9], -0.5, r"between -0\.111 and 1\.000"),
        ([0.8] * 3, [[1, 0.9, 0.9], [0.9, 1, -0.2], [0.9, -0.2, 1]], "cannot hold all at once"),
        ([0.8] * 3, [[1, 1, 0.9], [1, 1, 0.2], [0.9, 0.2, 1]], "'model-3' contradicts that"),
    ],
)
def test_what_no_models_can_do_is_refused(accuracies: Any, rho: Any, message: str) -> None:
    with pytest.raises(InfeasibleCorrelationError, match=message):
        panel(accuracies, rho=rho)


@pytest.mark.parametrize(
    ("accuracies", "options", "message"),
    [
        ([], {}, "at least one"),
        ([0.8, 0.8], {"rho": [[1, 0.2]]}, "2 rows of 2"),
        ([0.8, 0.8], {"rho": [[1, 0.2], [0.3, 1]]}, "not symmetric"),
        ([0.8, Ability(ability=1)], {"rho": 0.2}, "pass questions="),
        ([0.8, 0.8], {"rho": 0.2, "questions": []}, "no questions"),
        ([0.8], {"same_wrong": 2}, "not between 0 and 1"),
        ({"a": 0.8, "b": 0.8}, {"seed": 1, "cost_per_call": {"a": 1, "c": 2}}, r"\['b', 'c'\]"),
    ],
)
def test_a_panel_that_is_not_described_fully_is_refused(
    accuracies: Any, options: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        panel(accuracies, **options)


@pytest.mark.slow
def test_leniency_takes_the_nearest_that_can_be(table_of: Callable[..., VoteTable]) -> None:
    """Accuracies .9 and .6 allow .408 at most; contradictions are drawn towards their mean."""
    unlike = table_of(panel([0.9, 0.6], rho=0.9, lenient=True, latency=QUICK))
    torn = [[1, 0.9, 0.9], [0.9, 1, -0.2], [0.9, -0.2, 1]]
    drawn = table_of(panel([0.8] * 3, rho=torn, lenient=True, latency=QUICK)).analyze()

    found, error = measured(unlike, 0, 1)
    assert abs(found - 0.408) <= 4 * error
    phis = {pair.models: pair.phi for pair in drawn.pairs}
    close = [phis["model-1", name] for name in ("model-2", "model-3")]
    assert 0.4 < min(close) < max(close) < 0.9
    assert -0.2 < phis["model-2", "model-3"] < 0.4


def test_models_that_err_exactly_together_are_copies(table_of: Callable[..., VoteTable]) -> None:
    table = table_of(panel([0.7] * 3, rho=1.0, same_wrong=1.0, latency=QUICK), 500)

    assert all(len(set(row)) == 1 for row in table.votes)


def test_a_model_that_never_errs_correlates_with_nothing(
    table_of: Callable[..., VoteTable],
) -> None:
    table = table_of(panel([1.0, 0.7], rho=0.3, latency=QUICK), 200)

    assert {row[0] for row in table.votes} == {"B"}


async def test_settings_are_for_all_or_for_each(make_item: Callable[..., Any]) -> None:
    cheap, dear = panel(
        {"cheap": 0.8, "dear": 0.9},
        latency=QUICK,
        cost_per_call={"cheap": 0.001, "dear": 0.02},
    )

    costs = [(await model.generate(make_item(), SAMPLE)).cost_usd for model in (cheap, dear)]

    assert costs == [0.001, 0.02]
    assert cheap.latency == dear.latency == QUICK


async def test_another_sample_is_another_draw_of_the_whole_panel(
    make_item: Callable[..., Any],
) -> None:
    """Two of error correlation 1 agree in every sample, and samples differ."""
    models = panel([0.5, 0.5], rho=1.0, same_wrong=1.0, latency=QUICK)
    seen = set()
    for sample in range(20):
        with sampling(sample=sample):
            texts = {(await ask(make_item(), model=model)).text for model in models}
        assert len(texts) == 1
        seen |= texts

    assert len(seen) == 2


def test_ability_and_difficulty_meet_at_one_half(make_item: Callable[..., Any]) -> None:
    """By definition; 1 / (1 + exp(-2)) = .8808 two units above."""
    model = Ability(ability=1.0)

    assert model(make_item(difficulty=1.0)) == pytest.approx(0.5)
    assert model(make_item(difficulty=-1.0)) == pytest.approx(0.8808, abs=1e-4)
    assert Ability(ability=1.0, guess=0.25)(make_item(difficulty=1.0)) == pytest.approx(0.625)
    assert model(make_item(7)) == Ability(ability=1.0)(make_item(7))
    with pytest.raises(QuestionError, match="'easy'"):
        model(make_item(difficulty="easy"))


def test_questions_without_a_difficulty_are_as_hard_for_all(
    table_of: Callable[..., VoteTable],
) -> None:
    """Both fail on the hard ones: their errors correlate without being asked to."""
    table = table_of(panel([Ability(ability=1.0, discrimination=2.0)] * 2, latency=QUICK))

    found, error = measured(table, 0, 1)
    assert found > 0.2 + 4 * error


@pytest.mark.slow
async def test_a_steady_model_repeats_itself_and_its_accuracy_stays(
    make_item: Callable[..., Any],
) -> None:
    """Latent correlation .8 at accuracy .7: two samples are both right with probability .611.

    By the bivariate normal integral (scipy.stats.multivariate_normal.cdf); apart it is .49.
    """
    for model in (
        SimulatedModel("m", accuracy=0.7, steadiness=0.8, latency=QUICK),
        panel([0.7, 0.7], rho=0.4, steadiness=0.8, latency=QUICK)[0],
    ):
        pairs = [
            [
                (await model.generate(make_item(number), SamplingParameters(sample=sample))).text
                == "4"
                for sample in (0, 1)
            ]
            for number in range(COUNT)
        ]

        both = sum(all(pair) for pair in pairs) / COUNT
        assert abs(both - BOTH_RIGHT) <= 4 * math.sqrt(BOTH_RIGHT * (1 - BOTH_RIGHT) / COUNT)
        for place in (0, 1):
            right = sum(pair[place] for pair in pairs) / COUNT
            assert abs(right - 0.7) <= 4 * math.sqrt(0.21 / COUNT)


async def test_an_unmoved_model_says_the_same_in_every_sample(
    make_item: Callable[..., Any],
) -> None:
    model = SimulatedModel("m", accuracy=0.5, steadiness=1.0, latency=QUICK)

    for number in range(50):
        texts = {
            (await model.generate(make_item(number), SamplingParameters(sample=sample))).text
            for sample in range(4)
        }
        assert len(texts) == 1


@pytest.mark.slow
def test_a_panel_like_a_measured_one_errs_like_it(table_of: Callable[..., VoteTable]) -> None:
    rho = [[1, 0.5, 0.2], [0.5, 1, 0.3], [0.2, 0.3, 1]]
    real = table_of(panel([0.7, 0.8, 0.6], rho=rho, same_wrong=0.7, latency=QUICK, seed=1))

    again = table_of(panel_like(real.analyze(), latency=QUICK, seed=2))

    for one, other in zip(real.analyze().pairs, again.analyze().pairs, strict=True):
        assert one.phi == pytest.approx(other.phi, abs=0.08)
        assert one.same_wrong == pytest.approx(other.same_wrong, abs=0.08)
    assert again.analyze().majority == pytest.approx(real.analyze().majority, abs=0.03)
