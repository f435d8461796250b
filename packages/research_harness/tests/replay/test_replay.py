"""A run is made again from its recorded answers, without a call."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from ensemble import (
    OverloadedError,
    Response,
    ToolCall,
    Try,
    Variant,
    ask,
    predict,
)
from research_harness import (
    Canaries,
    Condition,
    Experiment,
    ReplayRefusedError,
    condition,
    read_responses,
    resume_sync,
    run_sync,
    verify,
)


class Live:
    """A model whose answers differ at each call, as those of a provider may."""

    provider = "somewhere"

    def __init__(self, name: str, seed: int, *, fails: float = 0.0, delay_ms: float = 0.0) -> None:
        self.name = name
        self.calls = 0
        self._chance = random.Random(seed)
        self._fails = fails
        self._delay_ms = delay_ms

    async def generate(self, query: Any, sampling: Any) -> Response:
        self.calls += 1
        await asyncio.sleep(self._delay_ms / 1000)
        if self._chance.random() < self._fails:
            error = OverloadedError("busy", status=503)
            error.cost_usd = 0.25
            raise error
        return Response(
            text=self._chance.choice(("4", "5", "\udcff")),
            model="m-2026-01-01",
            cost_usd=self._chance.random(),
            input_tokens=7,
            reasoning="because",
            tool_calls=(ToolCall(id="1", name="add", arguments={"a": 2}),),
        )


MODELS = [Live("a", 1), Live("b", 2, fails=0.4), Live("c", 3)]


class Recorded(Experiment):
    name = "recorded"
    metrics = ("accuracy", "cost", "latency_p50")
    formats = ()
    repeat = 2
    outage_ms = None

    def dataset(self) -> list[dict[str, str]]:
        return [{"id": f"i{n}", "input": f"{n} + 2", "expected": "4"} for n in range(8)]

    @condition
    async def single(self, item: Any) -> object:
        return await ask(item, model=MODELS[1])

    @condition
    async def vote(self, item: Any) -> object:
        kind = Variant(MODELS[2], "kind", prompt=lambda text: f"Kindly: {text}")
        found = await ask(item, model=MODELS[0])
        assert found.tool_calls[0].arguments == {"a": 2}
        assert found.reasoning == "because"
        return await predict(item, models=[*MODELS, kind], min_responses=1)


def calls() -> int:
    return sum(each.calls for each in MODELS)


def deterministic(folder: Path) -> dict[str, bytes]:
    names = ("config.json", "dataset.jsonl", "results.csv", "responses.parquet", "analysis.json")
    return {name: (folder / name).read_bytes() for name in names}


@pytest.mark.slow
def test_a_replay_makes_no_call_and_gives_the_same_files(tmp_path: Path) -> None:
    first = run_sync(Recorded, output_dir=tmp_path, run_id="x")
    before = calls()

    again = run_sync(Recorded, output_dir=tmp_path, run_id="y", replay="x")
    more = run_sync(Recorded, output_dir=tmp_path, run_id="z", replay=tmp_path / "x")

    assert calls() == before
    assert first.analysis["failures"] > 0
    assert again.complete
    assert deterministic(again.folder) == deterministic(more.folder)
    found = verify("x", "y", output_dir=tmp_path)
    assert found.agree, str(found)
    answers = [
        (each.status, each.answer, each.error_type, each.cost_usd)
        for each in read_responses(first.folder)
    ]
    assert answers == [
        (each.status, each.answer, each.error_type, each.cost_usd)
        for each in read_responses(again.folder)
    ]


@pytest.mark.slow
def test_a_replay_takes_the_time_that_was_recorded(tmp_path: Path) -> None:
    slow = Live("slow", 1, delay_ms=30.0)

    async def asks(item: Any) -> object:
        return await ask(item, model=slow)

    class Slow(Recorded):
        single = None  # type: ignore[assignment]  # taken away
        vote = None  # type: ignore[assignment]  # taken away
        conditions = (Condition(name="asks", function=asks),)

    first = run_sync(Slow, output_dir=tmp_path, run_id="x")
    again = run_sync(Slow, output_dir=tmp_path, run_id="y", replay="x")

    recorded = [each.latency_ms for each in read_responses(first.folder)]
    assert min(each or 0.0 for each in recorded) >= 30.0
    assert [each.latency_ms for each in read_responses(again.folder)] == recorded
    assert slow.calls == 16


@pytest.mark.slow
def test_answers_that_are_not_recorded_are_not_asked_for(tmp_path: Path) -> None:
    other = Live("other", 5)

    async def third(item: Any) -> object:
        return await ask(item, model=other)

    async def second(item: Any) -> object:
        return await ask(item, model=MODELS[1])

    class More(Recorded):
        conditions = (
            Condition(name="third", function=third),
            Condition(name="second", function=second),
        )

    run_sync(Recorded, output_dir=tmp_path, run_id="x")
    before = calls()
    with pytest.raises(ReplayRefusedError, match="the conditions"):
        run_sync(More, output_dir=tmp_path, run_id="y", replay="x")
    assert not (tmp_path / "y").exists()

    partly = run_sync(More, output_dir=tmp_path, run_id="y", replay="x", force=True)

    assert not partly.complete
    assert "'third'" in partly.analysis["stopped"]
    assert "model other" in partly.analysis["stopped"]
    assert (other.calls, calls()) == (0, before)
    rows = {each["name"]: each["rows"] for each in partly.analysis["conditions"]}
    assert rows == {"single": 16, "vote": 16, "third": 0, "second": 16}
    resume_sync("y", More, output_dir=tmp_path)
    assert (other.calls, calls()) == (0, before)  # a replay stays one


def test_a_replay_keeps_to_the_part_that_was_run(tmp_path: Path) -> None:
    run_sync(Recorded, output_dir=tmp_path, run_id="x", limit=3, repeat=1, conditions=["single"])

    again = run_sync(Recorded, output_dir=tmp_path, run_id="y", replay="x")

    assert (again.complete, again.rows) == (True, 3)


class Guarded(Recorded):
    """The same, with fixed requests."""

    canaries = Canaries(models=MODELS[:1], prompts=("1 + 1?", "2 + 2?"))


@pytest.mark.slow
def test_a_replay_asks_no_canaries(tmp_path: Path) -> None:
    run_sync(Guarded, output_dir=tmp_path, run_id="x", limit=1)
    before = calls()

    again = run_sync(Guarded, output_dir=tmp_path, run_id="y", replay="x")

    assert (again.complete, calls()) == (True, before)


class Repeating:
    """A client whose calls need several requests, the costs of which are known in part."""

    provider = "somewhere"

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        self._chance = random.Random(seed)

    async def generate(self, query: Any, sampling: Any) -> Response:
        costs = [self._chance.choice((None, 0.0, 0.5, 2.0)) for _ in range(3)]
        tries = tuple(Try(model=self.name, status="failed", cost_usd=each) for each in costs)
        if self._chance.random() < 0.3:
            error = OverloadedError("busy", status=503)
            error.tries = tries
            raise error
        return Response(text="4", model=self.name, cost_usd=None, tries=tries)


@pytest.mark.slow
def test_a_replay_costs_what_the_run_did_where_costs_are_known_in_part(tmp_path: Path) -> None:
    clients = [Repeating("a", 1), Repeating("b", 2), Repeating("c", 3)]

    async def votes(item: Any) -> object:
        return await predict(item, models=clients, min_responses=1)

    class Repeated(Recorded):
        single = None  # type: ignore[assignment]  # taken away
        vote = None  # type: ignore[assignment]  # taken away
        conditions = (Condition(name="votes", function=votes),)

    first = run_sync(Repeated, output_dir=tmp_path, run_id="x")
    again = run_sync(Repeated, output_dir=tmp_path, run_id="y", replay="x")

    costs = first.frame()["cost_usd"].to_pylist()
    assert any(costs)
    assert again.frame()["cost_usd"].to_pylist() == costs
    found = verify("x", "y", output_dir=tmp_path)
    assert found.agree, str(found)
