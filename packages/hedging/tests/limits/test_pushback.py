"""The pauses that services ask for, in every form that they use."""

from typing import Any

import pytest

from hedging import Breaker, pushback_seconds


class Response:
    def __init__(self, status: int, **headers: str) -> None:
        self.status_code = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def test_milliseconds_are_read_as_bytes_and_lists_too() -> None:
    for given in (b"250", ["250"], 250):
        response: Any = Response(429)
        response.headers = {"Retry-After-Ms": given}
        assert pushback_seconds(response) == 0.25


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"retry_after": "2"}, 2.0),
        (429, {"Retry_After": "2.5"}, 2.5),
        (429, {"retry_after_ms": "250", "retry_after": "9"}, 0.25),
        (429, {"retry_after": "inf"}, 3600.0),
        (503, {"retry_after": "1e12"}, 3600.0),
        (429, {"retry_after": "nan"}, 1.0),
        (429, {"retry_after": "-5"}, 0.0),
        (429, {"retry_after": "soon"}, 1.0),
        (429, {"retry_after": "1_0"}, 1.0),
        (429, {"retry_after": "Fri, 31 Dec 1999 23:59:59 GMT"}, 0.0),
        (429, {"retry_after": "Fri, 31 Dec 2999 23:59:59 GMT"}, 3600.0),
        (429, {"retry_after": "Wed, 32 Foo 2026"}, 1.0),
        (429, {}, 1.0),
        (529, {}, 1.0),
        (503, {}, None),
        (500, {}, None),
        (200, {"retry_after": "9"}, None),
    ],
)
def test_a_pause_is_read_in_all_its_forms(
    status: int, headers: dict[str, str], seconds: float | None
) -> None:
    assert pushback_seconds(Response(status, **headers)) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3", 3.0), (2, 2.0), (True, None), (float("nan"), None), (float("inf"), 3600.0), ("x", None)],
)
def test_an_error_may_carry_the_pause_itself(value: Any, seconds: float | None) -> None:
    error = Exception()
    error.retry_after = value  # type: ignore[attr-defined]  # as SDKs do

    assert pushback_seconds(error) == seconds


def test_a_half_open_breaker_lets_one_backup_through() -> None:
    breaker = Breaker(1, open_ms=1000)
    breaker.record(0.0, ok=False)

    assert [breaker.allows(now) for now in (0.5, 1.5, 1.6, 2.4)] == [False, True, False, False]
    assert breaker.allows(2.6)
