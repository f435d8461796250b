"""The command line says what it does, and says plainly what is wrong."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from research_harness.__main__ import main

EXPERIMENT = """
from research_harness import Experiment, condition


class Tiny(Experiment):
    name = "Tiny"
    dataset = [{"question": "1+1", "answer": "2"}, {"question": "2+2", "answer": "4"}]
    metrics = ("accuracy", "cost_per_query")
    virtual_time = True

    @condition
    async def right(self, item):
        return {"prediction": item.expected, "cost": 0.5}

    @condition
    async def wrong(self, item):
        return "0"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.py"
    path.write_text(EXPERIMENT)
    return path


def crucible(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_run_shows_the_table_and_where_the_report_lies(file: Path, tmp_path: Path) -> None:
    result = crucible("run", file, "--output-dir", tmp_path, "--quiet")

    assert result.exit_code == 0, result.output
    assert "right      100.0 %" in result.output
    assert str(tmp_path / "tiny_report.md") in result.output


@pytest.mark.slow
def test_resume_and_verify_go_by_the_id(file: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        crucible("run", file, "--output-dir", tmp_path, "--id", name, "--quiet")

    resumed = crucible("resume", "a", "--output-dir", tmp_path)
    same = crucible("verify", "a", "b", "--output-dir", tmp_path)
    alone = crucible("verify", tmp_path / "a")

    assert resumed.exit_code == same.exit_code == alone.exit_code == 0
    assert "4/4 rows (100 %), 4 from before" in resumed.output
    assert same.output.endswith("agree\n")


def test_verify_exits_with_1_when_something_differs(file: Path, tmp_path: Path) -> None:
    crucible("run", file, "--output-dir", tmp_path, "--id", "a", "--quiet")
    crucible("run", file, "--output-dir", tmp_path, "--id", "b", "--quiet", "--seed", 5)

    result = crucible("verify", "a", "b", "--output-dir", tmp_path)

    assert result.exit_code == 1
    assert "DIFFERENT config.json, seed: 0 != 5" in result.output


def test_a_dry_run_runs_nothing(file: Path, tmp_path: Path) -> None:
    result = crucible("run", file, "--output-dir", tmp_path / "out", "--dry-run")

    assert result.exit_code == 0
    assert "Tiny: 4 rows" in result.output
    assert not (tmp_path / "out").exists()


def test_an_estimate_extrapolates_from_a_pilot_and_leaves_nothing(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = crucible("estimate", file, "--pilot", 1)

    assert result.exit_code == 0, result.output
    assert "right  2 rows, cost $1.00, " in result.output  # one row has no interval
    assert "wrong  2 rows, cost unknown" in result.output
    assert [path.name for path in tmp_path.iterdir() if path.name != "__pycache__"] == ["tiny.py"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "defines no class that derives from Experiment"),
        (EXPERIMENT + EXPERIMENT.replace("Tiny(", "Tiny2("), "defines several experiments"),
        (EXPERIMENT.replace("accuracy", "acuracy"), "unknown metric 'acuracy'"),
        (EXPERIMENT.replace("[{", "'gsm9k' or [{"), "unknown data set 'gsm9k'"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_without_a_traceback(
    file: Path, tmp_path: Path, text: str, message: str
) -> None:
    file.write_text(text)

    result = crucible("run", file, "--output-dir", tmp_path / "out")

    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_and_a_class_that_is_not_in_it_are_named(
    file: Path, tmp_path: Path
) -> None:
    missing = crucible("run", tmp_path / "none.py")
    wrong = crucible("run", f"{file}::Large")

    assert missing.exit_code == wrong.exit_code == 2
    assert "there is no such file" in missing.output
    assert "no experiment 'Large'; it has Tiny" in wrong.output


def test_help_lists_the_commands() -> None:
    result = crucible("--help")

    for name in ("run", "resume", "estimate", "verify"):
        assert name in result.output
