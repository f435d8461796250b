"""Models are asked in the order that was chosen, and no longer than it takes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ensemble import (
    AdaptiveConsistency,
    Agreement,
    AllModelsFailedError,
    Cascade,
    Consensus,
    Constant,
    HedgedExecution,
    Parallel,
    Query,
    Response,
    SamplingParameters,
    Sequential,
    SimulatedModel,
    Unanimous,
    VotePosterior,
    predict,
)

EXECUTIONS: list[Any] = [
    Parallel(),
    Parallel(quorum=True),
    Sequential(),
    Sequential(first=2, stop="agree"),
    Cascade(threshold=0.9),
    HedgedExecution(delay_ms=15),
]
STRATEGIES: list[Any] = [
    "majority",
    "weighted",
    "best_confidence",
    "unanimous",
    ("log_odds", {"accuracies": {"a": 0.8, "b": 0.8, "c": 0.8}}),
    ("learned", {"weights": {"a": 1.0, "b": 1.0, "c": 1.0}}),
    "median",
    "mean",
    "trimmed_mean",
    "borda",
    "ranked_choice",
    "clusters",
    ("judge", {"model": str}),
    pytest.param(("best_of_n", {"score": lambda vote: vote.confidence or 0.0}), id="best_of_n"),
]
# For models a, b, c that agree on 4 after 10, 20 and 30 ms, sure of it by .8, .95 and .9:
# who is called, what it costs, how long it takes. A cancelled call costs half.
CALLED = {
    "parallel": (3, 3.0, 30),
    "quorum": (3, 2.5, 20),
    "all_in_turn": (3, 3.0, 60),
    "two_in_turn": (2, 2.0, 30),
    "two_at_once": (2, 2.0, 20),
    "cascade": (2, 2.0, 30),
    "hedged": (1, 1.0, 10),
}


def expected(strategy: Any, execution: Any) -> tuple[int, float, float]:
    name = strategy if isinstance(strategy, str) else strategy[0]
    sums = {"majority", "log_odds", "learned"}
    if execution == Parallel(quorum=True):
        if name == "weighted":  # .8 + .95 leads by more than the last can add
            return CALLED["quorum"]
        return CALLED["quorum" if name in sums else "parallel"]
    if execution == Sequential():
        return CALLED["two_in_turn" if name in sums or name == "weighted" else "all_in_turn"]
    if isinstance(execution, Sequential):
        return CALLED["two_at_once"]
    return CALLED[execution.name]


@pytest.mark.parametrize("execution", EXECUTIONS, ids=repr)
@pytest.mark.parametrize("strategy", STRATEGIES, ids=str)
def test_ea2_every_strategy_works_with_every_order_of_asking(
    strategy: Any, execution: Any, in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    if isinstance(execution, HedgedExecution):
        pytest.importorskip("hedging")
    models = [timed("a", "4", 10, sure=0.8), timed("b", "4", 20, sure=0.95)]
    models.append(timed("c", "4", 30, sure=0.9))

    result = in_simulated_time(
        predict("?", models=models, strategy=strategy, execution=execution, normalize="number")
    )

    calls, cost, ms = expected(strategy, execution)
    assert (result.answer, result.key, result.tie, result.vote_share) == ("4", "4", False, 1.0)
    assert result.execution == execution.name
    assert sum(model.calls for model in models) == calls == len(result.models)
    assert result.cost_usd == pytest.approx(cost)
    assert result.cost_complete
    assert result.latency_ms == pytest.approx(ms)
    assert result.panel == ("a", "b", "c")
    assert result.agreement == pytest.approx(result.successes / 3)
    assert result.failures == 0


def test_ea3_the_third_model_is_not_asked_when_two_agree(
    in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    """The original's sequential: a third of the price saved."""
    models = [timed(name, "4") for name in "abc"]

    result = in_simulated_time(predict("?", models=models, execution="sequential"))

    assert [model.calls for model in models] == [1, 1, 0]
    assert (result.models, result.cost_usd) == (("a", "b"), 2.0)


