"""Ask several models one question and make one answer of theirs."""

import asyncio
import itertools
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from ._ask import ask_quietly
from ._errors import AllModelsFailedError, InsufficientResponsesError, UnknownNameError
from ._events import emit, signal
from ._model import Model, Query, Response, Sampling, Source, as_model, current_sample
from ._normalize import Normalizer, find_normalizer
from ._result import EnsembleResult, ModelRecord
from ._sync import run
from ._vote import Outcome, Strategy, Vote, find_strategy

_numbers = itertools.count(1)
_SOURCES: tuple[Source, ...] = ("live", "simulated", "recorded")


async def predict(
    query: Query,
    *,
    models: Sequence[Model | Callable[..., Any]],
    strategy: str | Strategy = "majority",
    execution: str = "parallel",
    normalize: str | Normalizer = "text",
    tie_break: str = "first",
    seed: int = 0,
    min_responses: int = 1,
    model_timeout_ms: float | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
    on_response: Callable[[Response], None] | None = None,
) -> EnsembleResult:
    """Ask several models and vote.

    A model that fails does not fail the vote; it has none. So has one whose answer says nothing, by
    the normalisation that is used.

    Args:
        query: A text, chat messages, or a question.
        models: The models, in the order that breaks ties; functions of the query will do.
        strategy: ``majority``, or a function of the votes that gives an ``Outcome``.
        execution: ``parallel``: all at once.
        normalize: When two answers are the same: ``text``, ``number``, ``choice``, ``boolean``,
            ``json``, ``exact``, or a function that gives a key, or None for no vote.
        tie_break: ``first``, ``seeded``, ``abstain`` or ``error``.
        seed: For ``seeded`` ties and for models that take a seed.
        min_responses: How many must answer.
        model_timeout_ms: The longest one model may take.
        temperature: The temperature.
        max_tokens: The longest answer in tokens.
        on_response: Told of each response as it comes.

    Returns:
        The answer with its votes, costs and the record of every model.

    Raises:
        AllModelsFailedError: No model answered.
        InsufficientResponsesError: Fewer answered than ``min_responses``.
        NoConsensusError: There is a tie and ``tie_break`` is ``error``.
        UnknownNameError: A strategy, execution, normalisation or tie policy is unknown.
        ValueError: There are no models, or ``min_responses`` is out of range.
    """
    panel = [as_model(model) for model in models]
    _check(panel, execution, min_responses)
    normalizer_name, normalizer = find_normalizer(normalize)
    strategy_name, vote = find_strategy(strategy, tie_break=tie_break, seed=seed)
    settings = Sampling(
        temperature=temperature, max_tokens=max_tokens, seed=seed, sample=current_sample()
    )
    prediction_id = f"prediction-{next(_numbers)}"
    clock = asyncio.get_running_loop().time
    start = clock()
    if signal.receivers:
        metadata: dict[str, object] = {
            "prediction_id": prediction_id,
            "models": [model.name for model in panel],
            "strategy": strategy_name,
            "execution": execution,
            "normalize": normalizer_name,
        }
        emit("ensemble.predict.start", {"query_length": len(str(query))}, metadata)
    try:
        answers = await _ask_all(
            panel, query, settings, timeout_ms=model_timeout_ms, on_response=on_response
        )
        _check_answers(panel, answers, min_responses)
        records, votes = _records(panel, answers, normalizer)
        outcome = vote(votes)
    except Exception as error:
        _report_failure(prediction_id, error, clock() - start)
        raise
    result = _result(
        records,
        votes,
        outcome,
        elapsed_ms=round((clock() - start) * 1000, 3),
        names=(strategy_name, execution, normalizer_name),
        prediction_id=prediction_id,
    )
    if signal.receivers:
        _report(result)
    return result


def predict_sync(query: Query, **options: Any) -> EnsembleResult:
    """``predict`` for scripts: takes the same arguments and waits for the end."""
    return run("predict", lambda: predict(query, **options))


async def _ask_all(
    panel: Sequence[Model],
    query: Query,
    settings: Sampling,
    *,
    timeout_ms: float | None,
    on_response: Callable[[Response], None] | None,
) -> list[Response | Exception]:
    """All answers and failures, each in its model's place, whichever came first."""
    answers: list[Response | Exception] = [AssertionError("not asked")] * len(panel)

    async def one(place: int, model: Model) -> None:
        try:
            response = await ask_quietly(model, query, settings, timeout_ms=timeout_ms)
        except Exception as error:  # noqa: BLE001  # a failed model has no vote, and is recorded
            answers[place] = error
            return
        answers[place] = response
        if on_response is not None:
            on_response(response)

    async with asyncio.TaskGroup() as group:
        for place, model in enumerate(panel):
            group.create_task(one(place, model))
    return answers


