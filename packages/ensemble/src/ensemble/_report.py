"""The events of a prediction; none is made where nobody listens."""

from hashlib import blake2b

from ._account import Terms
from ._asking import Round
from ._events import emit, signal
from ._model import Query
from ._result import EnsembleResult


def report_start(terms: Terms, query: Query) -> None:
    """Several models are about to be asked."""
    if not signal.receivers:
        return
    metadata: dict[str, object] = {
        "prediction_id": terms.prediction_id,
        "models": list(terms.panel),
        "strategy": terms.strategy,
        "execution": terms.execution,
        "normalization": terms.normalize,
    }
    emit("ensemble.predict.start", {"query_length": len(str(query))}, metadata)


def report_asking(terms: Terms) -> None:
    """The asking begins."""
    if signal.receivers:
        emit("ensemble.executor.start", {}, _asking(terms))


def report_asked(terms: Terms, asking: Round, seconds: float) -> None:
    """The asking has ended, by itself or by an error."""
    if not signal.receivers:
        return
    asked = asking.asked
    metadata = {
        **_asking(terms),
        "models_called": [each.model for each in asked],
        "results_count": len(asked),
        "successes": sum(each.status == "answered" for each in asked),
        "failures": sum(each.status == "failed" for each in asked),
    }
    emit("ensemble.executor.stop", {"duration_ns": round(seconds * 1e9)}, metadata)


def report(result: EnsembleResult, seconds: float, *, threshold: float) -> None:
    """The votes are counted, and there is an answer.

    The consensus that was wanted is that of the order of asking, or else half of the scores. The
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


def report_failure(terms: Terms, error: Exception, seconds: float, cost_usd: float | None) -> None:
    """There is no answer; what did answer is paid for all the same."""
    if not signal.receivers:
        return
    metadata: dict[str, object] = {
        "prediction_id": terms.prediction_id,
        "error": str(error),
        "error_type": type(error).__name__,
    }
    measurements: dict[str, object] = {"duration_ns": round(seconds * 1e9), "cost_usd": cost_usd}
    emit("ensemble.predict.exception", measurements, metadata)


def _asking(terms: Terms) -> dict[str, object]:
    return {
        "prediction_id": terms.prediction_id,
        "models": list(terms.panel),
        "execution": terms.execution,
    }


def _hash(answer: str | None) -> str | None:
    """An answer can be recognised by it and not be read."""
    if answer is None:
        return None
    return blake2b(answer.encode("utf-8", "replace"), digest_size=8).hexdigest()
