"""Retries where they may help, within one deadline for all tries."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, NamedTuple, TypeVar

from .._core.errors import ModelError
from .._core.values import Value

Answer = TypeVar("Answer")

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 30.0
_LONGEST_PAUSE_S = 600.0  # a provider that asks for more has failed for today


class TimeLimit(NamedTuple):
    """How long one try may take.

    Attributes:
        silence_ms: The longest time without a byte.
        end: The time of the event loop at which it is broken off; None for no end.
    """

    silence_ms: float
    end: float | None


_NO_LIMIT = nullcontext()


def until(end: float | None) -> AbstractAsyncContextManager[Any]:
    """A limit by the event loop's clock; None for no limit, which costs nothing."""
    return _NO_LIMIT if end is None else asyncio.timeout_at(end)


class Retries(Value):
    """When a failed request is repeated.

    Attributes:
        most: How often at most; failures of a crowd or an outage do not count.
        timeout_ms: The longest silence in one try.
        deadline_ms: The longest all tries and the waits between them may take; None for any time.
        sleep: Waits between two tries, in seconds.
        chance: Draws from [0, 1) for the jitter.
    """

    most: int
    timeout_ms: float
    deadline_ms: float | None
    sleep: Callable[[float], Awaitable[None]]
    chance: Callable[[], float]

    async def run(
        self,
        attempt: Callable[[TimeLimit], Awaitable[Answer]],
        forgives: Callable[[ModelError], bool] = lambda _: False,
    ) -> tuple[Answer, int]:
        """Try until it works.

        Args:
            attempt: Tries once; takes its limit of time.
            forgives: Whether a failure uses up no retry; asked after the try has ended.

        Returns:
            The answer and the number of tries it took.

        Raises:
            ModelError: The last failure, when another try would not help or come too late.
        """
        clock = asyncio.get_running_loop().time
        end = None if self.deadline_ms is None else clock() + self.deadline_ms / 1000
        limit = TimeLimit(self.timeout_ms, end)
        tries, counted = 1, 1
        while True:
            try:
                return await attempt(limit), tries
            except ModelError as error:
                forgiven = self.most > 0 and forgives(error)
                pause_s = self._pause_s(counted, error)
                late = end is not None and clock() + pause_s >= end
                if not error.retryable or late or pause_s > _LONGEST_PAUSE_S:
                    raise
                if counted > self.most and not forgiven:
                    raise
            await self.sleep(pause_s)
            tries += 1
            counted += not forgiven

    def _pause_s(self, number: int, error: ModelError) -> float:
        """Full jitter, and never less than the provider asks for.

        See Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
        """
        longest = min(_FIRST_WAIT_S * 2.0 ** (number - 1), _LONGEST_WAIT_S)
        return max(error.retry_after_s or 0.0, self.chance() * longest)


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """How long a provider asks to wait, from ``Retry-After`` as seconds or as a date (RFC 9110).

    A date counts from the ``Date`` of the same answer, so that clocks need not agree.
    """
    for name, scale in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * scale
        except ValueError:
            continue
        if seconds >= 0:  # not-a-number is not
            return seconds
    now = headers.get("date", "")
    asked = _until(headers.get("retry-after", ""), now)
    return _reset_s(headers, now) if asked is None else asked


def _reset_s(headers: Mapping[str, str], now: str) -> float | None:
    """When the limits that are used up are filled again, as OpenAI and Anthropic report it."""
    waits = []
    for what in ("requests", "tokens", "input-tokens", "output-tokens"):
        for left, reset in (
            (f"x-ratelimit-remaining-{what}", f"x-ratelimit-reset-{what}"),
            (f"anthropic-ratelimit-{what}-remaining", f"anthropic-ratelimit-{what}-reset"),
        ):
            if headers.get(left) == "0":
                text = headers.get(reset, "")
                waits.append(_duration_s(text) if text[-1:] == "s" else _until(text, now))
    return max((wait for wait in waits if wait is not None), default=None)


def _duration_s(text: str) -> float | None:
    """A duration as OpenAI writes it, such as ``6m0s`` or ``20ms``."""
    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:([\d.]+)(m?)s)?", text)
    if found is None:
        return None
    hours, minutes, seconds, milli = found.groups()
    try:
        last = float(seconds or 0) / (1000 if milli else 1)
    except ValueError:  # such as 1.2.3
        return None
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + last


def _until(date: str, now: str) -> float | None:
    from datetime import UTC, datetime  # noqa: PLC0415  # 5 ms that few answers need
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  # same

    def read(text: str) -> datetime | None:
        for parse in (parsedate_to_datetime, datetime.fromisoformat):
            try:
                found = parse(text)
                break
            except ValueError:
                continue
        else:
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    then = read(date)
    if then is None:
        return None
    return max(0.0, (then - (read(now) or datetime.now(UTC))).total_seconds())
