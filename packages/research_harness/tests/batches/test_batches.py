"""Conditions that may wait are asked in batch jobs, which outlive the session that sent them."""

import asyncio
import csv
import itertools
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ensemble import OpenAIModel, Price, Variant, ask, predict
from ensemble.testing import LoopbackProvider, Troubles
from research_harness import (
    Batches,
    Ceilings,
    Condition,
    Experiment,
    ExperimentError,
    estimate,
    resume,
    run,
    run_sync,
    verify,
)

PRICE = Price(input_per_million=1_000.0, output_per_million=1_000.0)
USD_PER_TOKEN = 1e-3


def experiment(
    provider: LoopbackProvider, *, batches: Batches | None, size: int = 12
) -> type[Experiment]:
    def model(name: str) -> OpenAIModel:
        return OpenAIModel(name, api_key="k", base_url=provider.url, price=PRICE, max_retries=0)

    members = [model("a"), Variant(model("b"), "kind", prompt=lambda text: f"Kindly: {text}")]
    alone = model("c")

    async def vote(item: Any) -> object:
        return await predict(item, models=members, max_tokens=50, min_responses=1)

    async def direct(item: Any) -> object:
        return await ask(item, model=alone, max_tokens=50)

    class Waiting(Experiment):
        name = "waiting"
        metrics = ("accuracy", "cost")
        formats = ("markdown",)
        concurrency = 2
        outage_ms = None
        conditions = (
            Condition(name="vote", function=vote),
            Condition(name="direct", function=direct),
        )

        def dataset(self) -> list[dict[str, str]]:
            return [{"id": f"i{n}", "input": f"{n} + 2", "expected": "4"} for n in range(size)]

    Waiting.batches = batches
    return Waiting


QUICK = Batches(conditions=("vote",), gather_ms=50, poll_ms=1)
DIRECT = Batches(conditions=("direct",), gather_ms=50, poll_ms=1)


def billed(provider: LoopbackProvider) -> float:
    """What the provider bills: half the price in batch jobs."""
    whole = 0.0
    for each in provider.served:
        whole += (each.input_tokens + each.output_tokens) * (0.5 if each.batch else 1.0)
    return USD_PER_TOKEN * whole


def spent(result: Any) -> float:
    """What the rows of the run cost."""
    with (result.folder / "results.csv").open(newline="") as file:
        return sum(float(each["cost_usd"]) for each in csv.DictReader(file))


@pytest.mark.slow
@pytest.mark.anyio
async def test_rows_of_a_condition_share_jobs_at_half_the_price(tmp_path: Path) -> None:
    async with LoopbackProvider(answer=lambda _: "4", batch_looks=2) as provider:
        result = await run(experiment(provider, batches=QUICK), output_dir=tmp_path, run_id="x")

        batched = [each for each in provider.served if each.batch]
        assert result.complete
        assert result.analysis["failures"] == 0
        assert (len(batched), len(provider.served)) == (24, 36)
        assert sum(each.prompt.startswith("Kindly") for each in batched) == 12
        assert spent(result) == pytest.approx(billed(provider))
        assert verify("x", output_dir=tmp_path).agree
        report = result.reports["markdown"].read_text()
        assert "asked in batch jobs, at their price" in report
        jobs = len(provider.batch_jobs)

        again = await run(
            experiment(provider, batches=QUICK), output_dir=tmp_path, run_id="y", replay="x"
        )
        assert again.complete
        assert (len(provider.batch_jobs), len(provider.served)) == (jobs, 36)


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("stage", [1, 2, 4, 6])
async def test_a_session_that_ends_at_any_stage_is_resumed_and_nothing_is_sent_twice(
    stage: int, tmp_path: Path
) -> None:
    async with LoopbackProvider(answer=lambda _: "4", batch_looks=2) as provider:
        waiting = experiment(provider, batches=QUICK)
        session = asyncio.create_task(run(waiting, output_dir=tmp_path, run_id="x"))
        _at_request(provider, stage, session.cancel)
        with suppress(asyncio.CancelledError):
            await session

        result = await resume("x", waiting, output_dir=tmp_path)

        prompts = [(each.body["model"], each.prompt) for each in provider.served if each.batch]
        assert result.complete
        assert result.analysis["failures"] == 0
        assert len(prompts) == len(set(prompts)) == 24


