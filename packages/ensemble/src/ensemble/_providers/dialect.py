"""What a provider's interface takes and gives: requests from messages, responses from JSON."""

import json
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Hashable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from .._catalogue.capabilities import Capabilities, find_capabilities
from .._catalogue.prices import find_price
from .._core.costs.prices import Price
from .._core.costs.requests import RequestCost, worst_cost
from .._core.errors import BatchJobError, ConnectionFailedError, MalformedResponseError, ModelError
from .._core.models import NamedModel, SamplingParameters
from .._core.queries import Query, prompt_messages
from .._core.responses import Response
from .forms.gathering import Gathering, Piece
from .forms.requests import merged, settled

USAGE = (
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
)
_NOT_SENT = ("refused", "unknown_host", "tls", "connect_timeout")
# A gateway gave up waiting: what stands behind it may have answered, and bills that.
_GATEWAY = (408, 499, 502, 504, 520, 524)


class Request(NamedTuple):
    """What is sent for a query.

    Attributes:
        path: Behind the base URL.
        body: The body.
        messages: The chat messages that it was made from.
        left_out: Parameters that the model's family does not take.
    """

    path: str
    body: dict[str, Any]
    messages: list[dict[str, Any]]
    left_out: tuple[str, ...]


class PiecesReader(Protocol):
    """Reads the pieces of one answer."""

    def read(self, event: Any) -> dict[str, Any]:
        """The fields of a piece."""
        ...

    def end(self) -> dict[str, Any]:
        """The fields that are known in the end."""
        ...


class _EachByItself:
    """Pieces that need not be remembered."""

    def __init__(self, read: Callable[[Any], dict[str, Any]]) -> None:
        self.read = read

    def end(self) -> dict[str, Any]:
        return {}


