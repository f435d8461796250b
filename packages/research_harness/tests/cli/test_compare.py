"""``crucible compare`` on the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from research_harness.__main__ import main


@pytest.fixture
def logs(tmp_path: Path) -> tuple[Path, Path]:
    """Two plain logs, the second one better."""
    paths = (tmp_path / "old.csv", tmp_path / "new.csv")
    for path, right in zip(paths, (20, 38), strict=True):
        lines = [f"q{k},Question {k},x,{int(k < right)}" for k in range(40)]
        path.write_text("\n".join(["id,question,prediction,score", *lines]))
    return paths


def compared(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["compare", *(str(each) for each in arguments)])


def test_two_files_give_a_verdict_in_one_line(logs: tuple[Path, Path]) -> None:
    result = compared(*logs)

    assert result.exit_code == 0
    assert "new is better than old: 0.4500" in result.output


def test_a_system_that_is_worse_than_the_named_one_exits_with_one(
    logs: tuple[Path, Path],
) -> None:
    assert compared(*logs, "--against", "new").exit_code == 1
    assert compared(*logs, "--against", "old").exit_code == 0


def test_json_is_all_that_is_printed(logs: tuple[Path, Path]) -> None:
    values = json.loads(compared(*logs, "--json").stdout)

    assert values["pairs"][0]["verdict"] == "better"


def test_reports_are_written_in_the_format_of_their_names(
    logs: tuple[Path, Path], tmp_path: Path
) -> None:
    names = [tmp_path / f"report{ending}" for ending in (".md", ".html", ".tex", ".json")]

    result = compared(*logs, *(part for name in names for part in ("--output", name)))

    assert result.exit_code == 0
    assert all(name.stat().st_size > 100 for name in names)


def test_the_columns_of_a_file_can_be_named(tmp_path: Path) -> None:
    for name in ("a", "b"):
        text = "number,said,mark\n" + "".join(f"{k},x,{k % 2}\n" for k in range(10))
        (tmp_path / f"{name}.csv").write_text(text)
    fields = ("--field", "id=number", "--field", "prediction=said", "--field", "score=mark")

    result = compared(tmp_path / "a.csv", tmp_path / "b.csv", *fields)

    assert result.exit_code == 0, result.output
    assert "10 items" in result.output


def test_what_cannot_be_compared_is_one_line_and_exit_code_two(logs: tuple[Path, Path]) -> None:
    result = compared(logs[0], "nowhere.eval")

    assert result.exit_code == 2
    assert result.stderr.startswith("error: nowhere.eval: no such file")