def _records(
    panel: Sequence[Model], answers: Sequence[Response | Exception], normalizer: Normalizer
) -> tuple[tuple[ModelRecord, ...], list[Vote]]:
    records, votes = [], []
    for model, answer in zip(panel, answers, strict=True):
        if isinstance(answer, Exception):
            records.append(
                ModelRecord(
                    model=model.name,
                    response=None,
                    key=None,
                    error=str(answer) or type(answer).__name__,
                    error_type=type(answer).__name__,
                )
            )
            continue
        key = normalizer(answer.text)
        records.append(
            ModelRecord(
                model=model.name,
                response=answer,
                key=None if key is None else str(key),
                latency_ms=answer.latency_ms,
            )
        )
        if key is not None:
            votes.append(
                Vote(model=model.name, key=key, text=answer.text, confidence=answer.confidence)
            )
    return tuple(records), votes


def _result(
    records: tuple[ModelRecord, ...],
    votes: Sequence[Vote],
    outcome: Outcome,
    *,
    elapsed_ms: float,
    names: tuple[str, str, str],
    prediction_id: str,
) -> EnsembleResult:
    responses = [record.response for record in records if record.response is not None]
    total = sum(outcome.scores.values())
    share = outcome.scores.get(outcome.key, 0.0)
    winners = [vote for vote in votes if vote.key == outcome.key]
    costs = [response.cost_usd for response in responses if response.cost_usd is not None]
    stated = [vote.confidence for vote in winners if vote.confidence is not None]
    confidence = outcome.confidence
    if confidence is None and stated:
        confidence = sum(stated) / len(stated)
    timed = any(response.latency_ms is not None for response in responses)
    return EnsembleResult(
        answer=winners[0].text if winners else None,
        key=_shown(outcome.key),
        consensus=share / total if total else 0.0,
        agreement=len(winners) / len(records),
        votes={str(key): score for key, score in outcome.scores.items()},
        tie=bool(outcome.tied),
        tied=tuple(map(str, outcome.tied)),
        latency_ms=elapsed_ms if timed else None,
        cost_usd=sum(costs) if costs else None,
        cost_complete=len(costs) == len(records),
        confidence=confidence,
        responses=records,
        strategy=names[0],
        execution=names[1],
        normalize=names[2],
        source=next(
            each for each in _SOURCES if any(response.source == each for response in responses)
        ),
        prediction_id=prediction_id,
    )


def _check(panel: Sequence[Model], execution: str, min_responses: int) -> None:
    if not panel:
        raise ValueError("models: ask at least one")
    if not 1 <= min_responses <= len(panel):
        raise ValueError(f"min_responses: {min_responses!r} is not between 1 and {len(panel)}")
    if execution != "parallel":
        remedy = "ask the models yourself with ask() for any other order"
        raise UnknownNameError("execution", execution, ("parallel",), remedy)


def _check_answers(
    panel: Sequence[Model], answers: Sequence[Response | Exception], needed: int
) -> None:
    errors = {
        model.name: answer
        for model, answer in zip(panel, answers, strict=True)
        if isinstance(answer, Exception)
    }
    got = sum(not isinstance(answer, Exception) for answer in answers)
    if not got:
        raise AllModelsFailedError(errors)
    if got < needed:
        raise InsufficientResponsesError(needed, got, errors)


def _shown(key: Hashable) -> str | None:
    return None if key is None else str(key)


def _report(result: EnsembleResult) -> None:
    about: dict[str, object] = {"prediction_id": result.prediction_id}
    counted = {**about, "strategy": result.strategy, "consensus": result.consensus}
    emit("ensemble.vote.complete", {"n_votes": sum(result.votes.values())}, counted)
    latency = result.latency_ms or 0.0
    emit(
        "ensemble.predict.stop",
        {"duration_ns": int(latency * 1e6), "cost_usd": result.cost_usd},
        {
            **about,
            "consensus": result.consensus,
            "successes": result.successes,
            "failures": result.failures,
            "tie": result.tie,
            "source": result.source,
        },
    )


def _report_failure(prediction_id: str, error: Exception, seconds: float) -> None:
    metadata: dict[str, object] = {
        "prediction_id": prediction_id,
        "error": str(error),
        "error_type": type(error).__name__,
    }
    emit("ensemble.predict.exception", {"duration_ns": round(seconds * 1e9)}, metadata)
