"""Logs of the Language Model Evaluation Harness: ``samples_<task>_<time>.jsonl``."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._data.readers import read_records
from .row import LogRow, as_score, question_of

_FILE = re.compile(r"samples_(?P<task>.+?)_(?P<time>\d{4}-\d\d-\d\dT[\d.:-]+)\.jsonl")
_CHOICES = ("choices", "options", "endings")


def is_lm_eval(record: Any) -> bool:
    """Whether a record is a sample of lm-eval."""
    return isinstance(record, Mapping) and {"doc_id", "doc", "resps"} <= record.keys()


def read_lm_eval(path: Path, score: str | None) -> tuple[str, list[LogRow]]:
    """The task, and the answers in the order of the log."""
    named = _FILE.match(path.name)
    model = _model(path, named["time"] if named else "")
    task = named["task"] if named else path.stem
    rows = [
        _row(record, task, model, score=score, path=path, line=line)
        for line, record in read_records(path)
    ]
    return task, rows


def _row(
    record: Mapping[str, Any],
    task: str,
    model: str,
    *,
    score: str | None,
    path: Path,
    line: int | None,
) -> LogRow:
    if not is_lm_eval(record):
        raise DatasetFileError(
            path, "is not a sample of lm-eval: doc_id, doc or resps is missing", line
        )
    metrics = record.get("metrics") or [
        name for name in record if as_score(record[name]) is not None
    ]
    wanted = score or next((name for name in metrics if name in record), None)
    if score is not None and score not in record:
        raise DatasetFileError(path, f"has no score {score!r} ({', '.join(metrics)})", line)
    doc = record["doc"] if isinstance(record["doc"], Mapping) else {"text": record["doc"]}
    choices = next((doc[name] for name in _CHOICES if isinstance(doc.get(name), list)), None)
    prediction, ranked = _prediction(record.get("filtered_resps") or record["resps"])
    question = doc.get("question") if choices and ranked else None
    return LogRow(
        id=f"{task}_{record['doc_id']}",
        input=question_of(question or _prompt(record), choices if ranked else None),
        expected=_expected(record.get("target"), ranked=ranked),
        prediction=prediction,
        score=as_score(record[wanted]) if wanted else None,
        model=model,
        variant="" if record.get("filter") in (None, "none") else str(record["filter"]),
        metadata={
            name: record[name] for name in ("doc_id", "doc_hash", "prompt_hash") if name in record
        },
    )


def _prediction(answers: list[Any]) -> tuple[Any, bool]:
    """A text; or of choices ranked by their log-likelihood, the first position."""
    flat = [each[0] if _is_pair_in_list(each) else each for each in answers]
    if all(_is_likelihood(each) for each in flat):
        values = [float(each[0]) for each in flat]
        return values.index(max(values)), True
    answer = answers[0] if answers else None
    return (answer[0] if isinstance(answer, list) and answer else answer), False


def _is_pair_in_list(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], list)


def _is_likelihood(value: Any) -> bool:
    """A log-likelihood, and whether the text is the greedy continuation of the model."""
    if not (isinstance(value, list) and len(value) == 2):
        return False
    return _is_float(value[0]) and str(value[1]) in ("True", "False")


def _is_float(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _expected(target: Any, *, ranked: bool) -> Any:
    """The harness writes the position of the right choice as text."""
    if ranked and isinstance(target, str) and target.strip().isdigit():
        return int(target)
    return target


def _prompt(record: Mapping[str, Any]) -> str:
    arguments = record.get("arguments") or ()
    if isinstance(arguments, Mapping):
        first: Any = arguments.get("gen_args_0") or next(iter(arguments.values()), {})
        return str(first.get("arg_0", ""))
    return str(arguments[0][0]) if arguments and arguments[0] else ""


def _model(path: Path, time: str) -> str:
    """From the results beside the samples; else the folder, which is named for the model."""
    results = path.with_name(f"results_{time}.json")
    try:
        found = json.loads(results.read_text("utf-8"))
        return str(found.get("model_name") or found.get("model_source") or "")
    except (OSError, ValueError, AttributeError):
        return path.parent.name.replace("__", "/") if time else ""
