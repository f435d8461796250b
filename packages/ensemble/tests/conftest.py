"""Shared by the tests of the ensemble library."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True)
class Item:
    """A question as data sets have it, without any data set library."""

    id: str
    input: Any
    expected: Any
    metadata: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.input)


@pytest.fixture
def make_item() -> Callable[..., Item]:
    """Makes questions."""

    def make(number: int = 0, question: Any = "2+2?", expected: Any = "4", **metadata: Any) -> Item:
        return Item(f"i{number}", question, expected, metadata)

    return make


@pytest.fixture
def mirror() -> Path:
    """The folder of real benchmark files."""
    place = os.environ.get("CRUCIBLE_MIRROR")
    if not place:
        pytest.skip("set CRUCIBLE_MIRROR to a folder with the benchmark files")
    return Path(place)
