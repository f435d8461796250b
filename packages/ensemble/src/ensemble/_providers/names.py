"""Models by name: aliases, providers, and providers of your own."""

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Unpack

from .._catalogue.prices import PRICES, PRICES_DATE
from .._core.errors import UnknownModelError
from .._core.models import Model
from .._core.rendering import on_one_line
from .._core.values import Value
from .anthropic import AnthropicModel
from .gemini import GeminiModel
from .openai import OpenAIModel
from .openai_responses import OpenAIResponsesModel
from .provider import ConnectionOptions, ProviderModel
from .servers import SERVERS, ServerModel

Make = Callable[..., Any]


class Alias(Value):
    """The provider and the model behind a short name.

    Attributes:
        provider: ``openai``, ``responses`` (OpenAI's Responses interface), ``anthropic``,
            ``gemini``, a provider or server that speaks OpenAI's chat completions such as
            ``ollama`` or ``openrouter``, or one that was registered.
        model: The model's name there.
        context_tokens: The longest conversation with its answer; None when unknown.
    """

    provider: str
    model: str
    context_tokens: int | None = None

    def __str__(self) -> str:
        return on_one_line(f"{self.provider}/{self.model}")


def _aliases() -> dict[str, Alias]:
    # In the words of the providers, their context windows, and the names that people use.
    rows = (
        ("openai", "gpt-4", 8_192, "gpt4 openai_gpt4"),
        ("openai", "gpt-4o", 128_000, "gpt4o openai_gpt4o"),
        ("openai", "gpt-4o-mini", 128_000, "gpt4_mini gpt4o_mini openai_gpt4o_mini"),
        ("openai", "gpt-3.5-turbo", 16_385, "gpt35 gpt35_turbo openai_gpt35_turbo"),
        ("anthropic", "claude-3-haiku-20240307", 200_000, "claude_haiku anthropic_haiku"),
        (
            *("anthropic", "claude-3-5-sonnet-20241022", 200_000),
            "claude claude_sonnet anthropic_sonnet",
        ),
        ("anthropic", "claude-3-opus-20240229", 200_000, "claude_opus anthropic_opus"),
        ("gemini", "gemini-2.0-flash", 1_048_576, "gemini gemini_flash"),
        ("gemini", "gemini-1.5-pro", 2_097_152, "gemini_pro"),
    )
    return {
        name: Alias(provider=provider, model=model, context_tokens=context)
        for provider, model, context, names in rows
        for name in names.split()
    }


_known = _aliases()
ALIASES: Mapping[str, Alias] = MappingProxyType(_known)
_makers: dict[str, Make] = {
    "anthropic": AnthropicModel,
    "gemini": GeminiModel,
    "google": GeminiModel,
    "openai": OpenAIModel,
    "responses": OpenAIResponsesModel,
    **{name: partial(ServerModel, name) for name in SERVERS},
}
_BEGINS = {
    "gpt-": "openai",
    "chatgpt-": "openai",
    "o1": "openai",
    "o3": "openai",
    "o4": "openai",
    "claude-": "anthropic",
    "gemini-": "gemini",
}
_shared: dict[str, Model] = {}
_warned: set[str] = set()


def named_model(name: str, **options: Unpack[ConnectionOptions]) -> ProviderModel:
    """A client of the model with this name.

    Args:
        name: An alias such as ``gpt4_mini``, a provider with a model such as
            ``openai/gpt-4o-mini``, or a model's own name whose prefix identifies the provider.
        **options: What the client takes, such as ``api_key``, ``price`` or ``limits``.

    Returns:
        The client; for a provider that was registered, the model that its maker gives.

    Raises:
        UnknownModelError: No model has this name; lists the known ones.
    """
    alias = resolve_model(name)
    if name in _known:
        _warn_if_retired(name, alias)
    made: ProviderModel = _makers[alias.provider](alias.model, **options)
    return made


def _warn_if_retired(name: str, alias: Alias) -> None:
    """Warn once of a short name whose model the present price lists have no more."""
    price = PRICES.get(alias.model)
    listed = price is None or price.date is None or price.date >= PRICES_DATE
    if listed or price is None or "LiteLLM" not in (price.source or "") or name in _warned:
        return
    _warned.add(name)
    warnings.warn(
        f"the alias {name!r} stands for {alias.model!r}, which its provider's price list of"
        f" {PRICES_DATE} has no more: give the name of a model of today, or"
        f" register_alias({name!r}, ..., replace=True)",
        stacklevel=3,
    )


def resolve_model(name: str) -> Alias:
    """The provider and the model that a name stands for.

    Args:
        name: An alias, a provider with a model, or a model's own name.

    Returns:
        The provider and the model.

    Raises:
        UnknownModelError: No model has this name; lists the known ones.
    """
    if name in _known:
        return _known[name]
    provider, slash, model = name.partition("/")
    if slash and model and provider in _makers:
        return Alias(provider=provider, model=model)
    for begin, owner in _BEGINS.items():
        if name.startswith(begin):
            return Alias(provider=owner, model=name)
    raise UnknownModelError(name, (*_known, *(f"{each}/..." for each in _makers)))


def register_alias(
    name: str, model: str, *, context_tokens: int | None = None, replace: bool = False
) -> None:
    """Give a model a short name.

    Args:
        name: The short name.
        model: What it stands for, such as ``openai/gpt-4o-mini`` or another alias.
        context_tokens: The longest conversation with its answer.
        replace: Whether the name may be taken already.

    Raises:
        UnknownModelError: Nothing is known under ``model``.
        ValueError: The name is taken, is empty, or has a slash, which divides provider and model.
    """
    if not name or "/" in name:
        raise ValueError(f"name: {name!r} cannot be an alias; give a word without a slash")
    if name in _known and not replace:
        raise ValueError(f"name: the alias {name!r} is taken; pass replace=True to replace it")
    found = resolve_model(model)
    context = found.context_tokens if context_tokens is None else context_tokens
    _known[name] = Alias(provider=found.provider, model=found.model, context_tokens=context)
    _shared.pop(name, None)


def alias_names() -> tuple[str, ...]:
    """Return the short names of models that are known, sorted."""
    return tuple(sorted(_known))


def register_provider(name: str, make: Make, *, replace: bool = False) -> None:
    """Make the models of your own provider known as ``name/model``.

    Args:
        name: The provider's name.
        make: Takes the model's name and options, gives a model.
        replace: Whether the name may be taken already.

    Raises:
        ValueError: The name is taken, is empty, or has a slash.
    """
    if not name or "/" in name:
        raise ValueError(f"name: {name!r} cannot be a provider; give a word without a slash")
    if name in _makers and not replace:
        raise ValueError(f"name: the provider {name!r} is taken; pass replace=True to replace it")
    _makers[name] = make
    _shared.clear()


def provider_names() -> tuple[str, ...]:
    """Return the names of the providers that are known, sorted."""
    return tuple(sorted(_makers))


def shared_model(name: str) -> Model:
    """The client of a name that is given instead of a model: one for all who give it."""
    if name not in _shared:
        _shared[name] = named_model(name)
    return _shared[name]
