"""What a reader finds in a log, and the parsing of JSON documents."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .._core.bounds import Budget, budget_of, read_whole
from .._core.canonical import problem_of, unique_keys
from .._core.errors import DatasetFileError
from .._data.opening import PACKED, lines_of
from .row import LogRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LogContent:
    """What a reader finds in a log; ``PredictionLog`` describes the fields."""

    task: str
    rows: list[LogRow]
    status: str | None = None
    planned: int | None = None
    dataset_size: int | None = None
    error: str | None = None
    version: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def read_document(path: Path) -> Any:
    """A file with one JSON document.

    Raises:
        DatasetFileError: It is not JSON, or cannot be read.
    """
    budget = budget_of(path)
    packing = path.suffix.lower() if path.suffix.lower() in PACKED else ""
    try:
        if not packing:
            return parsed(read_whole(path), budget, path.name)
        with lines_of(path, packing.removeprefix("."), None) as (lines, budget):
            return parsed(b"".join(lines), budget, path.name)
    except OSError as error:
        raise DatasetFileError(path, f"cannot be read ({error.strerror or error})") from error


def parsed(content: bytes, budget: Budget, name: str) -> Any:
    """JSON within a budget. The NaN that tools write for an unscored answer is read.

    Raises:
        DatasetFileError: It is not JSON.
    """
    budget.parse(content, name)
    try:
        text = content.removeprefix(b"\xef\xbb\xbf")
        return json.loads(text, object_pairs_hook=unique_keys)
    except (ValueError, RecursionError) as error:
        raise DatasetFileError(budget.path, f"{name} {problem_of(error)}") from error


def counted(remarks: Mapping[str, int]) -> tuple[str, ...]:
    """Remarks with how many answers each is about; those about none are left out."""
    return tuple(f"{count} {what}" for what, count in remarks.items() if count)