class Dialect(NamedModel):
    """A model whose requests and answers have the form of one interface."""

    model: str
    _price: Price | None
    _capabilities: Capabilities | None = None

    @property
    def capabilities(self) -> Capabilities:
        """What the model takes: as it was given, or as its family is listed."""
        return self._capabilities or find_capabilities(self.model)

    @abstractmethod
    def request_of(
        self, messages: list[dict[str, Any]], sampling: SamplingParameters
    ) -> tuple[str, dict[str, Any]]:
        """The path behind the base URL, and what is sent there.

        Args:
            messages: The chat messages.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The path behind the base URL, and the body of the request.
        """

    @abstractmethod
    def _read(self, data: Any) -> dict[str, Any]:
        """Fields of the response: text, tokens and what else the provider reports.

        Raises:
            KeyError, IndexError, TypeError, AttributeError: The answer has another shape.
        """

    @abstractmethod
    def _usage(self, data: Any) -> dict[str, int | None]:
        """The tokens that an answer reports, by the names of ``USAGE``."""

    @abstractmethod
    def _stream_request(
        self, messages: list[dict[str, Any]], sampling: SamplingParameters
    ) -> tuple[str, dict[str, Any]]:
        """The path behind the base URL, and what is sent there for an answer in pieces."""

    @abstractmethod
    def _read_piece(self, event: Any) -> dict[str, Any]:
        """Fields of the response in one piece; its text is appended, others are replaced.

        Raises:
            KeyError, IndexError, TypeError, AttributeError: The piece has another shape.
        """

    def _pieces_reader(self) -> PiecesReader:
        """Reads the pieces of one answer; of most interfaces each by itself."""
        return _EachByItself(self._read_piece)

    async def read_pieces(self, events: AsyncIterable[Any]) -> AsyncGenerator[Piece, None]:
        """The fields of each event of a stream, and those that are known in the end."""
        reader = self._pieces_reader()
        async for event in events:
            yield self._fields(reader.read, event)
        yield reader.end()

    def read_whole(self, data: Any) -> Piece:
        """The fields of an answer that came in one piece."""
        return self._fields(self._read, data)

    def gathered(self, gathering: Gathering) -> Response:
        """The response of an answer that was read in pieces."""
        return self._made(gathering.whole(), raw=None)

    def response_of(self, data: Any) -> Response:
        """Read the provider's JSON as a response.

        Raises:
            ModelError: It is not what the interface promises, or a refusal.
        """
        gathering = Gathering()
        gathering.add(self._fields(self._read, data))
        return self._made(gathering.whole(), raw=data)

    def asked(
        self, query: Query, sampling: SamplingParameters, *, in_pieces: bool = False
    ) -> Request:
        """What is sent for a query. Of a question only its prompt is taken.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.
            in_pieces: Whether the answer is to come in pieces.

        Raises:
            BadRequestError: A message or a parameter cannot be sent; says which.
        """
        messages = prompt_messages(query)
        if sampling.system is not None:
            messages = [{"role": "system", "content": sampling.system}, *messages]
        sent, left_out = settled(self.model, sampling, self.capabilities)
        path, body = (self._stream_request if in_pieces else self.request_of)(messages, sent)
        return Request(path, merged(body, sampling.extra), messages, left_out)

    def usage_of(self, data: Any) -> dict[str, int | None]:
        """The tokens that an answer reports, whatever else is in it; those it reports alone."""
        with suppress(KeyError, IndexError, TypeError, AttributeError):
            return {name: each for name, each in self._usage(data).items() if each is not None}
        return {}

    def cost_of(self, usage: Mapping[str, int | None], *, batch: bool = False) -> float | None:
        """The cost of a request that used these tokens; None when unknown."""
        return _cost_at(self.price(), usage, batch=batch)

    def request_cost(
        self, query: Query, sampling: SamplingParameters, *, batch: bool = False
    ) -> RequestCost:
        """What a call may cost at most.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.
            batch: Whether it is asked in a batch job, once and at the price of such jobs.

        Returns:
            The cost of one request, and how many there may be.
        """
        asked = self.asked(query, sampling)
        media = any(isinstance(each.get("content"), list) for each in asked.messages)
        # A token is at least a byte of the JSON; images and files are counted by their providers.
        read = None if media else len(json.dumps(asked.body, ensure_ascii=False).encode())
        longest = sampling.max_tokens or self._longest_answer(asked.body)
        requests = 1 if batch else self._most_requests()
        return worst_cost(self.name, self.price(), read, longest, requests=requests, batch=batch)

    def _longest_answer(self, body: Mapping[str, Any]) -> int | None:
        """The most tokens of an answer whose length is left to the provider."""
        set_here = body.get("max_tokens")  # by interfaces that need one
        return set_here if isinstance(set_here, int) else self.capabilities.max_output_tokens

    def _most_requests(self) -> int:
        return 1

    def price(self) -> Price | None:
        """The price it was given, or the one that is listed; None when unknown."""
        return self._price or find_price(self.model)

    def _fields(self, read: Callable[[Any], dict[str, Any]], data: Any) -> dict[str, Any]:
        try:
            fields = read(data)
        except ModelError:
            raise
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError):
            raise MalformedResponseError(
                f"the answer is not what {type(self).__name__} expects of its provider"
            ) from None
        if not isinstance(fields.get("text", ""), str):
            raise MalformedResponseError("the text of the answer is not a string")
        for call in fields.get("calls", ()):
            if not isinstance(call.name, str | None) or not isinstance(call.key, Hashable):
                raise MalformedResponseError("the name or the number of a tool call is not one")
        return fields

    def _made(self, fields: dict[str, Any], *, raw: Any) -> Response:
        fields = {"finish_reason": "unknown", **fields}
        price = self.price()
        return Response(
            model=self.name,
            cost_usd=_cost_at(price, fields),
            price=price,
            source="live",
            raw=raw,
            **fields,
        )


def _cost_at(
    price: Price | None, usage: Mapping[str, int | None], *, batch: bool = False
) -> float | None:
    if price is None:
        return None
    return price.cost_usd(
        usage.get("input_tokens"),
        usage.get("output_tokens"),
        cache_read_tokens=usage.get("cache_read_tokens"),
        cache_write_tokens=usage.get("cache_write_tokens"),
        batch=batch,
    )


def bills_nothing(error: ModelError, *, begun: bool = False) -> bool:
    """Whether a provider bills nothing for a request that failed like this.

    Args:
        error: The failure.
        begun: Whether a part of the answer had come.
    """
    if isinstance(error, ConnectionFailedError):
        return error.reason in _NOT_SENT
    if isinstance(error, BatchJobError):
        return error.reason != "lost"
    if begun or error.status is None:
        return False
    return error.status not in _GATEWAY
