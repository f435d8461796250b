"""A condition that keeps the event loop to itself is named."""

import logging
import threading
from pathlib import Path

import pytest

from dataset_manager import Dataset, Item
from research_harness import Experiment, condition, run_sync

DATA = Dataset([Item("one", "q", "a")], name="own", scorer="exact_match")


class Blocking(Experiment):
    name = "Blocking"
    dataset = DATA
    metrics = ("accuracy",)
    loop_block_ms = 20

    @condition
    async def greedy(self, item: Item) -> str:
        _until_named(self.warned)
        return "a"

    warned = threading.Event()


def _until_named(warned: threading.Event) -> None:
    warned.wait(60)  # blocks the loop, as a client that is not async does


class Noting(logging.Handler):
    def __init__(self, warned: threading.Event) -> None:
        super().__init__()
        self.warned = warned
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())
        if "blocked" in self.texts[-1]:
            self.warned.set()


def test_a_condition_that_blocks_the_loop_is_named_with_its_line(tmp_path: Path) -> None:
    noting = Noting(Blocking.warned)
    logging.getLogger("crucible").addHandler(noting)
    try:
        result = run_sync(Blocking, output_dir=tmp_path)
    finally:
        logging.getLogger("crucible").removeHandler(noting)

    assert result.failures == 0
    named = [each for each in noting.texts if "blocked" in each]
    assert len(named) == 1
    assert "condition 'greedy', item 'one'" in named[0]
    assert "line" in named[0]


@pytest.mark.parametrize("limit", [None, 60_000])
def test_a_condition_within_the_limit_is_not_named(
    tmp_path: Path, limit: float | None, caplog: pytest.LogCaptureFixture
) -> None:
    class Quick(Blocking):
        loop_block_ms = limit  # type: ignore[assignment]

        @condition
        async def greedy(self, item: Item) -> str:
            sum(range(1000))
            return "a"

    run_sync(Quick, output_dir=tmp_path)

    assert "blocked" not in caplog.text
