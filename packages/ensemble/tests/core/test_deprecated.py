"""Old names, arguments and orders of arguments work until 0.3, each with a warning."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ensemble
from ensemble import (
    ConfidenceThreshold,
    Consensus,
    Constant,
    Failures,
    HedgedModel,
    Limits,
    Mixture,
    Regimes,
    Response,
    ResponseCache,
    SimulatedModel,
    Ties,
    VoteContext,
    VoteTable,
)

# Old names that the test of words refuses elsewhere.
CONCURRENCY, COST, PARTS = "most_" + "at_once", "most_" + "usd", "la" + "ws"
OLD: Any = ensemble  # type checkers refuse the old names
QUICK = Constant(latency_ms=0)
SIM = SimulatedModel("m", accuracy=1.0, latency=QUICK)
CASCADE = VoteTable(
    models=["a", "b"],
    votes=[["x", "x"]] * 4,
    gold=["x"] * 4,
    confidences=[[0.9, 0.9]] * 4,
    costs=[[0.1, 0.2]] * 4,
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Agree", "Agreement"),
        ("Confident", "ConfidenceThreshold"),
        ("Curtail", "Curtailment"),
        ("Hedged", "HedgedExecution"),
        ("Lengths", "OutputLengths"),
        ("Order", "Execution"),
        ("Outcome", "VoteOutcome"),
        ("Plan", "PanelPlan"),
        ("Poll", "VoteContext"),
        ("Posterior", "VotePosterior"),
        ("Samples", "AdaptiveConsistency"),
        ("Sampling", "SamplingParameters"),
        ("Situation", "VotingState"),
        ("options", "choices_normalizer"),
        ("plan", "plan_panel"),
    ],
)
def test_an_old_name_is_the_new_one_with_a_warning(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=new):
        found = getattr(ensemble, old)

    assert found is getattr(ensemble, new)
    assert old not in ensemble.__all__


@pytest.mark.parametrize(
    ("old", "names"),
    [
        ("EXECUTIONS", ensemble.execution_names()),
        ("NORMALIZERS", ensemble.normalizer_names()),
        ("STRATEGIES", ensemble.strategy_names()),
    ],
)
def test_the_old_tables_are_there_with_a_warning(old: str, names: tuple[str, ...]) -> None:
    with pytest.warns(DeprecationWarning, match="_names"):
        table = getattr(ensemble, old)

    assert set(table) <= set(names)


def test_a_name_that_never_was_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Psychic"):
        _ = OLD.Psychic


@pytest.mark.parametrize(
    "call",
    [
        lambda item: OLD.ask_sync(SIM, item),
        lambda item: OLD.ask_sync(SIM, query=item),
        lambda item: OLD.ask_sync(query=item, model=SIM),
        lambda item: OLD.predict_sync(query=item, models=[SIM]),
        lambda item: OLD.predict_many_sync(queries=[item], models=[SIM])[0],
    ],
)
def test_an_old_call_for_one_item_works(call: Any, make_item: Callable[..., Any]) -> None:
    with pytest.warns(DeprecationWarning, match="item"):
        found = call(make_item())

    assert getattr(found, "text", None) or found.answer == "4"


def test_the_models_first_work_for_labelled_items(make_item: Callable[..., Any]) -> None:
    items = [make_item(number) for number in range(10)]

    with pytest.warns(DeprecationWarning, match="models= by keyword"):
        table = OLD.collect_sync([SIM], items)
    with pytest.warns(DeprecationWarning, match="analyze"):
        found = table.analyse()

    assert found.accuracies["m"][0] == 1.0


@pytest.mark.parametrize(
    ("made", "name", "value", "old"),
    [
        (lambda: OLD.Limits(within_s=2), "within_ms", 2000, "within_s"),
        (lambda: OLD.Limits(pause_s=3), "pause_ms", 3000, "pause_s"),
        (lambda: OLD.Limits(**{CONCURRENCY: 4}), "max_concurrency", 4, CONCURRENCY),
        (lambda: OLD.Limits(failures=5), "max_failures", 5, "failures"),
        (lambda: OLD.Failures(rate=0.1, time_out_ms=6), "timeout_ms", 6, "time_out_ms"),
        (lambda: OLD.Failures(rate=0.1, retry_after_s=7), "retry_after_ms", 7000, "retry_after_s"),
        (lambda: OLD.Consensus(votes=8), "min_votes", 8, "votes"),
        (lambda: OLD.ConfidenceThreshold(models=9), "min_models", 9, "models"),
        (lambda: OLD.VoteContext(query="q"), "item", "q", "query"),
        (
            lambda: OLD.Mixture(**{PARTS: [QUICK]}, shares=[1]),
            "distributions",
            [QUICK],
            PARTS,
        ),
        (lambda: OLD.Regimes(**{PARTS: [QUICK]}, changes_ms=[]), "distributions", [QUICK], PARTS),
    ],
)
def test_an_old_field_is_set_and_read_in_its_old_unit(
    made: Callable[[], Any], name: str, value: Any, old: str
) -> None:
    with pytest.warns(DeprecationWarning, match=f"{old}= is now {name}="):
        found = made()
    with pytest.warns(DeprecationWarning, match=name):
        before = getattr(found, old)

    assert getattr(found, name) == value
    assert before in (value, value / 1000 if isinstance(value, int) else None)
    assert type(found) in (
        ConfidenceThreshold,
        Consensus,
        Failures,
        Limits,
        Mixture,
        Regimes,
        VoteContext,
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: OLD.calibrate([0.5, 0.6], right=[True, False]),
        lambda: OLD.calibration_error([0.5], right=[True]),
        lambda: OLD.risk_coverage([0.5], right=[True]),
        lambda: OLD.aurc([0.5], right=[True]),
        lambda: OLD.wilson(right=1, total=2),
        lambda: OLD.VoteTable.tune_cascade(CASCADE, **{COST: 1.0}),
        lambda: OLD.find_strategy("mean", least_confidence=0.2),
        lambda: Ties().changed(policy="last"),
    ],
)
def test_an_old_argument_works_with_a_warning(call: Callable[[], Any]) -> None:
    with pytest.warns(DeprecationWarning, match="is now"):
        assert call() is not None


def test_a_percentile_becomes_a_quantile() -> None:
    pytest.importorskip("hedging")
    make: Any = HedgedModel

    with pytest.warns(DeprecationWarning, match="quantile"):
        make(SIM, percentile=90)


async def test_an_age_in_seconds_is_still_understood(tmp_path: Path) -> None:
    with ResponseCache(tmp_path / "cache.sqlite", clock=lambda: 1000.0) as cache:
        await cache.wrap(lambda query: Response(text="4", model="f")).generate(
            "2+2?", ensemble.SamplingParameters()
        )
        forget: Any = cache.forget
        with pytest.warns(DeprecationWarning, match="older_than_ms"):
            removed = forget(older_than_s=0)

    assert removed == 1


def test_a_wrong_call_is_still_a_type_error() -> None:
    with pytest.raises(TypeError, match="model"):
        OLD.ask_sync("2+2?")


def test_the_share_of_the_votes_has_one_word() -> None:
    step = ensemble.Progress(asked=None, leading="4", vote_share=0.5, agreement=0.5)

    with pytest.warns(DeprecationWarning, match="vote_share"):
        assert step.consensus == 0.5  # type: ignore[attr-defined]
    old: Any = ensemble.Progress
    with pytest.warns(DeprecationWarning, match="vote_share"):
        assert old(asked=None, leading="4", consensus=0.5, agreement=0.5) == step
