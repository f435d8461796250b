"""Every Eval Ever, schema 0.3.0: an aggregate JSON file, and its instances in JSONL beside it."""

import hashlib
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._core.bounds import bounded_lines, budget_of, open_plain
from .._core.errors import DatasetFileError
from .._data.opening import stem_of
from .._data.readers import read_records
from .content import LogContent, read_document
from .row import LogRow, as_count, as_error, as_number, question_of, said

_INSTANCE = {"schema_version", "evaluation_id", "sample_id", "interaction_type", "evaluation"}
_AGGREGATE = {"schema_version", "evaluation_id", "evaluation_results", "model_info"}
_HASHES = ("sha256", "md5")


def is_instance(record: Any) -> bool:
    """Whether a record is an instance of Every Eval Ever."""
    return isinstance(record, Mapping) and record.keys() >= _INSTANCE


def is_aggregate(whole: Any) -> bool:
    """Whether the content of a JSON file is an aggregate of Every Eval Ever."""
    return isinstance(whole, Mapping) and whole.keys() >= _AGGREGATE


def read_every_eval_ever(path: Path, score: str | None) -> LogContent:
    """The instances of a JSONL file, or of the one that an aggregate names."""
    if score not in (None, "score", "is_correct"):
        raise DatasetFileError(path, f"has no score {score!r} (score, is_correct)")
    if path.name.lower().endswith((".jsonl", ".jsonl.gz")):
        return _content(path, {}, score, stem_of(path).removesuffix("_samples"))
    whole = read_document(path)
    if not is_aggregate(whole):
        raise DatasetFileError(path, "is not an aggregate of Every Eval Ever")
    return _of_aggregate(path, whole, score)


def _of_aggregate(path: Path, whole: Mapping[str, Any], score: str | None) -> LogContent:
    results = whole["evaluation_results"]
    task = str(results[0]["evaluation_name"]) if results else stem_of(path)
    detail = whole.get("detailed_evaluation_results") or {}
    # The path is that in the publisher's repository; here the file stands beside the aggregate.
    beside = path.with_name(Path(str(detail.get("file_path", ""))).name or "-")
    if not detail or not os.path.lexists(beside):
        remark = "the log has the results of whole evaluations only, without single answers"
        return LogContent(task=task, rows=[], settings=_settings(whole), remarks=(remark,))
    budget_of(beside)
    wanted, kind = detail.get("checksum"), str(detail.get("hash_algorithm", "sha256"))
    if wanted and kind in _HASHES and _hash(beside, kind) != wanted:
        raise DatasetFileError(beside, f"is not the file that {path.name} names: its hash differs")
    return _content(beside, whole, score, task, planned=as_count(detail.get("total_rows")))


def _hash(path: Path, kind: str) -> str:
    """The hash of a file of lines; one that has none is not hashed to its end."""
    found = hashlib.new(kind, usedforsecurity=False)  # md5 is theirs
    with open_plain(path) as file:
        for line in bounded_lines(file, path):
            found.update(line)
    return found.hexdigest()


def _settings(whole: Mapping[str, Any]) -> dict[str, Any]:
    names = (
        *("evaluation_id", "evaluation_timestamp", "retrieved_timestamp", "source_metadata"),
        *("model_info", "eval_library", "evaluation_results", "schema_version"),
    )
    return {name: whole[name] for name in names if name in whole}


def _content(
    path: Path,
    whole: Mapping[str, Any],
    score: str | None,
    task: str,
    planned: int | None = None,
) -> LogContent:
    seen: dict[tuple[str, ...], int] = {}
    rows = []
    with closing(read_records(path)) as records:
        for line, record in records:
            if not is_instance(record):
                raise DatasetFileError(path, "is not an instance of Every Eval Ever", line)
            row = _row(record, score)
            mark = (row.id, row.model, row.task, row.variant)
            seen[mark] = seen.get(mark, 0) + 1
            rows.append(_numbered(row, seen[mark]))
    library = whole.get("eval_library") or {}
    tasks = list(dict.fromkeys(row.task for row in rows))
    return LogContent(
        task=tasks[0] if len(tasks) == 1 else task,
        rows=rows,
        planned=planned,
        status="success" if whole else None,
        version=library.get("version"),
        settings=_settings(whole),
    )


def _numbered(row: LogRow, epoch: int) -> LogRow:
    return replace(row, epoch=epoch)


def _row(record: Mapping[str, Any], score: str | None) -> LogRow:
    given, evaluation = record["input"], record["evaluation"]
    answers = (record.get("output") or {}).get("raw") or ()
    spoken = record.get("messages") or ()
    if not answers and spoken:
        answers = [each.get("content") for each in spoken if each.get("role") == "assistant"][-1:]
    references = list(given.get("reference") or ())
    attributed = [each for each in record.get("answer_attribution") or () if each]
    last: Mapping[str, Any] = next((each for each in attributed if each.get("is_terminal")), {})
    scores = {"score": as_number(evaluation.get("score"))}
    scores["is_correct"] = float(bool(evaluation.get("is_correct")))
    usage = record.get("token_usage") or {}
    answer = answers[0] if answers else None
    return LogRow(
        id=str(record["sample_id"]),
        input=question_of(given.get("raw", ""), given.get("choices")),
        expected=references[0] if len(references) == 1 else references or None,
        prediction=answer,
        score=scores[score or "score"],
        model=str(record.get("model_id", "")),
        variant=str(record.get("evaluation_result_id") or ""),
        input_tokens=as_count(usage.get("input_tokens")),
        output_tokens=as_count(usage.get("output_tokens")),
        latency_ms=as_number((record.get("performance") or {}).get("latency_ms")),
        error=as_error(record.get("error")),
        metadata=record.get("metadata") or {},
        task=str(record.get("evaluation_name", "")),
        raw=answer,
        extracted=last.get("extracted_value"),
        scores={name: value for name, value in scores.items() if value is not None},
        prompt=str(given.get("formatted") or "") or (said(spoken) if spoken else ""),
    )
