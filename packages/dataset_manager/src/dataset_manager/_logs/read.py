"""The logs of other tools, as predictions that can be scored and compared."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from .._core.errors import DatasetFileError, DatasetFileNotFoundError, PredictionError
from .._core.hashes import file_hash
from .._data.columns import shown
from .._data.dataset import Dataset
from .._data.item import Item
from .._data.readers import format_of, read_records
from .inspect_ai import read_inspect
from .lm_eval import is_lm_eval, read_lm_eval
from .plain import read_plain
from .promptfoo import is_promptfoo, read_promptfoo
from .row import LogRow

LogFormat = Literal["inspect", "lm-eval", "promptfoo", "plain"]
LOG_FORMATS: tuple[LogFormat, ...] = get_args(LogFormat)


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionLog:
    """The log of another tool, one row for each answer.

    Attributes:
        name: The task, as the log calls it.
        format: ``inspect``, ``lm-eval``, ``promptfoo`` or ``plain``.
        source: The name of the file.
        sha256: Its hash.
        rows: The answers, in the order of the log.
    """

    name: str
    format: LogFormat
    source: str
    sha256: str
    rows: tuple[LogRow, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[LogRow]:
        return iter(self.rows)

    @property
    def models(self) -> tuple[str, ...]:
        """The models that answered."""
        return tuple(dict.fromkeys(row.model for row in self.rows))

    @property
    def variants(self) -> tuple[str, ...]:
        """The prompts of promptfoo, the filters of lm-eval; one empty text for other logs."""
        return tuple(dict.fromkeys(row.variant for row in self.rows))

    @property
    def epochs(self) -> tuple[int, ...]:
        """The repeats, from 1."""
        return tuple(sorted({row.epoch for row in self.rows}))

    def select(
        self, *, model: str | None = None, variant: str | None = None, epoch: int | None = None
    ) -> "PredictionLog":
        """The rows of one model, one variant or one epoch.

        Args:
            model: The name of the model.
            variant: The prompt or filter.
            epoch: The repeat, from 1.

        Returns:
            A log with these rows.

        Raises:
            PredictionError: There are none.
        """
        rows = tuple(
            row
            for row in self.rows
            if model in (None, row.model)
            and variant in (None, row.variant)
            and epoch in (None, row.epoch)
        )
        if not rows:
            raise PredictionError(
                f"{self.source} has no rows for model={model!r}, variant={variant!r},"
                f" epoch={epoch!r}; it has models {shown(self.models)}, variants"
                f" {shown(self.variants)} and epochs {shown(self.epochs)}"
            )
        return replace(self, rows=rows)

    def dataset(self) -> Dataset:
        """The questions of the log, each once, as a data set that the predictions fit.

        Raises:
            PredictionError: Rows with the same id ask different things.
        """
        items: dict[str, Item] = {}
        for row in self.rows:
            item = Item(row.id, row.input, row.expected, row.metadata)
            known = items.setdefault(row.id, item)
            if (known.input, known.expected) != (item.input, item.expected):
                raise PredictionError(
                    f"{self.source}: rows with the id {row.id!r} ask different things",
                    ids=(row.id,),
                )
        about = {"source": self.source, "sha256": self.sha256, "log_format": self.format}
        return Dataset(items.values(), name=self.name, metadata=about)

    def predictions(self) -> list[dict[str, Any]]:
        """The answers as ``evaluate`` takes them: mappings with ``id`` and ``predicted``.

        Raises:
            PredictionError: An item has several answers; ``select`` a model, variant or epoch.
        """
        counts = Counter(row.id for row in self.rows)
        twice = [identifier for identifier, count in counts.items() if count > 1]
        if twice:
            raise PredictionError(
                f"{self.source} has several answers for {shown(twice)}: select a model"
                f" ({shown(self.models)}), variant ({shown(self.variants)}) or epoch"
                f" ({shown(self.epochs)}) first",
                ids=twice,
            )
        return [{"id": row.id, "predicted": row.prediction} for row in self.rows]

    def to_records(self) -> list[dict[str, Any]]:
        """The rows as mappings, for a table."""
        return [row.to_dict() for row in self.rows]

    def to_dict(self) -> dict[str, Any]:
        """The log as plain values."""
        return {
            "name": self.name,
            "format": self.format,
            "source": self.source,
            "sha256": self.sha256,
            "models": list(self.models),
            "rows": self.to_records(),
        }

    def __str__(self) -> str:
        scored = [row.score for row in self.rows if row.score is not None]
        parts = [
            f"{self.name} ({self.format} log {self.source}): {len(self.rows)} answers",
            f"{len({row.id for row in self.rows})} items",
            f"models {', '.join(self.models) or 'unknown'}",
        ]
        if len(self.epochs) > 1:
            parts.append(f"{len(self.epochs)} epochs")
        if scored:
            parts.append(f"mean score {sum(scored) / len(scored):.4f} of {len(scored)} scored")
        failed = sum(row.error is not None for row in self.rows)
        return ", ".join([*parts, f"{failed} failed"] if failed else parts)


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
    readers: dict[LogFormat, Callable[[], tuple[str, list[LogRow]]]] = {
        "inspect": lambda: read_inspect(path, score),
        "lm-eval": lambda: read_lm_eval(path, score),
        "promptfoo": lambda: read_promptfoo(path, score),
        "plain": lambda: read_plain(path, fields or {}),
    }
    if fields and kind != "plain":
        raise ValueError(f"fields: {path.name} is a log of {kind}; only plain files take fields=")
    try:
        called, rows = readers[kind]()
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        problem = (
            f"is not a log of {kind}: {type(error).__name__} {error}; pass format= if it is one"
        )
        raise DatasetFileError(path, problem) from error
    return PredictionLog(
        name=name or called,
        format=kind,
        source=path.name,
        sha256=file_hash(path),
        rows=tuple(rows),
    )


def _kind(path: Path) -> LogFormat:
    """The tool that wrote a log, seen from its first record."""
    if path.suffix == ".eval":
        return "inspect"
    if format_of(path) == "json":
        whole = _whole(path)
        if isinstance(whole, Mapping) and "eval" in whole:
            return "inspect"
        return "promptfoo" if is_promptfoo(whole) else "plain"
    if format_of(path) == "jsonl":
        first = next(iter(read_records(path)), (None, None))[1]
        return "lm-eval" if is_lm_eval(first) else "plain"
    if format_of(path) is None:
        raise DatasetFileError(path, f"has no known format; pass format= one of {LOG_FORMATS}")
    return "plain"


def _whole(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise DatasetFileNotFoundError(path) from None
    except (OSError, ValueError, RecursionError) as error:
        raise DatasetFileError(path, f"is not JSON: {error}") from error
