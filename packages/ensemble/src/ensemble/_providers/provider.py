"""The base of all provider clients: keys, connections, limits, retries and records."""

import asyncio
import dataclasses
import itertools
import random
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any, ClassVar, NamedTuple, Self, TypedDict
from weakref import WeakKeyDictionary

from .._core.costs.ledger import Ledger, booked, carry, total_cost_usd
from .._core.costs.prices import Price
from .._core.errors import AuthenticationError, ConnectionFailedError, ModelError
from .._core.messages import content_text
from .._core.models import SamplingParameters
from .._core.queries import Query, prompt_messages
from .._core.responses import Response
from .._transport import http as _http
from .._transport.limits import Gate, GateState, Limits, Turn
from .._transport.retry import Retries, TimeLimit
from .._transport.sse import Event
from .booking import Booking, booking
from .dialect import USAGE, Dialect
from .fields import given
from .keys import find_key

_CHARACTERS_PER_TOKEN = 4  # of English text, about; corrected when the usage is reported
_DEFAULT_ANSWER_TOKENS = 256
_REPORTED = (*USAGE, "finish_reason", "model_version", "request_id")


_Piece = dict[str, Any]
_Pieces = AsyncGenerator[_Piece, None]


class ConnectionOptions(TypedDict, total=False):
    """The options of every ``ProviderModel``, without its name in tables."""

    base_url: str | None
    api_key: str | None
    headers: Mapping[str, str] | None
    price: Price | None
    limits: Limits | None
    timeout_ms: float
    deadline_ms: float | None
    max_retries: int
    sleep: Callable[[float], Awaitable[None]]
    chance: Callable[[], float] | None


class ProviderOptions(ConnectionOptions, total=False):
    """The options of every ``ProviderModel``."""

    name: str | None


class Connection(NamedTuple):
    client: _http.HttpClient
    gate: Gate


