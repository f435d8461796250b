"""The booking of each request in the ledger: when it is sent, and when it ends."""

import asyncio
from collections.abc import Mapping
from typing import Any, Self

from .._core.costs.ledger import OpenTry, Try, TryStatus, total_cost_usd
from .._core.errors import ConnectionFailedError, ModelError
from .._core.responses import Response, filled
from .dialect import USAGE, Dialect, bills_nothing

_TIMED_OUT = ("silence", "deadline", "connect_timeout")


class Booking:
    """Book a request that is sent now, and how the ``with`` block ends.

    Args:
        dialect: The interface, with its prices.
        attempt: The number of the try, from 1.
        body: What is sent.

    Attributes:
        entry: Its entry in the ledgers.
        usage: The tokens that the provider has reported.
        begun: Whether a part of the answer has come.
    """

    __slots__ = ("_cost_usd", "_dialect", "_request_id", "begun", "entry", "usage")

    def __init__(self, dialect: Dialect, attempt: int, body: Mapping[str, Any]) -> None:
        self._dialect = dialect
        self._cost_usd: float | None = None
        self._request_id: str | None = None
        self.entry = OpenTry(dialect.name, dialect.provider, attempt, body)
        self.usage: dict[str, int | None] = {}
        self.begun = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None:
            self._ended("answered")
        elif isinstance(error, asyncio.CancelledError | GeneratorExit):
            self._ended("cancelled")
        else:
            timed_out = isinstance(error, ConnectionFailedError) and error.reason in _TIMED_OUT
            self._ended("timed_out" if timed_out else "failed", error)

    def seen(self, fields: Mapping[str, Any]) -> None:
        """Note what a piece of an answer reports: its tokens, and the id of the request."""
        self.begun = self.begun or bool(fields.get("text") or fields.get("new"))
        self.usage |= {name: fields[name] for name in USAGE if fields.get(name) is not None}
        self._request_id = fields.get("request_id") or self._request_id

    def answered(self, response: Response) -> None:
        """Note the tokens of a whole answer, and what they cost."""
        self.begun = True
        self.usage = {name: getattr(response, name) for name in USAGE}
        self._request_id = response.request_id
        self._cost_usd = response.cost_usd

    def _ended(self, status: TryStatus, error: BaseException | None = None) -> None:
        """Book the end; what is not known of its cost is unknown, not 0."""
        cost_usd = self._cost_usd
        if isinstance(error, ModelError) and bills_nothing(error, begun=self.begun):
            cost_usd = 0.0
        elif cost_usd is None:
            whole = status == "answered" or self.usage.get("output_tokens") is not None
            # Without the tokens the cost is known only where none are billed.
            cost_usd = self._dialect.cost_of(self.usage if whole else {})
        self.entry.ended(
            status,
            cost_usd=cost_usd,
            error="" if error is None else str(error),
            error_type="" if error is None else type(error).__name__,
            request_id=self._request_id,
            **self.usage,
        )


def used_tokens(response: Response) -> int | None:
    """The tokens that count against a rate; None when unknown."""
    if response.input_tokens is None or response.output_tokens is None:
        return None
    return response.input_tokens + response.output_tokens


def with_tries(
    response: Response, tries: tuple[Try, ...], *, latency_ms: float, attempts: int
) -> Response:
    """A response that was just made, with all of its tries and what they cost together."""
    return filled(
        response,
        latency_ms=latency_ms,
        attempts=attempts,
        cost_usd=total_cost_usd(tries),
        tries=tries,
    )
