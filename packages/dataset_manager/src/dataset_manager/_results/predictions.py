"""Matching predictions with items."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._core.errors import PredictionError
from .._data.dataset import Dataset

_MOST_SHOWN = 5
# Where an item keeps the name that its benchmark gives it.
_NAMED = ("task_id", "source_id", "record_id")


def match_predictions(
    predictions: Iterable[Any] | Mapping[str, Any], dataset: Dataset
) -> dict[str, Any]:
    """Predictions by the ids of items.

    Raises:
        PredictionError: They cannot be matched with the items.
    """
    if isinstance(predictions, str | bytes):
        raise PredictionError(
            "the predictions are one text; give a list with one for each item, or a mapping by id"
        )
    if isinstance(predictions, Mapping):
        found = {str(identifier): _predicted(each) for identifier, each in predictions.items()}
        if len(found) < len(predictions):
            raise PredictionError("some ids are the same once they are texts, such as 1 and '1'")
    else:
        found = _from_list(list(predictions), dataset)
    known = frozenset(dataset.ids())
    if found.keys() <= known:
        return found
    names = _by_source(dataset)
    renamed = {names.get(identifier, identifier): each for identifier, each in found.items()}
    unknown = [identifier for identifier in found if names.get(identifier, identifier) not in known]
    if unknown or len(renamed) < len(found):
        shown = unknown or [each for each in found if each in names]
        raise PredictionError(
            f"no item of {dataset.name} has these ids: {_shown(shown)}", ids=shown
        )
    return renamed


def _by_source(dataset: Dataset) -> dict[str, str]:
    """The items by the names that their benchmark gives them, such as ``HumanEval/0``.

    A name that several items have names none of them.
    """
    found: dict[str, str] = {}
    twice = set(dataset.ids())
    for item in dataset:
        named = {str(item.metadata[each]) for each in _NAMED if item.metadata.get(each) is not None}
        named |= {f"Mbpp/{each}" for each in named if item.id.startswith("mbpp_")}  # of evalplus
        for name in named:
            if found.setdefault(name, item.id) != item.id:
                twice.add(name)
    return {name: identifier for name, identifier in found.items() if name not in twice}


def confidences(
    predictions: Sequence[Any] | Mapping[str, Any], dataset: Dataset
) -> dict[str, float]:
    """The confidences that the model stated, by the ids of items.

    Raises:
        PredictionError: A confidence is not a number from 0 to 1.
    """
    if isinstance(predictions, Mapping):
        records = list(predictions.items())
    else:
        records = [
            (each.get("id", identifier) if isinstance(each, Mapping) else identifier, each)
            for each, identifier in zip(predictions, _ids_for(predictions, dataset), strict=True)
        ]
    found = {}
    for identifier, record in records:
        if type(record) is str or not isinstance(record, Mapping):
            continue
        value = _confidence(record)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise PredictionError(
                f"the confidence of {identifier!r} is {value!r}, not a number from 0 to 1",
                ids=[str(identifier)],
            )
        found[str(identifier)] = float(value)
    if found.keys() <= frozenset(dataset.ids()):
        return found
    names = _by_source(dataset)
    return {names.get(identifier, identifier): value for identifier, value in found.items()}


def _confidence(record: Mapping[str, Any]) -> Any:
    more = record.get("metadata")
    nested = more.get("confidence") if isinstance(more, Mapping) else None
    return record.get("confidence", nested)


def _ids_for(predictions: Sequence[Any], dataset: Dataset) -> Sequence[str]:
    ids = dataset.ids()
    return ids if len(ids) == len(predictions) else [""] * len(predictions)


def _from_list(predictions: Sequence[Any], dataset: Dataset) -> dict[str, Any]:
    if any(isinstance(each, Mapping) and "id" in each for each in predictions):
        return _from_records(predictions)
    if len(predictions) != len(dataset):
        raise PredictionError(
            f"{len(predictions)} predictions without ids for {len(dataset)} items: give ids, or"
            " exactly one prediction for each item in order"
        )
    return dict(zip(dataset.ids(), map(_predicted, predictions), strict=True))


def _from_records(predictions: Sequence[Any]) -> dict[str, Any]:
    without = [
        position
        for position, each in enumerate(predictions)
        if not isinstance(each, Mapping) or "id" not in each
    ]
    if without:
        raise PredictionError(
            f"some predictions have ids, those at positions {_shown(without)} do not"
        )
    counts = Counter(str(each["id"]) for each in predictions)
    twice = [identifier for identifier, count in counts.items() if count > 1]
    if twice:
        raise PredictionError(f"several predictions for the same items: {_shown(twice)}", ids=twice)
    return {str(each["id"]): _predicted(each) for each in predictions}


def _predicted(each: Any) -> Any:
    if type(each) is str or not isinstance(each, Mapping):  # the first half is much quicker
        return each
    for name in ("predicted", "prediction", "answer"):
        if name in each:
            return each[name]
    raise PredictionError(f"a prediction has no 'predicted' (it has {', '.join(map(repr, each))})")


def _shown(values: Sequence[object]) -> str:
    text = ", ".join(repr(value) for value in values[:_MOST_SHOWN])
    return text if len(values) <= _MOST_SHOWN else f"{text} and {len(values) - _MOST_SHOWN} more"
