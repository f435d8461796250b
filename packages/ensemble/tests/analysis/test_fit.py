"""Labels choose members and rule, and unseen questions measure them."""

import asyncio
import json
import math
import pickle
import random
import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensemble import (
    Consensus,
    Constant,
    LogOdds,
    SimulatedModel,
    VoteTable,
    aurc,
    calibrate,
    calibration_error,
    collect,
    collect_sync,
    dawid_skene,
    fit,
    fit_sync,
    majority_error,
    paired,
    pairs_needed,
    plan_panel,
    risk_coverage,
    trials_needed,
    wilson,
)


def test_wilson_and_the_number_of_trials() -> None:
    """Wilson(950/1000) = [.9347, .9619]; .99 +- .01 needs 381: by hand from the formulas."""
    assert wilson(950, 1000) == pytest.approx((0.9347, 0.9619), abs=5e-5)
    assert trials_needed(0.99, 0.01) == 381
    with pytest.raises(ValueError, match="not a proportion"):
        wilson(3, 2)


def test_a_paired_comparison_counts_what_only_one_had_right() -> None:
    """10 against 2: McNemar exact two-sided p = 2 * P(Binomial(12, 1/2) <= 2) = .0386."""
    first = [True] * 10 + [False] * 2 + [True] * 88
    second = [False] * 10 + [True] * 2 + [True] * 88

    found = paired(first, second)

    assert (found.difference, found.only_first, found.only_second) == (0.08, 10, 2)
    assert found.p_value == pytest.approx(2 * (1 + 12 + 66) / 2**12)
    assert found.interval[0] == pytest.approx(
        0.08 - 1.96 * math.sqrt(12 - 64 / 100) / 100, abs=1e-5
    )


@pytest.mark.parametrize(
    ("size", "rho", "error"),
    [(3, 0.0, 0.028), (5, 0.1, 0.0294), (5, 0.3, 0.0636), (5, 0.6, 0.0906), (5, 1.0, 0.1)],
)
def test_correlated_errors_spoil_a_majority(size: int, rho: float, error: float) -> None:
    """Accuracy .9: the beta-binomial values of the requirements (ED17), and 3 p^2 - 2 p^3."""
    assert majority_error(size, 0.9, rho) == pytest.approx(error, abs=5e-5)


def test_a_plan_says_what_independence_would_have_promised() -> None:
    found = plan_panel([0.8] * 5, 0.5)

    assert found.independent > found.majority > 0.8
    assert found.effective == pytest.approx(5 / 3)
    assert "worth 1.7 members" in str(found)
    with pytest.raises(ValueError, match="rho"):
        plan_panel([0.8], 2)


@pytest.mark.slow
@pytest.mark.parametrize("rho", [0.0, 0.4])
@pytest.mark.parametrize("size", [1, 3, 5, 7])
def test_the_plan_holds_where_independence_fails(
    size: int, rho: float, make_table: Callable[..., VoteTable]
) -> None:
    """Two answers a question; 4,000 questions, so the error of the measurement is below .008.

    The table's luck is all or nothing, the plan's beta-binomial: equal in pairs, close in sums.
    """
    table = make_table([0.8] * size, 4000, rho=rho, wrong=1, seed=size)

    found = table.analyze()

    expected = plan_panel([0.8] * size, rho)
    assert found.majority == pytest.approx(expected.majority, abs=0.03)
    if rho == 0:
        assert found.majority == pytest.approx(expected.independent, abs=0.015)
    elif size > 1:
        assert found.mean_phi == pytest.approx(rho, abs=0.05)
        assert expected.independent - found.majority > 0.02


@pytest.mark.slow
def test_larger_panels_gain_less_and_less(make_table: Callable[..., VoteTable]) -> None:
    table = make_table([0.7] * 7, 4000, wrong=1, seed=9)

    reached = [table.only(table.models[:size]).analyze().majority for size in (1, 3, 5, 7)]

    gains = [after - before for before, after in pairwise(reached)]
    assert gains == sorted(gains, reverse=True)


def test_a_fit_finds_the_good_members_and_asks_only_them(
    make_item: Callable[..., Any], make_table: Callable[..., VoteTable]
) -> None:
    pytest.importorskip("numpy")
    table = make_table([0.9, 0.9, 0.9, 0.3, 0.3, 0.3], 400, wrong=1, seed=3)

    found = table.fit()

    assert found.accuracy > 0.93
    assert found.gain.interval[0] > 0
    models = [
        SimulatedModel(name, accuracy=1.0, latency=Constant(latency_ms=0)) for name in table.models
    ]
    result = asyncio.run(found.predict(make_item(), models=models))
    assert set(result.models) == set(found.members)
    assert result.probability is not None
    assert 0.9 < result.probability < 1
    with pytest.raises(ValueError, match="was chosen and is not there"):
        asyncio.run(found.predict(make_item(), models=models[4:]))


