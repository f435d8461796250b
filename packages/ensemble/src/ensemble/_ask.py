"""Ask one model, with its events and its time limit."""

import asyncio
import time
from typing import Any

from ._errors import ModelError, ModelTimeoutError
from ._events import emit, signal
from ._model import Model, Query, Response, Sampling, as_model, current_sample
from ._sync import run


async def ask(
    model: Model | Any,
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
    return await ask_quietly(as_model(model), query, settings, timeout_ms=timeout_ms)


def ask_sync(model: Model | Any, query: Query, **options: Any) -> Response:
    """``ask`` for scripts: takes the same arguments and waits for the end."""
    return run("ask", lambda: ask(model, query, **options))


async def ask_quietly(
    model: Model, query: Query, settings: Sampling, *, timeout_ms: float | None
) -> Response:
    """Ask a model with settled parameters; events are sent only where somebody listens."""
    listening = bool(signal.receivers)
    began = time.perf_counter_ns()
    clock = asyncio.get_running_loop().time
    start = clock()
    if listening:
        emit("ensemble.model.start", {"query_length": len(str(query))}, {"model": model.name})
    limit = asyncio.timeout(None if timeout_ms is None else timeout_ms / 1000)
    try:
        async with limit:
            response = await model.generate(query, settings)
    except Exception as error:
        if isinstance(error, TimeoutError) and limit.expired() and timeout_ms is not None:
            error = ModelTimeoutError(timeout_ms)
        if listening:
            _report_failure(model, error, round((clock() - start) * 1e9))
        raise error from None
    if response.latency_ms is None and response.source == "live":
        response = _timed(response, round((clock() - start) * 1000, 3))
    if listening:
        _report(response, round((clock() - start) * 1e9) or time.perf_counter_ns() - began)
    return response


def _timed(response: Response, latency_ms: float) -> Response:
    from dataclasses import replace  # noqa: PLC0415  # models mostly report their own

    return replace(response, latency_ms=latency_ms)


def _report(response: Response, elapsed_ns: int) -> None:
    measurements: dict[str, object] = {
        "duration_ns": elapsed_ns
        if response.latency_ms is None
        else int(response.latency_ms * 1e6),
        "cost_usd": response.cost_usd,
        "input_tokens": response.input_tokens,
        "output_tokens": response.output_tokens,
    }
    metadata: dict[str, object] = {
        "model": response.model,
        "api_model_id": response.model_version,
        "finish_reason": response.finish_reason,
        "confidence": response.confidence,
        "request_id": response.request_id,
        "source": response.source,
        "attempts": response.attempts,
    }
    emit("ensemble.model.stop", measurements, metadata)


def _report_failure(model: Model, error: BaseException, elapsed_ns: int) -> None:
    metadata: dict[str, object] = {
        "model": model.name,
        "error": str(error),
        "error_type": type(error).__name__,
        "retryable": isinstance(error, ModelError) and error.retryable,
        "http_status": getattr(error, "status", None),
    }
    emit("ensemble.model.exception", {"duration_ns": elapsed_ns}, metadata)
