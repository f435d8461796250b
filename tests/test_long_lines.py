"""A line or a file that does not end gives an error of the library that reads it."""

import importlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import causal_trace
import dataset_manager
import ensemble
import hedging
import reporter
from research_harness import HarnessError
from research_harness._canaries.log import read_canaries
from research_harness._editing.edits import read_edits
from research_harness._engine.journal import Journal
from research_harness._engine.response_log import ResponseLog
from research_harness._limits.spending_log import spent_before
from research_harness._scheduling.attempts import read_attempts

BOUNDS = {
    "causal_trace._core.plain_files": "MOST_LINE",
    "dataset_manager._core.bounds": "MOST_LINE",
    "dataset_manager._data.opening": "MOST_LINE",
    "ensemble._catalogue.plain_files": "MOST_LINE",
    "hedging._learning.plain_files": "MOST_LINE",
    "reporter._core.plain_files": "MOST_LINE",
    "research_harness._core.files": "MAX_LINE",
}


def _import_answers(path: Path) -> object:
    with ensemble.ResponseCache(path.with_suffix(".db")) as cache:
        return cache.import_jsonl(path)


READERS: dict[str, tuple[str, Callable[[Path], object], type[Exception]]] = {
    "data set": ("a.jsonl", dataset_manager.load_sync, dataset_manager.DatasetError),
    "table": ("a.csv", dataset_manager.load_sync, dataset_manager.DatasetError),
    "log": ("a.jsonl", dataset_manager.read_log, dataset_manager.DatasetError),
    "answers": ("a.jsonl", ensemble.ReplayModel.from_jsonl, ensemble.EnsembleError),
    "cache": ("a.jsonl", _import_answers, ensemble.EnsembleError),
    "prices": ("a.json", ensemble.prices_from_litellm, ensemble.EnsembleError),
    "latencies": ("a.jsonl", hedging.read_trace, hedging.HedgingError),
    "latency table": ("a.csv", hedging.read_trace, hedging.HedgingError),
    "snapshot": ("a.json", hedging.Hedger().load, hedging.HedgingError),
    "session": ("a.jsonl", causal_trace.import_chains, causal_trace.TraceError),
    "chains": ("a.jsonl", lambda path: causal_trace.TraceLog(path).list(), causal_trace.TraceError),
    "annotations": (
        "a.jsonl",
        lambda path: causal_trace.AnnotationFile(path).annotations(),
        causal_trace.TraceError,
    ),
    "page": ("a.md", reporter.check_file, reporter.ReporterError),
    "journal": ("a.jsonl", lambda path: list(Journal(path)), HarnessError),
    "attempts": ("a.jsonl", lambda path: list(read_attempts(path)), HarnessError),
    "edits": ("a.jsonl", read_edits, HarnessError),
    "spending": ("a.jsonl", spent_before, HarnessError),
    "responses": ("a.jsonl", ResponseLog, HarnessError),
    "canaries": ("a.jsonl", read_canaries, HarnessError),
}
# Files of a run, whose folder is looked through for devices before any is opened.
RUN = {"journal", "attempts", "edits", "spending", "responses", "canaries"}


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Each library's bound, which is 64 MiB, made small."""
    for module, name in BOUNDS.items():
        assert getattr(importlib.import_module(module), name) == 64 * 2**20
        monkeypatch.setattr(importlib.import_module(module), name, 1000)
    return iter((1000,))


@pytest.mark.parametrize("name", READERS)
@pytest.mark.usefixtures("short")
def test_a_line_without_an_end_gives_an_error(name: str, tmp_path: Path) -> None:
    file, read, error = READERS[name]
    (tmp_path / file).write_bytes(b'{"latency_ms": "' + b"9" * 2_000 + b'"}\n')

    with pytest.raises(error, match="a line of more than 1,000"):
        read(tmp_path / file)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no such device here")  # noqa: PTH110
@pytest.mark.parametrize("name", sorted({*READERS} - RUN))
def test_a_device_in_place_of_a_file_gives_an_error(name: str, tmp_path: Path) -> None:
    file, read, error = READERS[name]
    (tmp_path / file).symlink_to("/dev/zero")

    with pytest.raises(error, match=r"not a (plain|regular) file"):
        read(tmp_path / file)


def test_the_rule_is_the_same_in_libraries_that_stand_apart() -> None:
    places = ("causal_trace/_core", "ensemble/_catalogue", "hedging/_learning", "reporter/_core")
    packages = Path(__file__).parent.parent / "packages"
    texts = {
        (packages / place.split("/")[0] / "src" / place / "plain_files.py").read_text()
        for place in places
    }

    assert len(texts) == 1


def test_the_rule_of_parquet_files_is_the_same_in_every_library() -> None:
    packages = Path(__file__).parent.parent / "packages"
    found = list(packages.glob("*/src/*/_*/parquet_pages.py"))

    assert len(found) == 4
    assert len({path.read_text() for path in found}) == 1
