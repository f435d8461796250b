"""Arguments that cannot be meant are refused before anything is computed or a model is called."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest

from causal_trace import (
    Chain,
    Continuation,
    InvalidTraceError,
    PlantedModel,
    TraceEvent,
    chain_issues,
    compare_models,
    confidence_agreement,
    failure_factors,
    faithful_at_k,
    importance_plan,
    importance_sync,
    intervene_sync,
    intervention_plan,
    mean_importance,
    mine_patterns,
    run_hints_sync,
    search_events,
    stated_calibration,
    study_power,
    validate_scanner,
    where,
)

EVENTS = tuple(
    TraceEvent(type="decision_made", decision=f"d{number}", confidence=0.9, experiment_id="e")
    for number in range(3)
)
CHAINS = [Chain(name="c", events=EVENTS, item=f"q{n}", id=f"c{n}") for n in range(12)]
CORRECT = [n > 0 for n in range(12)]


def _no_model(item: str, steps: Sequence[str], sample: int) -> Continuation:
    raise AssertionError("a model was called")


WITH_LEVEL: dict[str, Callable[[float], object]] = {
    "calibration": lambda level: stated_calibration(CHAINS, CORRECT, level=level),
    "agreement": lambda level: confidence_agreement(CHAINS, {}, level=level),
    "models": lambda level: compare_models(CHAINS, CORRECT, level=level),
    "patterns": lambda level: mine_patterns(CHAINS, CORRECT, level=level),
    "factors": lambda level: failure_factors(CHAINS, CORRECT, {}, level=level),
    "scanner": lambda level: validate_scanner(lambda _: True, CHAINS, CORRECT, level=level),
    "positions": lambda level: mean_importance([], [], level=level),
    "faithful": lambda level: faithful_at_k([[True]] * 12, 1, level=level),
    "importance": lambda level: importance_sync(CHAINS[0], _no_model, answer="a", level=level),
    "intervention": lambda level: intervene_sync(CHAINS, {}, _no_model, "truncate", level=level),
    "hints": lambda level: run_hints_sync([], _no_model, level=level),
    "power": lambda level: study_power(20, 0.5, alpha=1 - level, simulations=10),
}


@pytest.mark.parametrize("level", [95, 1, 0, -0.5, float("nan")])
@pytest.mark.parametrize("name", WITH_LEVEL)
def test_a_level_that_is_no_share_is_refused(name: str, level: float) -> None:
    with pytest.raises(InvalidTraceError, match="level is"):
        WITH_LEVEL[name](level)


@pytest.mark.parametrize("outcome", [None, 0.5, float("nan"), "wrong", 2])
def test_an_outcome_that_is_no_truth_value_is_refused(outcome: Any) -> None:
    outcomes = [*CORRECT[:-1], outcome]

    for analyse in (stated_calibration, compare_models, mine_patterns):
        with pytest.raises(InvalidTraceError, match="outcome 12 is"):
            analyse(CHAINS, outcomes)
    with pytest.raises(InvalidTraceError, match="outcome 12 is"):
        validate_scanner(lambda _: True, CHAINS, outcomes)


@pytest.mark.parametrize("share", [70, -0.1, float("nan")])
def test_a_limit_that_is_no_share_is_refused(share: float) -> None:
    for use in (
        CHAINS[0].low_confidence,
        lambda limit: where(min_confidence=limit),
        lambda limit: where(max_confidence=limit),
        lambda limit: chain_issues(CHAINS[0], min_confidence=limit),
        lambda limit: mine_patterns(CHAINS, min_support=limit),
    ):
        with pytest.raises(InvalidTraceError, match=r"not in \[0, 1\]"):
            use(share)


@pytest.mark.parametrize(
    "use",
    [
        lambda: stated_calibration(CHAINS, CORRECT, bins=0),
        lambda: importance_plan(CHAINS, n=-5, evidence="self_reported"),
        lambda: intervention_plan(CHAINS, n=0),
        lambda: intervention_plan(CHAINS, cost_per_call_usd=-1),
        lambda: intervention_plan(CHAINS, cost_per_call_usd=float("nan")),
        lambda: study_power(20, 0.5, simulations=0),
        lambda: study_power(20, 0.5, correlation=2),
        lambda: study_power(20, float("nan")),
        lambda: PlantedModel([float("nan")]),
        lambda: where(category="uncertainty"),
        lambda: search_events(CHAINS[0], evidence=cast("Any", "self")),
    ],
)
def test_counts_costs_and_names_that_cannot_be_meant_are_refused(use: Callable[[], object]) -> None:
    with pytest.raises(InvalidTraceError):
        use()


def test_events_are_found_by_their_id_and_their_experiment() -> None:
    assert search_events(CHAINS[0], id=EVENTS[1].id) == (EVENTS[1],)
    assert search_events(CHAINS[0], experiment_id="e", stated=True) == EVENTS
    assert search_events(CHAINS[0], ~where(experiment_id="e")) == ()


def test_a_small_cost_in_a_preview_is_not_rounded_to_nothing() -> None:
    assert str(intervention_plan(CHAINS, n=1, cost_per_call_usd=1e-6)).endswith("0.000024 USD")
    assert str(intervention_plan(CHAINS, n=1, cost_per_call_usd=1.0)).endswith("about 24.00 USD")
    assert str(intervention_plan(CHAINS, n=1, cost_per_call_usd=0)).endswith("about 0.00 USD")
