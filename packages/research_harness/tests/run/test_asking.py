"""A run says how it asked, and how its answers came about."""

import json
import re
from pathlib import Path
from typing import Any, Literal

import pytest

from dataset_manager import Item
from ensemble import EnsembleResult, FunctionModel, OpenAIModel, Response, Variant, ask, predict
from research_harness import (
    Experiment,
    ResumeRefusedError,
    condition,
    resume_sync,
    run_sync,
)
from research_harness._plan.models import described_models, model_changes

Finish = Literal["stop", "length"]
ITEMS = [{"id": str(number), "input": "2 + 2?", "expected": "4"} for number in range(6)]


def model(name: str, answer: str, *, fails: bool = False, finish: Finish = "stop") -> FunctionModel:
    def reply(query: object) -> Response:
        if fails:
            raise ValueError("no")
        return Response(text=answer, model=name, finish_reason=finish)

    return FunctionModel(name, reply)


class Asking(Experiment):
    """Asks models of several kinds."""

    name = "Asking"
    dataset = ITEMS
    scorer = "number"
    metrics = ("accuracy",)
    formats = ("markdown",)
    temperature = 0.7

    async def setup(self) -> None:
        self.model = Variant(model("m", "4"), "warm", temperature=self.temperature)
        self.client = OpenAIModel(
            "far",
            base_url="https://user:hidden@host.example:8443/v1?key=hidden",
            api_key="hidden-key",
            headers={"x-team": "hidden"},
        )

    async def teardown(self) -> None:
        await self.client.close()

    @condition
    async def single(self, item: Item) -> Response:
        """One model, asked with a limit."""
        return await ask(item, model=self.model, max_tokens=37)

    @condition
    async def vote(self, item: Item) -> EnsembleResult:
        """Three models, of which one is away."""
        panel = [model("a", "4"), model("b", "4"), model("c", "4", fails=True)]
        return await predict(item, models=panel, normalize="number")

    @condition
    async def short(self, item: Item) -> Response:
        """Answers that end at their limit, without a number."""
        return await ask(item, model=model("s", "Let me think", finish="length"))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("asking")
    return run_sync(Asking, output_dir=folder, run_id="x")


def test_the_settings_hold_models_calls_and_source(finished: Any) -> None:
    text = (finished.folder / "config.json").read_text()
    config = json.loads(text)

    assert config["models"]["self.model"]["temperature"] == 0.7
    assert config["models"]["self.client"]["base_url"] == "https://host.example:8443/v1"
    assert config["models"]["self.client"]["headers"] == ["x-team"]
    assert {each["model"] for each in config["calls"]} == {"warm", "a", "b", "c", "s"}
    assert any(each.get("max_tokens") == [37] for each in config["calls"])
    assert "await ask(item, model=self.model, max_tokens=37)" in "".join(config["source"].values())
    assert "hidden@" not in json.dumps(config["models"])
    assert "hidden-key" not in json.dumps(config["models"])


def test_the_report_has_a_section_on_how_the_models_were_asked(finished: Any) -> None:
    text = finished.to_markdown()

    assert "Methods: how the models were asked" in text
    assert "max tokens 37" in text.replace("\\", "")
    assert "numpy" in text


def test_lost_votes_and_answers_that_cannot_be_read_are_counted_everywhere(finished: Any) -> None:
    answers = {each["name"]: each["answers"] for each in finished.analysis["conditions"]}

    assert answers["vote"]["reduced_votes"] == 6
    assert (answers["short"]["cut_off"], answers["short"]["unread"]) == (6, 6)
    assert not any(answers["single"].values())
    for text in (str(finished), finished.to_markdown()):
        assert "vote, of 6 rows: 6 with fewer votes than members" in text
        assert "6 with an answer cut off at its token limit; 6 with no answer found" in text
    assert "fewer votes" in str(finished).partition("----")[0]


@pytest.mark.slow
def test_a_resume_with_another_temperature_is_refused(tmp_path: Path) -> None:
    run_sync(Asking, output_dir=tmp_path, run_id="x")
    warmer = Asking()
    warmer.temperature = 0.9

    with pytest.raises(ResumeRefusedError, match=re.escape("temperature: 0.7 -> 0.9")):
        resume_sync("x", warmer, output_dir=tmp_path)
    forced = resume_sync("x", warmer, output_dir=tmp_path, force=True)

    assert "temperature: 0.7 -> 0.9" in forced.analysis["deviations"][0]


def test_another_address_or_limit_is_not_another_model() -> None:
    before = {"m": {"class": "A", "base_url": "http://a:1", "limits": {"most": 1}, "seed": 1}}
    now = {"m": {"class": "A", "base_url": "http://a:2", "limits": {"most": 2}, "seed": 2}}

    assert model_changes(before, now) == ["model m, seed: 1 -> 2"]


def test_attributes_that_raise_cost_no_run() -> None:
    class Hostile:
        name = "hostile"

        def generate(self) -> None:
            """Not called."""

        @property
        def base_url(self) -> str:
            raise RuntimeError("no")

    class Holder(Asking):
        async def setup(self) -> None:
            self.hostile = Hostile()

    holder = Holder()
    holder.hostile = Hostile()

    assert described_models(holder)["self.hostile"]["class"].endswith("Hostile")
