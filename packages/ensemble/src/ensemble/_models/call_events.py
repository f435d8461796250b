"""The events of a call to one model."""

import asyncio

from .._core.errors import ModelError
from .._core.events import emit, signal
from .._core.models import Model, SamplingParameters
from .._core.observers import OpenCall, is_observed
from .._core.queries import Query
from .._core.responses import Response


class CallEvents:
    """The events of one call, made only where a receiver is connected; and its observers.

    Attributes:
        began: When the call began, by the loop's clock in seconds.
    """

    __slots__ = ("_call", "_clock", "_listening", "_model", "_prediction_id", "began")

    def __init__(
        self, model: Model, prediction_id: str | None, query: Query, sampling: SamplingParameters
    ) -> None:
        self._model = model
        self._prediction_id = prediction_id
        self._listening = bool(signal.receivers)
        self._clock = asyncio.get_running_loop().time
        self.began = self._clock()
        self._call: OpenCall | None = None
        if is_observed() or self._listening:
            self._call = OpenCall(
                model, query, sampling, prediction_id=prediction_id, started=self.began
            )
        if self._listening:
            about = _about(model, prediction_id)
            emit("ensemble.model.start", {"query_length": len(str(query))}, about)

    def elapsed_ms(self) -> float:
        """How long the call has taken."""
        return round((self._clock() - self.began) * 1000, 3)

    def answered(self, response: Response) -> None:
        """The call has its answer."""
        if self._call is not None:
            self._call.ended(self._clock(), response=response)
        if self._call is not None and self._listening:
            seconds = self._clock() - self.began
            queue_ms = self._call.queue_ms
            _report(self._model, self._prediction_id, response, seconds, queue_ms)

    def failed(self, error: Exception) -> None:
        """The call has failed."""
        if self._call is not None:
            self._call.ended(self._clock(), error=error)
        if self._listening:
            _report_failure(self._model, self._prediction_id, error, self._clock() - self.began)

    def cancelled(self) -> None:
        """The call was cancelled before it ended."""
        if self._call is not None:
            self._call.ended(self._clock())


def _about(model: Model, prediction_id: str | None) -> dict[str, object]:
    return {
        "model": model.name,
        "provider": getattr(model, "provider", None),
        "prediction_id": prediction_id,
    }


def _report(
    model: Model,
    prediction_id: str | None,
    response: Response,
    seconds: float,
    queue_ms: float,
) -> None:
    latency_ms = response.latency_ms
    measurements: dict[str, object] = {
        "duration_ns": round(seconds * 1e9 if latency_ms is None else latency_ms * 1e6),
        "cost_usd": response.cost_usd,
        "input_tokens": response.input_tokens,
        "output_tokens": response.output_tokens,
        "queue_ms": queue_ms,
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
