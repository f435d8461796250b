"""The front of the instrumentation: which client it is, and what is recorded of it."""

from collections.abc import Callable
from typing import TypeVar

from . import genai, stainless
from .call import MARK, Options, Price

_Client = TypeVar("_Client")
_KNOWN = "give a client of openai, anthropic or google-genai"


def instrument(
    client: _Client,
    *,
    texts: bool = False,
    price: Price | None = None,
    provider: str | None = None,
) -> _Client:
    """Record the model calls of a provider's client as spans named ``llm.request``.

    Each call gives a start and an end with its model, duration, tokens as the provider counts them,
    parameters and finish reason, whether it is answered at once or as a stream. A failed call ends
    in ``llm.request.exception``. Retries inside of the client are one call. Answers, errors and
    streams reach the caller as they are. Without an experiment nothing is recorded.

    The tokens of a stream are known when the provider sends them: OpenAI's chats need
    ``stream_options={"include_usage": True}``.

    Args:
        client: ``OpenAI``, ``AsyncOpenAI``, ``Anthropic``, ``AsyncAnthropic`` or one made from
            them, or a ``google.genai.Client``. Copies made by ``with_options`` are recorded too.
        texts: Also record prompts and answers.
        price: The cost of a call in US dollars. It is called with the fields of the call, such as
            ``model``, ``input_tokens``, ``output_tokens`` and ``cached_tokens``. None leaves costs
            unknown.
        provider: Its name in events; None is that of the package.

    Returns:
        The same client; instrumenting it again changes nothing.

    Raises:
        TypeError: It is not a client of these packages.

    Example:
        >>> try:
        ...     instrument("gpt-5")
        ... except TypeError as error:
        ...     print(error)
        instrument('gpt-5'): give a client of openai, anthropic or google-genai
    """
    found, wrap = _package(client)
    if getattr(client, MARK, False):
        return client
    name = provider or found
    wrap(client, Options(provider=name, texts=texts, price=price))
    return client


def _package(client: object) -> tuple[str, Callable[[object, Options], None]]:
    """The provider of a client, and how its calls are recorded."""
    modules = [each.__module__ for each in type(client).__mro__]
    azure = any(each.startswith("openai.lib.azure") for each in modules)
    for module in modules:
        package = module.partition(".")[0]
        if package in ("openai", "anthropic") and hasattr(client, "request"):
            return ("azure.ai.openai" if azure else package), stainless.wrap
        sender = getattr(client, "_api_client", None)
        if module.startswith("google.genai") and all(hasattr(sender, m) for m in genai.METHODS):
            vertex = getattr(client, "vertexai", False)
            return ("gcp.vertex_ai" if vertex is True else "gcp.gemini"), genai.wrap
    raise TypeError(f"instrument({client!r}): {_KNOWN}")
