"""Score a set of predictions against a data set, with what is missing in full view."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import fsum
from typing import Any

from ._corpus import CORPUS_METRICS
from ._dataset import Dataset
from ._errors import NoScorerError, PredictionError, UnknownMetricError
from ._events import emit
from ._item import Item
from ._predictions import confidences, match_predictions
from ._result import EvaluationResult, ItemResult
from ._score import METRICS, score_all, scorer_names, scorer_of

Predictions = Iterable[Any] | Mapping[str, Any]
Metric = str | Callable[[Any, Any], float]
Answers = Sequence[tuple[Any, Item]]


def evaluate(
    predictions: Predictions,
    *,
    dataset: Dataset,
    metrics: Metric | Sequence[Metric] = ("accuracy",),
    scorer: str | None = None,
    model_name: str = "unknown",
) -> EvaluationResult:
    """Score predictions.

    Args:
        predictions: By item id; or in the order of the data set: bare answers, or mappings with
            ``predicted`` (or ``prediction``) and, if they are not in order, ``id``. A mapping may
            have a ``confidence`` from 0 to 1, also inside of ``metadata``.
        dataset: What was asked.
        metrics: What to report in ``metrics`` of the result: ``accuracy``, ``coverage``,
            ``extraction_rate``, ``bleu``, ``chrf`` or ``codebleu`` of the corpus, a scorer, whose
            mean value is taken, or a function of prediction and right answer, whose mean is taken
            under its name.
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
    scorer_of(name)
    wanted = _known_metrics(metrics)
    predictions = predictions if isinstance(predictions, Mapping | str) else list(predictions)
    by_id = match_predictions(predictions, dataset)
    sure = confidences(predictions, dataset)
    # Only from here on, so that every start has its stop.
    began = time.perf_counter_ns()
    about: dict[str, object] = {"dataset": dataset.name, "model": model_name}
    emit("dataset.evaluate.start", {"items": len(dataset)}, about)
    answers = [(by_id.get(item.id), item) for item in dataset]
    results = tuple(
        ItemResult(
            id=item.id,
            prediction=prediction,
            expected=item.expected,
            score=score,
            missing=item.id not in by_id,
            confidence=sure.get(item.id),
        )
        for (prediction, item), score in zip(answers, score_all(name, answers), strict=True)
    )
    found = EvaluationResult(
        model_name=model_name,
        dataset_name=dataset.name,
        dataset_version=dataset.version,
        dataset_hash=dataset.content_hash,
        synthetic=dataset.synthetic,
        scorer=name,
        metrics={},
        items=results,
    )
    found = found.with_metrics(
        {key: _value(metric, found, answers) for key, metric in wanted.items()}
    )
    measured: dict[str, object] = {
        "duration_ns": time.perf_counter_ns() - began,
        "items": found.total,
        "accuracy": found.accuracy,
        "coverage": found.coverage,
    }
    emit("dataset.evaluate.stop", measured, about)
    return found


def evaluate_batch(
    models: Mapping[str, Predictions] | Iterable[Mapping[str, Any]], **options: Any
) -> list[EvaluationResult]:
    """Score several models on the same data set.

    Args:
        models: The predictions by the name of the model; or mappings with ``model_name`` and
            ``predictions``.
        **options: As ``evaluate`` takes them.

    Returns:
        One result for each model, in their order.

    Raises:
        PredictionError: A model has no name or no predictions, or they do not fit.
        DatasetError: As ``evaluate``.
    """
    if isinstance(models, Mapping):
        pairs = list(models.items())
    else:
        pairs = [_named(each) for each in models]
    return [evaluate(given, model_name=name, **options) for name, given in pairs]


def _named(model: Mapping[str, Any]) -> tuple[str, Predictions]:
    lacking = [name for name in ("model_name", "predictions") if name not in model]
    if lacking:
        raise PredictionError(f"a model of the batch has no {' and no '.join(lacking)}")
    return str(model["model_name"]), model["predictions"]


def _known_metrics(metrics: Metric | Sequence[Metric]) -> dict[str, Metric]:
    wanted: tuple[Metric, ...]
    wanted = (metrics,) if isinstance(metrics, str) or callable(metrics) else tuple(metrics)
    known = (*METRICS, *CORPUS_METRICS, *scorer_names())
    found: dict[str, Metric] = {}
    for metric in wanted:
        name = metric if isinstance(metric, str) else getattr(metric, "__name__", repr(metric))
        if isinstance(metric, str) and metric not in known:
            raise UnknownMetricError(metric, known)
        if name in found:
            raise ValueError(f"the metric {name!r} is asked for twice")
        found[name] = metric
    return found


def _value(metric: Metric, found: EvaluationResult, answers: Answers) -> float:
    if not isinstance(metric, str):
        values = (float(metric(prediction, item.expected)) for prediction, item in answers)
        return fsum(values) / len(answers)
    if metric in METRICS:
        return float(getattr(found, metric))
    if metric in CORPUS_METRICS:
        return CORPUS_METRICS[metric](answers)
    if metric == found.scorer:
        return fsum(item.score.value for item in found.items) / len(answers)
    return fsum(score.value for score in score_all(metric, answers)) / len(answers)