class ProviderModel(Dialect):
    """A model behind a provider's HTTP interface. Close it, or use it with ``async with``.

    Args:
        model: The model's name at the provider.
        name: The name in tables; the model's own when left out.
        base_url: Where the interface begins; the provider's own when left out.
        api_key: The key; from the environment or a ``.env`` file when left out. Pass an empty text
            for a server that needs none.
        headers: Further headers.
        price: Its price; from the dated table when left out, unknown for models that are not in it.
        limits: Rates, calls in flight and the circuit breaker.
        timeout_ms: The longest silence: until the first byte of an answer, and between two.
        deadline_ms: The longest an answer may take with all tries, the waits between them and the
            wait for its turn; None for any time.
        max_retries: How often a failed request is repeated, where that may help. Refusals while
            the provider serves other calls of this client, and failures while it is down, do not
            count.
        sleep: Waits between two tries; for tests.
        chance: Draws from [0, 1) for the jitter between two tries.

    Raises:
        ValueError: ``base_url`` is not an HTTP address.
    """

    BASE_URL: ClassVar[str]
    KEYS: ClassVar[tuple[str, ...]]

    def __init__(
        self,
        model: str,
        *,
        name: str | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        headers: Mapping[str, str] | None = None,
        price: Price | None = None,
        limits: Limits | None = None,
        timeout_ms: float = 600_000,
        deadline_ms: float | None = None,
        max_retries: int = 3,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] | None = None,
    ) -> None:
        base_url = self.BASE_URL if base_url is None else base_url
        host, self._path = _address(base_url)
        self.provider: str | None = host
        self.model: str = model
        self.name: str = name or model
        self.base_url: str = base_url.rstrip("/")
        self._key = find_key(self.KEYS) if api_key is None else api_key
        self._headers = dict(headers or {})
        self._price = price
        self._limits = limits or Limits()
        self._gate_state = GateState(self._limits)
        self._retries = Retries(
            most=max_retries,
            timeout_ms=timeout_ms,
            deadline_ms=deadline_ms,
            sleep=sleep,
            chance=chance or random.Random().random,
        )
        # Connections belong to the loop they are made in: a script may run one after another.
        self._connections: WeakKeyDictionary[asyncio.AbstractEventLoop, Connection] = (
            WeakKeyDictionary()
        )
        _http.load()

    def __repr__(self) -> str:
        # Not the whole address: some have a key in them.
        kind = type(self).__name__
        return f"{kind}({self.model!r}, provider={self.provider!r}, path={self._path!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections of this event loop; asked again, it opens new ones."""
        connection = self._connections.pop(asyncio.get_running_loop(), None)
        if connection is not None:
            await connection.client.close()

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        """Ask the model, again where that may help. Of a question only its prompt is sent.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response; its latency is that of all tries with the waits between them.

        Raises:
            ModelError: It failed, and repeating it did not or would not help; the class says how.
        """
        messages = prompt_messages(query)
        path, body = self.request_of(messages, sampling)
        tokens = _expected_tokens(messages, sampling)
        client, gate = self._connected()
        elapsed_ms = _stopwatch()
        sent = itertools.count(1)

        async def attempt(limit: TimeLimit) -> Response:
            async with gate.turn(tokens, limit.end) as turn:
                with booking(self, next(sent), body) as book:
                    data, headers = await client.post(path, body, limit=limit)
                    book.usage |= self.usage_of(data)
                    error = client.body_error(data)
                    if error is not None:
                        raise error
                    response = self._response(data, headers)
                    book.seen({"request_id": response.request_id})
                turn.used_tokens = _used(response)
                return response

        with booked(all_sent=True) as ledger:
            response, attempts = await self._retries.run(attempt, gate.forgives)
            return _with_tries(response, ledger, latency_ms=elapsed_ms(), attempts=attempts)

    async def write(
        self, query: Query, sampling: SamplingParameters
    ) -> AsyncGenerator[str | Response, None]:
        """The pieces of an answer as they are written, and then the response; see ``stream``.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Raises:
            ModelError: It failed; repeated only before the first piece.
        """
        messages = prompt_messages(query)
        path, body = self._stream_request(messages, sampling)
        tokens = _expected_tokens(messages, sampling)
        client, gate = self._connected()
        elapsed_ms = _stopwatch()
        sent = itertools.count(1)
        ledger = Ledger()
        async with AsyncExitStack() as opened:

            async def attempt(limit: TimeLimit) -> tuple[Turn, list[_Piece], _Pieces]:
                async with AsyncExitStack() as opening:
                    turn = await opening.enter_async_context(gate.turn(tokens, limit.end))
                    with ledger:
                        book = opening.enter_context(booking(self, next(sent), body))
                    events = await opening.enter_async_context(
                        client.events(path, body, limit=limit)
                    )
                    pieces = self._pieces(client, events, book)
                    begun = await _begun(pieces)  # what fails before the first text is repeated
                    opened.push_async_exit(opening.pop_all())
                    return turn, begun, pieces

            try:
                (turn, begun, pieces), attempts = await self._retries.run(attempt, gate.forgives)
            except ModelError as error:
                carry(error, ledger.tries)
                raise
            fields: dict[str, Any] = {}
            async for piece in _chained(begun, pieces):
                text = piece.pop("text", None) or ""
                _gather(fields, piece)
                if text:
                    fields.setdefault("time_to_first_token_ms", elapsed_ms())
                    fields["text"] = fields.get("text", "") + text
                    yield text
            if "finish_reason" not in fields:
                raise ConnectionFailedError("the provider hung up in the middle of the answer")
            whole = dict.fromkeys(_REPORTED) | {"text": ""} | fields
            response = self._made(whole, raw=None)
            turn.used_tokens = _used(response)
        yield _with_tries(response, ledger, latency_ms=elapsed_ms(), attempts=attempts)

    async def _pieces(
        self, client: _http.HttpClient, events: AsyncIterator[Event], book: Booking
    ) -> _Pieces:
        """The fields of each event; ``ended`` where the provider marks the end."""
        async for event in events:
            if event.name == "end":
                yield {"ended": True}
                return
            book.usage |= self.usage_of(event.data)
            error = client.body_error(event.data)
            if error is None and event.name == "error":
                error = client.body_error({"error": event.data or "without a text"})
            if error is not None:
                raise error
            read = self._read if event.name == "whole" else self._read_piece
            fields = self._fields(read, event.data)
            if fields.get("text"):
                book.seen(fields)
            yield fields

    @abstractmethod
    def _authorization(self, key: str) -> dict[str, str]:
        """The headers that carry the key."""

    def _connected(self) -> Connection:
        loop = asyncio.get_running_loop()
        connection = self._connections.get(loop)
        if connection is None or connection.client.closed:
            if self._key is None:
                raise AuthenticationError(
                    f"no API key for model {self.model!r}: set {' or '.join(self.KEYS)} or pass"
                    " api_key (an empty text for a server that needs none)"
                )
            key = self._key.strip()
            headers = self._authorization(key) if key else {}
            client = _http.HttpClient(
                self.base_url,
                headers=_sendable({**headers, **self._headers}),
                connections=self._limits.max_concurrency,
            )
            connection = Connection(client, Gate(self._limits, self._gate_state))
            self._connections[loop] = connection
        return connection

    def _response(self, data: Any, headers: Mapping[str, str]) -> Response:
        response = self.response_of(data)
        if response.request_id is None:
            return dataclasses.replace(response, request_id=headers.get("x-request-id"))
        return response


