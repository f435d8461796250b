"""Shared by the tests of the harness."""

from collections.abc import Iterator

import pytest

from research_harness._core.events import signal


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The key that signs runs stays out of the home of who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(autouse=True)
def _nothing_is_left_on_the_bus() -> Iterator[None]:
    """A receiver or a recording that a test leaves behind would change the tests after it."""
    yield
    assert list(signal.receivers_for("ensemble.model.stop")) == []
