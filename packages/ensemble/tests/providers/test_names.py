"""Models by their names."""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from ensemble import (
    ALIASES,
    PRICES_DATE,
    AnthropicModel,
    GeminiModel,
    OpenAIModel,
    Price,
    Response,
    SimulatedModel,
    UnknownNameError,
    ask,
    find_price,
    named_model,
    predict,
    register_alias,
    register_provider,
    resolve_model,
)
from ensemble._providers import names  # to forget what a test has made known


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    before = dict(names._known), dict(names._makers)
    yield
    names._known.clear()
    names._known.update(before[0])
    names._makers.clear()
    names._makers.update(before[1])
    names._shared.clear()


@pytest.mark.filterwarnings("ignore:the alias")
@pytest.mark.parametrize(
    "alias",
    [
        *("gpt4", "claude", "gemini", "gpt4_mini", "claude_haiku", "gemini_flash", "gpt35"),
        *("claude_sonnet", "gemini_pro", "openai_gpt4o_mini", "openai_gpt4o", "openai_gpt4"),
        *("anthropic_haiku", "anthropic_sonnet", "anthropic_opus", "gpt4o_mini", "gpt4o"),
        *("gpt35_turbo", "openai_gpt35_turbo", "claude_opus"),
    ],
)
def test_every_alias_of_the_original_has_a_model_a_price_and_a_context(alias: str) -> None:
    model = named_model(alias, api_key="k")

    assert isinstance(model, OpenAIModel | AnthropicModel | GeminiModel)
    assert model.model == ALIASES[alias].model
    assert (ALIASES[alias].context_tokens or 0) > 8000
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_, **__: pytest.fail("no price is known"))
        assert find_price(model.model) is not None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("openai/some-new-model", OpenAIModel),
        ("google/gemini-9", GeminiModel),
        ("claude-9-20300101", AnthropicModel),
        ("gpt-9", OpenAIModel),
    ],
)
def test_a_name_that_tells_its_provider_needs_no_alias(name: str, kind: type) -> None:
    assert type(named_model(name, api_key="k")) is kind


@pytest.mark.parametrize("name", ["psychic", "unknown/gpt-4", "openai/", ""])
def test_an_unknown_name_lists_the_known_ones_and_says_how_to_add_one(name: str) -> None:
    with pytest.raises(UnknownNameError, match=r"gpt4_mini.*register_alias"):
        named_model(name)


def test_an_alias_of_ones_own_may_stand_for_another() -> None:
    register_alias("cheap", model="gpt4_mini")
    register_alias("house", model="openai/llama-3", context_tokens=4096)

    assert str(resolve_model("cheap")) == "openai/gpt-4o-mini"
    assert resolve_model("cheap").context_tokens == 128_000
    assert named_model("house", api_key="", base_url="http://localhost:8000/v1").model == "llama-3"
    assert resolve_model("house").context_tokens == 4096
    with pytest.raises(ValueError, match="slash"):
        register_alias("a/b", model="cheap")
    with pytest.raises(UnknownNameError):
        register_alias("c", model="psychic")


async def test_names_stand_for_models_everywhere(make_item: Any) -> None:
    made: list[str] = []

    def make(model: str) -> SimulatedModel:
        made.append(model)
        return SimulatedModel(model, accuracy=1.0, seed=len(made))

    register_provider("lab", make)

    result = await predict(make_item(), models=["lab/a", "lab/b", "lab/a"])
    again = await ask(make_item(), model="lab/a")

    assert (result.answer, again.text) == ("4", "4")
    assert made == ["a", "b"]
    with pytest.raises(ValueError, match="slash"):
        register_provider("a/b", make)


async def test_a_result_keeps_the_price_and_its_date(server: Any) -> None:
    async with named_model("gpt4_mini", api_key="k", base_url=server.url) as model:
        listed = await ask("2+2?", model=model)
    own = Price(input_per_million=1.0, date="2026-11-01", source="contract")
    async with named_model("gpt4_mini", api_key="k", base_url=server.url, price=own) as model:
        agreed = await ask("2+2?", model=model)

    assert listed.to_dict()["price"]["date"] == PRICES_DATE
    assert agreed.to_dict()["price"]["source"] == "contract"
    assert agreed.cost_usd == pytest.approx(1000e-6)
    assert Response(text="", model="m").to_dict()["price"] is None


def test_an_alias_of_a_retired_model_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_warned", set())

    with pytest.warns(UserWarning, match="'claude' stands for 'claude-3-5-sonnet-20241022'"):
        named_model("claude", api_key="k")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        named_model("claude", api_key="k")
        named_model("gpt4_mini", api_key="k")
        named_model("anthropic/claude-3-5-sonnet-20241022", api_key="k")
