"""Batch jobs: asked at half the price, found again after a restart, and no request sent twice."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ensemble import (
    AnthropicModel,
    BadRequestError,
    BatchJobError,
    BatchJobs,
    ConnectionFailedError,
    EnsembleError,
    GeminiModel,
    Ledger,
    MalformedResponseError,
    OpenAIModel,
    OpenAIResponsesModel,
    Price,
    Response,
    Variant,
    ask,
    ask_batch,
    collect,
    predict_many,
)
from ensemble._batches.model_jobs import ModelJobs
from ensemble._batches.openai_batches import OpenAIBatches
from ensemble.testing import LoopbackProvider, Troubles

KINDS: dict[str, Any] = {
    "openai": OpenAIModel,
    "responses": OpenAIResponsesModel,
    "anthropic": AnthropicModel,
    "gemini": GeminiModel,
}
PRICE = Price(input_per_million=3.0, output_per_million=15.0, cache_read_per_million=0.3)
QUESTIONS = [f"question {number}" for number in range(6)]


@pytest.fixture(params=KINDS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


async def no_wait(_: float) -> None:
    await asyncio.sleep(0)


def model_at(provider: LoopbackProvider, dialect: str = "openai", **options: Any) -> Any:
    options = {"price": PRICE, "api_key": "k", "sleep": no_wait, **options}
    return KINDS[dialect]("m", base_url=provider.url, **options)


def texts(answers: Any) -> list[str | None]:
    return [each.text if isinstance(each, Response) else None for each in answers]


async def until_ended(jobs: BatchJobs, model: Any) -> None:
    while await jobs.refresh(model=model):
        pass


async def test_questions_are_asked_in_one_job_at_half_the_price(dialect: str, path: Path) -> None:
    progress: list[tuple[int, int]] = []
    async with (
        LoopbackProvider(batch_looks=2) as provider,
        model_at(provider, dialect) as model,
    ):
        with Ledger() as ledger:
            answers = await ask_batch(
                QUESTIONS,
                model=model,
                path=path,
                poll_ms=0,
                on_progress=lambda done, n: progress.append((done, n)),
            )

    assert texts(answers) == [f"You said: {each}" for each in QUESTIONS]
    assert [len(job.requests) for job in provider.batch_jobs] == [6]
    for answer, served in zip(answers, provider.served, strict=True):
        assert isinstance(answer, Response)
        assert answer.batch_id == provider.batch_jobs[0].id
        whole = PRICE.cost_usd(
            served.input_tokens,
            served.output_tokens,
            cache_read_tokens=served.cache_read_tokens,
            batch=True,
        )
        assert answer.cost_usd == pytest.approx(whole)
        assert [each.cost_usd for each in answer.tries] == [answer.cost_usd]
    assert ledger.cost_usd == pytest.approx(sum(each.cost_usd for each in answers))  # type: ignore[misc]
    assert {each.status for each in ledger.tries} == {"answered"}
    assert progress[-1] == (6, 6)


async def test_azure_has_its_jobs_at_another_address_than_its_requests(path: Path) -> None:
    async with LoopbackProvider(batch_looks=1) as provider:
        endpoint = provider.url.removesuffix("/v1")
        model = OpenAIModel.azure("mine", endpoint=endpoint, api_key="k", price=PRICE)
        async with model:
            answers = await ask_batch(QUESTIONS, model=model, path=path, poll_ms=0)
            again = await ask_batch(QUESTIONS, model=model, path=path, poll_ms=0)
            live = await ask("now", model=model)

    assert texts(answers) == texts(again) == [f"You said: {each}" for each in QUESTIONS]
    assert [len(job.requests) for job in provider.batch_jobs] == [6]
    assert {each.body["model"] for each in provider.served} == {"mine"}
    assert live.text == "You said: now"


async def test_a_program_that_is_ended_finds_its_job_again(dialect: str, path: Path) -> None:
    async with (
        LoopbackProvider(batch_looks=1) as provider,
        model_at(provider, dialect) as model,
    ):
        with BatchJobs(path) as jobs, Ledger() as before:
            (job,) = await jobs.submit(QUESTIONS, model=model)
            early = jobs.answers(QUESTIONS, model=model)
        with BatchJobs(path) as again, Ledger() as after:
            await again.submit(QUESTIONS, model=model)
            await until_ended(again, model)
            answers = again.answers(QUESTIONS, model=model)
            repeated = again.answers(QUESTIONS, model=model)
            known = again.known_cost_usd

    assert job.id == provider.batch_jobs[0].id
    assert (job.status, job.n) == ("in_progress", 6)
    assert early == [None] * 6
    assert len(provider.batch_jobs) == 1
    assert texts(answers) == [f"You said: {each}" for each in QUESTIONS]
    assert {each.status for each in before.tries} == {"under_way"}
    assert not before.cost_complete
    assert after.cost_usd == pytest.approx(known)
    assert {(each.cached, each.cost_usd) for each in repeated if isinstance(each, Response)} == {
        (True, 0.0)
    }


async def test_an_answered_file_asks_nothing_again(dialect: str, path: Path) -> None:
    async with LoopbackProvider() as provider, model_at(provider, dialect) as model:
        await ask_batch(QUESTIONS, model=model, path=path, poll_ms=0)
        answers = await ask_batch([*QUESTIONS, "another"], model=model, path=path, poll_ms=0)

    assert [len(job.requests) for job in provider.batch_jobs] == [6, 1]
    assert [each.cached for each in answers if isinstance(each, Response)] == [True] * 6 + [False]


async def test_a_job_whose_submission_broke_off_is_found_and_not_made_twice(
    dialect: str, path: Path
) -> None:
    async with (
        LoopbackProvider(broken_submissions=1, batch_looks=2) as provider,
        model_at(provider, dialect) as model,
    ):
        answers = await ask_batch(QUESTIONS, model=model, path=path, poll_ms=0)

    assert len(provider.batch_jobs) == 1
    assert texts(answers) == [f"You said: {each}" for each in QUESTIONS]


async def test_what_the_provider_never_had_is_sent_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit, times = OpenAIBatches.submit, iter(range(0, 10_000, 100))

    async def broken(*_: Any) -> str:
        monkeypatch.setattr(OpenAIBatches, "submit", submit)
        raise ConnectionFailedError("reset", reason="reset")

    monkeypatch.setattr(OpenAIBatches, "submit", broken)
    async with LoopbackProvider() as provider, model_at(provider) as model:
        with BatchJobs(path, clock=lambda: float(next(times))) as jobs:
            batched = jobs.wrap(model, gather_ms=0, poll_ms=0)
            answers = await asyncio.gather(*(ask(each, model=batched) for each in QUESTIONS))

    assert len(provider.batch_jobs) == 1
    assert texts(answers) == [f"You said: {each}" for each in QUESTIONS]


async def test_an_expired_job_keeps_what_it_answered_and_the_rest_is_asked_again(
    dialect: str, path: Path
) -> None:
    async with (
        LoopbackProvider(batch_end="expired") as provider,
        model_at(provider, dialect) as model,
    ):
        first = await ask_batch(QUESTIONS, model=model, path=path, poll_ms=0)
        await ask_batch(QUESTIONS, model=model, path=path, poll_ms=0)

    missing = [each for each in first if isinstance(each, BatchJobError)]
    assert {each.reason for each in missing} == {"expired"}
    assert {each.cost_usd for each in missing} == {0.0}
    assert len(missing) == 3
    assert [len(job.requests) for job in provider.batch_jobs] == [6, 3]


async def test_a_job_that_fails_as_a_whole_says_why(path: Path) -> None:
    async with LoopbackProvider(batch_end="failed") as provider, model_at(provider) as model:
        answers = await ask_batch(QUESTIONS, model=model, path=path, poll_ms=0)

    assert all(isinstance(each, BatchJobError) and each.reason == "failed" for each in answers)
    assert "token limit" in str(answers[0])


async def test_refused_requests_have_their_class_and_the_ledger_equals_the_provider(
    dialect: str, path: Path
) -> None:
    # A request that Gemini's job did not come to has no line, and what it costs is unknown.
    stall = 0.0 if dialect == "gemini" else 0.2
    troubles = Troubles(rates={"bad_request": 0.3, "stall": stall, "malformed": 0.2})
    questions = [f"question {number}" for number in range(60)]
    async with (
        LoopbackProvider(troubles=troubles, seed=3) as provider,
        model_at(provider, dialect) as model,
    ):
        with Ledger() as ledger:
            answers = await ask_batch(questions, model=model, path=path, poll_ms=0)

    expected: dict[str | None, Any] = {
        None: Response,
        "bad_request": BadRequestError,
        "stall": BatchJobError,
        "malformed": MalformedResponseError,
    }
    costs = []
    for answer, served in zip(answers, provider.served, strict=True):
        assert isinstance(answer, expected[served.trouble])
        costs.append(
            PRICE.cost_usd(
                served.input_tokens,
                served.output_tokens,
                cache_read_tokens=served.cache_read_tokens,
                batch=True,
            )
        )
        assert answer.cost_usd == pytest.approx(costs[-1])
    assert ledger.cost_usd == pytest.approx(sum(costs))  # type: ignore[arg-type]
    assert len(ledger) == 60


async def test_a_cancelled_call_leaves_its_answer_to_the_next(path: Path) -> None:
    async with LoopbackProvider(batch_looks=1_000_000) as provider, model_at(provider) as model:
        with BatchJobs(path) as jobs, Ledger() as ledger:
            batched = jobs.wrap(model, gather_ms=0, poll_ms=0)
            task = asyncio.create_task(ask("first", model=batched))
            while not jobs.jobs or jobs.jobs[0].id is None:
                await no_wait(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            provider.batch_jobs[0].looks = 1
            answer = await ask("first", model=batched)

    assert (ledger.tries[0].status, ledger.tries[0].cost_usd) == ("cancelled", None)
    assert answer.text == "You said: first"
    assert len(provider.batch_jobs) == 1


async def test_a_cancelled_job_gives_what_it_has(dialect: str, path: Path) -> None:
    async with (
        LoopbackProvider(batch_looks=50) as provider,
        model_at(provider, dialect) as model,
    ):
        with BatchJobs(path) as jobs:
            await jobs.submit(QUESTIONS, model=model)
            await jobs.cancel(model=model)
            await until_ended(jobs, model)
            answers = jobs.answers(QUESTIONS, model=model)

    reasons = [each.reason for each in answers if isinstance(each, BatchJobError)]
    assert reasons == ["cancelled"] * 3
    assert len([each for each in answers if isinstance(each, Response)]) == 3


async def test_panels_and_samples_are_asked_in_jobs(path: Path) -> None:
    async with LoopbackProvider(answer=lambda _: "4") as provider, model_at(provider) as model:
        with BatchJobs(path) as jobs:
            batched = jobs.wrap(model, gather_ms=1, poll_ms=0)
            brief = Variant(batched, "brief", prompt=lambda text: f"{text} Be brief.")
            results = await predict_many(["2+2?", "1+3?"], models=[batched, brief], samples=2)
            table = await collect(
                [Item("a", "2+2?", "4")], models=[batched, brief], normalize="number"
            )

    assert [getattr(each, "answer", each) for each in results] == ["4", "4"]
    assert sum(len(job.requests) for job in provider.batch_jobs) == 8
    assert table.models == ("m", "brief")


class Item:
    """A question of a data set."""

    def __init__(self, name: str, text: str, expected: str) -> None:
        self.id, self.input, self.expected = name, text, expected

    def __str__(self) -> str:
        return self.input


async def test_equal_requests_are_sent_once(path: Path) -> None:
    async with LoopbackProvider() as provider, model_at(provider) as model:
        with Ledger() as ledger:
            answers = await ask_batch(["same"] * 3, model=model, path=path, poll_ms=0)

    assert texts(answers) == ["You said: same"] * 3
    assert len(ledger) == 1
    assert [each.cached for each in answers if isinstance(each, Response)].count(False) == 1


async def test_a_large_set_is_divided_into_jobs(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenAIBatches, "max_requests", 4)
    async with LoopbackProvider() as provider, model_at(provider) as model:
        answers = await ask_batch(QUESTIONS, model=model, path=path, poll_ms=0)

    assert [len(job.requests) for job in provider.batch_jobs] == [4, 2]
    assert texts(answers) == [f"You said: {each}" for each in QUESTIONS]


async def test_an_outage_between_two_looks_is_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh, failures = ModelJobs.refresh, iter([True, True, False])

    async def sometimes(jobs: ModelJobs) -> None:
        if next(failures, False):
            raise ConnectionFailedError("refused", reason="refused")
        await refresh(jobs)

    monkeypatch.setattr(ModelJobs, "refresh", sometimes)
    async with LoopbackProvider() as provider, model_at(provider) as model:
        answers = await ask_batch(["?"], model=model, path=path, poll_ms=0)

    assert texts(answers) == ["You said: ?"]


async def test_a_job_that_the_provider_has_forgotten_is_lost(path: Path) -> None:
    async with LoopbackProvider() as provider, model_at(provider) as model:
        with BatchJobs(path) as jobs:
            await jobs.submit(["?"], model=model)
            provider.batch_jobs[0].id = "batch_other"
            await jobs.refresh(model=model)
            (answer,) = jobs.answers(["?"], model=model)

    assert isinstance(answer, BatchJobError)
    assert answer.reason == "lost"
    assert answer.cost_usd is None


async def test_a_provider_that_cannot_be_reached_is_said_so_and_nothing_is_kept_as_sent(
    path: Path,
) -> None:
    async with LoopbackProvider() as provider:
        closed = provider.url
    model = OpenAIModel("m", base_url=closed, api_key="k", sleep=no_wait)
    async with model:
        (answer,) = await ask_batch(["?"], model=model, path=path, poll_ms=0)

    assert isinstance(answer, ConnectionFailedError)
    assert answer.cost_usd == 0.0


async def test_a_time_limit_ends_the_wait_and_not_the_job(path: Path) -> None:
    async with LoopbackProvider(batch_looks=1_000_000) as provider, model_at(provider) as model:
        (late,) = await ask_batch(["?"], model=model, path=path, poll_ms=0, timeout_ms=500)
        for job in provider.batch_jobs:
            job.looks = 1
        (answer,) = await ask_batch(["?"], model=model, path=path, poll_ms=0)

    assert isinstance(late, EnsembleError)
    assert len(provider.batch_jobs) == 1
    assert texts([answer]) == ["You said: ?"]


async def test_a_job_that_ends_without_a_line_for_a_request_leaves_its_cost_unknown(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = OpenAIBatches.outcomes

    async def without_the_first(*given: Any) -> list[Any]:
        return (await outcomes(*given))[1:]

    monkeypatch.setattr(OpenAIBatches, "outcomes", without_the_first)
    async with LoopbackProvider() as provider, model_at(provider) as model:
        answers = await ask_batch(QUESTIONS, model=model, path=path, poll_ms=0)

    assert isinstance(answers[0], BatchJobError)
    assert (answers[0].reason, answers[0].cost_usd) == ("lost", None)
    assert texts(answers[1:]) == [f"You said: {each}" for each in QUESTIONS[1:]]
