"""Clients of the providers' own libraries, and LiteLLM, as models.

For users of a configured client. Requests and answers have the form of this package's own clients;
retries, limits and timeouts are those of the other library.
"""

import asyncio
import dataclasses
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from .._core.costs.prices import Price
from .._core.errors import ConnectionFailedError, MissingExtraError, ModelError
from .._core.models import NamedModel, SamplingParameters
from .._core.queries import Query
from .._core.responses import Response
from .._transport.provider_errors import failure_kind
from .anthropic import AnthropicModel
from .gemini import GeminiModel
from .openai import OpenAIModel
from .provider import ProviderModel

_FIRST_STATUS = 100
Send = Callable[[dict[str, Any]], Awaitable[Any]]


class SdkModel(NamedModel):
    """A model behind the client of another library.

    Made by ``from_openai``, ``from_anthropic``, ``from_google`` and ``from_litellm``.
    """

    def __init__(self, dialect: ProviderModel, send: Send, *, provider: str) -> None:
        self.name: str = dialect.name
        self.model: str = dialect.model
        self.provider: str = provider
        self._dialect = dialect
        self._send = send

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model!r}, provider={self.provider!r})"

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        """Ask through the other library. Of a question only its prompt is sent.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response.

        Raises:
            ModelError: It failed; the class says how, as far as the library reports it.
        """
        asked = self._dialect.asked(query, sampling)
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            answer = await self._send(asked.body)
        except Exception as error:
            if isinstance(error, ModelError):
                raise
            raise _as_ours(error) from None  # its text may hold the request with its key
        response = self._dialect.response_of(_plain(answer))
        latency_ms = round((clock() - began) * 1000, 3)
        return dataclasses.replace(response, latency_ms=latency_ms, left_out=asked.left_out)


def from_openai(
    client: Any, model: str, *, name: str | None = None, price: Price | None = None
) -> SdkModel:
    """A model asked through an ``openai.AsyncOpenAI`` client.

    Args:
        client: The client; it stays yours to close.
        model: The model's name at the provider.
        name: The name in tables.
        price: Its price; from the dated table when left out.

    Returns:
        The model.
    """
    dialect = OpenAIModel(model, name=name, price=price, api_key="")
    return SdkModel(
        dialect, lambda body: _create(client.chat.completions.create, body), provider="openai"
    )


def from_anthropic(
    client: Any, model: str, *, name: str | None = None, price: Price | None = None
) -> SdkModel:
    """A model asked through an ``anthropic.AsyncAnthropic`` client; as ``from_openai``.

    Args:
        client: The client; it stays yours to close.
        model: The model's name at the provider.
        name: The name in tables.
        price: Its price; from the dated table when left out.

    Returns:
        The model.
    """
    dialect = AnthropicModel(model, name=name, price=price, api_key="")
    return SdkModel(
        dialect, lambda body: _create(client.messages.create, body), provider="anthropic"
    )


def from_google(
    client: Any, model: str, *, name: str | None = None, price: Price | None = None
) -> SdkModel:
    """A model asked through a ``google.genai.Client``; as ``from_openai``.

    Args:
        client: The client; it stays yours to close.
        model: The model's name at the provider.
        name: The name in tables.
        price: Its price; from the dated table when left out.

    Returns:
        The model.
    """

    def send(body: dict[str, Any]) -> Awaitable[Any]:
        config = {**body.get("generationConfig", {})}
        if "systemInstruction" in body:
            config["systemInstruction"] = body["systemInstruction"]
        asked: Awaitable[Any] = client.aio.models.generate_content(
            model=model, contents=body["contents"], config=config or None
        )
        return asked

    dialect = GeminiModel(model, name=name, price=price, api_key="")
    return SdkModel(dialect, send, provider="google")


def from_litellm(
    model: str, *, name: str | None = None, price: Price | None = None, **options: object
) -> SdkModel:
    """A model asked through LiteLLM, which knows many providers; needs ``litellm`` installed.

    Args:
        model: The name that LiteLLM has for it, such as ``groq/llama-3.1-8b-instant``.
        name: The name in tables.
        price: Its price; from the dated table when left out.
        **options: Passed on with every request, such as ``api_base`` or ``api_key``.

    Returns:
        The model.

    Raises:
        MissingExtraError: LiteLLM is not installed.
    """
    try:
        import litellm  # noqa: PLC0415  # takes seconds
    except ImportError as error:
        raise MissingExtraError("litellm", "litellm") from error
    dialect = OpenAIModel(model, name=name, price=price, api_key="")
    return SdkModel(
        dialect, lambda body: litellm.acompletion(**body, **options), provider="litellm"
    )


def _create(create: Callable[..., Awaitable[Any]], body: dict[str, Any]) -> Awaitable[Any]:
    """Send what the interface takes, also where this version of the library has no word for it."""
    known = inspect.signature(create).parameters
    more = {name: value for name, value in body.items() if name not in known}
    named = {name: value for name, value in body.items() if name in known}
    return create(**named, extra_body=more) if more else create(**named)


def _plain(answer: Any) -> Any:
    """The answer as plain values, under the names of the interface."""
    if hasattr(answer, "model_dump"):
        return answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    return answer


def _as_ours(error: Exception) -> ModelError:
    """The failure without the words of the other library, which may quote a key."""
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    kind = type(error).__name__
    if isinstance(status, int) and status >= _FIRST_STATUS:
        return failure_kind(status)(f"{kind}: the provider answers {status}", status=status)
    if any(word in kind for word in ("Timeout", "Connect", "Network")):
        return ConnectionFailedError(f"{kind}: the provider was not reached")
    words = f": {error}" if isinstance(error, TypeError | AttributeError) else ""
    return ModelError(f"{kind} in the library that was to ask the provider{words}")
