"""A store that cannot keep up."""

from typing import Any

import pytest

from telemetry_research import (
    Recording,
    Reservoir,
    StoreError,
    record,
    recording,
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
    assert experiment.dropped_events == 5000 - 2048


def test_a_sample_larger_than_the_buffer_is_written_whole() -> None:
    with recording(
        "one", sampling=Reservoir(1500, seed=3), overflow="drop", max_pending=1
    ) as experiment:
        for _ in range(2000):
            record("a.stop")

    assert (experiment.table().num_rows, experiment.dropped_events) == (1500, 0)
