"""``crucible report``: a run rendered again, and texts checked."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from research_harness.__main__ import main

EXPERIMENT = """
from research_harness import Experiment, condition


class Tiny(Experiment):
    name = "Tiny"
    dataset = [{"question": "1+1", "answer": "2"}, {"question": "2+2", "answer": "4"}]
    metrics = ("accuracy",)
    virtual_time = True
    formats = ()

    @condition
    async def right(self, item):
        return item.expected
"""


def crucible(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    (tmp_path / "tiny.py").write_text(EXPERIMENT)
    crucible("run", tmp_path / "tiny.py", "--output-dir", tmp_path, "--quiet")
    return tmp_path


def test_a_run_is_rendered_again_in_the_formats_that_are_named(runs: Path) -> None:
    result = crucible("report", "tiny", "--output-dir", runs, "--format", "latex", "--format", "md")
    first = crucible("report", "--format", "json", runs / "tiny", "--out", runs / "else")

    assert result.exit_code == first.exit_code == 0, result.output + first.output
    assert (runs / "tiny_reports" / "tiny_report.tex").exists()
    assert (runs / "tiny_reports" / "tiny_report.md").exists()
    assert (runs / "else" / "tiny_report.json").exists()


def test_a_changed_digit_is_named(runs: Path) -> None:
    crucible("report", "tiny", "--output-dir", runs)
    path = runs / "tiny_reports" / "tiny_report.md"
    clean = crucible("report", "check", path, "--run", "tiny", "--output-dir", runs)
    path.write_text(path.read_text().replace("100.0 %", "100.9 %", 1))

    changed = crucible("report", "check", path, "--run", "tiny", "--output-dir", runs)

    assert clean.exit_code == 0, clean.output
    assert "every number is that of the run" in clean.output
    assert changed.exit_code == 1
    assert "100.9" in changed.output


def test_anybodys_text_is_checked(tmp_path: Path) -> None:
    text = tmp_path / "paper.tex"
    text.write_text("The gain is real, $t(18) = 2.31$, $p = .003$.\x1b[2J")

    found = crucible("report", "check", text)

    assert found.exit_code == 1
    assert "p = .003 does not follow from t" in found.output
    assert "\x1b" not in found.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tiny", "--format", "word"), "unknown format 'word'"),
        (("nothing",), "no run"),
        (("check", "nothing.md"), "does not exist"),
    ],
)
def test_what_cannot_be_rendered_is_one_clear_message(
    runs: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = crucible("report", *arguments, "--output-dir", runs)

    assert result.exit_code == 2
    assert message in result.output


def test_the_help_names_both_uses() -> None:
    result = crucible("report", "--help")

    assert "render" in result.output
    assert "check" in result.output


def test_the_written_files_are_listed_as_json(runs: Path) -> None:
    listed = crucible("report", "tiny", "--output-dir", runs, "--format", "md", "--json")
    mixed = crucible("report", "tiny", "--output-dir", runs, "--claims", "--json")

    assert json.loads(listed.output) == {"md": str(runs / "tiny_reports" / "tiny_report.md")}
    assert mixed.exit_code == 2
