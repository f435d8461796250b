"""EA6: what becomes of a prediction when members fail, each in its own way."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ensemble import (
    AllModelsFailedError,
    AuthenticationError,
    EnsembleResult,
    FunctionModel,
    InsufficientResponsesError,
    MalformedResponseError,
    ModelTimeoutError,
    OpenAIModel,
    Price,
    RateLimitError,
    ask,
    predict,
)
from ensemble.testing import LoopbackProvider, Troubles

Run = Callable[[Coroutine[Any, Any, Any]], Any]


async def answers(_: str) -> str:
    return "4"


async def breaks(_: str) -> str:
    raise ValueError("no")


async def hangs(_: str) -> str:
    await asyncio.sleep(3600)
    return "late"


FUNCTIONS = {"answers": answers, "breaks": breaks, "hangs": hangs}


def members(*kinds: str) -> list[FunctionModel]:
    return [FunctionModel(f"{kind}-{number}", FUNCTIONS[kind]) for number, kind in enumerate(kinds)]


@pytest.mark.parametrize(
    ("kinds", "failed"),
    [
        (("answers", "answers", "hangs"), {"hangs-2": "ModelTimeoutError"}),
        (("answers", "breaks", "answers"), {"breaks-1": "ValueError"}),
    ],
)
def test_ea6_a_third_that_fails_leaves_the_answer_of_the_others(
    kinds: tuple[str, ...], failed: dict[str, str], in_simulated_time: Run
) -> None:
    result = in_simulated_time(predict("2+2?", models=members(*kinds), model_timeout_ms=500))

    assert (result.answer, result.successes, result.failures) == ("4", 2, 1)
    found = {each.model: each.error_type for each in result.responses if each.status == "failed"}
    assert found == failed


@pytest.mark.parametrize("kinds", [("breaks", "breaks"), ("hangs", "hangs"), ("breaks", "hangs")])
def test_ea6_when_all_fail_the_error_has_every_reason(
    kinds: tuple[str, ...], in_simulated_time: Run
) -> None:
    with pytest.raises(AllModelsFailedError) as caught:
        in_simulated_time(predict("2+2?", models=members(*kinds), model_timeout_ms=500))

    assert list(caught.value.errors) == [each.name for each in members(*kinds)]
    for name, error in caught.value.errors.items():
        assert isinstance(error, ModelTimeoutError) == name.startswith("hangs")


def test_ea6_fewer_answers_than_asked_for_is_an_error_of_its_own(in_simulated_time: Run) -> None:
    three = members("answers", "breaks", "hangs")

    with pytest.raises(InsufficientResponsesError):
        in_simulated_time(predict("?", models=three, model_timeout_ms=500, min_responses=2))
    result = in_simulated_time(predict("?", models=three, model_timeout_ms=500, min_responses=1))

    assert result.answer == "4"


async def test_ea6_an_empty_panel_is_refused() -> None:
    with pytest.raises(ValueError, match="models"):
        await predict("?", models=[])


async def test_ea6_a_missing_key_fails_its_member_and_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.chdir(tmp_path)  # without a .env file
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    model = OpenAIModel("gpt-4o-mini", base_url="http://127.0.0.1:9/v1")

    with pytest.raises(AuthenticationError, match="set OPENAI_API_KEY"):
        await ask("?", model=model)
    result = await predict("?", models=[model, *members("answers")])

    assert isinstance(result, EnsembleResult)
    assert [each.status for each in result.responses] == ["failed", "answered"]


async def test_ea6_a_429_is_repeated_after_the_pause_that_it_asks_for() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        provider.troubles = Troubles()  # it has recovered

    troubles = Troubles(rates={"rate_limit": 1.0}, retry_after_ms=1500.0)
    async with LoopbackProvider(troubles=troubles) as provider:
        model = OpenAIModel(
            "m", base_url=provider.url, api_key="k", price=Price(), sleep=sleep, chance=lambda: 0.0
        )
        async with model:
            response = await ask("?", model=model)

    assert (response.attempts, waits) == (2, [1.5])
    assert [each.status for each in response.tries] == ["failed", "answered"]


@pytest.mark.parametrize(
    ("trouble", "kind"), [("malformed", MalformedResponseError), ("rate_limit", RateLimitError)]
)
async def test_ea6_a_member_that_stays_wrong_has_the_class_of_its_failure(
    trouble: Any, kind: type[Exception]
) -> None:
    async with LoopbackProvider(troubles=Troubles(rates={trouble: 1.0})) as provider:
        options: dict[str, Any] = {"base_url": provider.url, "api_key": "k", "price": Price()}
        async with OpenAIModel("m", max_retries=0, **options) as model:
            result = await predict("?", models=[model, *members("answers")])

    assert [each.error_type for each in result.responses] == [kind.__name__, ""]
    assert json.loads(result.to_json())["failures"] == 1
