"""A file that is written beside its place is no door: no link of others waits under its name."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import causal_trace
import dataset_manager
import hedging
import reporter
import telemetry_research


def write_dataset(path: Path) -> object:
    items = [dataset_manager.Item(id="a", input="q", expected="4")]
    return dataset_manager.Dataset(items, name="d", version="1", scorer="exact_match").to_parquet(
        path
    )


def write_archive(path: Path) -> object:
    with telemetry_research.recording("a") as experiment:
        telemetry_research.record("call.stop", {"duration_ns": 1}, {})
    return telemetry_research.archive_experiment(experiment, path)


def write_page(path: Path) -> object:
    return causal_trace.save_visualization(causal_trace.Chain(name="c"), path)


def write_report(path: Path) -> object:
    return reporter.write(reporter.Report(title="t"), path, "markdown")


WRITERS: dict[str, Callable[[Path], object]] = {
    "dataset.parquet": write_dataset,
    "learned.json": lambda path: hedging.Hedger().save(path),
    "archive.parquet": write_archive,
    "page.html": write_page,
    "report.md": write_report,
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_link_under_a_name_that_can_be_guessed_is_not_followed(name: str, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    folder = tmp_path / "shared"
    folder.mkdir()
    for start in ("", "."):
        for end in (".part", ".tmp", f".{os.getpid()}", f".{os.getpid()}.part"):
            (folder / f"{start}{name}{end}").symlink_to(victim)
    waiting = set(folder.iterdir())

    WRITERS[name](folder / name)

    assert victim.read_text() == "precious"
    assert set(folder.iterdir()) - waiting == {folder / name}
    assert not (folder / name).is_symlink()


@pytest.mark.parametrize("name", WRITERS)
def test_a_link_in_the_place_itself_is_replaced_and_not_followed(name: str, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / name).symlink_to(victim)

    WRITERS[name](tmp_path / name)

    assert victim.read_text() == "precious"
