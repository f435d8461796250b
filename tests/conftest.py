"""Shared by the tests that cross libraries."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def mirror() -> Path:
    """The folder of real benchmark files."""
    place = os.environ.get("CRUCIBLE_MIRROR")
    if not place:
        pytest.skip("set CRUCIBLE_MIRROR to a folder with the benchmark files")
    return Path(place)
