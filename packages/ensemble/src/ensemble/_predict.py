"""Ask several models one question and make one answer of theirs."""

import asyncio
import os
from collections.abc import Callable, Sequence
from typing import Any

from ._account import Terms, check_answers, count, known_cost, make_result
from ._errors import UnknownNameError
from ._model import Model, Query, Response, Sampling, as_model, current_sample
from ._normalize import Normalizer, find_normalizer
from ._parallel import Asked, ask_all
from ._report import report, report_failure, report_start
from ._result import EnsembleResult
from ._sync import run
from ._vote import Strategy, find_strategy


async def predict(
    query: Query,
    *,
    models: Sequence[Model | Callable[..., Any]],
    strategy: str | Strategy = "majority",
    execution: str = "parallel",
    normalize: str | Normalizer = "text",
    tie_break: str = "first",
    seed: int | None = None,
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
        strategy: ``majority``, or a function of the votes that gives an ``Outcome`` (and breaks its
            own ties).
        execution: ``parallel``: all at once.
        normalize: When two answers are the same: ``text``, ``number``, ``choice``, ``boolean``,
            ``json``, ``exact``, or a function that gives a key, or None for no vote.
        tie_break: ``first``, ``seeded``, ``abstain`` or ``error``.
        seed: For ``seeded`` ties, 0 when left out; sent to models that take one when it is given.
        min_responses: How many must answer.
        model_timeout_ms: The longest one model may take.
        temperature: The temperature.
        max_tokens: The longest answer in tokens.
        on_response: Told of each response as it comes; what it raises ends the prediction.

    Returns:
        The answer with its votes, costs and the record of every model.

    Raises:
        AllModelsFailedError: No model answered.
        InsufficientResponsesError: Fewer answered than ``min_responses``.
        NoConsensusError: There is a tie and ``tie_break`` is ``error``.
        UnknownNameError: A strategy, execution, normalisation or tie policy is unknown.
        ValueError: There are no models, or ``min_responses`` is out of range.
        TypeError: What should be a model is none, or the strategy gives no ``Outcome``.
    """
    panel = [as_model(model) for model in models]
    _check(panel, execution, min_responses)
    normalizer_name, normalizer = find_normalizer(normalize)
    strategy_name, vote = find_strategy(strategy, tie_break=tie_break, seed=seed or 0)
    settings = Sampling(
        temperature=temperature, max_tokens=max_tokens, seed=seed, sample=current_sample()
    )
    terms = Terms(
        # No count: predictions of a resumed run, or of other machines, must not share an id.
        prediction_id=f"prediction-{os.urandom(8).hex()}",
        strategy=strategy_name,
        execution=execution,
        normalize=normalizer_name,
    )
    clock = asyncio.get_running_loop().time
    start = clock()
    report_start(terms, [model.name for model in panel], query)
    asked: list[Asked] = []
    try:
        asked = await ask_all(
            panel,
            query,
            settings,
            timeout_ms=model_timeout_ms,
            prediction_id=terms.prediction_id,
            on_response=on_response,
        )
        check_answers(asked, min_responses)
        records, votes = count(asked, normalizer)
        outcome = vote(votes)
    except Exception as error:
        report_failure(terms, error, clock() - start, known_cost(asked))
        raise
    seconds = clock() - start
    elapsed_ms = round(seconds * 1000, 3)
    result = make_result(records, votes, outcome, elapsed_ms=elapsed_ms, terms=terms)
    report(result, seconds)
    return result


def predict_sync(query: Query, **options: Any) -> EnsembleResult:
    """``predict`` for scripts: takes the same arguments and waits for the end."""
    return run("predict", lambda: predict(query, **options))


def _check(panel: Sequence[Model], execution: str, min_responses: int) -> None:
    if not panel:
        raise ValueError("models: ask at least one")
    if not 1 <= min_responses <= len(panel):
        raise ValueError(f"min_responses: {min_responses!r} is not between 1 and {len(panel)}")
    if execution != "parallel":
        remedy = "ask the models yourself with ask() for any other order"
        raise UnknownNameError("execution", execution, ("parallel",), remedy)