def _at_request(provider: Any, number: int, act: Callable[[], object]) -> None:
    """Act when so many requests about jobs have reached the provider, before they are answered."""
    reply, count = provider._desk.reply, itertools.count(1)

    def counted(method: str, path: str, content: bytes) -> Any:
        found = reply(method, path, content)
        if found is not None and next(count) == number:
            act()
        return found

    provider._desk.reply = counted


@pytest.mark.anyio
async def test_an_expired_job_fails_rows_for_the_world_and_a_retry_sends_them_anew(
    tmp_path: Path,
) -> None:
    """Every second request of a job expires."""
    async with LoopbackProvider(answer=lambda _: "4", batch_end="expired") as provider:
        waiting = experiment(provider, batches=DIRECT)
        waiting.max_world_failures = 1.0
        first = await run(waiting, output_dir=tmp_path, run_id="x")
        failed = first.analysis["conditions"][1]["causes"]
        jobs = len(provider.batch_jobs)

        again = await resume("x", waiting, output_dir=tmp_path, retry_failed=["world"])
        left = again.analysis["conditions"][1]["causes"]

        assert failed.keys() == {"world"}
        assert len(provider.batch_jobs) > jobs
        assert left.get("world", 0) < failed["world"]


@pytest.mark.slow
@pytest.mark.anyio
async def test_an_estimate_asks_directly_and_gives_the_price_of_jobs(tmp_path: Path) -> None:
    async with LoopbackProvider(answer=lambda _: "4") as provider:
        found = await estimate(experiment(provider, batches=QUICK), pilot=3)

        assert not provider.batch_jobs
        vote, direct = found.conditions
        served = [each for each in provider.served if each.body["model"] != "c"]
        tokens = sum(each.input_tokens + each.output_tokens for each in served)
        assert vote.cost_usd == pytest.approx(0.5 * USD_PER_TOKEN * tokens * 12 / 3)
        assert direct.cost_usd is not None
        assert (vote.in_batches, direct.in_batches) == (True, False)
        assert "in batch jobs, at their price" in str(found)


@pytest.mark.slow
@pytest.mark.anyio
async def test_ceilings_hold_for_jobs(tmp_path: Path) -> None:
    troubles = Troubles(rates={"bad_request": 0.2, "malformed": 0.1})
    async with LoopbackProvider(answer=lambda _: "4", troubles=troubles) as provider:
        waiting = experiment(provider, batches=QUICK, size=30)
        waiting.ceilings = Ceilings(max_cost_usd=0.6)
        result = await run(waiting, output_dir=tmp_path)

    assert 0 < billed(provider) <= 0.6
    assert not result.complete


@pytest.mark.parametrize("value", ["5", None, True, float("nan"), float("inf"), -1, 0])
def test_times_of_batches_are_positive_numbers(value: Any) -> None:
    class Wrong(Experiment):
        name = "wrong"
        metrics = ("accuracy",)
        dataset = ({"id": "1", "input": "2 + 2", "expected": "4"},)
        conditions = (Condition(name="vote", function=_answer),)
        batches = Batches(gather_ms=value, poll_ms=value)

    with pytest.raises(ExperimentError, match=r"gather_ms is .*, not a positive number"):
        run_sync(Wrong)


async def _answer(item: Any) -> str:
    return "4"


def test_what_cannot_wait_is_refused() -> None:
    def plain(item: Any) -> str:
        return "4"

    class Wrong(Experiment):
        name = "wrong"
        metrics = ("accuracy",)
        dataset = ({"id": "1", "input": "2 + 2", "expected": "4"},)
        conditions = (Condition(name="plain", function=plain),)
        batches = Batches(conditions=("plain", "other"), max_rows=0, poll_ms=0)

    with pytest.raises(ExperimentError) as caught:
        run_sync(Wrong)

    text = str(caught.value)
    for part in ("max_rows", "poll_ms", "no condition 'other'", "'plain' must be async"):
        assert part in text
