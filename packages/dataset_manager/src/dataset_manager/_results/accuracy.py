"""The accuracy alone, without an object for each item."""

from collections.abc import Mapping
from typing import Any

from .._data.dataset import Dataset
from .._loading.load import given_dataset
from .._scoring.scorers import compares_exactly, score_all
from .evaluate import Missing, Predictions, known_missing, matched, scorer_for


def accuracy(
    predictions: Predictions,
    *,
    dataset: Dataset | str,
    scorer: str | None = None,
    missing: Missing = "wrong",
) -> float:
    """The accuracy of predictions, as ``evaluate`` gives it, where nothing else is asked.

    No result of an item is kept, so that it takes less time and memory. With ``exact_match`` no
    item is made at all: 100,000 of them take about a fifth of a second.

    Args:
        predictions: As ``evaluate`` takes them.
        dataset: The data set, or its name, under which it is loaded.
        scorer: How to score; the data set's own scorer when left out.
        missing: What an item without a prediction is: ``wrong``, an ``error``, or ``omit``.

    Returns:
        The share of correct answers.

    Raises:
        DatasetError: As ``evaluate``.
    """
    data = given_dataset(dataset)
    name = scorer_for(scorer, data)
    by_id, _, left_out = matched(predictions, data, known_missing(missing))
    if compares_exactly(name):
        return _exactly_right(by_id, data) / (len(data) - left_out)
    answers = ((by_id.get(each.id), each) for each in data if not left_out or each.id in by_id)
    right = sum(score.correct for _, _, score in score_all(name, answers))
    return right / (len(data) - left_out)


def _exactly_right(by_id: Mapping[str, Any], data: Dataset) -> int:
    """How many predictions are exactly an expected text, as ``exact_match`` compares them."""
    given = by_id.get
    count = 0
    for identifier, expected in zip(data.ids(), data.column("expected"), strict=True):
        prediction = given(identifier)
        if prediction is None:
            continue
        text = str(prediction).strip()
        if isinstance(expected, list | tuple):
            count += bool(text) and text in [str(right).strip() for right in expected]
        else:
            count += bool(text) and text == str(expected).strip()
    return count
