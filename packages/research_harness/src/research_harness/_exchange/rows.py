"""Answers of a log as rows of a run and as calls to a model."""

import json
from typing import Any

from .._core.text import safe_text
from .._engine.scoring import Mark
from .._outcome.outcome import Outcome, checked
from .._outcome.row import Failure, Row
from .._plan.plan import Trial

_FAILED = "LoggedError"
_UNSCORED = "UnscoredError"


def row_of(trial: Trial, logged: Any, mark: Mark | None) -> Row:
    """The row of an answer.

    Args:
        trial: Its place in the plan.
        logged: The answer, as a ``dataset_manager.LogRow``.
        mark: Its score; None without one.

    Returns:
        The row. An answer without a score has failed, or its scoring has.
    """
    failure: Failure = ""
    error_type = error = ""
    if mark is None and logged.error is not None:
        failure, error_type, error = "answer", _FAILED, logged.error
    elif mark is None:
        failure, error_type, error = "score", _UNSCORED, "the log has no score of this answer"
    outcome = checked(
        Outcome(
            prediction=logged.prediction,
            latency_ms=_above(logged.latency_ms),
            cost_usd=_above(logged.cost_usd),
            values={} if failure else dict(_tokens(logged)),
            metadata=_metadata(logged),
        )
    )
    return Row(
        index=trial.index,
        item_id=trial.item.id,
        condition=trial.condition.name,
        repeat=trial.repeat,
        prediction=outcome.prediction,
        correct=mark is not None and mark.correct,
        score=0.0 if mark is None else mark.value,
        extraction="" if mark is None else mark.extraction,
        latency_ms=outcome.latency_ms,
        cost_usd=outcome.cost_usd,
        values=dict(outcome.values),
        metadata=dict(outcome.metadata),
        source="recorded",
        error_type=error_type,
        error=safe_text(error),
        failure=failure,
    )


def call_of(logged: Any, name: str) -> dict[str, Any]:
    """The call to the model that gave an answer.

    Args:
        logged: The answer.
        name: The name of the system, for a log that names no model.
    """
    failed = logged.error is not None
    answer = logged.raw if logged.raw is not None else logged.prediction
    found = {
        "model": logged.model or name,
        "status": "failed" if failed else "answered",
        "prompt": logged.prompt or _text(logged.input),
        "answer": None if answer is None else _text(answer),
        "finish_reason": logged.stop_reason,
        "input_tokens": logged.input_tokens,
        "output_tokens": logged.output_tokens,
        "cost_usd": _above(logged.cost_usd),
        "latency_ms": _above(logged.latency_ms),
        "source": "recorded",
        "error_type": _FAILED if failed else "",
        "error": safe_text(logged.error or ""),
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def _metadata(logged: Any) -> dict[str, Any]:
    """What the log has of the answer beside its score."""
    known = {
        "extracted": logged.extracted,
        "scores": dict(logged.scores),
        "stop_reason": logged.stop_reason,
        "limit": logged.limit,
        "edits": [dict(each) for each in logged.edits],
        "error": logged.error,
    }
    return {name: value for name, value in known.items() if value not in (None, "", {}, [])}


def _tokens(logged: Any) -> list[tuple[str, float]]:
    counts = (("input_tokens", logged.input_tokens), ("output_tokens", logged.output_tokens))
    return [(name, float(value)) for name, value in counts if value is not None]


def _above(value: float | None) -> float | None:
    """A cost or a latency; one below 0 is not known."""
    return None if value is None or value < 0 else value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
