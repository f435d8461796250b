"""A condition that keeps the event loop to itself is named."""

import importlib
import logging
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from dataset_manager import Dataset, Item
from research_harness import Experiment, condition, run_sync
from research_harness._executors import watchdog

DATA = Dataset([Item("one", "q", "a")], name="own", scorer="exact_match")


class Blocking(Experiment):
    name = "Blocking"
    dataset = DATA
    metrics = ("accuracy",)
    formats = ()
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


@pytest.mark.parametrize("by_library", [False, True])
def test_the_first_import_of_a_module_is_named_as_one_or_is_that_of_a_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_library: bool
) -> None:
    looked, noting = threading.Event(), Noting(threading.Event())
    place_of = watchdog._place_of

    def noted(thread: int, *, foreign: bool) -> str | None:
        place = place_of(thread, foreign=foreign)
        if foreign:
            looked.set()
        return place

    module = f"slow_module_{by_library}".lower()
    folder = tmp_path / "site-packages" if by_library else tmp_path
    folder.mkdir(exist_ok=True)
    (tmp_path / f"{module}.py").write_text("import import_gate\n\nimport_gate.wait(60)\n")
    (folder / f"asks_{module}.py").write_text(f"def ask():\n    import {module}\n    return 'a'\n")
    monkeypatch.setattr(watchdog, "_place_of", noted)
    monkeypatch.setitem(sys.modules, "import_gate", SimpleNamespace(wait=looked.wait))
    for each in (tmp_path, folder):
        monkeypatch.syspath_prepend(str(each))
    ask = importlib.import_module(f"asks_{module}").ask

    class Importing(Blocking):
        @condition
        async def greedy(self, item: Item) -> str:
            return str(ask())

    logging.getLogger("crucible").addHandler(noting)
    try:
        result = run_sync(Importing, output_dir=tmp_path / "runs")
    finally:
        logging.getLogger("crucible").removeHandler(noting)

    named = [each for each in noting.texts if "blocked" in each]
    expected = f"asks_{module}.py, line 2, which imports {module} for the first time"
    assert result.failures == 0
    assert looked.is_set()
    assert [expected in each for each in named] == ([] if by_library else [True])


def test_a_display_of_progress_that_blocks_the_loop_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noting = Noting(threading.Event())
    (tmp_path / "slow_display.py").write_text("def show(event):\n    event.wait(60)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    show = importlib.import_module("slow_display").show

    class Quick(Blocking):
        @condition
        async def greedy(self, item: Item) -> str:
            return "a"

    logging.getLogger("crucible").addHandler(noting)
    try:
        run_sync(Quick, output_dir=tmp_path, on_progress=lambda *_: show(noting.warned))
    finally:
        logging.getLogger("crucible").removeHandler(noting)

    assert len([each for each in noting.texts if "blocked" in each]) == 1


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
