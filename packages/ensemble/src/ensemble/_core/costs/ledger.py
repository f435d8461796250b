"""A ledger of every request that was sent to a provider, whatever its end, with its tokens."""

import asyncio
import contextvars
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

TryStatus = Literal["under_way", "answered", "failed", "timed_out", "cancelled", "lost_hedge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One request that was sent to a provider.

    Attributes:
        model: The model's name.
        provider: The provider; None when unknown.
        attempt: Its number among the tries of one call, from 1.
        request: What was sent.
        status: ``under_way``, ``answered``, ``failed``, ``timed_out``, ``cancelled`` or
            ``lost_hedge``: another attempt of the same call was quicker.
        input_tokens: All tokens read; None when unknown.
        cache_read_tokens: Those of them that came from the provider's cache; None when unknown.
        cache_write_tokens: Those of them that were written to it; None when unknown.
        output_tokens: All tokens written; None when unknown.
        reasoning_tokens: Those of them that are reasoning; None when unknown.
        cost_usd: What the provider bills; 0 where it bills nothing, None when unknown.
        error: Why it failed.
        error_type: The class of the error.
        request_id: The provider's id of the request.
        started_ms: When it was sent, in milliseconds of the event loop's clock.
        duration_ms: How long it took by that clock; None while it is under way.
    """

    model: str
    provider: str | None = None
    attempt: int = 1
    request: Mapping[str, Any] | None = None
    status: TryStatus = "under_way"
    input_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None
    error: str = ""
    error_type: str = ""
    request_id: str | None = None
    started_ms: float = 0.0
    duration_ms: float | None = None

    @property
    def fresh_tokens(self) -> int | None:
        """The tokens read that were neither in the provider's cache nor written to it."""
        if self.input_tokens is None:
            return None
        kept = (self.cache_read_tokens or 0) + (self.cache_write_tokens or 0)
        return max(self.input_tokens - kept, 0)

    def to_dict(self) -> dict[str, Any]:
        """The try as plain values.

        Returns:
            Each field by its name.
        """
        return {name: getattr(self, name) for name in self.__slots__}


class OpenTry:
    """A try that is under way; it is booked when it is sent, and again when it ends."""

    __slots__ = ("_clock", "_fields", "_started")

    def __init__(
        self, model: str, provider: str | None, attempt: int, request: Mapping[str, Any]
    ) -> None:
        self._clock = asyncio.get_running_loop().time
        self._started = self._clock()
        self._fields: dict[str, Any] = {
            "model": model,
            "provider": provider,
            "attempt": attempt,
            "request": request,
            "started_ms": round(self._started * 1000, 3),
        }
        for ledger in _ledgers.get():
            ledger.add(self)

    def ended(self, status: TryStatus, **found: Any) -> None:
        """Book the end.

        Args:
            status: How it ended.
            **found: Further fields of the ``Try``.
        """
        duration_ms = round((self._clock() - self._started) * 1000, 3)
        self._fields |= {"status": status, "duration_ms": duration_ms, **found}

    def relabelled(self, status: TryStatus) -> None:
        """Say why it was cancelled, if it was."""
        if self._fields.get("status") == "cancelled":
            self._fields["status"] = status

    def value(self) -> Try:
        """What is booked so far."""
        return Try(**self._fields)


class Ledger:
    """Books every request to a provider inside a ``with`` block, whatever its end.

    It follows tasks and threads that are started inside the block. An answer from a
    ``ResponseCache`` is not a request. Models that are functions send theirs unseen.

    Example:
        >>> from ensemble import Ledger, ask_sync
        >>> with Ledger() as ledger:
        ...     answer = ask_sync("2+2?", model=lambda item: "4")
        >>> ledger.tries, ledger.cost_complete
        ((), True)
    """

    def __init__(self) -> None:
        self._entries: list[OpenTry] = []
        self._token: contextvars.Token[tuple[Ledger, ...]] | None = None

    def __enter__(self) -> Self:
        self._token = _ledgers.set((*_ledgers.get(), self))
        return self

    def __exit__(
        self,
        kind: object = None,
        error: BaseException | None = None,
        trace: object = None,
    ) -> None:
        if self._token is not None:
            _ledgers.reset(self._token)
            self._token = None
        if isinstance(error, Exception):
            self.ended_by(error)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Try]:
        return iter(self.tries)

    def __str__(self) -> str:
        at_least = "" if self.cost_complete else "at least "
        return f"{len(self)} requests, {at_least}${self.known_cost_usd:.4g}"

    @property
    def tries(self) -> tuple[Try, ...]:
        """All requests so far, in the order they were sent."""
        return tuple(entry.value() for entry in self._entries)

    @property
    def known_cost_usd(self) -> float:
        """The sum of the costs that are known."""
        return known_cost_usd(self.tries)

    @property
    def cost_usd(self) -> float | None:
        """What all cost; None while that of one is unknown."""
        return total_cost_usd(self.tries)

    @property
    def cost_complete(self) -> bool:
        """Whether every cost is known."""
        return self.cost_usd is not None

    def to_dict(self) -> dict[str, Any]:
        """The ledger as plain values.

        Returns:
            The tries and the sums.
        """
        return {
            "tries": [each.to_dict() for each in self.tries],
            "known_cost_usd": self.known_cost_usd,
            "cost_complete": self.cost_complete,
        }

    def add(self, entry: OpenTry) -> None:
        """Book a request that is sent now."""
        self._entries.append(entry)

    def ended_by(self, error: Exception) -> None:
        """Take note of the error that leaves the block; a plain ledger has no use for it."""

    def cancelled_are(self, status: TryStatus) -> None:
        """Say why those that were cancelled were."""
        for entry in self._entries:
            entry.relabelled(status)


_ledgers: contextvars.ContextVar[tuple[Ledger, ...]] = contextvars.ContextVar(
    "ensemble_ledgers", default=()
)


class booked(Ledger):  # noqa: N801  # used as a function: `with booked() as ledger:`
    """A ledger of one call; an error that leaves the block carries its tries and costs.

    Args:
        all_sent: Whether the call sends nothing that is not booked: without a try it costs 0.
    """

    def __init__(self, *, all_sent: bool = False) -> None:
        super().__init__()
        self._all_sent = all_sent

    def ended_by(self, error: Exception) -> None:
        """Let the error carry what was sent before it."""
        if self._entries or self._all_sent:
            carry(error, self.tries)


def carry(error: BaseException, tries: tuple[Try, ...]) -> None:
    """Let an error carry the tries of its call, and what they cost."""
    if hasattr(error, "tries"):
        error.tries = tries
        if getattr(error, "cost_usd", None) is None:
            error.cost_usd = total_cost_usd(tries)  # type: ignore[attr-defined]  # an EnsembleError


def total_cost_usd(tries: Iterable[Try]) -> float | None:
    """What tries cost together; None when that of one is unknown."""
    costs = [each.cost_usd for each in tries]
    known = [cost for cost in costs if cost is not None]
    return math.fsum(known) if len(known) == len(costs) else None


def known_cost_usd(tries: Iterable[Try]) -> float:
    """The sum of the costs that are known."""
    return math.fsum(each.cost_usd for each in tries if each.cost_usd is not None)
