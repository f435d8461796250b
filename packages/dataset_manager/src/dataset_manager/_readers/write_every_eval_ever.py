"""A log written in the format of Every Eval Ever, schema 0.3.0."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, Literal
from uuid import UUID

from .._core.errors import PredictionError
from .._core.replacing import replacing
from .row import LogRow

SCHEMA = "0.3.0"
_MOST_PART = 60  # each character may take four of the 255 bytes of a name
Relationship = Literal["first_party", "third_party", "collaborative", "other"]


def written(
    rows: Sequence[LogRow],
    folder: Path,
    *,
    task: str,
    source: str,
    library: tuple[str, str],
    organization: str,
    relationship: Relationship,
    timestamp: int,
) -> Path:
    """Write an aggregate and its instances under ``data/task/developer/model``, as the schema asks.

    Returns:
        The path of the aggregate.

    Raises:
        PredictionError: The rows have several models, or none has a score and an answer.
    """
    models = list(dict.fromkeys(row.model for row in rows))
    if len(models) != 1:
        raise PredictionError(
            f"a file holds the answers of one model, not {len(models)}: select one"
        )
    scored = [row for row in rows if row.score is not None and isinstance(row.prediction, str)]
    if not scored:
        raise PredictionError("no row has both a score and a text as its answer")
    model = models[0] or "unknown"
    run = f"{task}/{model}/{timestamp}"
    lines = [json.dumps(each, ensure_ascii=False) for each in _instances(scored, run, model)]
    # A lone surrogate, which UTF-8 cannot hold, becomes the escape that JSON has for it.
    content = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")
    digest = hashlib.sha256(content).hexdigest()
    # The name follows from the content, so the same log gives the same files.
    name = str(UUID(hex=digest[:32], version=4))
    developer, _, short = model.rpartition("/")
    parts = ("data", *map(_part, (task, developer or "unknown", short)))
    folder = folder.joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    samples = folder / f"{name}_samples.jsonl"
    with replacing(samples) as temporary:
        temporary.write_bytes(content)
    whole = {
        "schema_version": SCHEMA,
        "evaluation_id": run,
        "retrieved_timestamp": str(timestamp),
        "source_metadata": {
            "source_type": "evaluation_run",
            "source_organization_name": organization,
            "evaluator_relationship": relationship,
        },
        "model_info": _model_info(model),
        "eval_library": {"name": library[0], "version": library[1]},
        "evaluation_results": [_result(each, scored, source) for each in _tasks(scored)],
        "detailed_evaluation_results": {
            "format": "jsonl",
            "file_path": "/".join((*parts, samples.name)),
            "hash_algorithm": "sha256",
            "checksum": digest,
            "total_rows": len(lines),
        },
    }
    path = folder / f"{name}.json"
    with replacing(path) as temporary:
        text = json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
        temporary.write_bytes(text.encode("utf-8", "backslashreplace"))
    return path


def _part(name: str) -> str:
    """A name as one part of a path; a long one ends with its hash."""
    part = re.sub(r"[^\w.-]+", "_", name).strip(".") or "_"
    if len(part) <= _MOST_PART:
        return part
    digest = hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()
    return f"{part[: _MOST_PART - 9]}-{digest[:8]}"


def _tasks(rows: Sequence[LogRow]) -> list[str]:
    return list(dict.fromkeys(row.task for row in rows))


def _model_info(model: str) -> dict[str, Any]:
    unknown = {"deployment_type": "unknown", "model_availability": "unknown"}
    developer = model.rpartition("/")[0] or "unknown"
    return {"name": model, "id": model, "developer": developer, "additional_details": unknown}


def _result(task: str, rows: Sequence[LogRow], source: str) -> dict[str, Any]:
    values = [row.score for row in rows if row.task == task and row.score is not None]
    error = (
        {"standard_error": {"value": stdev(values) / len(values) ** 0.5}} if len(values) > 1 else {}
    )
    return {
        "evaluation_name": task,
        "evaluation_result_id": task,
        "source_data": {"dataset_name": source, "source_type": "other"},
        "metric_config": {
            "metric_name": "score",
            "metric_id": f"{task}.score",
            "lower_is_better": False,
            "score_type": "binary" if set(values) <= {0.0, 1.0} else "continuous",
            "min_score": min(0.0, *values),
            "max_score": max(1.0, *values),
        },
        "score_details": {
            "score": fmean(values),
            "uncertainty": {**error, "num_samples": len(values)},
        },
    }


def _instances(rows: Sequence[LogRow], run: str, model: str) -> Iterator[dict[str, Any]]:
    for row in rows:
        question, choices = _question(row)
        yield {
            "schema_version": SCHEMA,
            "evaluation_id": run,
            "model_id": model,
            "evaluation_name": row.task,
            "evaluation_result_id": row.task,
            "sample_id": row.id,
            "interaction_type": "single_turn",
            "input": {
                "raw": question,
                "reference": _references(row, choices),
                **({"formatted": row.prompt} if row.prompt else {}),
                **({"choices": choices} if choices else {}),
            },
            "output": {"raw": [str(row.prediction if row.raw is None else row.raw)]},
            "answer_attribution": _attribution(row),
            "evaluation": {"score": row.score, "is_correct": row.score == 1},
            **_measured(row),
            **({"error": row.error} if row.error else {}),
            "metadata": {name: str(value) for name, value in row.metadata.items()},
        }


def _question(row: LogRow) -> tuple[str, list[str]]:
    if isinstance(row.input, dict):
        return str(row.input.get("question", "")), [str(e) for e in row.input.get("choices") or ()]
    return str(row.input), []


def _references(row: LogRow, choices: Sequence[str]) -> list[str]:
    expected = row.expected if isinstance(row.expected, list) else [row.expected]
    named = [
        choices[each] if isinstance(each, int) and 0 <= each < len(choices) else each
        for each in expected
    ]
    return [str(each) for each in named if each is not None]


def _attribution(row: LogRow) -> list[dict[str, Any]]:
    if row.extracted is None:
        return []
    return [
        {
            "turn_idx": 0,
            "source": "output.raw",
            "extracted_value": str(row.extracted),
            "extraction_method": "as in the log",
            "is_terminal": True,
        }
    ]


def _measured(row: LogRow) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if row.input_tokens is not None and row.output_tokens is not None:
        found["token_usage"] = {
            "input_tokens": row.input_tokens,
            "output_tokens": row.output_tokens,
            "total_tokens": row.input_tokens + row.output_tokens,
        }
    if row.latency_ms is not None:
        found["performance"] = {"latency_ms": row.latency_ms}
    return found
