"""When a failed request is repeated, and when it is too late for that."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ensemble import ConnectionFailedError, ServerError
from ensemble._transport.retry import Retries, TimeLimit, retry_after_s


class Attempts:
    """Takes its time and fails, until the given number of tries."""

    def __init__(
        self, seconds: float, *, works_at: int = 99, retry_after: float | None = None
    ) -> None:
        self.seconds = seconds
        self.works_at = works_at
        self.retry_after = retry_after
        self.limits: list[float] = []

    async def __call__(self, limit: TimeLimit) -> str:
        left_ms = (limit.end or 1e9) - asyncio.get_running_loop().time()
        limit_ms = min(limit.silence_ms, left_ms * 1000)
        self.limits.append(limit_ms)
        if self.seconds * 1000 > limit_ms:
            await asyncio.sleep(limit_ms / 1000)
            raise ConnectionFailedError("no answer in time")
        await asyncio.sleep(self.seconds)
        if len(self.limits) < self.works_at:
            raise ServerError("busy", status=503, retry_after_s=self.retry_after)
        return "done"


def retries(**options: Any) -> Retries:
    values: dict[str, Any] = {"most": 3, "timeout_ms": 10_000, "deadline_ms": 20_000}
    return Retries(**{**values, "sleep": asyncio.sleep, "chance": lambda: 1.0, **options})


def test_waits_double_up_to_the_longest(in_simulated_time: Callable[..., Any]) -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    attempts = Attempts(0, works_at=10)
    in_simulated_time(retries(most=9, sleep=note, deadline_ms=1e9).run(attempts))

    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_the_last_try_gets_only_the_time_that_is_left(
    in_simulated_time: Callable[..., Any],
) -> None:
    attempts = Attempts(8)

    with pytest.raises(ConnectionFailedError):
        in_simulated_time(retries().run(attempts))

    # 8 s + 0.5 s wait + 8 s + 1 s wait = 17.5 s of the 20 s.
    assert attempts.limits == pytest.approx([10_000, 10_000, 2_500])


def test_a_wait_beyond_the_deadline_is_not_begun(in_simulated_time: Callable[..., Any]) -> None:
    attempts = Attempts(1, retry_after=60)

    with pytest.raises(ServerError):
        in_simulated_time(retries().run(attempts))

    assert len(attempts.limits) == 1


def test_the_number_of_tries_is_returned(in_simulated_time: Callable[..., Any]) -> None:
    assert in_simulated_time(retries().run(Attempts(1, works_at=3))) == ("done", 3)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "7", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        (
            {
                "date": "Mon, 23 Nov 2026 10:00:00 GMT",
                "retry-after": "Mon, 23 Nov 2026 10:01:00 GMT",
            },
            60.0,
        ),
        (
            {
                "date": "Mon, 23 Nov 2026 10:00:00 GMT",
                "retry-after": "Mon, 23 Nov 2026 09:00:00 GMT",
            },
            0.0,
        ),
        ({"retry-after": "Mon, 23 Nov 2020 10:00:00 GMT"}, 0.0),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s"}, 360.0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "20ms"}, 0.02),
        ({"x-ratelimit-remaining-tokens": "9", "x-ratelimit-reset-tokens": "6m0s"}, None),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1.2.3s"}, None),
        (
            {
                "date": "Mon, 23 Nov 2026 10:00:00 GMT",
                "anthropic-ratelimit-requests-remaining": "0",
                "anthropic-ratelimit-requests-reset": "2026-11-23T10:00:12Z",
            },
            12.0,
        ),
    ],
)
def test_what_the_provider_asks_for_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers) == seconds
