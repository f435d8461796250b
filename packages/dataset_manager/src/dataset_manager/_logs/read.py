"""Reading the log of another tool; which tool wrote it is seen from its content."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._core.hashes import file_hash
from .._data.readers import format_of, read_records
from .content import LogContent, read_document
from .inspect_ai import read_inspect
from .lm_eval import is_lm_eval, read_lm_eval
from .log import LOG_FORMATS, LogFormat, PredictionLog
from .plain import read_plain
from .promptfoo import is_promptfoo, is_promptfoo_result, read_promptfoo


def read_log(
    path: str | Path,
    *,
    format: LogFormat | None = None,
    fields: Mapping[str, str] | None = None,
    score: str | None = None,
    name: str | None = None,
) -> PredictionLog:
    """Read the log of another tool.

    Args:
        path: An Inspect log (``.eval`` or JSON), ``samples_*.jsonl`` of lm-eval, the JSON of
            promptfoo, or a plain CSV, JSON or JSONL file with one answer a line.
        format: ``inspect``, ``lm-eval``, ``promptfoo`` or ``plain``; seen from the file when left
            out.
        fields: For a plain file, what its columns mean: the name of a field of ``LogRow`` (or
            ``latency_s``, in seconds), and the column.
        score: Which of several scores to take; the first one when left out.
        name: The name of the task; from the log when left out.

    Returns:
        The rows of the log; ``dataset`` and ``predictions`` prepare them for ``evaluate``.

    Raises:
        DatasetFileError: The file is no such log; names file and line.
        MissingExtraError: A ``.eval`` log needs zstandard, and it is not installed.
    """
    path = Path(path)
    if format is not None and format not in LOG_FORMATS:
        raise ValueError(f"format: {format!r} is unknown; known: {', '.join(LOG_FORMATS)}")
    kind = format or _kind(path)
    readers: dict[LogFormat, Callable[[], LogContent]] = {
        "inspect": lambda: read_inspect(path, score),
        "lm-eval": lambda: read_lm_eval(path, score),
        "promptfoo": lambda: read_promptfoo(path, score),
        "plain": lambda: read_plain(path, fields or {}),
    }
    if fields and kind != "plain":
        raise ValueError(f"fields: {path.name} is a log of {kind}; only plain files take fields=")
    try:
        found = readers[kind]()
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        problem = (
            f"is not a log of {kind}: {type(error).__name__} {error}; pass format= if it is one"
        )
        raise DatasetFileError(path, problem) from error
    return _log(path, kind, found, name)


def _log(path: Path, kind: LogFormat, found: LogContent, name: str | None) -> PredictionLog:
    called = name or found.task
    return PredictionLog(
        name=called,
        format=kind,
        source=path.name,
        sha256=file_hash(path),
        rows=tuple(row if row.task else replace(row, task=called) for row in found.rows),
        status=found.status,
        planned=found.planned,
        dataset_size=found.dataset_size,
        error=found.error,
        version=found.version,
        settings=found.settings,
        remarks=found.remarks,
    )


def _kind(path: Path) -> LogFormat:
    """The tool that wrote a log, seen from its first record."""
    if path.suffix == ".eval":
        return "inspect"
    if format_of(path) is None:
        raise DatasetFileError(path, f"has no known format; pass format= one of {LOG_FORMATS}")
    if format_of(path) == "json":
        return _kind_of_document(read_document(path))
    if format_of(path) == "jsonl":
        first = next(iter(read_records(path)), (None, None))[1]
        if is_promptfoo_result(first):
            return "promptfoo"
        return "lm-eval" if is_lm_eval(first) else "plain"
    return "plain"


def _kind_of_document(whole: Any) -> LogFormat:
    if isinstance(whole, Mapping) and "eval" in whole:
        return "inspect"
    if isinstance(whole, list) and whole and is_lm_eval(whole[0]):
        return "lm-eval"
    return "promptfoo" if is_promptfoo(whole) else "plain"
