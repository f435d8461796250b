"""Asyncio as the only backend, and property tests that may take their time."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("bench", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bench")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
