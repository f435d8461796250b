"""What a call may cost is known before it is made, and never below what it costs."""

from typing import Any

import pytest

from ensemble import (
    AnthropicModel,
    Fallback,
    FunctionModel,
    GeminiModel,
    HedgedModel,
    OpenAIModel,
    OpenAIResponsesModel,
    Price,
    ResponseCache,
    Variant,
    ask,
    request_cost,
)
from ensemble.testing import LoopbackProvider

DOLLARS = Price(input_per_million=3.0, output_per_million=15.0, cache_write_per_million=3.75)


@pytest.mark.parametrize("kind", [OpenAIModel, OpenAIResponsesModel, AnthropicModel, GeminiModel])
@pytest.mark.parametrize("prompt", ["2+2?", "h\u00e9llo \U0001f600 " * 50, "x" * 5000])
async def test_no_answer_costs_more_than_was_reserved(kind: Any, prompt: str) -> None:
    async with LoopbackProvider() as provider:
        model = kind("m", base_url=provider.url, api_key="k", price=DOLLARS)
        reserved = request_cost(prompt, model=model, max_tokens=20_000)
        response = await ask(prompt, model=model, max_tokens=20_000)
        await model.close()

    assert reserved.worst_usd is not None
    assert response.cost_usd is not None
    assert response.cost_usd <= reserved.worst_usd
    assert reserved.worst_call_usd == pytest.approx(4 * reserved.worst_usd)  # three repeats


def test_the_longest_answer_of_the_family_is_reserved() -> None:
    known = request_cost("2+2?", model=OpenAIModel("gpt-4o-mini", api_key="k"))
    own = request_cost("2+2?", model=OpenAIModel("llama-3", api_key="k", price=DOLLARS))

    assert known.max_output_tokens == 16_384
    assert known.worst_usd == pytest.approx(16_384 * 0.6e-6, rel=0.01)
    assert (own.max_output_tokens, own.worst_usd, own.worst_call_usd) == (None, None, None)


def test_models_made_of_models_reserve_what_all_may_cost(tmp_path: Any) -> None:
    one = OpenAIModel("gpt-4o-mini", api_key="k", max_retries=0)
    once = request_cost("2+2?", model=one, max_tokens=100).worst_call_usd
    assert once is not None

    def cost(model: Any) -> Any:
        return request_cost("2+2?", model=model, max_tokens=100).worst_call_usd

    assert cost(Fallback(one, one)) == pytest.approx(2 * once)
    assert cost(Fallback(one, lambda _: "4")) is None
    assert cost(Variant(one, "brief")) == once
    assert cost(Variant(one, "long", prompt=lambda text: text + " Think." * 100)) > once
    with ResponseCache(tmp_path / "answers.sqlite") as cache:
        assert cost(cache.wrap(one)) == once
    pytest.importorskip("hedging")
    assert cost(HedgedModel(one, delay_ms=10)) == pytest.approx(2 * once)


def test_a_function_costs_what_its_price_says() -> None:
    paid = FunctionModel("m", lambda _: "4", price=Price(per_request=0.01))

    assert request_cost("2+2?", model=paid).worst_usd == 0.01
    assert request_cost("2+2?", model=lambda _: "4").worst_usd is None
