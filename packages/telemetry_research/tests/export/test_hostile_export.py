"""An export stays in its folder, deletes nothing of others, and holds no formula."""

import csv
from pathlib import Path

import pytest

from telemetry_research import FileStore, Recording, open_experiment, record, recording


def small(**options: str) -> Recording:
    with recording("small", **options) as experiment:  # type: ignore[arg-type]  # only ids
        record("a.stop", {"duration_ns": 5})
    return experiment


@pytest.mark.parametrize(
    "identifier", ["../../victim", "/etc/x", "a/../../b", "..", ".", "a\\b", "x" * 999]
)
def test_a_partition_stays_in_the_folder_of_the_export(identifier: str, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"

    small(experiment_id=identifier).export(target, "parquet", partition=True)

    written = [path.resolve() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 1
    assert written[0].is_relative_to(target.resolve())


def test_a_partition_behind_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "victim").mkdir()
    (tmp_path / "out" / "experiment_id=one").symlink_to(tmp_path / "victim")

    with pytest.raises(ValueError, match="leads out of"):
        small(experiment_id="one").export(tmp_path / "out", "parquet", partition=True)

    assert list((tmp_path / "victim").iterdir()) == []


@pytest.mark.parametrize("partition", [False, True])
def test_files_of_others_stay(partition: bool, tmp_path: Path) -> None:
    (tmp_path / "chapter1.tex").write_text("three years of work")
    (tmp_path / ".events.parquet.part").write_text("of someone else")

    small().export(
        tmp_path if partition else tmp_path / "events.parquet", "parquet", partition=partition
    )

    assert (tmp_path / "chapter1.tex").read_text() == "three years of work"
    assert (tmp_path / ".events.parquet.part").read_text() == "of someone else"


def test_an_export_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("old")

    def faulty(_: object) -> None:
        raise RuntimeError("faulty")

    with pytest.raises(RuntimeError, match="faulty"):
        small().export(path, transform=[faulty])

    assert [each.name for each in tmp_path.iterdir()] == ["events.jsonl"]
    assert path.read_text() == "old"


FORMULAS = ("=1+1", "+1+2", "-1+3", "@SUM(A1)", "\t=1", "\r=2", "\n=3", "-cmd|' /C calc'!A0")


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    with recording("one") as experiment:
        for text in FORMULAS:
            record("a.stop", {}, {"model": text, "text": text, "deep": {"er": text}})
        record("b.stop", {}, {"low": -5, "small": -1.5e-7, "text": "-12.5"})

    experiment.export(tmp_path / "events.csv")

    with (tmp_path / "events.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    cells = [
        cell for row in rows[:-1] for name, cell in row.items() if "text" in name or name == "model"
    ]
    assert cells == [f"'{text}" for text in FORMULAS for _ in range(2)]
    last = rows[-1]
    assert [float(last[f"attributes.{name}"]) for name in ("low", "small", "text")] == [
        -5,
        -1.5e-7,
        -12.5,
    ]


def test_texts_for_a_terminal_have_no_escapes(tmp_path: Path) -> None:
    escape = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\u202eabc"
    with recording(escape, store=FileStore(tmp_path / "e.arrows")):
        record(escape, {}, {"model": escape})
    found = open_experiment(tmp_path / "e.arrows")

    for text in (str(found), repr(found), str(found.metrics()), found.metrics().to_markdown()):
        assert "\x1b" not in text
        assert "\u202e" not in text
