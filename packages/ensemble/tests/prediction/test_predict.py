"""Several models, one answer, and nothing lost on the way."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ensemble import (
    AllModelsFailedError,
    Constant,
    FunctionModel,
    InsufficientResponsesError,
    Price,
    Query,
    Response,
    RunningLoopError,
    SamplingParameters,
    SimulatedModel,
    UnknownNameError,
    VoteOutcome,
    ask,
    ask_sync,
    predict,
    predict_sync,
    sampling,
)


async def test_the_majority_answers_and_everything_is_in_the_record(
    panel: Callable[..., list[Any]],
) -> None:
    result = await predict("2+2?", models=panel("4", "4", "5"))

    assert (result.answer, result.key) == ("4", "4")
    assert result.consensus == pytest.approx(2 / 3)
    assert result.votes == {"4": 2, "5": 1}
    assert result.cost_usd == pytest.approx(0.03)
    assert (result.successes, result.failures, result.tie) == (3, 0, False)
    assert result.models == ("m0", "m1", "m2")
    assert [record.key for record in result.responses] == ["4", "4", "5"]
    assert (result.strategy, result.execution, result.normalize) == ("majority", "parallel", "text")
    assert result.to_dict()["responses"][2]["response"]["text"] == "5"
    assert "67%" in str(result)


async def test_answers_are_compared_in_normal_form_and_given_as_they_were(
    panel: Callable[..., list[Any]],
) -> None:
    result = await predict("?", models=panel("YES.", "yes", "no"))

    assert (result.answer, result.key) == ("YES.", "yes")


async def test_an_answer_that_says_nothing_has_no_vote(panel: Callable[..., list[Any]]) -> None:
    result = await predict("?", models=panel("no idea", "none", "7"), normalize="number")

    assert (result.answer, result.consensus) == ("7", 1.0)
    assert result.agreement == pytest.approx(1 / 3)
    assert result.responses[0].key is None


async def test_without_votes_a_prediction_has_no_answer(panel: Callable[..., list[Any]]) -> None:
    result = await predict("?", models=panel("x", "y"), normalize="number")

    assert result.answer is None
    assert (result.consensus, result.agreement, result.votes) == (0.0, 0.0, {})


async def test_a_failed_model_does_not_fail_the_vote(panel: Callable[..., list[Any]]) -> None:
    result = await predict("?", models=panel("4", ValueError("broken"), "4"))

    assert result.answer == "4"
    assert result.consensus == 1.0
    assert result.agreement == pytest.approx(2 / 3)
    assert result.failures == 1
    assert result.responses[1].error == "broken"
    assert not result.cost_complete


async def test_a_model_that_takes_too_long_has_failed(panel: Callable[..., list[Any]]) -> None:
    result = await predict("?", models=panel("4", asyncio.Event), model_timeout_ms=20)

    assert result.responses[1].error_type == "ModelTimeoutError"
    assert (result.responses[1].latency_ms or 0) >= 20
    assert result.answer == "4"


async def test_failures_of_two_models_of_one_name_are_listed_apart() -> None:
    async def broken(query: str) -> str:
        raise ValueError(query)

    with pytest.raises(
        AllModelsFailedError, match=r"all 2 models failed: broken: \?; broken \(2\)"
    ):
        await predict("?", models=[broken, broken])


async def test_a_model_that_gives_no_response_has_failed(
    panel: Callable[..., list[Any]],
) -> None:
    class Sloppy:
        name = "sloppy"

        async def generate(self, query: Query, sampling: SamplingParameters) -> str:
            return "4"

    async def number(query: str) -> int:
        return 4

    result = await predict("?", models=[*panel("4"), Sloppy(), number])  # type: ignore[list-item]  # wrong on purpose

    assert [record.error_type for record in result.responses] == ["", "ModelError", "ModelError"]
    assert "gave str, not a Response" in result.responses[1].error
    assert "gave int, not text" in result.responses[2].error


async def test_a_model_that_cancels_its_own_call_has_failed(
    panel: Callable[..., list[Any]],
) -> None:
    async def inner_task_cancelled(query: str) -> str:
        raise asyncio.CancelledError

    result = await predict("?", models=[*panel("4"), inner_task_cancelled])

    assert (result.answer, result.failures) == ("4", 1)
    assert "cancelled its own call" in result.responses[1].error


async def test_an_error_of_the_callers_own_callback_is_given_back_as_it_is(
    panel: Callable[..., list[Any]],
) -> None:
    def careless(response: Response) -> None:
        raise KeyError(response.text)

    with pytest.raises(KeyError, match="4"):
        await predict("?", models=panel("4", "4"), on_response=careless)


async def test_each_response_is_passed_on_as_it_arrives(panel: Callable[..., list[Any]]) -> None:
    seen: list[str] = []

    await predict(
        "?",
        models=panel("4", ValueError("x"), "5"),
        on_response=lambda response: seen.append(response.model),
    )

    assert seen == ["m0", "m2"]


async def test_when_all_fail_every_reason_is_given(panel: Callable[..., list[Any]]) -> None:
    with pytest.raises(AllModelsFailedError, match=r"m0: first; m1: second") as caught:
        await predict("?", models=panel(ValueError("first"), OSError("second")))

    assert set(caught.value.errors) == {"m0", "m1"}


async def test_fewer_answers_than_asked_for_is_an_error(panel: Callable[..., list[Any]]) -> None:
    with pytest.raises(InsufficientResponsesError, match=r"1 model answered, min_.* asks for 2"):
        await predict("?", models=panel("4", ValueError("x")), min_responses=2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strategy": "best"}, r"strategy 'best': did you mean 'best_of_n'\? known: best_conf"),
        ({"execution": "ladder"}, "unknown execution 'ladder': known: cascade, hedged"),
        ({"normalize": "magic"}, "unknown normalizer 'magic': known: boolean, choice"),
        ({"tie_break": "coin"}, "unknown tie policy 'coin': known: abstain, accuracy"),
    ],
)
async def test_an_unknown_name_is_an_error_that_lists_the_known_ones(
    options: dict[str, Any], message: str, panel: Callable[..., list[Any]]
) -> None:
    with pytest.raises(UnknownNameError, match=message):
        await predict("?", models=panel("4"), **options)


@pytest.mark.parametrize("options", [{"models": []}, {"min_responses": 2}, {"min_responses": 0}])
async def test_an_empty_panel_and_an_impossible_quorum_are_errors(
    options: dict[str, Any], panel: Callable[..., list[Any]]
) -> None:
    with pytest.raises(ValueError, match=r"models|min_responses"):
        await predict("?", **{"models": panel("4"), **options})


async def test_a_strategy_may_be_a_function_of_the_votes(panel: Callable[..., list[Any]]) -> None:
    def shortest(ballots: Any) -> VoteOutcome:
        best = min(ballots, key=lambda vote: len(vote.text))
        return VoteOutcome(key=best.key, scores={best.key: 1.0}, confidence=0.5)

    result = await predict("?", models=panel("long answer", "short"), strategy=shortest)

    assert (result.answer, result.strategy, result.confidence) == ("short", "shortest", 0.5)


async def test_a_strategy_that_gives_no_outcome_is_refused(
    panel: Callable[..., list[Any]],
) -> None:
    with pytest.raises(TypeError, match=r"gave '4', not a VoteOutcome"):
        await predict("?", models=panel("4"), strategy=lambda ballots: ballots[0].key)


async def test_keys_that_look_alike_are_counted_apart(panel: Callable[..., list[Any]]) -> None:
    def either(answer: str) -> object:
        return int(answer) if answer.isdigit() else answer.strip("'")

    result = await predict("?", models=panel("1", "'1'", "1"), normalize=either)

    assert result.votes == {"1": 2, "'1'": 1}


async def test_a_price_makes_the_cost_of_a_function_known() -> None:
    async def flat(query: str) -> str:
        return "4"

    async def metered(query: str) -> Response:
        return Response(text="4", model="m", input_tokens=1_000_000, output_tokens=0)

    result = await predict(
        "?",
        models=[
            FunctionModel("flat", flat, price=Price(per_request=0.25)),
            FunctionModel("metered", metered, price=Price(input_per_million=2.0)),
        ],
    )

    assert [record.cost_usd for record in result.responses] == [0.25, 2.0]
    assert (result.cost_usd, result.cost_complete) == (2.25, True)


async def test_confidence_is_the_mean_of_the_winning_voters() -> None:
    def sure(confidence: float, text: str) -> Callable[[str], Response]:
        return lambda query: Response(text=text, model="m", confidence=confidence)

    models = [sure(0.8, "a"), sure(0.6, "a"), sure(0.99, "b")]
    result = await predict("?", models=models)

    assert result.confidence == pytest.approx(0.7)


def test_asked_at_once_models_take_as_long_as_the_slowest(
    make_item: Callable[..., Any], in_simulated_time: Callable[..., Any]
) -> None:
    """The first scenario of all: three models, "What is 2+2?", consensus 1.0, cost above 0."""
    models = [
        SimulatedModel(f"m{ms}", accuracy=1.0, latency=Constant(latency_ms=ms), output_price=0.6)
        for ms in (800, 2000, 1200)
    ]

    result = in_simulated_time(predict(make_item(0, "What is 2+2?", "4"), models=models))

    assert (result.answer, result.consensus, result.source) == ("4", 1.0, "simulated")
    assert result.latency_ms == pytest.approx(2000.0)
    assert result.cost_usd == pytest.approx(3 * 50 * 0.6e-6)


def test_a_model_that_is_cut_off_costs_no_more_time_than_its_limit(
    make_item: Callable[..., Any], in_simulated_time: Callable[..., Any]
) -> None:
    models = [
        SimulatedModel(f"m{ms}", accuracy=1.0, latency=Constant(latency_ms=ms))
        for ms in (100, 60_000)
    ]

    result = in_simulated_time(predict(make_item(), models=models, model_timeout_ms=500))

    assert result.latency_ms == pytest.approx(500)
    assert [record.latency_ms for record in result.responses] == pytest.approx([100, 500])


async def test_functions_are_models_too() -> None:
    async def clever(query: str) -> str:
        return "4"

    def plain(query: str) -> str:
        return "four"

    result = await predict("?", models=[clever, plain, FunctionModel("f", clever)])

    assert result.models == ("clever", "plain", "f")
    assert result.votes == {"4": 2, "four": 1}
    assert result.cost_usd is None
    assert result.latency_ms is not None


def test_the_sync_twin_gives_the_same(panel: Callable[..., list[Any]]) -> None:
    assert predict_sync("?", models=panel("4", "4")).answer == "4"
    assert ask_sync("?", model=panel("4")[0]).text == "4"


@pytest.mark.parametrize("value", [4, None, SimulatedModel])
async def test_a_value_that_is_not_a_model_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="is not a model"):
        await predict("?", models=[value])


async def test_a_sync_twin_in_a_running_loop_says_what_to_do(
    panel: Callable[..., list[Any]],
) -> None:
    with pytest.raises(RunningLoopError, match="use `await predict"):
        predict_sync("?", models=panel("4"))


async def test_a_seed_is_sent_only_when_it_is_given(panel: Callable[..., list[Any]]) -> None:
    models = panel("4")

    await predict("?", models=models, tie_break="seeded")
    await predict("?", models=models, seed=0)

    assert [settings.seed for _, settings in models[0].asked] == [None, 0]


async def test_a_notebook_shows_the_votes_and_runs_none_of_them(
    panel: Callable[..., list[Any]],
) -> None:
    result = await predict("?", models=panel("<script>x</script>", ValueError("<b>")))

    shown = result._repr_html_()

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "&lt;b&gt;" in shown


async def test_every_prediction_has_an_id_of_its_own(panel: Callable[..., list[Any]]) -> None:
    ids = {(await predict("?", models=panel("4"))).prediction_id for _ in range(50)}

    assert len(ids) == 50


async def test_the_sample_number_reaches_every_model(panel: Callable[..., list[Any]]) -> None:
    models = panel("4", "4")

    with sampling(sample=3):
        await predict("?", models=models, seed=9, temperature=0.5)
    await ask("?", model=models[0])

    assert [settings.sample for _, settings in models[0].asked] == [3, 0]
    assert models[1].asked[0][1] == SamplingParameters(temperature=0.5, seed=9, sample=3)


async def test_a_live_model_without_a_latency_is_timed(make_item: Callable[..., Any]) -> None:
    async def slow(query: Any) -> str:
        await asyncio.sleep(0)
        return "x"

    response = await ask(make_item(), model=slow)

    assert response.latency_ms is not None
    assert response.latency_ms >= 0


async def test_no_task_is_left_when_the_caller_is_cancelled(
    panel: Callable[..., list[Any]],
) -> None:
    before = len(asyncio.all_tasks())

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await predict("?", models=panel(asyncio.Event, asyncio.Event))

    assert len(asyncio.all_tasks()) == before
