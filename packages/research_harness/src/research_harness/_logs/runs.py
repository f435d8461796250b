"""A finished run of Crucible as the answers of its conditions."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from .._artifacts.folder import RunFolder, read_as_run
from .._artifacts.responses import RESPONSES, read_response_file
from .._control.broken import resume_command
from .._core.errors import ComparisonError, OutputError
from .._core.files import bounded_lines, is_there, read_json
from .._core.system import open_plain_text, require_file
from .._rows.parquet_files import parquet_rows
from .answers import Answers, ScoredAnswer, collect
from .exposed import EXPOSED_SEPARATOR, exposed_items
from .questions import question_words

_MAX_CALLS = 1_000
_COLUMNS = (
    *("condition", "item_id", "repeat", "prediction", "score", "failure", "error_type"),
    *("cost_usd", "latency_ms"),
)


def is_run(path: Path) -> bool:
    """Whether a path is the folder of a run."""
    return path.is_dir() and is_there(RunFolder(path).state)


def read_run(path: Path, labels: Sequence[str]) -> Iterator[Answers]:
    """The answers of each condition.

    Args:
        path: The folder of the run.
        labels: The fields of the items to keep.

    Raises:
        ComparisonError: The run is not finished.
        OutputError: A file of it is damaged.
    """
    with read_as_run(RunFolder(path)):
        yield from _answers(path, labels)


def _answers(path: Path, labels: Sequence[str]) -> Iterator[Answers]:
    results = path / "results.parquet"
    if not (is_there(results) and is_there(path / "analysis.json")):
        raise ComparisonError(f"{path}: the run is not finished; {resume_command(path)}")
    config = read_json(path / "config.json")
    items = _items(path / "dataset.jsonl")
    # A service that was away, or a scorer that failed, says nothing about the answer; and a log
    # does not say why an answer failed.
    unscored = ("world", "time", "score", *(("answer",) if config.get("imported") else ()))
    rows: dict[str, list[ScoredAnswer]] = {}
    for record in _records(results):
        item = items.get(record["item_id"], {})
        rows.setdefault(record["condition"], []).append(
            ScoredAnswer(
                id=record["item_id"],
                question=item.get("input"),
                answer=record["prediction"],
                score=None if record["failure"] in unscored else record["score"],
                cost_usd=record["cost_usd"],
                latency_ms=record["latency_ms"],
                labels=item.get("metadata") or {},
            )
        )
    questions = {key: question_words(each.get("input")) for key, each in items.items()}
    exposed = _exposed(path, questions)
    facts = {
        "scorer": str(config.get("scorer") or ""),
        "scored by": _scored_by(path),
        "data": str(config.get("dataset_hash") or ""),
        "source": "simulated" if _is_simulated(path) else "",
        "at": _started_at(path, config),
    }
    # The control comes first, so that it is subtracted.
    names = [config.get("control"), *(each["name"] for each in config["conditions"]), *rows]
    for condition in dict.fromkeys(name for name in names if name in rows):
        yield collect(
            rows[condition],
            system=condition,
            task=str(config["dataset"]["name"]),
            source=str(path),
            tool="crucible",
            facts={**facts, "exposed": exposed.get(condition, "")},
            wanted_labels=labels,
        )


def _scored_by(path: Path) -> str:
    """The version of the library whose scorers marked the answers; empty where none is recorded."""
    environment = path / "environment.json"
    known = read_json(environment).get("crucible") if is_there(environment) else None
    version = known.get("dataset-manager") if isinstance(known, Mapping) else None
    return f"version {version}" if version else ""


def _exposed(path: Path, questions: Mapping[str, str]) -> dict[str, str]:
    """For each condition the items that stand in the prompts of others."""
    responses = path / RESPONSES
    if not responses.is_file():
        return {}
    prompts: dict[str, list[tuple[str, str]]] = {}
    for call in islice(read_response_file(responses), _MAX_CALLS):
        if call.prompt and call.prompt != questions.get(call.item_id):
            prompts.setdefault(call.condition, []).append((call.item_id, call.prompt))
    return {
        condition: EXPOSED_SEPARATOR.join(exposed_items(found, questions))
        for condition, found in prompts.items()
    }


def _records(results: Path) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    try:
        require_file(results)
        rows = parquet_rows(results)
        with pq.ParquetFile(results) as file:
            for batch in file.iter_batches(rows, columns=list(_COLUMNS)):
                yield from batch.to_pylist()
    except (OSError, ValueError, KeyError, OutputError) as error:
        raise ComparisonError(f"{results}: cannot be read: {error}") from error


def _items(path: Path) -> dict[str, dict[str, Any]]:
    """The items of the run's data set, by id."""
    try:
        with open_plain_text(path) as lines:
            records = [json.loads(line) for line in bounded_lines(lines, path) if line.strip()]
        return {str(record["id"]): record for record in records if "id" in record}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise ComparisonError(f"{path}: cannot be read: {error}") from error


def _started_at(path: Path, config: Mapping[str, Any]) -> str:
    """When the run began; of an imported one, when its log was begun."""
    for each in config.get("imported") or ():
        created = (each.get("settings") or {}).get("created")
        if created:
            return str(created)
    sessions = read_json(RunFolder(path).state).get("sessions") or [{}]
    return str(sessions[0].get("started_at", ""))


def _is_simulated(path: Path) -> bool:
    return bool(read_json(path / "analysis.json")["origin"]["simulated"])
