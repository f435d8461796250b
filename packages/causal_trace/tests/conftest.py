"""Shared by the tests of the trace library."""

import pytest
from hypothesis import HealthCheck, settings

# A machine under load is slow at times; how long an example takes is not what is tested.
settings.register_profile("crucible", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("crucible")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
