"""Ask one model, with its events and its time limit."""

import asyncio
import dataclasses
from collections.abc import Callable
from typing import Any

from ._errors import ModelError, ModelTimeoutError
from ._events import emit, signal
from ._model import Model, Query, Response, Sampling, as_model, current_sample
from ._sync import run


async def ask(
    model: Model | Callable[..., Any] | str,
    query: Query,
    *,
    temperature: float | None = None,
    max_tokens: int | None = None,
    seed: int | None = None,
    logprobs: bool | None = None,
    timeout_ms: float | None = None,
) -> Response:
    """Ask one model: the baseline of every ensemble.

    Args:
        model: A model, a function of the query, or a model's name.
        query: A text, chat messages, or a question.
        temperature: The temperature.
        max_tokens: The longest answer in tokens.
        seed: For models that take one.
        logprobs: Whether to ask for the log-probabilities of the tokens.
        timeout_ms: The longest it may take.

    Returns:
        The response. Its latency is measured here where the model does not report one.

    Raises:
        ModelTimeoutError: It took longer.
        ModelError: The model failed.
    """
    settings = Sampling(
        temperature=temperature,
        max_tokens=max_tokens,
        seed=seed,
        sample=current_sample(),
        logprobs=logprobs,
    )
    return await ask_settled(as_model(model), query, settings, timeout_ms=timeout_ms)


def ask_sync(model: Model | Callable[..., Any] | str, query: Query, **options: Any) -> Response:
    """``ask`` for scripts: takes the same arguments and waits for the end."""
    return run("ask", lambda: ask(model, query, **options))


async def ask_settled(
    model: Model,
    query: Query,
    settings: Sampling,
    *,
    timeout_ms: float | None,
    prediction_id: str | None = None,
) -> Response:
    """Ask a model with settled parameters; events are made only where somebody listens."""
    telling = Telling(model, prediction_id, query)
    try:
        response = await _within(timeout_ms, model, query, settings)
    except Exception as error:
        telling.failed(error)
        raise
    if response.latency_ms is None and response.source == "live":
        response = dataclasses.replace(response, latency_ms=telling.elapsed_ms())
    telling.answered(response)
    return response


class Telling:
    """Tells the events of one call; nothing is made of them where nobody listens.

    Attributes:
        began: When the call began, by the loop's clock in seconds.
    """

    __slots__ = ("_clock", "_listening", "_model", "_prediction_id", "began")

    def __init__(self, model: Model, prediction_id: str | None, query: Query) -> None:
        self._model = model
        self._prediction_id = prediction_id
        self._listening = bool(signal.receivers)
        self._clock = asyncio.get_running_loop().time
        self.began = self._clock()
        if self._listening:
            about = _about(model, prediction_id)
            emit("ensemble.model.start", {"query_length": len(str(query))}, about)

    def elapsed_ms(self) -> float:
        """How long the call has taken."""
        return round((self._clock() - self.began) * 1000, 3)

    def answered(self, response: Response) -> None:
        """The call has its answer."""
        if self._listening:
            _report(self._model, self._prediction_id, response, self._clock() - self.began)

    def failed(self, error: Exception) -> None:
        """The call has failed."""
        if self._listening:
            _report_failure(self._model, self._prediction_id, error, self._clock() - self.began)


async def _within(
    timeout_ms: float | None, model: Model, query: Query, settings: Sampling
) -> Response:
    limit = asyncio.timeout(None if timeout_ms is None else timeout_ms / 1000)
    try:
        async with limit:
            response = await model.generate(query, settings)
    except TimeoutError:
        if timeout_ms is None or not limit.expired():
            raise  # the model's own
        raise ModelTimeoutError(timeout_ms) from None
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # Nobody cancelled us: something inside of the model was cancelled, and took it along.
        raise ModelError(f"model {model.name!r} cancelled its own call") from None
    if not isinstance(response, Response):
        kind = type(response).__name__
        raise ModelError(f"model {model.name!r}: generate() gave {kind}, not a Response")
    return response


def _about(model: Model, prediction_id: str | None) -> dict[str, object]:
    return {
        "model": model.name,
        "provider": getattr(model, "provider", None),
        "prediction_id": prediction_id,
    }


def _report(model: Model, prediction_id: str | None, response: Response, seconds: float) -> None:
    latency_ms = response.latency_ms
    measurements: dict[str, object] = {
        "duration_ns": round(seconds * 1e9 if latency_ms is None else latency_ms * 1e6),
        "cost_usd": response.cost_usd,
        "input_tokens": response.input_tokens,
        "output_tokens": response.output_tokens,
    }
    if response.time_to_first_token_ms is not None:
        measurements["time_to_first_token_ms"] = response.time_to_first_token_ms
    metadata: dict[str, object] = {
        **_about(model, prediction_id),
        "api_model_id": response.model_version,
        "finish_reason": response.finish_reason,
        "confidence": response.confidence,
        "request_id": response.request_id,
        "source": response.source,
        "attempts": response.attempts,
        "cached": response.cached,
    }
    emit("ensemble.model.stop", measurements, metadata)


def _report_failure(
    model: Model, prediction_id: str | None, error: Exception, seconds: float
) -> None:
    metadata: dict[str, object] = {
        **_about(model, prediction_id),
        "error": str(error),
        "error_type": type(error).__name__,
        "retryable": isinstance(error, ModelError) and error.retryable,
        "http_status": error.status if isinstance(error, ModelError) else None,
    }
    emit("ensemble.model.exception", {"duration_ns": round(seconds * 1e9)}, metadata)
