"""Conditions that take a model: asked with each of several, from the class, a call or a flag."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import ensemble
from dataset_manager import Item
from ensemble import SimulatedModel, ask
from research_harness import (
    Criterion,
    Experiment,
    ExperimentError,
    condition,
    estimate_sync,
    reanalyze,
    resume_sync,
    run_sync,
    verify,
)
from research_harness._cli.main import cli

SMALL, LARGE = (SimulatedModel(name, accuracy=rate) for name, rate in (("s", 0.5), ("l", 0.9)))


class Prompts(Experiment):
    """Two prompts, asked with whatever model is given, and one condition without."""

    name = "Prompts"
    dataset = [{"id": str(n), "question": f"{n}+1?", "answer": str(n + 1)} for n in range(8)]  # noqa: RUF012
    scorer = "number"
    metrics = ("accuracy",)
    formats = ("json",)
    virtual_time = True
    models: Any = (SMALL, LARGE)
    control = "plain"
    criteria: Any = (
        Criterion(
            claim="brief is better",
            metric="accuracy",
            condition="brief",
            against="plain",
            more_than=0.0,
        ),
    )

    @condition
    async def plain(self, item: Item, *, model: Any) -> Any:
        return await ask(item, model=model)

    @condition
    async def brief(self, item: Item, *, model: Any = SMALL) -> Any:
        return await ask(f"{item.input} Only the number.", model=model)

    @condition
    async def guess(self, item: Item) -> str:
        return "7"


def test_conditions_are_made_for_each_model_and_so_are_the_claims(tmp_path: Path) -> None:
    result = run_sync(Prompts, output_dir=tmp_path)

    assert [each["name"] for each in result.analysis["conditions"]] == [
        "plain (s)",
        "plain (l)",
        "brief (s)",
        "brief (l)",
        "guess",
    ]
    assert result.analysis["control"] == "plain (s)"
    assert [each["claim"] for each in result.analysis["criteria"]] == [
        "brief is better (s)",
        "brief is better (l)",
    ]
    config = json.loads((result.folder / "config.json").read_text())
    assert {each["name"] for each in config["models"].values()} >= {"s", "l"}
    assert verify(result.folder).agree
    assert reanalyze(result.folder, Prompts).complete


def test_one_model_leaves_the_names_as_they_are(tmp_path: Path) -> None:
    result = run_sync(Prompts, output_dir=tmp_path, models=[LARGE])

    assert [each["name"] for each in result.analysis["conditions"]] == ["plain", "brief", "guess"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"models": ()}, "needs the keyword 'model'; set models, or pass --model"),
        ({"models": "s"}, "is one string"),
        ({"models": ("no such model",)}, "no such model"),
        ({"models": (SMALL, SMALL)}, "two models are called 's'"),
        ({"models": (3,)}, "models:"),
    ],
    ids=["none", "text", "unknown", "twice", "number"],
)
def test_wrong_models_are_refused(given: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(ExperimentError, match=said):
        run_sync(type("Prompts", (Prompts,), given), output_dir=tmp_path)


def test_models_for_an_experiment_that_takes_none_are_refused(tmp_path: Path) -> None:
    class Own(Prompts):
        models = {"kept": "as it is"}  # noqa: RUF012  # an attribute of the user's own
        plain = brief = None  # type: ignore[assignment]
        control = ""
        criteria = ()

    assert run_sync(Own, output_dir=tmp_path).complete
    with pytest.raises(ExperimentError, match="no condition takes a model"):
        run_sync(Own, output_dir=tmp_path, models=["gpt-4o-mini"])


def test_another_required_keyword_is_named(tmp_path: Path) -> None:
    class Wrong(Prompts):
        @condition
        async def guess(self, item: Item, *, votes: int) -> str:  # type: ignore[override]
            return "7"

    with pytest.raises(ExperimentError, match="'guess': it needs the keyword 'votes'; mark it"):
        run_sync(Wrong, output_dir=tmp_path)


@pytest.fixture
def _named_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names ``sim/a`` and ``sim/b``, as a provider of the user's own."""
    ensemble.register_provider("sim", lambda name, **_: SimulatedModel(name, accuracy=0.7))


STUDY = """
name: Prompts
dataset: {name: arithmetic}
sample_size: 6
scorer: number
virtual_time: true
formats: [json]
ceilings: {max_calls: 13}
conditions:
  plain:
    prompt: "{input} Answer with the number only."
  warm:
    model: {simulated: own, accuracy: 0.7}
"""


@pytest.mark.slow
@pytest.mark.usefixtures("_named_models")
def test_models_come_by_flag_and_a_resume_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("yaml", reason="the extra yaml is not installed")
    monkeypatch.chdir(tmp_path)
    Path("study.yaml").write_text(STUDY)
    by_flag = ("--model", "sim/a", "--model", "sim/b")

    none = CliRunner().invoke(cli, ["run", "study.yaml", "--quiet"])
    assert (none.exit_code, "pass --model NAME" in none.output) == (2, True)
    ran = CliRunner().invoke(cli, ["run", "study.yaml", "--id", "x", "--quiet", *by_flag])
    assert ran.exit_code == 3, ran.output
    again = CliRunner().invoke(cli, ["resume", "x", "--max-calls", "100", "--quiet"])

    assert again.exit_code == 0, again.output
    config = json.loads(Path("results/x/config.json").read_text())
    assert [each["name"] for each in config["conditions"]] == [
        "plain (a)",
        "plain (b)",
        "warm (a)",
        "warm (b)",
    ]
    assert [each["levels"]["model"] for each in config["conditions"]] == ["a", "b", "a", "b"]
    looked = CliRunner().invoke(cli, ["estimate", "study.yaml", "--pilot", "1", *by_flag])
    assert looked.exit_code == 0, looked.output
    assert "warm (b)" in looked.output
    dry = CliRunner().invoke(cli, ["run", "study.yaml", "--dry-run", *by_flag])
    assert "plain (a)" in dry.output


@pytest.mark.slow
def test_models_reach_an_estimate_and_a_resume_of_a_class(tmp_path: Path) -> None:
    found = estimate_sync(Prompts, pilot=1, settings={"models": [LARGE]})
    assert [each.condition for each in found.conditions] == ["plain", "brief", "guess"]

    stopped = run_sync(Prompts, output_dir=tmp_path, ceilings={"max_calls": 9})
    assert not stopped.complete
    assert resume_sync(stopped.folder, Prompts, ceilings={"max_calls": 900}).complete
