"""The events of a prediction, made only where a receiver is connected."""

from hashlib import blake2b

from .._core.events import emit, signal
from .._core.queries import Query
from .batch import CallBatch
from .result import EnsembleResult, PredictionSpec


def report_start(spec: PredictionSpec, query: Query) -> None:
    """Several models are about to be asked."""
    if not signal.receivers:
        return
    metadata: dict[str, object] = {
        "prediction_id": spec.prediction_id,
        "models": list(spec.panel),
        "strategy": spec.strategy,
        "execution": spec.execution,
        "normalization": spec.normalize,
    }
    emit("ensemble.predict.start", {"query_length": len(str(query))}, metadata)


def report_calls_start(spec: PredictionSpec) -> None:
    """The calls of a prediction begin."""
    if signal.receivers:
        emit("ensemble.executor.start", {}, _about_calls(spec))


def report_calls_stop(spec: PredictionSpec, batch: CallBatch, seconds: float) -> None:
    """The calls of a prediction have ended, with or without an error."""
    if not signal.receivers:
        return
    calls = batch.calls
    metadata = {
        **_about_calls(spec),
        "models_called": [each.model for each in calls],
        "results_count": len(calls),
        "successes": sum(each.status == "answered" for each in calls),
        "failures": sum(each.status == "failed" for each in calls),
    }
    emit("ensemble.executor.stop", {"duration_ns": round(seconds * 1e9)}, metadata)


def report(result: EnsembleResult, seconds: float, *, threshold: float) -> None:
    """The votes are counted, and there is an answer.

    The consensus that was wanted is that of the execution, or else half of the scores. The
    duration is the result's latency; for recordings without times, what it took to read them.
    """
    if not signal.receivers:
        return
    votes = dict(result.votes)
    counted: dict[str, object] = {
        "prediction_id": result.prediction_id,
        "strategy": result.strategy,
        "consensus": result.consensus,
        "scores": dict(result.scores),
    }
    n_votes = sum(record.key is not None for record in result.responses)
    emit("ensemble.vote.complete", {"n_votes": n_votes}, counted)
    reached = result.answer is not None and result.consensus >= threshold
    wanted: dict[str, object] = {
        "prediction_id": result.prediction_id,
        "threshold": threshold,
        "models_called": list(result.models),
    }
    name = f"ensemble.consensus.{'reached' if reached else 'failed'}"
    emit(name, {"consensus": result.consensus}, wanted)
    latency_ms = result.latency_ms
    measurements: dict[str, object] = {
        "duration_ns": round(seconds * 1e9 if latency_ms is None else latency_ms * 1e6),
        "cost_usd": result.cost_usd,
    }
    metadata: dict[str, object] = {
        "prediction_id": result.prediction_id,
        "answer_hash": _hash(result.answer),
        "consensus": result.consensus,
        "votes": votes,
        "successes": result.successes,
        "failures": result.failures,
        "models_called": list(result.models),
        "tie": result.tie,
        "source": result.source,
    }
    emit("ensemble.predict.stop", measurements, metadata)


def report_failure(
    spec: PredictionSpec, error: Exception, seconds: float, cost_usd: float | None
) -> None:
    """The prediction failed; the cost of its calls is reported all the same."""
    if not signal.receivers:
        return
    metadata: dict[str, object] = {
        "prediction_id": spec.prediction_id,
        "error": str(error),
        "error_type": type(error).__name__,
    }
    measurements: dict[str, object] = {"duration_ns": round(seconds * 1e9), "cost_usd": cost_usd}
    emit("ensemble.predict.exception", measurements, metadata)


def _about_calls(spec: PredictionSpec) -> dict[str, object]:
    return {
        "prediction_id": spec.prediction_id,
        "models": list(spec.panel),
        "execution": spec.execution,
    }


def _hash(answer: str | None) -> str | None:
    """An answer can be recognised by it and not be read."""
    if answer is None:
        return None
    return blake2b(answer.encode("utf-8", "replace"), digest_size=8).hexdigest()