@pytest.mark.slow
def test_a_single_model_is_not_chosen_by_chance(make_table: Callable[..., VoteTable]) -> None:
    """Five models of one accuracy: the best on 60 labels is best by chance, and 5 vote better."""
    pytest.importorskip("numpy")
    tables = [make_table([0.75] * 5, 60, rho=0.2, seed=seed) for seed in range(40)]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rules = [table.fit(seed=1).rule for table in tables]

    assert rules.count("single") == 0


def test_a_model_that_is_far_ahead_is_chosen_alone(make_table: Callable[..., VoteTable]) -> None:
    pytest.importorskip("numpy")
    table = make_table([0.95, 0.5, 0.5], 150, seed=1)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert table.fit().members == ("m0",)


def test_the_probability_falls_with_the_support(make_table: Callable[..., VoteTable]) -> None:
    """Three models of .8, wrong answers scattered: two of three are right 9 times of 10."""
    pytest.importorskip("numpy")
    table = make_table([0.8, 0.8, 0.8], 600, wrong=50)

    found = table.fit()

    probabilities = [found.probability((votes + 0.5) / 4) for votes in (3, 2, 1)]
    assert probabilities == sorted(probabilities, reverse=True)
    assert probabilities[0] > 0.95
    assert probabilities[2] < 0.7


def test_a_fit_warns_when_a_vote_does_not_pay(make_table: Callable[..., VoteTable]) -> None:
    pytest.importorskip("numpy")
    table = make_table([0.95, 0.5, 0.5], 150, seed=1)

    with pytest.warns(UserWarning, match="m0 alone"):
        found = table.fit()

    assert "Warning" in str(found)
    with pytest.raises(ValueError, match="too few"):
        table.take(range(3)).fit()


def test_the_same_labels_give_the_same_fit(make_table: Callable[..., VoteTable]) -> None:
    pytest.importorskip("numpy")
    table = make_table([0.8, 0.7, 0.75, 0.6], 250, rho=0.3)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert table.fit(seed=5) == table.fit(seed=5)


def test_a_fit_is_kept_and_shown_as_plain_values(make_table: Callable[..., VoteTable]) -> None:
    pytest.importorskip("numpy")
    table = make_table([0.8, 0.8, 0.8], 300, wrong=9)
    found = table.fit()

    kept = pickle.loads(pickle.dumps(found))  # noqa: S301  # our own

    assert kept == found
    assert kept.answers(table) == found.answers(table)
    assert json.loads(json.dumps(found.to_dict()))["labels"] == 300
    assert json.loads(json.dumps(table.analyze().to_dict()))["best_single"] in table.models
    with pytest.raises(AttributeError, match="frozen"):
        found.labels = 3  # type: ignore[misc]  # wrong on purpose


def test_settings_refuse_what_they_do_not_know() -> None:
    with pytest.raises(TypeError, match="no option 'treshold'; options: share, min_votes"):
        Consensus(treshold=0.8)  # type: ignore[call-arg]  # wrong on purpose
    with pytest.raises(TypeError, match="needs 'accuracies'"):
        LogOdds()  # type: ignore[call-arg]  # wrong on purpose


def test_labels_are_collected_and_fitted_in_one_go(make_item: Callable[..., Any]) -> None:
    pytest.importorskip("numpy")
    models = [
        SimulatedModel(name, accuracy=0.75, latency=Constant(latency_ms=0), cost_per_call=0.5)
        for name in "abc"
    ]
    items = [make_item(number, f"{number}?", str(number)) for number in range(150)]

    table = collect_sync(items, models=models, normalize="number")
    found = fit_sync(items, models=models, normalize="number")

    assert table.cost("a") == 0.5
    assert table.analyze().cost_usd == 1.5
    assert table.analyze().majority > 0.8
    assert (found.rule, set(found.members)) == ("plurality", {"a", "b", "c"})


