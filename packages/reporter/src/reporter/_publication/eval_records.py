"""The scores of one system in the form of Every Eval Ever, a shared schema for evaluations."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .._core.checks import checked_text, set_fields
from .._core.errors import ReportError
from .._core.json_values import Value
from .._numbers.number import Number

# The version of the schema whose required fields are written here (MIT, evaleval/every_eval_ever).
_SCHEMA = "0.3.0"
EvaluatorRelationship = Literal["first_party", "third_party", "collaborative", "other"]
ModelDeployment = Literal["self_deployed", "externally_managed", "unknown"]
ModelAvailability = Literal["open_weights", "closed_weights", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRecord(Value):
    """One score of a system on a data set: a share between 0 and 1.

    Attributes:
        name: The name of the score, such as "accuracy".
        number: The share, with its interval if it has one.
        samples: The number of items it comes from.
        lower_is_better: Whether lower values are better.
        description: How it is computed.

    Raises:
        ReportError: The number is not a share, or its value is unknown.
    """

    name: str
    number: Number
    samples: int
    lower_is_better: bool = False
    description: str = ""

    def __post_init__(self) -> None:
        where = f"score {checked_text(self.name, 'score, name')!r}"
        value = self.number.value
        if self.number.unit != "share" or value is None or not 0 <= value <= 1:
            raise ReportError(f"{where}: give a share between 0 and 1, got {self.number.text}")
        set_fields(self, description=checked_text(self.description, f"{where}, description"))


def every_eval_ever(
    scores: Sequence[ScoreRecord],
    *,
    model: str,
    model_id: str,
    dataset: str,
    organization: str,
    library: str,
    library_version: str,
    evaluated_at: str,
    relationship: EvaluatorRelationship = "third_party",
    deployment: ModelDeployment = "unknown",
    availability: ModelAvailability = "unknown",
    details: Mapping[str, str] | None = None,
) -> str:
    """Return the scores of one system as a record of Every Eval Ever (schema 0.3.0).

    The schema has no unbounded scores, so that prices and latencies belong into ``details``.

    Args:
        scores: The scores.
        model: The name of the system.
        model_id: Its id, such as "openai/gpt-4o-mini-2024-07-18".
        dataset: The name of the data set.
        organization: Who ran the evaluation.
        library: The name of the library that ran it.
        library_version: Its version.
        evaluated_at: When it was run, ISO 8601 with its time zone.
        relationship: How the evaluator stands to the maker of the model.
        deployment: Who runs the model.
        availability: Whether its weights are open.
        details: Further facts as texts, such as prices.

    Returns:
        The JSON; the same for the same values.

    Raises:
        ReportError: There are no scores, a required text is empty, or the time is not a time.
    """
    required = {
        "model": model,
        "model_id": model_id,
        "dataset": dataset,
        "organization": organization,
        "library": library,
        "library_version": library_version,
    }
    if missing := [name for name, text in required.items() if not text.strip()]:
        raise ReportError(f"every_eval_ever: {', '.join(missing)} must not be empty")
    if not scores:
        raise ReportError("every_eval_ever: scores is empty; give at least one ScoreRecord")
    seconds = _seconds(evaluated_at)
    record = {
        "schema_version": _SCHEMA,
        "evaluation_id": f"{dataset}/{model_id}/{seconds}",
        "evaluation_timestamp": evaluated_at,
        "retrieved_timestamp": seconds,
        "source_metadata": {
            "source_name": library,
            "source_type": "evaluation_run",
            "source_organization_name": organization,
            "evaluator_relationship": relationship,
        },
        "eval_library": {"name": library, "version": library_version},
        "model_info": {
            "name": model,
            "id": model_id,
            "additional_details": {
                "deployment_type": deployment,
                "model_availability": availability,
                **{key: str(value) for key, value in (details or {}).items()},
            },
        },
        "evaluation_results": [_result(each, dataset) for each in scores],
    }
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _result(score: ScoreRecord, dataset: str) -> dict[str, object]:
    metric: dict[str, object] = {
        "lower_is_better": score.lower_is_better,
        "score_type": "continuous",
        "min_score": 0.0,
        "max_score": 1.0,
    }
    if score.description:
        metric["evaluation_description"] = score.description
    return {
        "evaluation_name": score.name,
        "source_data": {"dataset_name": dataset, "source_type": "other"},
        "metric_config": metric,
        "score_details": {"score": score.number.value, "uncertainty": _uncertainty(score)},
    }


def _uncertainty(score: ScoreRecord) -> dict[str, object]:
    found: dict[str, object] = {"num_samples": score.samples}
    interval = score.number.interval
    if interval is not None and all(map(math.isfinite, interval)):
        found["confidence_interval"] = {
            "lower": interval.low,
            "upper": interval.high,
            "confidence_level": interval.level,
            "method": interval.method or "unknown",
        }
    return found


def _seconds(time: str) -> str:
    """Return a time as seconds since 1970, as the schema asks for."""
    try:
        moment = datetime.fromisoformat(time)
    except ValueError as error:
        raise ReportError(f"every_eval_ever: {time!r:.60} is not an ISO 8601 time") from error
    if moment.tzinfo is None:
        raise ReportError(f"every_eval_ever: {time!r} has no time zone; write +00:00 for UTC")
    return str(int(moment.timestamp()))
