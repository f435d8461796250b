"""Shared by the tests of the hedging library."""

import asyncio
from typing import Any

import pytest

from hedging import forget


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _nothing_learned() -> None:
    """``request`` shares a budget with all calls of this process that have the same key."""
    forget()


class Script:
    """A call that behaves differently each time, and remembers how it went."""

    def __init__(self, *steps: tuple[float, object]) -> None:
        self.steps = steps
        self.started = 0
        self.cancelled: list[int] = []

    async def __call__(self) -> Any:
        number = self.started
        self.started += 1
        seconds, result = self.steps[min(number, len(self.steps) - 1)]
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self.cancelled.append(number)
            raise
        if isinstance(result, BaseException):
            raise result
        return result


@pytest.fixture
def script() -> type[Script]:
    """Makes calls from (seconds, result or error) steps; the last step repeats."""
    return Script
