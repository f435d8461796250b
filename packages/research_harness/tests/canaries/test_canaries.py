"""Fixed requests name a model that changes while a run goes on, and no other."""

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest

from ensemble import Response, SamplingParameters
from research_harness import (
    Canaries,
    Ceilings,
    Experiment,
    ExperimentError,
    condition,
    estimate_sync,
    resume_sync,
    run_sync,
    verify,
)
from research_harness._canaries.drift import canary_values
from research_harness._canaries.log import CanaryRecord, append_canaries, read_canaries

PROMPTS = ("2 + 2?", "3 + 3?", "4 + 4?")


class Endpoint:
    """Answers by its state."""

    def __init__(self, name: str, answer: str = "same", error: Exception | None = None) -> None:
        self.name = name
        self.answer = answer
        self.error = error
        self.asked = 0

    async def generate(self, query: Any, sampling: SamplingParameters) -> Response:
        self.asked += 1
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        return Response(text=f"{self.answer} {query}", model=self.name, cost_usd=0.25)


def experiment(*models: Endpoint, change_at: int = 10**9, stop_at: int = 10**9) -> type[Experiment]:
    class Watched(Experiment):
        name = "watched"
        metrics = ("accuracy", "cost")
        formats = ("markdown",)
        concurrency = 1
        canaries = Canaries(models=models, prompts=PROMPTS)
        begun = 0

        def dataset(self) -> list[dict[str, str]]:
            return [{"id": f"i{n}", "input": "2 + 2", "expected": "4"} for n in range(20)]

        @condition
        async def only(self, item: Any) -> str:
            Watched.begun += 1
            if Watched.begun == change_at:
                models[0].answer = "another"
            if Watched.begun == stop_at:
                raise KeyboardInterrupt
            return "4"

    return Watched


def moments(folder: Path) -> list[tuple[int, str]]:
    found = read_canaries(folder / "canaries.jsonl")
    return list(dict.fromkeys((each.session, each.moment) for each in found))


def test_an_endpoint_that_changes_at_half_time_is_named_everywhere(tmp_path: Path) -> None:
    drifting, stable = Endpoint("drifting"), Endpoint("stable")

    result = run_sync(experiment(drifting, stable, change_at=10), output_dir=tmp_path, run_id="x")

    found = result.analysis["canaries"]
    assert found["changed"] == ["drifting"]
    assert moments(result.folder) == [(1, "start"), (1, "middle"), (1, "end")]
    assert "canaries: CHANGED during the run: drifting" in str(result)
    report = result.reports["markdown"].read_text()
    assert "Canaries" in report
    assert "CHANGED during the run: drifting" in report
    assert verify("x", output_dir=tmp_path).agree


def test_the_cost_is_shown_apart_from_that_of_the_conditions(tmp_path: Path) -> None:
    with_canaries = run_sync(experiment(Endpoint("m")), output_dir=tmp_path, run_id="x")

    found = with_canaries.analysis["canaries"]
    assert found["requests"] == 3 * (5 + 4 + 4)
    assert found["known_cost_usd"] == 0.25 * found["requests"]
    Bare = experiment(Endpoint("m"))  # noqa: N806  # a class
    Bare.canaries = None
    bare = run_sync(Bare, output_dir=tmp_path, run_id="bare")
    assert with_canaries.analysis["conditions"] == bare.analysis["conditions"]
    assert with_canaries.rows == bare.rows


@pytest.mark.slow
def test_a_resume_asks_again_and_its_answers_are_compared(tmp_path: Path) -> None:
    endpoint = Endpoint("m")
    watched = experiment(endpoint, stop_at=5)
    with pytest.raises(KeyboardInterrupt):
        run_sync(watched, output_dir=tmp_path, run_id="x")
    endpoint.answer = "another"

    result = resume_sync("x", watched, output_dir=tmp_path)

    assert moments(result.folder) == [(1, "start"), (2, "resume"), (2, "middle"), (2, "end")]
    assert result.analysis["canaries"]["changed"] == ["m"]
    assert verify("x", output_dir=tmp_path).agree


