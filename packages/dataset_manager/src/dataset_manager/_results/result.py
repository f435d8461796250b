"""The result of an evaluation: a score for each item, and the summaries of the scores."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._core.canonical import json_safe
from .._core.intervals import Interval, level_text, wilson
from .._core.markup import html_table, html_text, one_line
from .._core.shown import shown
from .._scoring.verdict import Score
from .stored_types import check_result

_LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """The score of one item.

    Attributes:
        id: The item's id.
        prediction: The model's answer; None where it is missing.
        expected: The right answer.
        score: Its score.
        missing: Whether the model gave no prediction for it.
        confidence: The confidence that the model stated, from 0 to 1.
    """

    id: str
    prediction: Any
    expected: Any
    score: Score
    missing: bool
    confidence: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return {
            "id": self.id,
            "prediction": json_safe(self.prediction),
            "expected": json_safe(self.expected),
            "extracted": json_safe(self.score.extracted),
            "correct": self.score.correct,
            "score": self.score.value,
            "outcome": self.score.outcome,
            "span": None if self.score.span is None else list(self.score.span),
            "how": self.score.how,
            "missing": self.missing,
            "confidence": self.confidence,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationResult:
    """The result of a model on a data set.

    Attributes:
        model_name: The model.
        dataset_name: The data set.
        dataset_version: Its version.
        dataset_hash: The SHA-256 of its content.
        synthetic: Whether it was generated and is not a benchmark.
        scorer: How predictions were scored.
        metrics: The requested metrics by name.
        items: One result per item, in the order of the data set.
        left_out: How many items have no prediction and were omitted (``missing="omit"``).
        layers: The layers of isolation that were in force for every program.
        warnings: What a reader of the accuracy must know, such as an official rule of the
            benchmark that gives another one.
    """

    model_name: str
    dataset_name: str
    dataset_version: str
    dataset_hash: str
    synthetic: bool
    scorer: str
    metrics: Mapping[str, float]
    items: tuple[ItemResult, ...]
    left_out: int = 0
    layers: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many items there are."""
        return len(self.items)

    @property
    def correct(self) -> int:
        """How many are correct; a missing prediction is not."""
        return sum(item.score.correct for item in self.items)

    @property
    def accuracy(self) -> float:
        """The share of correct answers among all items."""
        return self.correct / self.total

    @property
    def coverage(self) -> float:
        """The share of items that have a prediction."""
        return sum(not item.missing for item in self.items) / (self.total + self.left_out)

    @property
    def extraction_rate(self) -> float:
        """The share of items in whose prediction an answer was found, correct or not."""
        return sum(item.score.answered for item in self.items) / self.total

    @property
    def outcomes(self) -> dict[str, int]:
        """The number of items for each outcome of extraction, and of missing predictions."""
        counts = Counter("missing" if item.missing else item.score.outcome for item in self.items)
        return dict(sorted(counts.items()))

    @property
    def interval(self) -> Interval:
        """The 95 % interval of the accuracy (Wilson, JASA 22, 1927)."""
        return wilson(self.correct, self.total)

    def interval_at(self, level: float = 0.95) -> Interval:
        """The Wilson interval of the accuracy at another level.

        Args:
            level: The confidence level, between 0 and 1.

        Raises:
            ValueError: ``level`` is not between 0 and 1.
        """
        return wilson(self.correct, self.total, level=level)

    def with_metrics(self, metrics: Mapping[str, float]) -> "EvaluationResult":
        """The same result with other metrics.

        Args:
            metrics: The metrics by name.
        """
        return replace(self, metrics=dict(metrics))

    def vector(self) -> list[int]:
        """1 or 0 for each item, in the order of the data set, for paired statistics."""
        return [int(item.score.correct) for item in self.items]

    def values(self) -> list[float]:
        """The value of each item, from 0 to 1, for scorers with partial credit."""
        return [item.score.value for item in self.items]

    @shown
    def __str__(self) -> str:
        rest = ", ".join(
            f"{count} {name}"
            for name, count in {**self.outcomes, "left out": self.left_out}.items()
            if count and name != "found"
        )
        name = f"{self.dataset_name} (SYNTHETIC)" if self.synthetic else self.dataset_name
        more = "".join(
            f", {metric} {value:.4f}"
            for metric, value in self.metrics.items()
            if metric != "accuracy" and value is not None  # a stored one may have no value
        )
        return (
            f"{self.model_name} on {name}: {self.correct} of {self.total} right,"
            f" accuracy {self.accuracy:.4f}, 95 % CI {self.interval}{more}"
            + (f" ({rest})" if rest else "")
            + "".join(f"; {warning}" for warning in self.warnings)
        )

    def _repr_html_(self) -> str:
        """The result as a row of a table, for notebooks."""
        names = head(_LEVEL)
        metrics = tuple(name for name in self.metrics if name not in names)
        row = map(html_text, cells(self, 1, metrics, _LEVEL))
        return html_table((*names, *metrics), [row])

    def to_json(self) -> str:
        """The result with all of its items as one line of JSON."""
        return json.dumps(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return {
            "model_name": self.model_name,
            "dataset_name": self.dataset_name,
            "dataset_version": self.dataset_version,
            "dataset_hash": self.dataset_hash,
            "synthetic": self.synthetic,
            "scorer": self.scorer,
            "metrics": dict(self.metrics),
            "accuracy": self.accuracy,
            "interval": list(self.interval),
            "correct": self.correct,
            "total": self.total,
            "coverage": self.coverage,
            "outcomes": self.outcomes,
            "left_out": self.left_out,
            "layers": list(self.layers),
            "warnings": list(self.warnings),
            "items": [item.to_dict() for item in self.items],
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "EvaluationResult":
        """The result that ``to_dict`` wrote.

        Args:
            record: The mapping.

        Returns:
            The result.

        Raises:
            KeyError: A part is missing.
            TypeError: A value has another type than its field's.
        """
        check_result(record)
        scorer = record["scorer"]
        return cls(
            **{name: record[name] for name in _PLAIN},
            items=tuple(_item(each, scorer) for each in record["items"]),
            left_out=record.get("left_out", 0),
            layers=tuple(record.get("layers", ())),
            warnings=tuple(record.get("warnings", ())),
        )


def head(level: float) -> tuple[str, ...]:
    """The headings of a table of results."""
    return ("rank", "model", "data set", "accuracy", level_text(level), "right", "coverage")


def cells(
    result: EvaluationResult, rank: int, metrics: Sequence[str], level: float
) -> tuple[str, ...]:
    """A result as the row of a table: under ``head``, then these metrics where it has them."""
    synthetic = " (SYNTHETIC)" if result.synthetic else ""
    values = (result.metrics.get(name) for name in metrics)
    return (
        str(rank),
        one_line(result.model_name),
        one_line(result.dataset_name) + synthetic,
        f"{result.accuracy:.4f}",
        str(result.interval_at(level)),
        f"{result.correct}/{result.total}",
        f"{result.coverage:.4f}",
        *("" if value is None else f"{value:.4f}" for value in values),
    )


_PLAIN = (
    "model_name",
    "dataset_name",
    "dataset_version",
    "dataset_hash",
    "synthetic",
    "scorer",
    "metrics",
)


def _item(record: Mapping[str, Any], scorer: str) -> ItemResult:
    score = Score(
        correct=record["correct"],
        value=record["score"],
        outcome=record["outcome"],
        extracted=record["extracted"],
        scorer=scorer,
        span=tuple(record["span"]) if record.get("span") else None,
        how=record.get("how"),
    )
    return ItemResult(
        id=record["id"],
        prediction=record["prediction"],
        expected=record["expected"],
        score=score,
        missing=record["missing"],
        confidence=record.get("confidence"),
    )
