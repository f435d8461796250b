"""Ask one model, with its events and its time limit."""

import asyncio
import dataclasses
from typing import Unpack

from .._core.admission import admitted, substituted
from .._core.costs.ledger import booked
from .._core.deprecated import renamed_arguments
from .._core.errors import ModelError, ModelTimeoutError
from .._core.models import Model, SamplingOptions, SamplingParameters, current_sample
from .._core.old_calls import item_first
from .._core.queries import Query
from .._core.responses import Response
from .._core.sync import run
from .answer_form import check_schema, with_value
from .call_events import CallEvents
from .confident import ConfidenceMethod, with_confidence
from .conversion import ModelLike, as_model


@renamed_arguments(query="item")
@item_first("item", "model")
async def ask(
    item: Query,
    *,
    model: ModelLike,
    temperature: float | None = None,
    max_tokens: int | None = None,
    seed: int | None = None,
    logprobs: bool | None = None,
    timeout_ms: float | None = None,
    confidence: ConfidenceMethod | None = None,
    **form: Unpack[SamplingOptions],
) -> Response:
    """Ask one model: the baseline of every ensemble.

    Args:
        item: A text, chat messages, or a question.
        model: A model, a function of the item, or a model's name.
        temperature: The temperature.
        max_tokens: The longest answer in tokens.
        seed: For models that take one.
        logprobs: Whether to ask for the log-probabilities of the tokens.
        timeout_ms: The longest it may take.
        confidence: Where the confidence of the answer comes from: ``logprob``, ``verbalized`` or
            ``sampling``, as in ``ConfidentModel``; None for what the model states itself.
        **form: What else ``SamplingParameters`` has: ``system``, ``top_p``, ``stop``,
            ``response_format``, ``reasoning_effort``, ``reasoning_tokens``, ``verbosity``,
            ``tools``, ``tool_choice``, ``top_logprobs``, and ``extra`` for the body.

    Returns:
        The response. Its latency is measured here where the model does not report one.

    Raises:
        ModelTimeoutError: It took longer.
        ModelError: The model failed.

    Example:
        >>> import asyncio
        >>> from ensemble import ask
        >>> asyncio.run(ask("What is 2+2?", model=lambda item: "4")).text
        '4'
    """
    settings = SamplingParameters(
        temperature=temperature,
        max_tokens=max_tokens,
        seed=seed,
        sample=current_sample(),
        logprobs=logprobs,
        **form,
    )
    asked = with_confidence(as_model(model), confidence)
    return await ask_settled(asked, item, settings, timeout_ms=timeout_ms)


class AskOptions(SamplingOptions, total=False):
    """The options of ``ask``."""

    temperature: float | None
    max_tokens: int | None
    seed: int | None
    logprobs: bool | None
    timeout_ms: float | None
    confidence: ConfidenceMethod | None


@renamed_arguments(query="item")
@item_first("item", "model")
def ask_sync(item: Query, *, model: ModelLike, **options: Unpack[AskOptions]) -> Response:
    """Ask one model from a script: ``ask``, run to its end.

    Args:
        item: A text, chat messages, or a question.
        model: A model, a function of the item, or a model's name.
        **options: Those of ``ask``.

    Returns:
        The response.

    Raises:
        RunningLoopError: An event loop is running, as in a notebook: use ``await ask(...)``.
        ModelTimeoutError: The call took longer than ``timeout_ms``.
        ModelError: The model failed.

    Example:
        >>> from ensemble import ask_sync
        >>> ask_sync("What is 2+2?", model=lambda item: "4").text
        '4'
    """
    return run("ask", lambda: ask(item, model=model, **options))


async def ask_settled(
    model: Model,
    query: Query,
    settings: SamplingParameters,
    *,
    timeout_ms: float | None,
    prediction_id: str | None = None,
) -> Response:
    """Call a model with settled parameters; events are made only where a receiver is connected."""
    if settings.response_format is not None:
        check_schema(settings.response_format)
    model = substituted(model)
    on_end = await admitted(model, query, settings)
    events = CallEvents(model, prediction_id, query, settings)
    response: Response | None = None
    failure: Exception | None = None
    with booked() as ledger:
        try:
            if timeout_ms is None:
                response = await model.generate(query, settings)
            else:
                response = await _before(timeout_ms, model, query, settings)
            response = with_value(_checked(response, model), settings)
        except Exception as error:
            if isinstance(error, ModelTimeoutError):
                ledger.cancelled_are("timed_out")
            events.failed(error)
            failure = error
            raise
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                events.cancelled()
                raise
            # This call was not cancelled from outside: something inside of the model was.
            failure = ModelError(f"model {model.name!r} cancelled its own call")
            events.failed(failure)
            raise failure from None
        finally:
            if on_end is not None:
                on_end(ledger.tries, response, failure)
    if response.latency_ms is None and response.source == "live":
        response = dataclasses.replace(response, latency_ms=events.elapsed_ms())
    events.answered(response)
    return response


def _checked(response: object, model: Model) -> Response:
    if not isinstance(response, Response):
        kind = type(response).__name__
        raise ModelError(f"model {model.name!r}: generate() gave {kind}, not a Response")
    return response


async def _before(
    timeout_ms: float, model: Model, query: Query, settings: SamplingParameters
) -> Response:
    limit = asyncio.timeout(timeout_ms / 1000)
    try:
        async with limit:
            return await model.generate(query, settings)
    except TimeoutError:
        if not limit.expired():
            raise  # the model's own
        raise ModelTimeoutError(timeout_ms) from None
