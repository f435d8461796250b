"""The command line over files and folders."""

import os
from pathlib import Path

import pytest

from telemetry_research import (
    FileStore,
    Recording,
    archive_experiment,
    record,
    recording,
    span,
    stored_experiments,
)
from telemetry_research._showing import command
from telemetry_research._showing.command import main
from telemetry_research._showing.sources import _public


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stored(tmp_path / "first")
    archive_experiment(stored(tmp_path / "second"), tmp_path / "second.parquet")
    return tmp_path


def stored(folder: Path) -> Recording:
    with recording(folder.name, store=FileStore(folder / "e.arrows")) as experiment:
        for number in range(20):
            with span("tool", n=number) as one:
                one.set(success=number != 3, error_type=None if number != 3 else "LostError")
    return experiment


def test_ls_lists_the_experiments_of_a_folder(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken.arrows").write_bytes(b"not an event file")
    (folder / "link.arrows").symlink_to(folder / "first" / "e.arrows")
    os.mkfifo(folder / "pipe.arrows")

    status = main(["ls", str(folder)])
    shown = capsys.readouterr()

    assert status == 1
    assert len(shown.out.splitlines()) == 3
    assert shown.out.count("40 events") == 3
    assert "broken.arrows" in shown.err


def test_show_gives_metrics_and_errors_and_writes_a_page(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = str(folder / "first" / "e.arrows")

    assert main(["show", source]) == 0
    assert main(["show", source, "--html", str(folder / "p.html")]) == 0
    shown = capsys.readouterr().out

    assert "95.0%" in shown
    assert "tool: 1 LostError" in shown
    assert (folder / "p.html").read_text().startswith("<!DOCTYPE html>")


def test_an_experiment_of_several_is_chosen_by_its_id(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", str(folder)]) == 2
    message = capsys.readouterr().err
    wanted = message.split(" has ")[1][:16]

    assert "--id" in message
    assert main(["tail", str(folder), "--id", wanted, "-n", "1"]) == 0


def test_tail_gives_the_last_events_without_terminal_escapes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with recording("one", store=FileStore(tmp_path / "e.arrows")):
        for number in range(30):
            record("a.stop", {"duration_ns": 10**6}, {"n": number, "model": "m\x1b[31m\nnext"})

    assert main(["tail", "-n", "3", str(tmp_path / "e.arrows")]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert [f'"n":{number}' in line for number, line in zip((27, 28, 29), lines, strict=True)] == [
        True
    ] * 3
    assert "\x1b" not in "".join(lines)


def test_tail_follows_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "e.arrows"
    with recording("one", store=FileStore(path)) as experiment:
        record("a.stop")
        experiment.flush()
        found = command._following(experiment, 1)

        def write(_: float) -> None:
            record("b.stop")
            experiment.flush()

        monkeypatch.setattr(command, "sleep", write)

        assert [next(found).name for _ in range(3)] == ["b.stop"] * 3


@pytest.mark.parametrize("arguments", [["show", "absent"], ["tail", "absent"], ["ls", "absent"]])
def test_a_missing_source_is_an_error_text(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "absent" in capsys.readouterr().err


def test_the_password_of_a_database_is_not_shown() -> None:
    assert _public("postgresql://me:secret@host/base?sslkey=x") == "postgresql://host/base"


def test_the_experiments_of_a_folder_are_listed_with_what_cannot_be_read(folder: Path) -> None:
    (folder / "broken.arrows").write_bytes(b"not events")

    found = stored_experiments(folder)

    names = [None if each.experiment is None else each.experiment.name for each in found]
    assert sorted(map(str, names)) == ["None", "first", "second", "second"]
    (broken,) = (each for each in found if each.experiment is None)
    assert "not an event file" in broken.problem
    assert broken.to_dict()["source"] == str(folder / "broken.arrows")
    with pytest.raises(FileNotFoundError):
        stored_experiments(folder / "missing")


@pytest.mark.parametrize("arguments", [["ls"], ["show"], ["tail", "-n", "1"]])
def test_every_command_names_a_removed_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    path = Path(getattr(stored(tmp_path / "cut").store, "path"))  # noqa: B009  # a FileStore
    path.write_bytes(path.read_bytes()[:-1])

    status = main([*arguments, str(path)])

    shown = capsys.readouterr()
    assert status == 1
    assert shown.out
    assert "bytes are missing" in shown.err


def test_a_whole_archive_is_shown_rather_than_its_damaged_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive_experiment(stored(tmp_path / "one"), tmp_path / "one" / "e.parquet")
    path = tmp_path / "one" / "e.arrows"
    path.write_bytes(path.read_bytes()[:-1])

    assert main(["show", str(tmp_path)]) == 0
    assert capsys.readouterr().err == ""


def test_exports_in_a_folder_are_no_damaged_archives(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = stored(folder / "third").export(folder / "third" / "table.parquet")

    assert main(["ls", str(folder)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    assert main(["ls", str(export)]) == 1
    assert "not an archive of an experiment; read an export with" in capsys.readouterr().err
