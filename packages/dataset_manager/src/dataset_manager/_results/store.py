"""A store of results on disk, searched by model, data set, accuracy and date."""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from .._core.bounds import budget_of, read_whole
from .._core.errors import MISREAD, DatasetFileError, ResultNotFoundError
from .._core.replacing import is_portable, replacing
from .._core.shown import shown
from .result import EvaluationResult
from .stored_types import check_summary

Made = TypeVar("Made")
_SUMMARY = ".summary.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResult:
    """The summary of a saved result.

    Attributes:
        id: The id that ``load`` takes.
        model_name: The model.
        dataset_name: The data set.
        dataset_hash: The SHA-256 of its content.
        accuracy: The share of right answers.
        total: How many items there are.
        metrics: The metrics by name.
        saved_at: When it was saved, in UTC, as ISO 8601.
    """

    id: str
    model_name: str
    dataset_name: str
    dataset_hash: str
    accuracy: float
    total: int
    metrics: Mapping[str, float]
    saved_at: str

    def to_dict(self) -> dict[str, Any]:
        """The summary as plain values."""
        return {
            "id": self.id,
            "model_name": self.model_name,
            "dataset_name": self.dataset_name,
            "dataset_hash": self.dataset_hash,
            "accuracy": self.accuracy,
            "total": self.total,
            "metrics": dict(self.metrics),
            "saved_at": self.saved_at,
        }

    @shown
    def __str__(self) -> str:
        return (
            f"{self.id}: {self.model_name} on {self.dataset_name}, accuracy {self.accuracy:.4f}"
            f" on {self.total} items, saved {self.saved_at}"
        )


class ResultStore:
    """A folder of results; several processes may use it at once."""

    def __init__(
        self, folder: str | Path | None = None, *, clock: Callable[[], datetime] | None = None
    ) -> None:
        """Open it; the folder is made when a result is saved.

        Args:
            folder: Its path; ``CRUCIBLE_RESULTS``, else the user's data folder, when left out.
            clock: A function that returns the time, with its zone.
        """
        self.folder: Path = Path(folder) if folder is not None else _default_folder()
        self._clock: Callable[[], datetime] = clock or (lambda: datetime.now(UTC))

    def save(self, result: EvaluationResult, *, id: str | None = None) -> str:
        """Save a result.

        Args:
            result: The result.
            id: The id that ``load`` takes; made of date, model, data set and content otherwise. A
                result with the same id is replaced.

        Returns:
            The id.

        Raises:
            ValueError: The id could not be a file name.
        """
        now = self._clock().astimezone(UTC)
        text = json.dumps(result.to_dict())
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        made = f"{now:%Y-%m-%d}_{_slug(result.model_name)}_{_slug(result.dataset_name)}_{digest}"
        name = made if id is None else id
        summary = StoredResult(
            id=name,
            model_name=result.model_name,
            dataset_name=result.dataset_name,
            dataset_hash=result.dataset_hash,
            accuracy=result.accuracy,
            total=result.total,
            metrics=result.metrics,
            saved_at=now.isoformat(timespec="seconds"),
        )
        path = self._path(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        _write(path, text)
        _write(path.with_name(name + _SUMMARY), json.dumps(summary.to_dict()))
        return name

    def load(self, id: str) -> EvaluationResult:
        """A result by its id.

        Args:
            id: The id that ``save`` returned.

        Returns:
            The result.

        Raises:
            ResultNotFoundError: No result has this id.
            DatasetFileError: Its file is damaged.
            ValueError: The id could not be a file name.
        """
        try:
            return _read(self._path(id), EvaluationResult.from_dict)
        except FileNotFoundError:
            raise ResultNotFoundError(id, self.folder) from None

    def query(
        self,
        *,
        model: str | None = None,
        dataset: str | None = None,
        min_accuracy: float = 0.0,
        max_accuracy: float = 1.0,
        since: date | None = None,
        until: date | None = None,
    ) -> list[StoredResult]:
        """The summaries of the saved results, the oldest first.

        Args:
            model: The name of the model.
            dataset: The name of the data set.
            min_accuracy: At least so much.
            max_accuracy: At most so much.
            since: Saved on this day (UTC) or later.
            until: Saved on this day (UTC) or earlier.

        Raises:
            DatasetFileError: A file of the store is damaged.
        """
        first, last = since or date.min, until or date.max
        order = sorted(self._summaries(), key=lambda each: (each.saved_at, each.id))
        return [
            each
            for each in order
            if model in (None, each.model_name)
            and dataset in (None, each.dataset_name)
            and min_accuracy <= each.accuracy <= max_accuracy
            and first <= datetime.fromisoformat(each.saved_at).date() <= last
        ]

    def delete(self, id: str) -> None:
        """Remove a result.

        Args:
            id: The id that ``save`` returned.

        Raises:
            ResultNotFoundError: No result has this id.
            ValueError: The id could not be a file name.
        """
        path = self._path(id)
        path.with_name(id + _SUMMARY).unlink(missing_ok=True)
        try:
            path.unlink()
        except FileNotFoundError:
            raise ResultNotFoundError(id, self.folder) from None

    def _summaries(self) -> Iterator[StoredResult]:
        for path in sorted(self.folder.glob("*" + _SUMMARY)):
            with suppress(FileNotFoundError):  # another process may have removed it just now
                yield _read(path, _summary)

    def _path(self, name: str) -> Path:
        plain = re.fullmatch(r"(?!\.)[\w.+@=-]{1,200}", name) is not None
        if not plain or not is_portable(f"{name}.summary.json") or name.endswith(".summary"):
            raise ValueError(f"{name!r} cannot be the id of a result: letters, digits, . _ - only")
        return self.folder / f"{name}.json"


def _summary(record: Any) -> StoredResult:
    check_summary(record)
    datetime.fromisoformat(record["saved_at"])
    return StoredResult(**record)


def _read(path: Path, make: Callable[[Any], Made]) -> Made:
    budget = budget_of(path)
    text = read_whole(path)
    budget.parse(text)
    try:
        return make(json.loads(text))
    except MISREAD as error:
        raise DatasetFileError(path, f"is not a stored result ({error!r}); delete it") from error


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.")[:60] or "x"


def _write(path: Path, text: str) -> None:
    """The whole file or none of it; it may hold answers, so only its owner reads it."""
    with replacing(path, mode=0o600) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _default_folder() -> Path:
    if given := os.environ.get("CRUCIBLE_RESULTS"):
        return Path(given)
    from platformdirs import user_data_path  # noqa: PLC0415  # needed only where nothing is named

    return user_data_path("crucible") / "results"
