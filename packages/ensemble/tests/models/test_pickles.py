"""What a program sends to another process arrives there, or says why it cannot."""

import pickle
from pathlib import Path
from typing import Any

import pytest

from ensemble import (
    AnthropicModel,
    BatchJob,
    BatchJobError,
    BatchJobs,
    Cascade,
    ConfidentModel,
    Fallback,
    GeminiModel,
    Ledger,
    Limits,
    OpenAIModel,
    OpenAIResponsesModel,
    Price,
    QueueWait,
    Recalibrated,
    ReplayModel,
    RequestCost,
    Response,
    ResponseCache,
    SamplingParameters,
    SimulatedModel,
    TokenLogprob,
    Variant,
    Weighted,
    ask_sync,
    from_openai,
    panel,
    predict_sync,
)
from ensemble.testing import Troubles

MODEL = OpenAIModel("m", api_key="sk-secret", price=Price())
JOB = BatchJob(
    key="k",
    id="batch_1",
    model="m",
    provider="p",
    status="ended",
    n=1,
    done=1,
    submitted_at=0.0,
    ended_at=1.0,
    error="",
)


def again(value: Any) -> Any:
    pickled = pickle.dumps(value)
    assert b"sk-secret" not in pickled
    return pickle.loads(pickled)  # noqa: S301  # our own


@pytest.mark.parametrize(
    "value",
    [
        JOB,
        Cascade(threshold=0.8),
        Limits(max_concurrency=3),
        Price(input_per_million=1.0),
        QueueWait(number=1, model="m", waited_ms=None),
        RequestCost(model="m"),
        Response(text="4", model="m", logprobs=(TokenLogprob("4", -0.1),), raw={"a": 1}),
        SamplingParameters(stop=("a",)),
        Troubles(rates={"cut": 0.1}),
        Weighted(weights={"m": 2.0}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_equal_afterwards(value: Any) -> None:
    assert again(value) == value


@pytest.mark.parametrize(
    "model",
    [
        MODEL,
        OpenAIResponsesModel("m", api_key="sk-secret"),
        AnthropicModel("m", api_key="sk-secret"),
        GeminiModel("m", api_key="sk-secret"),
        Variant(MODEL, "v"),
        Fallback(MODEL, name="f"),
        Recalibrated(MODEL, abs),
        ConfidentModel(MODEL, "sampling", normalize="number"),
        ReplayModel("r", {"a": "b"}),
        *panel([0.6, 0.7], rho=0.2),
    ],
    ids=lambda model: f"{type(model).__name__} {model.name}",
)
def test_models_keep_their_names_and_leave_their_keys(model: Any) -> None:
    assert again(model).name == model.name


@pytest.mark.slow
def test_a_simulated_model_answers_the_same_in_another_process() -> None:
    model = SimulatedModel("s", accuracy=0.5)

    first, second = (ask_sync("a question", model=each).text for each in (model, again(model)))

    assert first == second


def test_results_ledgers_and_errors_arrive_whole() -> None:
    with Ledger() as ledger:
        result = predict_sync("?", models=[SimulatedModel("s", accuracy=0.5)])
    error = BatchJobError("expired", reason="expired")

    assert again(result) == result
    assert again(ledger).tries == ledger.tries
    assert (again(error).reason, str(again(error))) == ("expired", "expired")


def test_a_cached_model_opens_the_same_file(tmp_path: Path) -> None:
    with ResponseCache(tmp_path / "answers.sqlite") as cache:
        cached = cache.wrap(SimulatedModel("s", accuracy=1.0))
        first = ask_sync("?", model=cached)
        other = again(cached)
        assert ask_sync("?", model=other).text == first.text
        other._cache.close()


def test_what_belongs_to_its_process_says_so(tmp_path: Path) -> None:
    class Client:
        """Another library's."""

        class chat:  # noqa: N801  # as theirs
            """Theirs."""

            completions = None

    with BatchJobs(tmp_path / "jobs.sqlite") as jobs:
        for value, words in (
            (jobs, "open a file for each process"),
            (jobs.wrap(MODEL), "open a file for each process"),
            (from_openai(Client, "m"), "in the process that asks"),
        ):
            with pytest.raises(TypeError, match=words):
                pickle.dumps(value)
