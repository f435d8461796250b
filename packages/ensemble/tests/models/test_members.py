"""A member made of another model keeps what the question knows, or says that it cannot."""

from collections.abc import Callable
from typing import Any

import pytest

from ensemble import (
    Constant,
    FunctionModel,
    Query,
    QuestionError,
    ReplayModel,
    ResponseCache,
    SimulatedModel,
    Variant,
    ask,
    collect,
)

QUICK = Constant(latency_ms=0)


def brief(text: str) -> str:
    return f"{text}\nBe brief."


async def test_a_simulated_model_answers_another_prompt_as_another_sample(
    make_item: Callable[..., Any],
) -> None:
    plain = SimulatedModel("m", accuracy=0.7, latency=QUICK)
    items = [make_item(number) for number in range(600)]

    table = await collect(items, models=[plain, Variant(plain, "brief", prompt=brief)])

    found = table.analyze()
    assert table.failures is None
    assert found.accuracies["brief"].value == pytest.approx(0.7, abs=0.06)
    assert abs(found.mean_phi) < 0.15


async def test_a_steady_simulated_model_answers_alike_under_every_prompt(
    make_item: Callable[..., Any],
) -> None:
    steady = SimulatedModel("m", accuracy=0.5, latency=QUICK, steadiness=1.0)
    items = [make_item(number) for number in range(60)]

    table = await collect(items, models=[steady, Variant(steady, "brief", prompt=brief)])

    assert table.right("m") == table.right("brief")


async def test_a_variant_of_a_variant_has_both_prompts(make_item: Callable[..., Any]) -> None:
    seen: list[str] = []

    def answer(item: Any) -> str:
        seen.append(str(item))
        return str(item.expected)

    twice = Variant(Variant(FunctionModel("f", answer), "a", prompt=brief), "b", prompt=str.upper)

    response = await ask(make_item(), model=twice)

    assert (response.text, response.model) == ("4", "b")
    assert seen == ["2+2?\nBe brief."]


async def test_of_chat_messages_the_last_of_the_user_gets_the_prompt() -> None:
    seen: list[Any] = []

    def answer(messages: Query) -> str:
        seen.append(messages)
        return "4"

    messages = [
        {"role": "user", "content": "Hello"},
        {"role": "user", "content": "2+2?"},
        {"role": "assistant", "content": "So:"},
    ]

    await ask(messages, model=Variant(FunctionModel("f", answer), "brief", prompt=brief))

    assert [each["content"] for each in seen[0]] == ["Hello", "2+2?\nBe brief.", "So:"]
    assert messages[1]["content"] == "2+2?"


async def test_a_recorded_model_refuses_another_prompt(make_item: Callable[..., Any]) -> None:
    recorded = ReplayModel("m", {"i0": "4"})

    with pytest.raises(QuestionError, match="no answer to another one"):
        await ask(make_item(), model=Variant(recorded, "brief", prompt=brief))


async def test_a_cache_keeps_the_answers_to_two_prompts_apart(
    make_item: Callable[..., Any], tmp_path: Any
) -> None:
    with ResponseCache(tmp_path / "cache.sqlite") as cache:
        cached = cache.wrap(SimulatedModel("m", accuracy=1.0, latency=QUICK))
        for model in (cached, Variant(cached, "brief", prompt=brief)):
            await ask(make_item(), model=model)

        assert len(cache) == 2
