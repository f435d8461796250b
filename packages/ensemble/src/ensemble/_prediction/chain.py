"""A prediction as a causal chain, by the causal_trace library (extra ``trace``)."""

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from .._core.errors import MissingExtraError

if TYPE_CHECKING:
    from causal_trace import Chain

    from .result import EnsembleResult, ModelRecord


def to_chain(result: "EnsembleResult", *, name: str | None = None) -> "Chain":
    """Return a prediction as a causal chain: the calls, the rejected answers and the decision.

    Each event's metadata has what its record has: status, cost, latency, version and request id.
    The ids follow from the prediction's, so the same result gives the same chain.

    Args:
        result: A prediction.
        name: The chain's name; the prediction's id when left out.

    Returns:
        A ``causal_trace.Chain``: save it, search it, show it with that library.

    Raises:
        MissingExtraError: The extra ``trace`` is not installed.
    """
    try:
        from causal_trace import Chain, TraceEvent  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError("trace", "crucible-framework-causal-trace") from error
    events: list[TraceEvent] = []

    def add(kind: str, decision: str, **more: Any) -> str:
        # What a member answered is its own report; votes and outcome are records.
        more.setdefault("evidence", "observed")
        made = TraceEvent(
            type=kind,
            decision=decision or "(an empty answer)",
            id=_id(result.prediction_id, len(events)),
            **more,
        )
        events.append(made)
        return made.id

    root = add(
        "task_decomposed",
        f"ask {len(result.panel)} members ({result.execution}) and count votes ({result.strategy})",
        metadata={
            "prediction_id": result.prediction_id,
            "prompt_hash": result.prompt_hash,
            "panel": list(result.panel),
            "normalize": result.normalize,
        },
    )
    voters: dict[str, list[str]] = {}
    judges = []
    for record in result.responses:
        made = add(*_call(record), parent_id=root, metadata=_about(record), **_says(record))
        if record.role == "judge":
            judges.append(made)
        elif record.key is not None:
            voters.setdefault(record.key, []).append(made)
    lost = [
        add(
            "alternative_rejected",
            key,
            reasoning=f"{len(ids)} of {sum(map(len, voters.values()))} voted for it",
            parent_id=root,
            depends_on=tuple(ids),
        )
        for key, ids in voters.items()
        if result.key not in (None, key) and key in result.votes
    ]
    add(
        "ambiguity_flagged" if result.answer is None else "decision_made",
        result.answer if result.answer is not None else f"no answer: {result.reason}",
        reasoning=str(result),
        alternatives=tuple(key for key in voters if key != result.key),
        confidence=result.confidence if result.probability is None else result.probability,
        parent_id=root,
        depends_on=(*(each for ids in voters.values() for each in ids), *judges, *lost),
        metadata={"votes": dict(result.votes), "tie": result.tie, "cost_usd": result.cost_usd},
    )
    return Chain(name=name or result.prediction_id, events=tuple(events))


def _id(prediction_id: str, index: int) -> str:
    return blake2b(f"{prediction_id}/{index}".encode(), digest_size=16).hexdigest()


def _call(record: "ModelRecord") -> tuple[str, str]:
    if record.role == "judge":
        said = "" if record.response is None else record.response.text
        return "constraint_evaluated", f"{record.model} judged: {said}"
    if record.response is None:
        return "uncertainty_noted", f"{record.model}: {record.error or record.status}"
    kind = "hypothesis_formed" if record.key is not None else "ambiguity_flagged"
    return kind, f"{record.model}: {record.key if record.key is not None else 'no vote'}"


def _says(record: "ModelRecord") -> dict[str, Any]:
    if record.response is None:
        return {}
    return {
        "reasoning": record.response.text,
        "confidence": record.response.confidence,
        "evidence": "self_reported",
        "latency_ms": record.latency_ms,
        "cost_usd": record.cost_usd,
    }


def _about(record: "ModelRecord") -> dict[str, Any]:
    response = record.response
    about: dict[str, Any] = {
        "model": record.model,
        "status": record.status,
        "sample": record.sample,
        "latency_ms": record.latency_ms,
        "cost_usd": record.cost_usd,
    }
    if response is not None:
        about |= {
            "model_version": response.model_version,
            "request_id": response.request_id,
            "attempts": response.attempts,
            "source": response.source,
        }
    return about