def test_those_who_will_not_be_asked_are_not_waited_for(
    in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    models = [timed(name, "4") for name in "abcdefg"]

    result = in_simulated_time(predict("?", models=models, execution=Sequential(max_models=3)))

    assert result.models == ("a", "b")


def test_a_tie_breaker_is_asked_only_when_two_disagree(
    in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    order = Sequential(first=2, stop="agree")
    models = [timed("a", "1"), timed("b", "2"), timed("c", "3")]

    result = in_simulated_time(predict("?", models=models, execution=order, tie_break="last"))

    assert result.answer == "3"
    assert result.latency_ms == pytest.approx(20)


@pytest.mark.parametrize(
    ("sure", "order", "calls"),
    [(0.95, Cascade(), 1), (0.85, Cascade(), 2), (0.95, Cascade(min_models=2), 2)],
)
def test_ea4_a_cascade_ends_with_the_first_that_is_sure(
    sure: float, order: Cascade, calls: int, in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    models = [timed("a", "4", sure=sure), timed("b", "4", sure=0.99), timed("c", "4")]

    result = in_simulated_time(predict("?", models=models, execution=order, strategy="weighted"))

    assert len(result.models) == calls


def test_ea5_a_late_model_is_hedged_and_cancelled(
    in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    """3000 ms, a backup of 200 ms after 500 ms: 700 ms, both paid."""
    pytest.importorskip("hedging")
    slow, fast = timed("slow", "4", 3000), timed("fast", "4", 200)

    result = in_simulated_time(
        predict("?", models=[slow, fast], execution=HedgedExecution(delay_ms=500))
    )

    assert result.latency_ms == pytest.approx(700)
    assert (slow.cancelled, result.cost_usd, result.cancelled) == (1, 1.5, 1)
    assert [record.status for record in result.responses] == ["cancelled", "answered"]


def test_ea5_a_failed_model_is_hedged_at_once(
    in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    pytest.importorskip("hedging")
    broken, fast = timed("broken", ValueError("x"), 50), timed("fast", "4", 200)

    result = in_simulated_time(
        predict("?", models=[broken, fast], execution=HedgedExecution(delay_ms=500))
    )

    assert (result.latency_ms, result.failures) == (pytest.approx(250), 1)


def test_when_all_hedges_fail_every_reason_is_given(
    in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    pytest.importorskip("hedging")
    models = [timed("a", ValueError("x")), timed("b", ValueError("y"))]

    with pytest.raises(AllModelsFailedError, match="a: x; b: y"):
        in_simulated_time(predict("?", models=models, execution="hedged"))


def test_a_quorum_cancels_the_rest_and_needs_enough_answers(
    in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    models = [timed("a", "4"), timed("b", "4"), timed("c", "5", 60_000)]

    quick = in_simulated_time(predict("?", models=models, execution="quorum"))
    patient = in_simulated_time(predict("?", models=models, execution="quorum", min_responses=3))

    assert (quick.latency_ms, quick.cancelled, models[2].cancelled) == (pytest.approx(10), 1, 1)
    assert patient.votes == {"4": 2, "5": 1}


def test_a_simulated_model_that_is_cancelled_is_paid(
    make_item: Callable[..., Any], in_simulated_time: Callable[..., Any]
) -> None:
    models = [
        SimulatedModel(f"m{ms}", accuracy=1.0, latency=Constant(latency_ms=ms), cost_per_call=1.0)
        for ms in (10, 20, 60_000)
    ]

    result = in_simulated_time(predict(make_item(), models=models, execution="quorum"))

    assert (result.cancelled, result.cost_usd, result.cost_complete) == (1, 3.0, True)


def test_disagreement_settles_unanimity(in_simulated_time: Callable[..., Any], timed: Any) -> None:
    models = [timed("a", "4"), timed("b", "5"), timed("c", "5")]

    result = in_simulated_time(
        predict("?", models=models, strategy=Unanimous(), execution="sequential")
    )

    assert (result.answer, len(result.models)) == (None, 2)


def test_what_is_late_for_the_whole_has_failed(
    in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    models = [timed("a", "4"), timed("b", "5", 60_000)]

    result = in_simulated_time(predict("?", models=models, timeout_ms=100))

    assert (result.answer, result.latency_ms) == ("4", pytest.approx(100))
    assert result.responses[1].error_type == "ModelTimeoutError"
    assert result.responses[1].cost_usd == 0.5


def test_samples_of_one_model_vote_until_the_lead_is_real(
    in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    """Four of four: P(Beta(5, 1) > 1/2) = .969, three of three only .938."""
    model = timed("a", "4")

    result = in_simulated_time(
        predict("?", models=[model], samples=20, execution=Sequential(stop=AdaptiveConsistency()))
    )

    assert (model.calls, result.votes) == (4, {"4": 4})
    assert [record.sample for record in result.responses] == [0, 1, 2, 3]


def test_every_sample_is_another_one(in_simulated_time: Callable[..., Any], timed: Any) -> None:
    model = timed("a", lambda sample: str(sample % 2))

    result = in_simulated_time(predict("?", models=[model], samples=5))

    assert result.votes == {"0": 3, "1": 2}


@pytest.mark.parametrize(
    ("stop", "calls"),
    [
        (Agreement(votes=3), 3),
        (Consensus(share=0.6, min_votes=3), 3),
        (VotePosterior(accuracies={"a": 0.9, "b": 0.9, "c": 0.9, "d": 0.9}, threshold=0.98), 2),
        (lambda now: now.answered == 1, 1),
    ],
)
def test_a_stop_ends_the_asking(
    stop: Any, calls: int, in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    models = [timed(name, "4") for name in "abcd"]

    result = in_simulated_time(predict("?", models=models, execution=Sequential(stop=stop)))

    assert len(result.models) == calls


def test_ea14_a_premium_model_is_added_only_without_consensus(
    in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    order = Sequential(first=3, stop=Consensus(share=0.6, min_votes=3))

    def ask(*answers: str) -> Any:
        models = [timed(f"m{place}", answer) for place, answer in enumerate(answers)]
        return in_simulated_time(predict("?", models=models, execution=order))

    assert len(ask("1", "1", "2", "1").models) == 3
    assert len(ask("1", "2", "3", "2").models) == 4


def test_recorded_times_add_up_when_one_waits_for_the_other(
    in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    class Recorded(timed):  # type: ignore[misc]  # a class by way of a fixture
        async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
            response: Response = await super().generate(query, sampling)
            return replace(response, latency_ms=100.0, source="recorded")

    models = [Recorded(name, name, 0) for name in "abc"]

    order = Sequential(first=2, stop="agree")
    result = in_simulated_time(predict("?", models=models, execution=order))

    assert result.latency_ms == 200.0