async def test_a_failed_call_is_counted_and_named(make_item: Callable[..., Any]) -> None:
    async def broken(item: Any) -> str:
        if item.id == "i3":
            return "4"
        raise ValueError(item.id)

    good = SimulatedModel("good", accuracy=1.0, latency=Constant(latency_ms=0))
    table = await collect([make_item(number) for number in range(4)], models=[good, broken])

    assert table.votes == [["4", None]] * 3 + [["4", "4"]]
    assert table.failures == [[None, "ValueError"]] * 3 + [[None, None]]
    assert table.take([0, 3]).failed() == table.only(["broken"]).take([1]).failed()
    shown = table.analyze()
    assert "broken: 3 failed calls of 4 (ValueError), counted as wrong" in str(shown)
    assert "| broken | 0.2500 |" in shown.to_markdown()
    assert "<td>3</td>" in shown._repr_html_()
    assert "nan" not in str(shown)


async def test_a_model_that_always_fails_is_warned_of(make_item: Callable[..., Any]) -> None:
    async def broken(item: Any) -> str:
        raise ValueError(item.id)

    with pytest.warns(UserWarning, match=r"'broken' failed on every question \(ValueError\)"):
        table = await collect([make_item(1)], models=[broken])

    assert table == VoteTable(
        models=("broken",),
        votes=[[None]],
        gold=["4"],
        confidences=[[None]],
        costs=[[None]],
        failures=[["ValueError"]],
    )


async def test_two_models_of_one_name_are_refused(make_item: Callable[..., Any]) -> None:
    good = SimulatedModel("good", accuracy=1.0, latency=Constant(latency_ms=0))

    with pytest.raises(ValueError, match="two have the same name"):
        await fit([make_item(1)], models=[good, good])


async def test_progress_is_reported_as_done_and_total(make_item: Callable[..., Any]) -> None:
    good = SimulatedModel("good", accuracy=1.0, latency=Constant(latency_ms=0))
    seen: list[tuple[int, int]] = []

    await collect(
        (make_item(number) for number in range(3)),
        models=[good],
        on_progress=lambda done, total: seen.append((done, total)),
    )

    assert seen == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("method", ["temperature", "platt", "isotonic"])
def test_overconfidence_is_cured_on_unseen_answers(method: Any) -> None:
    """Stated .95 where sigmoid(logit / 3) is right: half of each kind learns, half measures."""
    chance = random.Random(4)
    stated = [chance.uniform(0.5, 0.999) for _ in range(6000)]
    truth = [1 / (1 + ((1 - each) / each) ** (1 / 3)) for each in stated]
    right = [chance.random() < each for each in truth]

    learned = calibrate(stated[::2], right[::2], method=method)

    probabilities = [learned(each) for each in stated[1::2]]
    assert calibration_error(stated[1::2], right[1::2]) > 0.1
    assert calibration_error(probabilities, right[1::2]) < 0.03
    assert calibration_error(probabilities, right[1::2], equal_mass=True) < 0.04


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60),
    st.sampled_from(["temperature", "platt", "isotonic"]),
    st.floats(0, 1),
)
def test_a_calibrated_confidence_is_a_probability(
    pairs: list[tuple[float, bool]], method: Any, confidence: float
) -> None:
    learned = calibrate([each for each, _ in pairs], [good for _, good in pairs], method=method)

    assert 0 <= learned(confidence) <= 1


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_the_whole_of_a_risk_coverage_curve_is_the_error_rate(
    pairs: list[tuple[float, bool]],
) -> None:
    sure, right = [each for each, _ in pairs], [good for _, good in pairs]

    curve = risk_coverage(sure, right)

    assert curve[-1] == (1.0, right.count(False) / len(right))
    assert [coverage for coverage, _ in curve] == sorted({coverage for coverage, _ in curve})
    assert 0 <= aurc(sure, right) <= 1


def test_an_informed_order_has_the_smaller_area() -> None:
    right = [True] * 8 + [False] * 2

    assert aurc([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], right) < aurc(list(range(10)), right)


def test_paired_sample_sizes() -> None:
    """Research B2: +2.5 points at 8 % discordance and 80 % power need about 1,000 questions."""
    assert pairs_needed(0.025, 0.08) == pytest.approx(1000, abs=10)
    with pytest.raises(ValueError, match="do not fit"):
        pairs_needed(0.1, 0.05)


def test_accuracies_are_found_without_labels(make_table: Callable[..., VoteTable]) -> None:
    accuracies = [0.9, 0.8, 0.7, 0.6, 0.5]
    table = make_table(accuracies, 1500, wrong=3, seed=4)

    rule = dawid_skene(table.models, table.votes, choices=4)

    assert list(rule.accuracies.values()) == pytest.approx(accuracies, abs=0.04)
    assert table.accuracy(table.decide(rule)) > table.accuracy(table.winners())
    with pytest.raises(ValueError, match="one row a question"):
        dawid_skene(["a"], [])
