"""What a provider's interface takes and gives: requests from messages, responses from JSON."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from .._catalogue.prices import find_price
from .._core.costs.prices import Price
from .._core.errors import ConnectionFailedError, MalformedResponseError, ModelError
from .._core.models import NamedModel, SamplingParameters
from .._core.responses import Response

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


class Dialect(NamedModel):
    """A model whose requests and answers have the form of one interface."""

    model: str
    _price: Price | None

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

    def response_of(self, data: Any) -> Response:
        """Read the provider's JSON as a response.

        Raises:
            ModelError: It is not what the interface promises, or a refusal.
        """
        return self._made(self._fields(self._read, data), raw=data)

    def usage_of(self, data: Any) -> dict[str, int | None]:
        """The tokens that an answer reports, whatever else is in it; those it reports alone."""
        with suppress(KeyError, IndexError, TypeError, AttributeError):
            return {name: each for name, each in self._usage(data).items() if each is not None}
        return {}

    def cost_of(self, usage: Mapping[str, int | None], *, batch: bool = False) -> float | None:
        """The cost of a request that used these tokens; None when unknown."""
        price = self.price()
        if price is None:
            return None
        return price.cost_usd(
            usage.get("input_tokens"),
            usage.get("output_tokens"),
            cache_read_tokens=usage.get("cache_read_tokens"),
            cache_write_tokens=usage.get("cache_write_tokens"),
            batch=batch,
        )

    def price(self) -> Price | None:
        """The price it was given, or the one that is listed; None when unknown."""
        return self._price or find_price(self.model)

    def _fields(self, read: Callable[[Any], dict[str, Any]], data: Any) -> dict[str, Any]:
        try:
            fields = read(data)
        except (KeyError, IndexError, TypeError, AttributeError):
            raise MalformedResponseError(
                f"the answer is not what {type(self).__name__} expects of its provider"
            ) from None
        if not isinstance(fields.get("text", ""), str):
            raise MalformedResponseError("the text of the answer is not a string")
        return fields

    def _made(self, fields: dict[str, Any], *, raw: Any) -> Response:
        return Response(
            model=self.name,
            cost_usd=self.cost_of(fields),
            price=self.price(),
            source="live",
            raw=raw,
            **fields,
        )


def bills_nothing(error: ModelError, *, begun: bool = False) -> bool:
    """Whether a provider bills nothing for a request that failed like this.

    Args:
        error: The failure.
        begun: Whether a part of the answer had come.
    """
    if isinstance(error, ConnectionFailedError):
        return error.reason in _NOT_SENT
    if begun or error.status is None:
        return False
    return error.status not in _GATEWAY
