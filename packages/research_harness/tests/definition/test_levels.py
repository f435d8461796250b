"""Levels by option make a condition for each combination, in a run, an estimate and a resume."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from research_harness import (
    Criterion,
    Experiment,
    ExperimentError,
    condition,
    estimate_sync,
    grid,
    run_sync,
    verify,
)
from research_harness._cli.main import cli

STUDY = """
from research_harness import Experiment, condition

class Study(Experiment):
    name = "Study"
    dataset = [{"id": str(n), "input": "q", "expected": "4"} for n in range(6)]
    metrics = ("accuracy",)
    formats = ()
    virtual_time = True

    @condition
    async def warm(self, item, *, temperature=0.0, style="plain"):
        return "4" if temperature < 1 else "5"

    @condition
    async def fixed(self, item):
        return "4"
"""


class Levels(Experiment):
    name = "Levels"
    dataset = tuple({"id": str(n), "input": "q", "expected": "4"} for n in range(6))
    metrics = ("accuracy",)
    formats = ()
    virtual_time = True
    control = "old"
    criteria = (
        Criterion(
            claim="It is better.", metric="accuracy", condition="new", against="old", min_value=0.0
        ),
        Criterion(claim="It is right.", metric="accuracy", condition="plain", min_value=0.5),
    )

    @condition
    async def old(self, item: Any, *, temperature: float = 0.0) -> str:
        """The control."""
        return "4"

    @condition
    async def new(self, item: Any, *, temperature: float = 0.0, votes: int = 1) -> str:
        """The treatment."""
        return "4"

    @condition
    async def plain(self, item: Any) -> str:
        """Without a parameter."""
        return "4"


def names(result: Any) -> list[str]:
    return [
        each["name"]
        for each in json.loads((result.folder / "config.json").read_text())["conditions"]
    ]


def test_each_combination_of_the_keywords_of_a_condition_is_one(tmp_path: Path) -> None:
    result = run_sync(
        Levels, output_dir=tmp_path, levels={"temperature": (0.0, 0.5), "votes": (3,)}
    )

    assert names(result) == [
        "old (temperature=0.0)",
        "old (temperature=0.5)",
        "new (temperature=0.0, votes=3)",
        "new (temperature=0.5, votes=3)",
        "plain",
    ]
    config = json.loads((result.folder / "config.json").read_text())
    assert config["conditions"][3]["levels"] == {"temperature": 0.5, "votes": 3}
    assert config["control"] == "old (temperature=0.0)"


def test_claims_are_made_for_each_level_and_a_single_level_keeps_the_name(tmp_path: Path) -> None:
    result = run_sync(Levels, output_dir=tmp_path, levels={"temperature": (0.0, 0.5)})
    single = run_sync(Levels, output_dir=tmp_path, levels={"temperature": (0.7,)})

    config = json.loads((result.folder / "config.json").read_text())
    criteria = config["reading"]["criteria"]
    assert [(each["condition"], each.get("against") or None) for each in criteria] == [
        ("new (temperature=0.0)", "old (temperature=0.0)"),
        ("new (temperature=0.5)", "old (temperature=0.5)"),
        ("plain", None),
    ]
    assert names(single) == ["old", "new", "plain"]


def test_levels_take_the_place_of_those_of_a_grid(tmp_path: Path) -> None:
    class Grid(Experiment):
        name = "Grid"
        dataset = Levels.dataset
        metrics = ("accuracy",)
        formats = ()

        @grid(temperature=(0.0, 1.0), votes=(1, 3))
        async def vote(self, item: Any, *, temperature: float, votes: int) -> str:
            """One condition of each combination."""
            return "4"

    result = run_sync(Grid, output_dir=tmp_path, levels={"temperature": (0.2,)})

    assert names(result) == ["temperature=0.2, votes=1", "temperature=0.2, votes=3"]


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ({"temprature": (1,)}, "no condition takes 'temprature'; give one a keyword"),
        ({"temperature": ()}, "needs a list of different levels"),
        ({"temperature": "hot"}, "needs a list of different levels"),
        ({"temperature": (1, 1)}, "needs a list of different levels"),
        ({"model": ("a",)}, "models are given as such"),
    ],
)
def test_wrong_levels_are_refused(levels: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(ExperimentError, match=said):
        run_sync(Levels, output_dir=tmp_path, levels=levels)


def test_levels_reach_an_estimate() -> None:
    found = estimate_sync(Levels, pilot=1, settings={"levels": {"temperature": [0, 1]}})

    assert [each.condition for each in found.conditions][:2] == [
        "old (temperature=0)",
        "old (temperature=1)",
    ]


def test_levels_come_by_flag_and_a_resume_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.py").write_text(STUDY)
    run = CliRunner().invoke
    flags = ["--set", "temperature=0,0.5,1.5", "--set", 'style=["a, b"]']

    shown = run(cli, ["run", "study.py", *flags, "--dry-run", "--json"])
    ended = run(cli, ["run", "study.py", *flags, "--id", "x", "--quiet", "--json"])
    journal = tmp_path / "results/x/checkpoints"
    resumed = run(cli, ["resume", "x", "--quiet", "--json"])
    replayed = run(cli, ["run", "study.py", "--replay", "x", "--quiet", "--dry-run"])

    expected = [f"warm (temperature={each}, style=a, b)" for each in ("0", "0.5", "1.5")]
    assert json.loads(shown.stdout)["conditions"] == [*expected, "fixed"]
    assert json.loads(ended.stdout)["complete"]
    assert json.loads((journal / "run.json").read_text())["options"]["levels"] == [
        ["temperature", [0, 0.5, 1.5]],
        ["style", ["a, b"]],
    ]
    assert json.loads(resumed.stdout)["resumed_rows"] == 24, resumed.output
    assert replayed.exit_code == 0
    assert verify("x").agree


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("temperature", "is not NAME=LEVEL"),
        ("temperature=", "is not NAME=LEVEL"),
        ("1x=2", "is not NAME=LEVEL"),
        ("style=[1,", "is not a list in JSON"),
        ("temperature=[0, NaN]", "not a finite number"),
        ("temperature=[0, 1e999]", "not a finite number"),
    ],
)
def test_a_flag_that_is_no_level_is_wrong_input(flag: str, said: str) -> None:
    ended = CliRunner().invoke(cli, ["run", "study.py", "--set", flag])

    assert ended.exit_code == 2
    assert said in ended.output
