"""Score a set of predictions against a data set, with what is missing in full view."""

import math
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ._canonical import json_safe
from ._dataset import Dataset
from ._errors import NoScorerError, PredictionError, UnknownMetricError
from ._events import emit
from ._item import Item
from ._predictions import match_predictions
from ._score import METRICS, Score, Scorer, scorer_names, scorer_of

_NORMAL_975 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """The verdict on one item.

    Attributes:
        id: The item's id.
        prediction: What the model gave; None when there was nothing.
        expected: The right answer.
        score: The verdict.
        missing: Whether there was no prediction at all.
    """

    id: str
    prediction: Any
    expected: Any
    score: Score
    missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationResult:
    """The verdict on a model.

    Attributes:
        model_name: The model.
        dataset_name: The data set.
        dataset_version: Its version.
        dataset_hash: The SHA-256 of its content.
        synthetic: Whether it was generated and is no benchmark.
        scorer: How predictions were scored.
        metrics: The metrics that were asked for, by name.
        items: One result per item, in the order of the data set.
    """

    model_name: str
    dataset_name: str
    dataset_version: str
    dataset_hash: str
    synthetic: bool
    scorer: str
    metrics: Mapping[str, float]
    items: tuple[ItemResult, ...]

    @property
    def total(self) -> int:
        """How many items there are."""
        return len(self.items)

    @property
    def correct(self) -> int:
        """How many are right; a missing prediction is not."""
        return sum(item.score.correct for item in self.items)

    @property
    def accuracy(self) -> float:
        """The share of right answers among all items."""
        return self.correct / self.total

    @property
    def coverage(self) -> float:
        """The share of items that have a prediction."""
        return sum(not item.missing for item in self.items) / self.total

    @property
    def extraction_rate(self) -> float:
        """The share of items in whose prediction an answer was found, right or wrong."""
        return sum(item.score.outcome == "found" for item in self.items) / self.total

    @property
    def outcomes(self) -> dict[str, int]:
        """How the answers were found, and how many predictions are missing."""
        counts = Counter("missing" if item.missing else item.score.outcome for item in self.items)
        return dict(sorted(counts.items()))

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy (Wilson, JASA 22, 1927)."""
        n, share, z2 = self.total, self.accuracy, _NORMAL_975**2
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = _NORMAL_975 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    def vector(self) -> list[int]:
        """1 or 0 for each item, in the order of the data set: what paired statistics take."""
        return [int(item.score.correct) for item in self.items]

    def __str__(self) -> str:
        low, high = self.interval
        rest = ", ".join(
            f"{count} {name}" for name, count in self.outcomes.items() if name != "found"
        )
        name = f"{self.dataset_name} (SYNTHETIC)" if self.synthetic else self.dataset_name
        more = "".join(
            f", {metric} {value:.4f}"
            for metric, value in self.metrics.items()
            if metric != "accuracy"
        )
        return (
            f"{self.model_name} on {name}: {self.correct} of {self.total} right,"
            f" accuracy {self.accuracy:.4f}, 95 % CI [{low:.4f}, {high:.4f}]{more}"
            + (f" ({rest})" if rest else "")
        )

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
            "items": [
                {
                    "id": item.id,
                    "prediction": json_safe(item.prediction),
                    "expected": json_safe(item.expected),
                    "extracted": json_safe(item.score.extracted),
                    "correct": item.score.correct,
                    "score": item.score.value,
                    "outcome": item.score.outcome,
                    "missing": item.missing,
                }
                for item in self.items
            ],
        }


def evaluate(
    predictions: Iterable[Any] | Mapping[str, Any],
    *,
    dataset: Dataset,
    metrics: str | Sequence[str] = ("accuracy",),
    scorer: str | None = None,
    model_name: str = "unknown",
) -> EvaluationResult:
    """Score predictions.

    Args:
        predictions: By item id; or in the order of the data set: bare answers, or mappings with
            ``predicted`` (or ``prediction``) and, if they are not in order, ``id``.
        dataset: What was asked.
        metrics: What to report in ``metrics`` of the result: ``accuracy``, ``coverage``,
            ``extraction_rate``, or a scorer, whose mean value is taken.
        scorer: How to score; the data set's own scorer when left out.
        model_name: Who answered.

    Returns:
        The result. An item without a prediction is counted as wrong and shown as missing.

    Raises:
        PredictionError: An id is unknown or used twice, predictions without ids are not as many
            as the items, or there are no items at all.
        NoScorerError: The data set has no scorer and none was named.
        UnknownScorerError: No scorer has this name.
        UnknownMetricError: No metric has this name.
    """
    name = scorer or dataset.scorer
    if name is None:
        reason = str(dataset.metadata.get("no_scorer", ""))
        raise NoScorerError(dataset.name, scorer_names(), reason)
    if not len(dataset):
        raise PredictionError(f"{dataset.name} has no items, so there is nothing to score")
    judge = scorer_of(name)
    wanted = _known_metrics(metrics)
    by_id = match_predictions(predictions, dataset)
    # Only from here on, so that every start has its stop.
    began = time.perf_counter_ns()
    about: dict[str, object] = {"dataset": dataset.name, "model": model_name}
    emit("dataset.evaluate.start", {"items": len(dataset)}, about)
    found = EvaluationResult(
        model_name=model_name,
        dataset_name=dataset.name,
        dataset_version=dataset.version,
        dataset_hash=dataset.content_hash,
        synthetic=dataset.synthetic,
        scorer=name,
        metrics={},
        items=tuple(_item_result(item, by_id, judge) for item in dataset),
    )
    values = {each: _metric(each, found, by_id, dataset) for each in wanted}
    found = replace(found, metrics=values)
    measured: dict[str, object] = {
        "duration_ns": time.perf_counter_ns() - began,
        "items": found.total,
        "accuracy": found.accuracy,
        "coverage": found.coverage,
    }
    emit("dataset.evaluate.stop", measured, about)
    return found


def _known_metrics(metrics: str | Sequence[str]) -> tuple[str, ...]:
    wanted = (metrics,) if isinstance(metrics, str) else tuple(metrics)
    known = (*METRICS, *scorer_names())
    for name in wanted:
        if name not in known:
            raise UnknownMetricError(name, known)
    return wanted


def _item_result(item: Item, by_id: Mapping[str, Any], judge: Scorer) -> ItemResult:
    prediction = by_id.get(item.id)
    return ItemResult(
        id=item.id,
        prediction=prediction,
        expected=item.expected,
        score=judge(prediction, item),
        missing=item.id not in by_id,
    )


def _metric(
    name: str, found: EvaluationResult, by_id: Mapping[str, Any], dataset: Dataset
) -> float:
    if name in METRICS:
        return float(getattr(found, name))
    judge = scorer_of(name)
    return sum(judge(by_id.get(item.id), item).value for item in dataset) / len(dataset)
