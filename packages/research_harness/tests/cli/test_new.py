"""``crucible new`` writes an experiment that runs without a key."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from research_harness.__main__ import main

BAD_INPUT = 2


def crucible(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.mark.slow
def test_a_new_experiment_runs_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "studies" / "mine.py"

    written = crucible("new", file)
    run = crucible("run", file, "--output-dir", tmp_path / "results", "--quiet")

    assert written.exit_code == run.exit_code == 0, written.output + run.output
    assert f"crucible run {file}" in written.output
    assert "the vote is more accurate" in run.output


def test_a_file_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("kept")

    result = crucible("new", file)

    assert result.exit_code == BAD_INPUT
    assert "exists; choose another name" in result.output
    assert file.read_text() == "kept"


def test_a_name_without_py_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    result = crucible("new", tmp_path / "mine.txt")

    assert result.exit_code == BAD_INPUT
    assert "name it mine.py" in result.output
    assert not list(tmp_path.iterdir())
