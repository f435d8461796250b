"""The log of another tool: its rows, what is known of the run, and what it is in ``evaluate``."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from .._core.errors import PredictionError
from .._core.shown import shown
from .._data.columns import listed
from .._data.dataset import Dataset
from .._data.item import Item
from .._readers.row import LogRow
from .._readers.write_every_eval_ever import Relationship, written
from .rescoring import LogRescoring, rescored

LogFormat = Literal[
    "inspect",
    "lm-eval",
    "promptfoo",
    "helm",
    "human-eval",
    "evalplus",
    "openai-evals",
    "every-eval-ever",
    "plain",
]
LOG_FORMATS: tuple[LogFormat, ...] = get_args(LogFormat)


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionLog:
    """The log of another tool, one row for each answer.

    Attributes:
        name: The task, as the log calls it.
        format: The tool that wrote it, or ``plain``.
        source: The name of the file.
        sha256: Its hash.
        rows: The answers; those of Inspect by epoch and then in the order of the data set.
        status: How the run ended, as the tool says it: ``success``, ``error``, ``cancelled``, or
            ``started`` for one that was killed; None where the log does not say.
        planned: How many answers the run set out for; None where the log does not say.
        dataset_size: How many items the data set had before a limit.
        error: What ended the run.
        version: The version of the tool.
        settings: What else is known of the run.
        remarks: What a reader of the scores must know, such as answers that a limit cut.
    """

    name: str
    format: LogFormat
    source: str
    sha256: str
    rows: tuple[LogRow, ...] = field(repr=False)
    status: str | None = None
    planned: int | None = None
    dataset_size: int | None = None
    error: str | None = None
    version: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    remarks: tuple[str, ...] = ()

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
    def tasks(self) -> tuple[str, ...]:
        """The tasks of the rows; most logs have one."""
        return tuple(dict.fromkeys(row.task for row in self.rows))

    @property
    def score_names(self) -> tuple[str, ...]:
        """The scores that ``read_log(path, score=...)`` can take."""
        return tuple(dict.fromkeys(name for row in self.rows for name in row.scores))

    @property
    def complete(self) -> bool | None:
        """Whether the run ended well with all its answers; None where the log does not say."""
        if self.status is None or self.planned is None:
            return None
        return self.status == "success" and len(self.rows) >= self.planned

    @property
    def epochs(self) -> tuple[int, ...]:
        """The repeats, from 1."""
        return tuple(sorted({row.epoch for row in self.rows}))

    def select(
        self,
        *,
        model: str | None = None,
        variant: str | None = None,
        epoch: int | None = None,
        task: str | None = None,
    ) -> "PredictionLog":
        """The rows of one model, variant, epoch or task.

        Args:
            model: The name of the model.
            variant: The prompt or filter.
            epoch: The repeat, from 1.
            task: The task.

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
            and task in (None, row.task)
        )
        if not rows:
            raise PredictionError(
                f"{self.source} has no rows for model={model!r}, variant={variant!r},"
                f" epoch={epoch!r}, task={task!r}; it has models {listed(self.models)}, variants"
                f" {listed(self.variants)}, epochs {listed(self.epochs)} and tasks"
                f" {listed(self.tasks)}"
            )
        return replace(self, rows=rows, name=self.name if task is None else task)

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

    def predictions(self, *, raw: bool = False) -> list[dict[str, Any]]:
        """The answers as ``evaluate`` takes them: mappings with ``id`` and ``predicted``.

        Args:
            raw: Take all that the model gave, and not what a filter of the tool left of it.

        Returns:
            A mapping for each row, in the order of the log.

        Raises:
            PredictionError: An item has several answers; ``select`` a model, variant or epoch.
        """
        counts = Counter(row.id for row in self.rows)
        twice = [identifier for identifier, count in counts.items() if count > 1]
        if twice:
            raise PredictionError(
                f"{self.source} has several answers for {listed(twice)}: select a model"
                f" ({listed(self.models)}), variant ({listed(self.variants)}) or epoch"
                f" ({listed(self.epochs)}) first",
                ids=twice,
            )
        return [{"id": row.id, "predicted": row.answer(raw=raw)} for row in self.rows]

    def rescore(self, *, scorer: str | None = None, raw: bool = False) -> LogRescoring:
        """Score the answers again, and say for which the score changes and why.

        Args:
            scorer: How to score; the scorer that fits the right answers when left out. ``logged``
                takes the rule that the log names for each answer, where it compares texts.
            raw: Score all that the model gave, and not what a filter of the tool left of it.

        Returns:
            Both means, and each answer whose score changed or could not be compared.

        Raises:
            UnknownScorerError: No scorer has this name.
            NoScorerError: The log has no right answers, so there is nothing to score with.
        """
        rows = [replace(row, prediction=row.answer(raw=raw)) for row in self.rows]
        return rescored(rows, self.name, scorer)

    def to_every_eval_ever(
        self,
        folder: str | Path,
        *,
        organization: str,
        relationship: Relationship = "third_party",
        timestamp: int = 0,
        library: tuple[str, str] | None = None,
    ) -> Path:
        """Write the log in the format of Every Eval Ever, schema 0.3.0.

        Rows without a score or without a text as the answer are left out, since the schema needs
        both. Equal logs give equal files.

        Args:
            folder: Where ``data/task/developer/model`` is made for the aggregate and its instances.
            organization: Who evaluated.
            relationship: What the evaluator is to the developer of the model.
            timestamp: When the log was converted, in seconds of Unix time.
            library: The name and the version of the tool that evaluated; those of the log when
                None.

        Returns:
            The path of the aggregate, which names the file of instances beside it.

        Raises:
            PredictionError: The log has several models, or no answer can be written.
        """
        return written(
            self.rows,
            Path(folder),
            task=self.name,
            source=self.source,
            library=library or (self.format, self.version or "unknown"),
            organization=organization,
            relationship=relationship,
            timestamp=timestamp,
        )

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
            "status": self.status,
            "planned": self.planned,
            "dataset_size": self.dataset_size,
            "error": self.error,
            "version": self.version,
            "settings": dict(self.settings),
            "remarks": list(self.remarks),
            "rows": self.to_records(),
        }

    @shown
    def __str__(self) -> str:
        scored = [row.score for row in self.rows if row.score is not None]
        failed = sum(row.error is not None for row in self.rows)
        parts = [
            f"{self.name} ({self.format} log {self.source}): {len(self.rows)} answers",
            f"{len({row.id for row in self.rows})} items",
            f"models {', '.join(self.models) or 'unknown'}",
        ]
        if len(self.epochs) > 1:
            parts.append(f"{len(self.epochs)} epochs")
        if scored:
            parts.append(f"mean score {sum(scored) / len(scored):.4f} of {len(scored)} scored")
        if failed:
            parts.append(f"{failed} failed")
        if self.complete is False:
            parts.append(f"INCOMPLETE: status {self.status}, {self.planned} answers planned")
        return "; ".join([", ".join(parts), *self.remarks])