def test_a_model_that_fails_is_recorded_and_the_run_ends_complete(tmp_path: Path) -> None:
    failing, stable = Endpoint("failing", error=RuntimeError("away")), Endpoint("stable")

    result = run_sync(experiment(failing, stable), output_dir=tmp_path, run_id="x")

    assert result.complete
    found = result.analysis["canaries"]
    assert found["failures"] == 39
    assert found["models"][0]["comparisons"] == []
    assert found["changed"] == []
    records = read_canaries(result.folder / "canaries.jsonl")
    assert "away" in next(each.error for each in records if each.model == "failing")
    assert verify("x", output_dir=tmp_path).agree


def test_without_canaries_there_is_no_file_and_no_section(tmp_path: Path) -> None:
    class Plain(experiment(Endpoint("m"))):  # type: ignore[misc]  # made by a function
        canaries = None

    result = run_sync(Plain, output_dir=tmp_path, run_id="x")

    assert "canaries" not in result.analysis
    assert not (result.folder / "canaries.jsonl").exists()
    assert "Canaries" not in result.reports["markdown"].read_text()


def test_an_estimate_does_not_ask_them() -> None:
    endpoint = Endpoint("m")

    estimate_sync(experiment(endpoint))

    assert endpoint.asked == 0


def test_too_few_requests_are_refused_before_anything_is_asked(tmp_path: Path) -> None:
    class Few(Experiment):
        name = "few"
        dataset = [{"input": "2 + 2", "expected": "4"}]  # noqa: RUF012
        metrics = ("accuracy",)
        canaries = Canaries(models=(Endpoint("m"),), prompts=("2 + 2?",))

        @condition
        async def only(self, item: Any) -> str:
            return "4"

    with pytest.raises(ExperimentError, match="too few for a test"):
        run_sync(Few, output_dir=tmp_path)


def answers(generator: random.Random, names: tuple[str, ...]) -> list[CanaryRecord]:
    """Answers of models that vary and do not change."""
    return [
        CanaryRecord(
            session=1,
            moment=moment,
            model=name,
            prompt=prompt,
            prompt_sha256=str(prompt),
            number=number,
            answer_sha256=str(generator.randrange(2 + prompt)),
            characters=generator.randrange(10 * (1 + prompt)),
        )
        for moment in ("start", "middle", "end")
        for name in names
        for prompt in range(4)
        for number in range(0 if moment == "start" else 1, 5)
    ]


@pytest.mark.slow
def test_a_stable_endpoint_is_named_in_at_most_alpha_of_seeds(tmp_path: Path) -> None:
    named, runs = 0, 60
    for seed in range(runs):
        path = tmp_path / f"{seed}.jsonl"
        append_canaries(path, answers(random.Random(seed), ("a", "b")))
        found = canary_values(path, alpha=0.05, seed=seed)
        assert found is not None
        named += bool(found["changed"])

    assert named <= 7  # binomial(60, 0.05) is above 7 with probability 0.01


def test_a_line_that_a_kill_cut_off_costs_that_line_alone(tmp_path: Path) -> None:
    path = tmp_path / "canaries.jsonl"
    records = answers(random.Random(1), ("a",))
    append_canaries(path, records)
    path.write_bytes(path.read_bytes()[:-20])

    append_canaries(path, records)

    assert read_canaries(path) == [*records[:-1], *records]


def test_the_ceilings_of_a_run_count_its_canaries(tmp_path: Path) -> None:
    endpoint = Endpoint("m")
    watched = experiment(endpoint)
    watched.ceilings = Ceilings(max_cost_usd=6.1, unknown_cost_usd=0.0)

    result = run_sync(watched, output_dir=tmp_path, run_id="x")

    assert endpoint.asked == 24  # of the 39 that are wanted
    assert result.complete  # what is left is for the rows
    spent = json.loads((result.folder / "spending.json").read_text())["ceilings"][0]["spent"]
    assert spent["usd"] == pytest.approx(0.25 * endpoint.asked)
    assert result.analysis["canaries"]["requests"] == endpoint.asked
