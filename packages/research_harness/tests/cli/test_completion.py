"""A shell completes what an experiment has: parameters, levels, conditions and ids of runs."""

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from research_harness._cli.main import cli

STUDY = """
from research_harness import Condition, Experiment, condition, grid

raise SystemExit("a file is not run to complete a word")


class Study(Experiment):
    conditions = (Condition(name="listed one", function=print),)

    @condition
    async def brief(self, item, *, temperature=0.5, style):
        return "4"

    @condition("by name")
    async def other(self, item):
        return "4"

    @grid(votes=(1, 3), rule=["majority", "borda"])
    async def vote(self, item, *, votes, rule):
        return "4"


class Second(Experiment):
    @condition
    async def only(self, item, *, depth):
        return "4"
"""
WRITTEN = """
name: written
dataset: arithmetic
conditions:
  small: {model: {simulated: small, accuracy: 0.7}, grid: {temperature: [0.0, 1.0]}}
  large: {model: {simulated: large, accuracy: 0.8}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("study.py").write_text(STUDY)
    Path("study.yaml").write_text(WRITTEN)
    Path("broken.py").write_text("def (")
    for run in ("one-1", "one-2"):
        (tmp_path / "results" / run / "checkpoints").mkdir(parents=True)
        (tmp_path / "results" / run / "checkpoints" / "run.json").touch()
    Path("results/one-1/config.json").write_text('{"conditions": [{"name": "recorded"}, {}]}')
    Path("results/one-2/config.json").write_text('{"conditions": [{"name": "recorded two"}]}')
    return tmp_path


def offered(shell: str, *words: str) -> list[str]:
    asked = {"_CRUCIBLE_COMPLETE": f"{shell}_complete", "COMP_WORDS": "\n".join(words)}
    asked["COMP_CWORD"] = str(len(words) - 1) if shell != "fish" else words[-1]
    lines = CliRunner().invoke(cli, [], prog_name="crucible", env=asked).output.splitlines()
    if shell == "zsh":
        return lines[1::3]
    return [line.partition(",")[2] for line in lines if line.startswith("plain,")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("run study.py --set |", ["temperature=", "style=", "votes=", "rule=", "depth="]),
        ("run study.py::Second --set |", ["depth="]),
        ("run study.py --set vo|", ["votes="]),
        ("estimate study.py --set votes=|", ["votes=1", "votes=3"]),
        ("run study.py --set rule=majority,|", ["rule=majority,borda"]),
        ("run study.py --set votes=1 --set temperature=|", ["temperature=0.5"]),
        ("run study.py --condition b|", ["brief", "by name"]),
        (
            "run study.py --condition votes=3|",
            ["votes=3, rule=majority", "votes=3, rule=borda"],
        ),
        (
            "run study.py --set temperature=0,1 --condition br|",
            ["brief (temperature=0)", "brief (temperature=1)"],
        ),
        ("run study.yaml --condition |", ["small (temperature 0.0)", "small (temperature 1.0)"]),
        ("run broken.py --condition |", []),
        ("run nothing.py --set |", []),
        ("run study.py --id one-|", ["one-1", "one-2"]),
        ("run study.py --replay one-2|", ["one-2"]),
        ("show one-2 --condition |", ["recorded two"]),
        ("show one-1 --condition |", []),
        ("analyse one-2 --revote r|", ["recorded two"]),
        ("estimate study.py --from one-1|", ["one-1"]),
    ],
)
@pytest.mark.usefixtures("folder")
def test_words_are_completed_from_the_experiment_which_is_not_run(
    words: str, expected: list[str]
) -> None:
    if ".yaml" in words:
        pytest.importorskip("yaml", reason="the extra yaml is not installed")
    typed = ["crucible", *words.removesuffix("|").split(" ")]

    assert offered("zsh", *typed)[: len(expected) or None] == expected
    assert offered("fish", *typed)[: len(expected) or None] == expected


@pytest.mark.usefixtures("folder")
def test_bash_keeps_what_stands_before_the_sign_and_needs_spaces_protected() -> None:
    start = ("crucible", "run", "study.py")

    assert offered("bash", *start, "--set", "votes", "=") == ["1", "3"]
    assert offered("bash", *start, "--set", "votes", "=", "1,") == ["1,3"]
    assert offered("bash", *start, "--set", "te") == ["temperature="]
    assert offered("bash", *start, "--condition", "by") == ["by\\ name"]
    once_set = ("--set", "temperature", "=", "0,1", "--condition", "br")
    assert offered("bash", *start, *once_set)[0] == "brief\\ \\(temperature=0\\)"


@pytest.mark.parametrize(
    ("shell", "check"), [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")]
)
def test_the_script_of_each_shell_is_one(shell: str, check: str, tmp_path: Path) -> None:
    script = CliRunner().invoke(cli, ["completion", shell]).output
    assert "_CRUCIBLE_COMPLETE" in script
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    file = tmp_path / "script"
    file.write_text(script)

    done = subprocess.run([shell, check, str(file)], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
