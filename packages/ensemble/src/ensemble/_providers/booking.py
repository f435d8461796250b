"""The booking of each request in the ledger: when it is sent, and when it ends."""

import asyncio
from collections.abc import Mapping
from typing import Any

from .._core.costs.ledger import Ledger, OpenTry, TryStatus, total_cost_usd
from .._core.errors import ConnectionFailedError, ModelError
from .._core.responses import Response, with_fields
from .dialect import USAGE, Dialect, bills_nothing

_TIMED_OUT = ("silence", "deadline", "connect_timeout")


class Booking:
    """One request that is under way, and what is known of its tokens so far.

    Attributes:
        usage: The tokens that the provider has reported.
        begun: Whether a part of the answer has come.
    """

    __slots__ = ("_dialect", "_entry", "_request_id", "begun", "usage")

    def __init__(self, dialect: Dialect, attempt: int, body: Mapping[str, Any]) -> None:
        self._dialect = dialect
        self._entry = OpenTry(dialect.name, dialect.provider, attempt, body)
        self._request_id: str | None = None
        self.usage: dict[str, int | None] = {}
        self.begun = False

    def seen(self, fields: Mapping[str, Any]) -> None:
        """Note what a piece of an answer reports: its tokens, and the id of the request."""
        self.begun = self.begun or bool(fields.get("text") or fields.get("new"))
        self.usage |= {name: fields[name] for name in USAGE if fields.get(name) is not None}
        self._request_id = fields.get("request_id") or self._request_id

    def answered(self, response: Response) -> None:
        """Note the tokens of a whole answer."""
        self.begun = True
        self.usage = {name: getattr(response, name) for name in USAGE}
        self._request_id = response.request_id

    def ended(self, status: TryStatus, error: BaseException | None = None) -> None:
        """Book the end; what is not known of its cost is unknown, not 0."""
        if isinstance(error, ModelError) and bills_nothing(error, begun=self.begun):
            cost_usd: float | None = 0.0
        else:
            whole = status == "answered" or self.usage.get("output_tokens") is not None
            # Without the tokens the cost is known only where none are billed.
            cost_usd = self._dialect.cost_of(self.usage if whole else {})
        self._entry.ended(
            status,
            cost_usd=cost_usd,
            error="" if error is None else str(error),
            error_type="" if error is None else type(error).__name__,
            request_id=self._request_id,
            **self.usage,
        )


class booking:  # noqa: N801  # used as a function: `with booking(...) as book:`
    """Book a request that is sent now, and how the block ends.

    Args:
        dialect: The interface, with its prices.
        attempt: The number of the try, from 1.
        body: What is sent.
    """

    __slots__ = ("_book",)

    def __init__(self, dialect: Dialect, attempt: int, body: Mapping[str, Any]) -> None:
        self._book = Booking(dialect, attempt, body)

    def __enter__(self) -> Booking:
        return self._book

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None:
            self._book.ended("answered")
        elif isinstance(error, asyncio.CancelledError | GeneratorExit):
            self._book.ended("cancelled")
        else:
            timed_out = isinstance(error, ConnectionFailedError) and error.reason in _TIMED_OUT
            self._book.ended("timed_out" if timed_out else "failed", error)


def with_tries(response: Response, ledger: Ledger, *, latency_ms: float, attempts: int) -> Response:
    """The response with all of its tries, and what they cost together."""
    tries = ledger.tries
    return with_fields(
        response,
        latency_ms=latency_ms,
        attempts=attempts,
        cost_usd=total_cost_usd(tries),
        tries=tries,
    )
