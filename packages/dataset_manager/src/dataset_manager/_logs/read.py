"""Reading the log of another tool; which tool wrote it is seen from its content."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._core.canonical import file_hash
from .._core.errors import MISREAD, DatasetError, DatasetFileError
from .._data.readers import format_in, read_records
from .._readers.content import LogContent, read_document
from .._readers.every_eval_ever import is_aggregate, is_instance, read_every_eval_ever
from .._readers.helm import is_helm, read_helm
from .._readers.inspect_ai import read_inspect
from .._readers.lm_eval import is_lm_eval, read_lm_eval
from .._readers.openai_evals import is_openai_evals, read_openai_evals
from .._readers.plain import check_fields, read_plain
from .._readers.programs import is_evalplus, is_human_eval, read_evalplus, read_human_eval
from .._readers.promptfoo import is_promptfoo, is_promptfoo_result, read_promptfoo
from .log import LOG_FORMATS, LogFormat, PredictionLog


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
        path: An Inspect log (``.eval`` or JSON), ``samples_*.jsonl`` of lm-eval, results of
            promptfoo, ``scenario_state.json`` of HELM, results of human-eval or evalplus, a log of
            OpenAI evals, either file of Every Eval Ever, or a plain CSV, JSON or JSONL file with
            one answer a line.
        format: One of these tools, such as ``lm-eval``, or ``plain``; seen from the content when
            left out.
        fields: For a plain file, what its columns mean: the name of a field of ``LogRow`` (or
            ``latency_s``, in seconds), and the column.
        score: Which of several scores to take; the first one when left out.
        name: The name of the task; from the log when left out.

    Returns:
        The rows of the log; ``dataset`` and ``predictions`` prepare them for ``evaluate``.

    Raises:
        DatasetFileError: The file is no such log; names file and line.
        MissingExtraError: A ``.eval`` log needs zstandard or pyarrow, and neither is installed.
    """
    path = Path(path)
    if format is not None and format not in LOG_FORMATS:
        raise ValueError(f"format: {format!r} is unknown; known: {', '.join(LOG_FORMATS)}")
    kind = format or kind_of(path)
    readers: dict[LogFormat, Callable[[], LogContent]] = {
        "inspect": lambda: read_inspect(path, score),
        "lm-eval": lambda: read_lm_eval(path, score),
        "promptfoo": lambda: read_promptfoo(path, score),
        "helm": lambda: read_helm(path, score),
        "human-eval": lambda: read_human_eval(path, score),
        "evalplus": lambda: read_evalplus(path, score),
        "openai-evals": lambda: read_openai_evals(path, score),
        "every-eval-ever": lambda: read_every_eval_ever(path, score),
        "plain": lambda: read_plain(path, fields or {}),
    }
    if fields and kind != "plain":
        raise ValueError(f"fields: {path.name} is a log of {kind}; only plain files take fields=")
    check_fields(fields or {})
    try:
        found = readers[kind]()
    except DatasetError:
        raise
    except MISREAD as error:
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


def kind_of(path: Path) -> LogFormat:
    """The tool that wrote a log, seen from its first record.

    Args:
        path: The log.

    Raises:
        DatasetFileError: Its format is not known.
    """
    if path.suffix == ".eval":
        return "inspect"
    kind = format_in(path)
    if kind is None:
        raise DatasetFileError(path, f"has no known format; pass format= one of {LOG_FORMATS}")
    if kind == "json":
        return _kind_of_document(read_document(path))
    if kind == "jsonl":
        with closing(read_records(path)) as records:
            first = next(records, (None, None))[1]
        return next((kind for kind, found in _RECORDS if found(first)), "plain")
    return "plain"


def _kind_of_document(whole: Any) -> LogFormat:
    if isinstance(whole, list) and whole and is_lm_eval(whole[0]):
        return "lm-eval"
    return next((kind for kind, found in _DOCUMENTS if found(whole)), "plain")


def _is_inspect(whole: Any) -> bool:
    about = whole.get("eval") if isinstance(whole, Mapping) else None
    if not isinstance(about, Mapping):
        return False
    return bool({"samples", "status"} & whole.keys() or {"task", "model"} & about.keys())


Known = tuple[tuple[LogFormat, Callable[[Any], bool]], ...]
# What the first record of a JSONL file, and the content of a JSON file, is of.
_RECORDS: Known = (
    ("promptfoo", is_promptfoo_result),
    ("lm-eval", is_lm_eval),
    ("human-eval", is_human_eval),
    ("openai-evals", is_openai_evals),
    ("every-eval-ever", is_instance),
)
_DOCUMENTS: Known = (
    ("evalplus", is_evalplus),
    ("inspect", _is_inspect),
    ("helm", is_helm),
    ("promptfoo", is_promptfoo),
    ("every-eval-ever", is_aggregate),
)
