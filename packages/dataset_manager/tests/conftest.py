"""Shared by the tests of the data library."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def mirror() -> Path:
    """The folder of real benchmark files."""
    place = os.environ.get("CRUCIBLE_MIRROR")
    if not place:
        pytest.skip("set CRUCIBLE_MIRROR to a folder with the benchmark files")
    return Path(place)
