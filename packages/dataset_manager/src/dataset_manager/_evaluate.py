"""Score a set of predictions against a data set, with what is missing in full view."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ._dataset import Dataset
from ._errors import PredictionError
from ._events import emit
from ._score import Score, score

_NORMAL_975 = 1.959963984540054
_MOST_SHOWN = 5


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
        dataset_hash: The SHA-256 of its content.
        scorer: How predictions were scored.
        items: One result per item, in the order of the data set.
    """

    model_name: str
    dataset_name: str
    dataset_hash: str
    scorer: str
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
        return (
            f"{self.model_name} on {self.dataset_name}: {self.correct} of {self.total} right,"
            f" accuracy {self.accuracy:.4f} [{low:.4f}, {high:.4f}]"
            + (f" ({rest})" if rest else "")
        )

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return {
            "model_name": self.model_name,
            "dataset_name": self.dataset_name,
            "dataset_hash": self.dataset_hash,
            "scorer": self.scorer,
            "accuracy": self.accuracy,
            "interval": list(self.interval),
            "correct": self.correct,
            "total": self.total,
            "coverage": self.coverage,
            "outcomes": self.outcomes,
            "items": [
                {
                    "id": item.id,
                    "prediction": item.prediction,
                    "expected": item.expected,
                    "correct": item.score.correct,
                    "score": item.score.value,
                    "outcome": item.score.outcome,
                    "missing": item.missing,
                }
                for item in self.items
            ],
        }


def evaluate(
    predictions: Sequence[Any] | Mapping[str, Any],
    *,
    dataset: Dataset,
    scorer: str | None = None,
    model_name: str = "unknown",
) -> EvaluationResult:
    """Score predictions.

    Args:
        predictions: By item id; or in the order of the data set: bare answers, or mappings with
            ``predicted`` (or ``prediction``) and, if they are not in order, ``id``.
        dataset: What was asked.
        scorer: How to score; the data set's own scorer when left out.
        model_name: Who answered.

    Returns:
        The result. An item without a prediction is counted as wrong and shown as missing.

    Raises:
        PredictionError: An id is unknown or used twice, or predictions without ids are not as many
            as the items.
        UnknownScorerError: No scorer has this name.
    """
    name = scorer or dataset.scorer
    emit("dataset.evaluate.start", {"items": len(dataset)}, {"dataset": dataset.name})
    by_id = _by_id(predictions, dataset)
    results = tuple(
        ItemResult(
            id=item.id,
            prediction=by_id.get(item.id),
            expected=item.expected,
            score=score(by_id.get(item.id), item, scorer=name),
            missing=item.id not in by_id,
        )
        for item in dataset
    )
    found = EvaluationResult(
        model_name=model_name,
        dataset_name=dataset.name,
        dataset_hash=dataset.content_hash,
        scorer=name or "",
        items=results,
    )
    about: dict[str, object] = {"dataset": dataset.name, "model": model_name}
    emit("dataset.evaluate.stop", {"accuracy": found.accuracy, "coverage": found.coverage}, about)
    return found


def _by_id(predictions: Sequence[Any] | Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    if isinstance(predictions, Mapping):
        found = {str(identifier): value for identifier, value in predictions.items()}
    elif any(isinstance(each, Mapping) and "id" in each for each in predictions):
        found = _from_records(predictions)
    else:
        if len(predictions) != len(dataset):
            raise PredictionError(
                f"{len(predictions)} predictions without ids for {len(dataset)} items: give ids, or"
                " exactly one prediction for each item in order"
            )
        values = (_predicted(each) for each in predictions)
        found = dict(zip((item.id for item in dataset), values, strict=True))
    known = frozenset(dataset.ids())
    unknown = [identifier for identifier in found if identifier not in known]
    if unknown:
        raise PredictionError(f"no item of {dataset.name} has these ids: {_shown(unknown)}")
    return found


def _from_records(predictions: Sequence[Any]) -> dict[str, Any]:
    without = [
        place
        for place, each in enumerate(predictions)
        if not isinstance(each, Mapping) or "id" not in each
    ]
    if without:
        raise PredictionError(
            f"some predictions have ids, those at places {_shown(without)} do not"
        )
    counts = Counter(str(each["id"]) for each in predictions)
    twice = [identifier for identifier, count in counts.items() if count > 1]
    if twice:
        raise PredictionError(f"several predictions for the same items: {_shown(twice)}")
    return {str(each["id"]): _predicted(each) for each in predictions}


def _predicted(each: Any) -> Any:
    if not isinstance(each, Mapping):
        return each
    for name in ("predicted", "prediction", "answer"):
        if name in each:
            return each[name]
    raise PredictionError(f"a prediction has no 'predicted' (it has {', '.join(map(repr, each))})")


def _shown(values: Sequence[object]) -> str:
    text = ", ".join(repr(value) for value in values[:_MOST_SHOWN])
    return text if len(values) <= _MOST_SHOWN else f"{text} and {len(values) - _MOST_SHOWN} more"
