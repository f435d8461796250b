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
    model: Model | Callable[..., Any],
    query: Query,
    *,
    temperature: float | None = None,
    max_tokens: int | None = None,
    seed: int | None = None,
    timeout_ms: float | None = None,
) -> Response:
    """Ask one model: the baseline of every ensemble.

    Args:
        model: A model, or a function of the query.
        query: A text, chat messages, or a question.
        temperature: The temperature.
        max_tokens: The longest answer in tokens.
        seed: For models that take one.
        timeout_ms: The longest it may take.

    Returns:
        The response. Its latency is measured here where the model does not report one.

    Raises:
        ModelTimeoutError: It took longer.
        ModelError: The model failed.
    """
    settings = Sampling(
        temperature=temperature, max_tokens=max_tokens, seed=seed, sample=current_sample()
    )
    return await ask_settled(as_model(model), query, settings, timeout_ms=timeout_ms)


def ask_sync(model: Model | Callable[..., Any], query: Query, **options: Any) -> Response:
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
    listening = bool(signal.receivers)
    clock = asyncio.get_running_loop().time
    start = clock()
    if listening:
        about = _about(model, prediction_id)
        emit("ensemble.model.start", {"query_length": len(str(query))}, about)
    try:
        response = await _within(timeout_ms, model, query, settings)
    except Exception as error:
        if listening:
            _report_failure(model, prediction_id, error, clock() - start)
        raise
    if response.latency_ms is None and response.source == "live":
        latency_ms = round((clock() - start) * 1000, 3)
        response = dataclasses.replace(response, latency_ms=latency_ms)
    if listening:
        _report(model, prediction_id, response, clock() - start)
    return response


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
