"""Clients of the providers' own libraries, and LiteLLM, as models.

For users of a configured client. Requests and answers have the form of this package's own clients;
retries, limits and timeouts are those of the other library.
"""

import asyncio
import dataclasses
import inspect
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

from .._core.costs.ledger import Ledger, booked, carry
from .._core.costs.prices import Price
from .._core.costs.requests import RequestCost
from .._core.errors import ConnectionFailedError, MissingExtraError, ModelError
from .._core.models import NamedModel, SamplingParameters
from .._core.queries import Query
from .._core.responses import Response
from .._transport.provider_errors import failure_kind
from .anthropic import AnthropicModel
from .booking import Booking
from .forms.gathering import Gathering, Piece
from .gemini import GeminiModel
from .openai import OpenAIModel
from .provider import ProviderModel

_FIRST_STATUS = 100
_GOOGLE = {"toolConfig": "tool_config", "systemInstruction": "systemInstruction"}
Send = Callable[[dict[str, Any]], Awaitable[Any]]


class SdkModel(NamedModel):
    """A model behind the client of another library.

    The ledger books each call as one try. What the other library repeats by itself is not seen.

    Made by ``from_openai``, ``from_anthropic``, ``from_google`` and ``from_litellm``.
    """

    def __init__(
        self,
        dialect: ProviderModel,
        send: Send,
        *,
        provider: str,
        options: Mapping[str, object] | None = None,
        send_for_pieces: Send | None = None,
    ) -> None:
        self.name: str = dialect.name
        self.model: str = dialect.model
        self.provider: str = provider
        self._dialect = dialect
        dialect.provider = provider
        self._send = send
        self._send_for_pieces = send_for_pieces or send
        self._options = dict(options or {})

    @property
    def cache_identity(self) -> dict[str, object]:
        """What distinguishes its answers from those of another model of its name."""
        return {"options": self._options}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model!r}, provider={self.provider!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{self.name!r} is asked through the client of another library, which stays in its"
            " process; make client and model in the process that asks"
        )

    def request_cost(self, query: Query, sampling: SamplingParameters) -> RequestCost:
        """What one request may cost at most; the other library may repeat it.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The cost.
        """
        return self._dialect.request_cost(query, sampling)

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
        body = {**asked.body, **self._options}
        with booked(all_sent=True) as ledger, Booking(self._dialect, 1, body) as book:
            with _own_errors():
                answer = _plain(await self._send(body))
            book.usage |= self._dialect.usage_of(answer)
            response = self._dialect.response_of(answer)
            book.seen({"request_id": response.request_id})
        latency_ms = round((clock() - began) * 1000, 3)
        return dataclasses.replace(
            response, latency_ms=latency_ms, left_out=asked.left_out, tries=ledger.tries
        )

    async def write(
        self, query: Query, sampling: SamplingParameters
    ) -> AsyncGenerator[str | Response, None]:
        """The pieces of an answer as the other library gives them, and then the response.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Raises:
            ModelError: It failed; the class says how, as far as the library reports it.
        """
        asked = self._dialect.asked(query, sampling, in_pieces=True)
        clock = asyncio.get_running_loop().time
        began = clock()
        gathering = Gathering()
        body = {**asked.body, **self._options}
        ledger = Ledger()
        try:
            with ExitStack() as opened:
                with ledger:
                    book = opened.enter_context(Booking(self._dialect, 1, body))
                with _own_errors():
                    events = await self._send_for_pieces(body)
                    async for piece in self._pieces(events):
                        book.seen(piece)
                        text = gathering.add(piece)
                        if text:
                            yield text
                if gathering.rest():
                    yield gathering.rest()
                if not gathering.ended:
                    raise ConnectionFailedError(
                        "the answer broke off in the middle", reason="hung_up"
                    )
                response = self._dialect.gathered(gathering)
        except ModelError as error:
            carry(error, ledger.tries)
            raise
        latency_ms = round((clock() - began) * 1000, 3)
        yield dataclasses.replace(
            response, latency_ms=latency_ms, left_out=asked.left_out, tries=ledger.tries
        )

    async def _pieces(self, events: Any) -> AsyncGenerator[Piece, None]:
        """The pieces of a stream; of a server that answers with JSON instead, the one whole."""
        answer = getattr(events, "response", None)
        headers = getattr(answer, "headers", None) or {}
        if answer is not None and "json" in headers.get("content-type", ""):
            yield {**self._dialect.read_whole(json.loads(await answer.aread())), "ended": True}
            return
        async for piece in self._dialect.read_pieces(_plain(each) async for each in events):
            yield piece


@contextmanager
def _own_errors() -> Iterator[None]:
    """Errors of the other library as those of this one."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # whatever the library raises  # noqa: BLE001
        raise _as_ours(error) from None  # its text may hold the request with its key


def from_openai(
    client: Any,
    model: str,
    *,
    name: str | None = None,
    price: Price | None = None,
    **options: object,
) -> SdkModel:
    """A model asked through an ``openai.AsyncOpenAI`` client.

    Args:
        client: The client; it stays yours to close.
        model: The model's name at the provider.
        name: The name in tables.
        price: Its price; from the dated table when left out.
        **options: Sent with every request, over what the parameters say.

    Returns:
        The model.
    """
    dialect = OpenAIModel(model, name=name, price=price, api_key="")
    return SdkModel(
        dialect,
        lambda body: _create(client.chat.completions.create, body),
        provider="openai",
        options=options,
    )


def from_anthropic(
    client: Any,
    model: str,
    *,
    name: str | None = None,
    price: Price | None = None,
    **options: object,
) -> SdkModel:
    """A model asked through an ``anthropic.AsyncAnthropic`` client; as ``from_openai``.

    Args:
        client: The client; it stays yours to close.
        model: The model's name at the provider.
        name: The name in tables.
        price: Its price; from the dated table when left out.
        **options: Sent with every request, over what the parameters say.

    Returns:
        The model.
    """
    dialect = AnthropicModel(model, name=name, price=price, api_key="")
    return SdkModel(
        dialect,
        lambda body: _create(client.messages.create, body),
        provider="anthropic",
        options=options,
    )


def from_google(
    client: Any,
    model: str,
    *,
    name: str | None = None,
    price: Price | None = None,
    **options: object,
) -> SdkModel:
    """A model asked through a ``google.genai.Client``; as ``from_openai``.

    Args:
        client: The client; it stays yours to close.
        model: The model's name at the provider.
        name: The name in tables.
        price: Its price; from the dated table when left out.
        **options: Sent with every request, over what the parameters say.

    Returns:
        The model.
    """

    def sending(method: Callable[..., Awaitable[Any]]) -> Send:
        def send(body: dict[str, Any]) -> Awaitable[Any]:
            config = {**body.get("generationConfig", {})}
            more = set(body) - {"contents", "generationConfig"}
            config |= {_GOOGLE.get(each, each): body[each] for each in more}
            return method(model=model, contents=body["contents"], config=config or None)

        return send

    dialect = GeminiModel(model, name=name, price=price, api_key="")
    models = client.aio.models
    return SdkModel(
        dialect,
        sending(models.generate_content),
        provider="google",
        options=options,
        send_for_pieces=sending(models.generate_content_stream),
    )


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
        dialect, lambda body: litellm.acompletion(**body), provider="litellm", options=options
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