def _used(response: Response) -> int | None:
    """The tokens that count against a rate; None when unknown."""
    if response.input_tokens is None or response.output_tokens is None:
        return None
    return response.input_tokens + response.output_tokens


def _with_tries(
    response: Response, ledger: Ledger, *, latency_ms: float, attempts: int
) -> Response:
    """The response with all of its tries, and what they cost together."""
    tries = ledger.tries
    return dataclasses.replace(
        response,
        latency_ms=latency_ms,
        attempts=attempts,
        cost_usd=total_cost_usd(tries),
        tries=tries,
    )


def _gather(fields: dict[str, Any], piece: _Piece) -> None:
    """Add what a piece reports to what is known."""
    if piece.pop("ended", False):
        fields.setdefault("finish_reason", None)
    if piece.get("logprobs"):
        piece["logprobs"] = fields.get("logprobs", ()) + piece["logprobs"]
    fields |= given(**piece)


async def _begun(pieces: _Pieces) -> list[_Piece]:
    """The pieces up to the first text, or all where no text comes."""
    found = []
    async for piece in pieces:
        found.append(dict(piece))
        if piece.get("text"):
            return found
    if not any(piece.get("ended") or piece.get("finish_reason") for piece in found):
        raise ConnectionFailedError(
            "the provider hung up before the end of the answer", reason="hung_up"
        )
    return found


async def _chained(begun: list[_Piece], pieces: _Pieces) -> _Pieces:
    for piece in begun:
        yield piece
    async for piece in pieces:
        yield piece


def _sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers without white space around; an error, without its text, where one cannot be sent."""
    stripped = {name: text.strip() for name, text in headers.items()}
    for name, text in stripped.items():
        if not (text.isascii() and text.isprintable()) and (
            not text.isprintable() or any(ord(each) > 255 for each in text)  # latin-1
        ):
            raise AuthenticationError(
                f"header {name!r} has a character that cannot be sent, such as a line break or a"
                " typographic quote; copy the key once more"
            )
    return stripped


def _stopwatch() -> Callable[[], float]:
    clock = asyncio.get_running_loop().time
    began = clock()
    return lambda: round((clock() - began) * 1000, 3)


def _address(base_url: str) -> tuple[str, str]:
    from urllib.parse import urlsplit  # noqa: PLC0415  # 4 ms, and the HTTP library has it anyway

    address = urlsplit(base_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        shown = f"{address.scheme}://..." if address.scheme else "it"  # there may be a key in it
        raise ValueError(f"base_url: {shown} does not begin with http:// or https:// and a host")
    return address.hostname, address.path


def _expected_tokens(messages: list[dict[str, Any]], sampling: SamplingParameters) -> int:
    characters = sum(len(content_text(message.get("content"))) for message in messages)
    return characters // _CHARACTERS_PER_TOKEN + (sampling.max_tokens or _DEFAULT_ANSWER_TOKENS)
