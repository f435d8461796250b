"""A store that cannot keep up."""

from typing import Any

import pytest

from telemetry_research import (
    Recording,
    StoreError,
    record,
)
from telemetry_research._capture.context import entered

from ..support import ListStore


class Stuck(ListStore):
    """Takes nothing."""

    background = True

    def write(self, chunks: Any) -> None:
        raise OSError("full")


def test_a_full_buffer_drops_and_counts_with_overflow_drop() -> None:
    experiment = Recording(
        "one", store=Stuck(), overflow="drop", max_pending=2048, stop_timeout_ms=0
    )
    experiment.begin()

    with entered(experiment):
        for _ in range(5000):
            record("a.stop")

    with pytest.raises(StoreError, match="full"):
        experiment.end()
    # 2,048 wait, and up to 1,024 may be in the writer's hands.
    assert experiment.dropped_events >= 5000 - 2048 - 1024
