"""Parts of an experiment, a look before a run, and what a machine has."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from research_harness._cli.main import cli
from research_harness._core.grids import fitting_grid, text_grid

EXPERIMENT = """
from research_harness import Criterion, Experiment, condition

class Parts(Experiment):
    name = "parts"
    metrics = ("accuracy",)
    formats = ()
    control = "a"
    criteria = (
        Criterion(claim="b is better", metric="accuracy", condition="b", against="a", more_than=0),
    )
    dataset = [{"id": f"q{n}", "input": "2 + 2", "expected": "4"} for n in range(12)]

    @condition
    async def a(self, item):
        return {"prediction": "4", "cost": 0.01}

    @condition
    async def b(self, item):
        return {"prediction": "4", "cost": 0.02}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "parts.py"
    path.write_text(EXPERIMENT)
    return path


def crucible(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_a_part_of_an_experiment_runs_and_resume_keeps_to_it(file: Path, tmp_path: Path) -> None:
    ran = crucible(
        *("run", file, "--condition", "b", "--items", "q1*", "--limit", 2, "--json"),
        *("--id", "x", "--quiet", "--output-dir", tmp_path),
    )

    found = json.loads(ran.stdout)
    assert (found["rows"], found["complete"]) == (2, True)
    assert [each["name"] for each in found["analysis"]["conditions"]] == ["b"]
    assert found["analysis"]["criteria"] == []
    again = crucible("resume", "x", "--quiet", "--output-dir", tmp_path)
    assert again.exit_code == 0, again.output


@pytest.mark.parametrize(
    ("words", "text"),
    [(("--condition", "c"), "no condition is called 'c'"), (("--items", "z*"), "'z*'")],
)
def test_a_part_that_is_not_there_is_refused(
    words: tuple[str, str], text: str, file: Path, tmp_path: Path
) -> None:
    ran = crucible("run", file, *words, "--quiet", "--output-dir", tmp_path / "results")

    assert ran.exit_code == 2
    assert text in ran.output
    assert not (tmp_path / "results").exists()


def test_a_ceiling_of_the_command_line_stops_and_resume_raises_it(
    file: Path, tmp_path: Path
) -> None:
    common = ("--quiet", "--output-dir", tmp_path)

    ran = crucible("run", file, "--max-cost-usd", 0.1, "--id", "x", *common)
    assert ran.exit_code == 3
    assert "INCOMPLETE" in ran.output

    again = crucible("resume", "x", "--max-cost-usd", 1, *common)
    assert again.exit_code == 0, again.output


def test_a_dry_run_shows_the_design_and_asks_nothing(file: Path, tmp_path: Path) -> None:
    shown = crucible("run", file, "--dry-run", "--json", "--max-cost-usd", 2, "--limit", 6)

    found = json.loads(shown.stdout)
    assert (found["rows"], found["items"], found["conditions"]) == (12, 6, ["a", "b"])
    assert found["ceilings"]["max_cost_usd"] == 2
    assert found["detectable"] is None or 0 < found["detectable"] < 1
    assert "nothing was run" in crucible("run", file, "--dry-run").output


def test_the_doctor_shows_that_a_key_is_there_and_not_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-do-not-show-this")
    (tmp_path / ".env").write_text("export ANTHROPIC_API_KEY='also-not-this'\n")

    shown = crucible("doctor", "--json")

    findings = {(each["topic"], each["name"]): each for each in json.loads(shown.stdout)}
    assert findings["key", "openai"]["state"] == "ok"
    assert ".env" in findings["key", "anthropic"]["text"]
    assert "not-this" not in shown.output
    assert "do-not-show" not in shown.output
    assert findings["disk", "writing"]["state"] == "ok"
    assert {"version", "server", "sandbox"} <= {topic for topic, _ in findings}


def test_a_key_that_is_set_and_blank_is_a_problem_unless_env_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MISTRAL_API_KEY", "  ")
    monkeypatch.setenv("GROQ_API_KEY", "")
    (tmp_path / ".env").write_text("GROQ_API_KEY=given\n")

    shown = crucible("doctor", "--json")

    findings = {each["name"]: each for each in json.loads(shown.stdout)}
    assert findings["mistral"]["state"] == "problem"
    assert findings["mistral"]["text"] == (
        "MISTRAL_API_KEY is set in the environment, but it is blank"
    )
    assert findings["groq"]["state"] == "ok"
    assert shown.exit_code == 1


def test_a_server_that_was_named_and_is_absent_is_a_problem(tmp_path: Path) -> None:
    shown = crucible("doctor", "--server", "http://127.0.0.1:9", "--output-dir", tmp_path)

    assert shown.exit_code == 1
    assert "nothing answers at http://127.0.0.1:9" in shown.output


def test_a_run_asks_on_a_terminal_and_nowhere_else(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [str(each) for each in ("run", file, "--quiet", "--output-dir", tmp_path / "results")]
    monkeypatch.setattr("research_harness._terminal.confirming._is_terminal", lambda: True)

    refused = CliRunner().invoke(cli, [*words, "--id", "no"], input="n\n")
    assert refused.exit_code == 1
    assert "24 rows" in refused.output
    assert "no ceiling in dollars" in refused.output
    assert not (tmp_path / "results").exists()

    monkeypatch.undo()
    assert CliRunner().invoke(cli, [*words, "--limit", "1"]).exit_code == 0


def test_completion_is_printed_for_a_shell() -> None:
    shown = crucible("completion", "bash")

    assert shown.exit_code == 0
    assert "_CRUCIBLE_COMPLETE" in shown.output
    assert "complete" in shown.output


def test_a_table_that_is_wider_than_the_terminal_is_shown_as_a_block_for_each_condition() -> None:
    rows = [["condition", "accuracy", "failed"], ["a", "100.0 %", "0"], ["b", "8.0 %", "12"]]

    assert fitting_grid(rows, 27) == fitting_grid(rows, None) == text_grid(rows)
    assert fitting_grid(rows, 26) == [
        *("a", "  accuracy  100.0 %", "  failed    0", ""),
        *("b", "  accuracy  8.0 %", "  failed    12"),
    ]


@pytest.mark.slow
def test_the_result_fits_a_narrow_terminal(file: Path, tmp_path: Path) -> None:
    termios = pytest.importorskip("termios", reason="the system has no terminals of this kind")
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 30))
    command = [sys.executable, "-m", "research_harness", "run", str(file), "--quiet"]
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    done = subprocess.run(
        [*command, "--output-dir", str(tmp_path)], stdout=theirs, env=environment, check=True
    )
    os.close(theirs)
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)

    assert done.returncode == 0
    assert "\r\n\r\na\r\n  accuracy  100.0 %" in shown


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("crucible show --output-dir {} o", ["plain,one-1", "plain,one-2", "dir,o"]),
        ("crucible compare --output-dir {} one-2", ["plain,one-2", "file,one-2"]),
        ("crucible run e", ["file,e"]),
    ],
)
def test_a_shell_completes_the_ids_of_runs_and_names_of_files(
    words: str, offered: list[str], tmp_path: Path
) -> None:
    for name in ("one-1", "one-2", "two", "one\x1b[31m", "one-without-a-state"):
        (tmp_path / name / "checkpoints").mkdir(parents=True)
        if "without" not in name:
            (tmp_path / name / "checkpoints" / "run.json").touch()
    typed = words.format(tmp_path)
    asked = {
        "_CRUCIBLE_COMPLETE": "bash_complete",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split()) - 1),
    }

    shown = CliRunner().invoke(cli, [], prog_name="crucible", env=asked)

    assert shown.output.splitlines() == offered
