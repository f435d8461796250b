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

from .._catalogue.capabilities import Capabilities
from .._core.costs.ledger import Ledger, OpenTry, Try, carry
from .._core.costs.prices import Price
from .._core.errors import AuthenticationError, ConnectionFailedError, ModelError
from .._core.models import SamplingParameters
from .._core.queries import Query
from .._core.responses import Response, filled
from .._transport import http as _http
from .._transport.auth import Auth
from .._transport.limits import Gate, GateState, Limits, Turn, shared_gate
from .._transport.retry import Retries, TimeLimit
from .._transport.routes import current_route
from .._transport.secrets import without_secrets
from .._transport.sse import Event
from .addresses import check_times, host_and_path, secret_hash, sendable
from .booking import Booking, used_tokens, with_tries
from .dialect import Dialect, Request
from .forms.gathering import Gathering, Piece
from .forms.requests import expected_tokens
from .keys import find_key
from .pieces import Pieces, begun_with, chained, named, reported_error


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
    capabilities: Capabilities | None
    auth: Auth | None
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
        capabilities: What the model takes; what is listed of its family when left out.
        auth: In place of a key: a function that gives a bearer token, such as one of Entra ID or
            of Vertex AI, async or not, or an ``httpx.Auth`` object that signs each request.
        sleep: Waits between two tries; for tests.
        chance: Draws from [0, 1) for the jitter between two tries.

    Raises:
        ValueError: ``base_url`` is not an HTTP address, or a limit of time or of retries is none.
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
        capabilities: Capabilities | None = None,
        auth: Auth | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] | None = None,
    ) -> None:
        check_times(timeout_ms, deadline_ms, max_retries)
        base_url = self.BASE_URL if base_url is None else base_url
        host, self._path = host_and_path(base_url)
        self.provider: str | None = host
        self.model: str = model
        self.name: str = name or model
        self.base_url: str = base_url.rstrip("/")
        self._auth = auth
        self._key_names = self.KEYS
        self._key = find_key(self.KEYS) if api_key is None and auth is None else api_key
        self._headers = dict(headers or {})
        self._price = price
        self._capabilities = capabilities
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

    def __getstate__(self) -> dict[str, Any]:
        # No key leaves the process: where it was in the environment, it is found there again.
        state = {**self.__dict__, "_connections": None}
        state["_headers"] = without_secrets(self._headers)
        state["_key"] = "" if self._key == "" else None
        state["_retries"] = dataclasses.replace(self._retries, chance=random.random)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._connections = WeakKeyDictionary()
        if self._key is None and self._auth is None:
            self._key = find_key(self._key_names)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections of this event loop; asked again, it opens new ones."""
        connection = self._connections.pop(asyncio.get_running_loop(), None)
        if connection is not None:
            await connection.client.close()

    def _most_requests(self) -> int:
        return 1 + self._retries.most

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
        if (route := current_route()) is not None:
            return await route(self, query, sampling)
        asked = self.asked(query, sampling)
        tokens = expected_tokens(asked.messages, sampling)
        connection = self._connected()
        asking = _Asking(self, asked, tokens, connection)
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            forgives = connection.gate.forgives
            response, attempts = await self._retries.run(asking.attempt, forgives)
        except Exception as error:
            carry(error, asking.tries())
            raise
        latency_ms = round((clock() - began) * 1000, 3)
        return with_tries(response, asking.tries(), latency_ms=latency_ms, attempts=attempts)

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
        if (route := current_route()) is not None:
            response = await route(self, query, sampling)
            yield response.text
            yield response
            return
        path, body, messages, left_out = self.asked(query, sampling, in_pieces=True)
        tokens = expected_tokens(messages, sampling)
        client, gate = self._connected()
        elapsed_ms = _stopwatch()
        sent = itertools.count(1)
        ledger = Ledger()
        async with AsyncExitStack() as opened:

            async def attempt(limit: TimeLimit) -> tuple[Turn, list[Piece], Pieces]:
                async with AsyncExitStack() as opening:
                    turn = opening.enter_context(await gate.turn(tokens, limit.end, self.name))
                    with ledger:
                        book = opening.enter_context(Booking(self, next(sent), body))
                    events = await opening.enter_async_context(
                        client.events(path, body, limit=limit)
                    )
                    pieces = self._pieces(client, events, book)
                    begun = await begun_with(pieces)  # what fails before the first text is repeated
                    opened.push_async_exit(opening.pop_all())
                    return turn, begun, pieces

            try:
                (turn, begun, pieces), attempts = await self._retries.run(attempt, gate.forgives)
            except ModelError as error:
                carry(error, ledger.tries)
                raise
            gathering = Gathering()
            first_ms = None
            async for piece in chained(begun, pieces):
                text = gathering.add(piece)
                if text:
                    first_ms = elapsed_ms() if first_ms is None else first_ms
                    yield text
            if gathering.rest():
                yield gathering.rest()
            if not gathering.ended:
                raise ConnectionFailedError("the provider hung up in the middle of the answer")
            response = self._made({**gathering.whole(), "left_out": left_out}, raw=None)
            turn.used_tokens = used_tokens(response)
        response = with_tries(response, ledger.tries, latency_ms=elapsed_ms(), attempts=attempts)
        yield filled(response, time_to_first_token_ms=first_ms)

    async def _pieces(
        self, client: _http.HttpClient, events: AsyncIterator[Event], book: Booking
    ) -> Pieces:
        """The fields of each event; ``ended`` where the provider marks the end."""
        reader = self._pieces_reader()
        async for event in events:
            if event.name == "end":
                yield {**reader.end(), "ended": True}
                return
            data = named(event)
            book.usage |= self.usage_of(data)
            error = reported_error(client, event)
            if error is not None:
                raise error
            is_list = isinstance(data, list)  # all pieces at once
            read = self._read if event.name == "whole" and not is_list else reader.read
            for part in data if is_list else (data,):
                fields = self._fields(read, part)
                book.usage |= self.usage_of(part)
                book.seen(fields)
                yield fields

    async def call(
        self,
        method: _http.Method,
        path: str,
        content: bytes = b"",
        *,
        content_type: str = "application/json",
        repeated: bool = True,
    ) -> bytes:
        """Send a request that asks for no answer of the model, such as one about a batch job.

        Args:
            method: ``GET`` or ``POST``.
            path: Behind the base URL.
            content: The body.
            content_type: What the body is.
            repeated: Whether it is sent again where that may help.

        Returns:
            The body of the answer.

        Raises:
            ModelError: It failed; the class says how.
        """
        client, _ = self._connected()

        async def attempt(limit: TimeLimit) -> bytes:
            return await client.send(method, path, content, limit=limit, content_type=content_type)

        retries = self._retries if repeated else dataclasses.replace(self._retries, most=0)
        return (await retries.run(attempt))[0]

    def reported_error(self, data: Any) -> ModelError | None:
        """The error that the JSON of the provider holds, without keys in it; None without one."""
        return self._connected().client.body_error(data)

    @abstractmethod
    def _authorization(self, key: str) -> dict[str, str]:
        """The headers that carry the key."""

    def _connected(self) -> Connection:
        loop = asyncio.get_running_loop()
        connection = self._connections.get(loop)
        if connection is None or connection.client.closed:
            if self._key is None and self._auth is None:
                names = " or ".join(self._key_names)
                raise AuthenticationError(
                    f"no API key for model {self.model!r}: set {names} or pass"
                    " api_key (an empty text for a server that needs none)"
                )
            key = (self._key or "").strip()
            headers = self._authorization(key) if key else {}
            client = _http.HttpClient(
                self.base_url,
                headers=sendable({**headers, **self._headers}),
                connections=self._limits.max_concurrency,
                auth=self._auth,
            )
            account = self._key if self._auth is None else id(self._auth)
            shared = (self.base_url, self.model, secret_hash(account))
            gate = shared_gate(shared, self._limits, self._gate_state)
            connection = Connection(client, gate)
            self._connections[loop] = connection
        return connection


def _stopwatch() -> Callable[[], float]:
    clock = asyncio.get_running_loop().time
    began = clock()
    return lambda: round((clock() - began) * 1000, 3)


class _Asking:
    """One answer in one piece: its tries."""

    __slots__ = ("_asked", "_client", "_entries", "_gate", "_model", "_tokens")

    def __init__(
        self, model: ProviderModel, asked: Request, tokens: int, connection: Connection
    ) -> None:
        self._model, self._asked, self._tokens = model, asked, tokens
        self._client, self._gate = connection
        self._entries: list[OpenTry] = []

    async def attempt(self, limit: TimeLimit) -> Response:
        """Ask once, within a limit of time."""
        model, client, asked = self._model, self._client, self._asked
        turn = await self._gate.turn(self._tokens, limit.end, model.name)
        with turn, Booking(model, len(self._entries) + 1, asked.body) as book:
            self._entries.append(book.entry)
            data, headers = await client.post(asked.path, asked.body, limit=limit)
            try:
                error = client.body_error(data)
                if error is not None:
                    raise error
                response = model.response_of(data)
            except ModelError:
                book.usage |= model.usage_of(data)  # it may be billed all the same
                raise
            request_id = response.request_id or headers.get("x-request-id")
            filled(response, request_id=request_id, left_out=asked.left_out)
            book.answered(response)
            turn.used_tokens = used_tokens(response)
            return response

    def tries(self) -> tuple[Try, ...]:
        """All tries so far."""
        return tuple(entry.value() for entry in self._entries)
