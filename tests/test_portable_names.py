"""A name from others that becomes a file is one file on every system, or is refused."""

import importlib
import inspect
import sqlite3
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import causal_trace
import dataset_manager
import ensemble
import reporter
import research_harness
from research_harness._artifacts.folder import create_folder, slug
from telemetry_research._export.parquet import _names

RULES = (
    "causal_trace._core.ids",
    "dataset_manager._core.replacing",
    "reporter._core.names",
    "research_harness._core.names",
)
DEVICES = ("CON", "nul", "AUX.txt", "com1", "Lpt9.tar.gz", "COM¹", "conout$", "prn ")
OTHERS = (
    *("a.", "a ", "a:b", "a::$DATA", "..", ".", "", "a/b", "a\\b", "a\0b", "a\nb", "a?b", "a*"),
    *("a" * 256, "é" * 128, unicodedata.normalize("NFD", "é"), "a\ud800"),
)
PLAIN = ("a", "a.b", "console", "com10", "nullify.txt", "a b", "é", "a" * 255, "auxiliary")


@pytest.mark.parametrize("name", RULES)
def test_the_rule_is_the_same_in_libraries_that_stand_apart(name: str) -> None:
    rules = [importlib.import_module(each) for each in RULES]
    assert len({inspect.getsource(each.is_portable) for each in rules}) == 1
    assert len({(each._SIGNS, each._DEVICES, each._MOST_BYTES) for each in rules}) == 1
    rule = importlib.import_module(name)
    assert [name for name in (*DEVICES, *OTHERS) if rule.is_portable(name)] == []
    assert [name for name in PLAIN if not rule.is_portable(name)] == []


@pytest.mark.parametrize("name", [*DEVICES, *OTHERS])
def test_no_library_makes_a_file_of_such_a_name(name: str, tmp_path: Path) -> None:
    data = dataset_manager.Dataset(
        [dataset_manager.Item("a", "q", "4")], name="d", scorer="exact_match"
    )
    result = dataset_manager.evaluate(dataset=data, predictions=["4"])
    calls: list[Callable[[], object]] = [
        lambda: create_folder(tmp_path, name="x", run_id=name, overwrite=False),
    ]
    if name.rstrip(" .") == name and len(name) > 1:  # an ending that makes it a plain name is fine
        calls += [
            lambda: dataset_manager.ResultStore(tmp_path).save(result, id=name),
            lambda: causal_trace.JsonStore(tmp_path).save(causal_trace.Chain(name="c", id=name)),
        ]
    for call in calls:
        with pytest.raises(ValueError, match="id"):
            call()
    report = reporter.Report(title="t")
    with pytest.raises(reporter.FormatError, match="stem"):
        reporter.render_files(report, "markdown", stem=name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["nul.md", "con.x.md", "a:b.md", "a?.md"])
def test_a_report_is_written_to_no_such_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(reporter.FormatError, match="every system"):
        reporter.write(reporter.Report(title="t"), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("title", [*DEVICES, *OTHERS, "a" * 59 + ".b", "nul" + "." * 80])
def test_the_title_of_an_experiment_makes_a_portable_name(title: str) -> None:
    name = slug(title)
    assert slug(name) == name
    assert importlib.import_module("research_harness._core.names").is_portable(name)


def test_ids_that_differ_in_case_alone_are_not_written_over_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = causal_trace.JsonStore(tmp_path)
    first = store.save(causal_trace.Chain(name="first", id="abc"))
    text = first.read_text()
    (tmp_path / "ABC.json").hardlink_to(first)  # as a disk without upper case has it
    monkeypatch.setattr(Path, "iterdir", lambda _: iter([first]))

    with pytest.raises(causal_trace.UnsafeIdError):
        store.save(causal_trace.Chain(name="second", id="ABC"))

    assert first.read_text() == text


def test_partitions_of_different_ids_never_meet() -> None:
    ids = ["a", "A", "a.", "a%2E", "x" * 300, "x" * 299 + "y", "é", "e\u0301", "CON", "a/..", "a b"]
    names = _names(ids)
    assert len({each.casefold() for each in names}) == len(ids)
    assert all(len(each) < 230 and each[-1] not in ". " for each in names)
    assert _names(["plain-id.1"]) == ["plain-id.1"]


def write_foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE precious (a)")
    connection.commit()
    connection.close()


SQLITE: dict[str, Callable[[Path], Any]] = {
    "cache": lambda path: ensemble.ResponseCache(path).wrap(ensemble.FunctionModel("m", str)),
    "jobs": ensemble.BatchJobs,
    "index": causal_trace.SearchIndex,
}


@pytest.mark.parametrize("kind", ["jobs", "index"])
@pytest.mark.parametrize("exists", [True, False])
def test_a_database_is_not_opened_through_a_link(kind: str, exists: bool, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    if exists:
        write_foreign(theirs)
    before = theirs.read_bytes() if exists else None
    (tmp_path / "link").symlink_to(theirs)

    with pytest.raises((OSError, ValueError), match="symbolic link"):
        SQLITE[kind](tmp_path / "link")

    assert (theirs.read_bytes() if theirs.exists() else None) == before


def test_a_cache_is_not_opened_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "theirs")

    with pytest.raises(ensemble.CacheFileError, match="symbolic link"):
        ensemble.ask_sync("2+2?", model=SQLITE["cache"](tmp_path / "link"))

    assert not (tmp_path / "theirs").exists()


def test_a_run_whose_folder_of_checkpoints_is_a_link_is_refused(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "run.json").write_text("{}")
    (tmp_path / "results" / "r").mkdir(parents=True)
    (tmp_path / "results" / "r" / "checkpoints").symlink_to(theirs)

    for call in (research_harness.verify, research_harness.report):
        with pytest.raises(research_harness.OutputError, match="link to a folder elsewhere"):
            call("r", output_dir=tmp_path / "results")

    assert [each.name for each in theirs.iterdir()] == ["run.json"]
