"""Votes are counted again from recorded answers, by other members or another rule."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ensemble import FunctionModel, ModelError, ask, predict
from research_harness import (
    EditRefusedError,
    Experiment,
    Recount,
    RevoteError,
    condition,
    reanalyze,
    revote,
    run_sync,
)
from research_harness._cli.main import cli

ASKED: list[str] = []


def model(name: str, right: int) -> FunctionModel:
    """Right for so many of ten items, and away for one."""

    async def answer(item: Any) -> str:
        ASKED.append(name)
        number = int(item.id[1:])
        if name == "c" and number == 9:
            raise ModelError("away")
        return "4" if number < right else f"5{name if name != 'c' else 'b'}"

    return FunctionModel(name, answer)


MEMBERS = [model("a", 9), model("b", 5), model("c", 5)]


class Voted(Experiment):
    name = "voted"
    metrics = ("accuracy",)
    formats = ("markdown",)
    virtual_time = True

    def dataset(self) -> list[dict[str, str]]:
        return [{"id": f"i{n}", "input": "2 + 2", "expected": "4"} for n in range(10)]

    @condition
    async def vote(self, item: Any) -> object:
        return await predict(item, models=MEMBERS)

    @condition
    async def single(self, item: Any) -> object:
        return await ask(item, model=MEMBERS[1])


def accuracies(result: Any) -> dict[str, float]:
    return {
        each["name"]: next(m["value"] for m in each["metrics"] if m["metric"] == "accuracy")
        for each in result.analysis["conditions"]
    }


@pytest.mark.slow
def test_other_members_and_another_rule_are_counted_without_a_call(tmp_path: Path) -> None:
    run_sync(Voted, output_dir=tmp_path, run_id="x")
    before = len(ASKED)
    votes = {
        "alone": Recount(members=("a",)),
        "others": Recount(members=("b", "c")),
        "unanimous": Recount(strategy="unanimous"),
    }

    result = revote("x", votes, condition="vote", output_dir=tmp_path)

    assert len(ASKED) == before
    found = accuracies(result)
    assert found == {"vote": 0.5, "alone": 0.9, "others": 0.5, "unanimous": 0.5}
    assert result.analysis["origin"]["sources"] == ["recorded"]
    assert result.analysis["control"] == "vote"
    assert {pair["treatment"] for pair in result.analysis["comparisons"][0]["pairs"]} >= {"alone"}


@pytest.mark.slow
def test_what_cannot_be_counted_is_refused(tmp_path: Path) -> None:
    run_sync(Voted, output_dir=tmp_path, run_id="x")

    with pytest.raises(RevoteError, match="the members of 'vote' are a, b, c"):
        revote("x", {"new": Recount(members=("d",))}, condition="vote", output_dir=tmp_path)
    with pytest.raises(RevoteError, match="no recorded votes of condition 'single'"):
        revote("x", {"new": Recount()}, condition="single", output_dir=tmp_path)
    with pytest.raises(RevoteError, match="another name"):
        revote("x", {"vote": Recount()}, condition="vote", output_dir=tmp_path)
    assert not (tmp_path / "x_revote").exists()

    reanalyze("x", Voted, output_dir=tmp_path, edits={0: True}, by="Ada", why="a synonym")
    with pytest.raises(EditRefusedError, match="a mixture"):
        revote("x", {"new": Recount()}, condition="vote", output_dir=tmp_path)


@pytest.mark.slow
def test_the_command_line_counts_a_vote_again(tmp_path: Path) -> None:
    run_sync(Voted, output_dir=tmp_path, run_id="x")

    done = CliRunner().invoke(
        cli,
        ["analyse", "x", "--output-dir", str(tmp_path), "--revote", "vote", "--members", "a,c"],
    )

    assert done.exit_code == 0, done.output
    assert "x_revote" in done.output
    assert (tmp_path / "x_revote_report.md").exists()
