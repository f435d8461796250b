"""Evaluate a set of predictions against a data set."""

import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import fsum
from typing import Any, Literal, NamedTuple, TypedDict, Unpack, cast, get_args

from .._core.errors import NoScorerError, PredictionError, UnknownMetricError
from .._core.events import Progress, emit
from .._data.dataset import Dataset
from .._data.item import Item
from .._loading.load import given_dataset
from .._sandbox.sandbox import Sandbox
from .._scoring.corpus import CORPUS_METRICS
from .._scoring.official import OFFICIAL_OF
from .._scoring.scorers import (
    METRICS,
    runs_programs,
    score_all,
    score_programs,
    scorer_names,
    scorer_of,
)
from .._scoring.verdict import Score
from .official_gap import official_warnings
from .predictions import confidences, match_predictions
from .result import EvaluationResult, ItemResult

Predictions = Iterable[Any] | Mapping[str, Any]
Metric = str | Callable[[Any, Any], float]
Missing = Literal["error", "wrong", "omit"]
# Made anew each time: to keep a hundred thousand items costs more than to make them again.
Answers = Callable[[], Iterable[tuple[Any, Item]]]
OFFICIAL = "official"


class EvaluateOptions(TypedDict, total=False):
    """The options of ``evaluate`` that ``evaluate_batch`` takes; ``evaluate`` describes them."""

    metrics: Metric | Sequence[Metric]
    scorer: str | None
    missing: Missing
    sandbox: Sandbox | None


class Given(NamedTuple):
    """Predictions that were matched with the items of a data set."""

    by_id: dict[str, Any]
    sure: dict[str, float]
    left_out: int


def evaluate(
    predictions: Predictions,
    *,
    dataset: Dataset | str,
    metrics: Metric | Sequence[Metric] = ("accuracy",),
    scorer: str | None = None,
    model_name: str = "unknown",
    missing: Missing = "wrong",
    sandbox: Sandbox | None = None,
    on_progress: Progress | None = None,
) -> EvaluationResult:
    """Score predictions.

    Args:
        predictions: By item id; or in the order of the data set: bare answers, or mappings with
            ``predicted`` (or ``prediction``) and, if they are not in order, ``id``. A mapping may
            have a ``confidence`` from 0 to 1, also inside of ``metadata``.
        dataset: The data set, or its name, under which it is loaded.
        metrics: What to report in ``metrics`` of the result: ``accuracy``, ``coverage``,
            ``extraction_rate``, ``bleu``, ``chrf`` or ``codebleu`` of the corpus, a scorer, whose
            mean value is taken, or a function of prediction and right answer, whose mean is taken
            under its name.
        scorer: How to score; the data set's own scorer when left out. ``official`` is the rule
            that the authors of a built-in benchmark published, as strict as it is.
        model_name: The name of the model that answered.
        missing: What an item without a prediction is: ``wrong`` (the default, so that a model
            gains nothing by skipping hard items), an ``error``, or ``omit``, which counts it in
            the coverage only.
        sandbox: Where programs run that are scored by their tests.
        on_progress: Called after each item with how many are scored and how many there are.

    Returns:
        The result, with a score for each item, the metrics and the number of missing predictions.

    Raises:
        PredictionError: An id is unknown or used twice, predictions without ids are not as many
            as the items, one is missing and may not be, or there is nothing to score at all.
        NoScorerError: The data set has no scorer and none was named, or no official one.
        UnknownScorerError: No scorer has this name.
        UnknownMetricError: No metric has this name.
        DatasetError: The data set of this name cannot be loaded, or programs cannot be run.
    """
    data = given_dataset(dataset)
    name = scorer_for(scorer, data)
    wanted = _known_metrics(metrics)
    given = matched(predictions, data, known_missing(missing))
    began = time.perf_counter_ns()
    about: dict[str, object] = {"dataset": data.name, "model": model_name}
    emit("dataset.evaluate.start", {"items": len(data)}, about)
    try:
        found = _judged(
            given,
            data,
            name,
            model_name=model_name,
            metrics=wanted,
            sandbox=sandbox,
            on_progress=on_progress,
        )
    except Exception as error:
        measured: dict[str, object] = {"duration_ns": time.perf_counter_ns() - began}
        problem = {"error": str(error), "error_type": type(error).__name__}
        emit("dataset.evaluate.exception", measured, {**about, **problem})
        raise
    measured = {
        "duration_ns": time.perf_counter_ns() - began,
        "items": found.total,
        "accuracy": found.accuracy,
        "coverage": found.coverage,
    }
    emit("dataset.evaluate.stop", measured, about)
    return found


def evaluate_batch(
    models: Mapping[str, Predictions] | Iterable[Mapping[str, Any]],
    *,
    dataset: Dataset | str,
    on_progress: Progress | None = None,
    **options: Unpack[EvaluateOptions],
) -> list[EvaluationResult]:
    """Score several models on the same data set.

    Args:
        models: The predictions by the name of the model; or mappings with ``model_name`` and
            ``predictions``.
        dataset: The data set, or its name, under which it is loaded once.
        on_progress: Called after each item with how many are scored and how many there are, over
            all models.
        **options: ``metrics``, ``scorer``, ``missing`` and ``sandbox``, as ``evaluate`` takes them.

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
    data = given_dataset(dataset)
    return [
        evaluate(
            given,
            dataset=data,
            model_name=name,
            on_progress=_shifted(on_progress, position, len(pairs)),
            **options,
        )
        for position, (name, given) in enumerate(pairs)
    ]


def _shifted(on_progress: Progress | None, position: int, models: int) -> Progress | None:
    """The progress of one model as a part of the progress over all models."""
    if on_progress is None:
        return None
    return lambda done, items: on_progress(position * items + done, models * items)


def _named(model: Mapping[str, Any]) -> tuple[str, Predictions]:
    lacking = [name for name in ("model_name", "predictions") if name not in model]
    if lacking:
        raise PredictionError(f"a model of the batch has no {' and no '.join(lacking)}")
    return str(model["model_name"]), model["predictions"]


def scorer_for(wanted: str | None, dataset: Dataset) -> str:
    """The name of the scorer to use.

    Raises:
        NoScorerError: None was named and the data set has none, or it has no official one.
        UnknownScorerError: No scorer has this name.
    """
    reason = str(dataset.metadata.get("no_scorer", ""))
    if wanted == OFFICIAL:
        reason = "its authors published no rule that this library has"
        name = OFFICIAL_OF.get(dataset.name)
    else:
        name = wanted or dataset.scorer
    if name is None:
        raise NoScorerError(dataset.name, scorer_names(), reason)
    scorer_of(name)
    return name


def known_missing(missing: str) -> Missing:
    """What an item without a prediction is, with the old name in place of the new one.

    Raises:
        ValueError: It is unknown.
    """
    if missing == "left_out":
        warnings.warn('missing="left_out" is now missing="omit"', DeprecationWarning, stacklevel=3)
        return "omit"
    for known in get_args(Missing):
        if missing == known:
            return cast("Missing", known)
    raise ValueError(f"missing: {missing!r} is unknown; known: {', '.join(get_args(Missing))}")


def matched(predictions: Predictions, dataset: Dataset, missing: Missing) -> Given:
    """Predictions by the ids of their items.

    Raises:
        PredictionError: They do not fit, or one is missing and may not be.
    """
    if not len(dataset):
        raise PredictionError(f"{dataset.name} has no items, so no prediction can be scored")
    predictions = predictions if isinstance(predictions, Mapping | str) else list(predictions)
    by_id = match_predictions(predictions, dataset)
    lacking = [each for each in dataset.ids() if each not in by_id] if missing != "wrong" else []
    if lacking and (missing == "error" or not by_id):
        raise PredictionError(
            f"no prediction for {len(lacking)} of {len(dataset)} items of {dataset.name}, such as"
            f" {lacking[0]!r}",
            ids=lacking,
        )
    return Given(by_id, confidences(predictions, dataset), len(lacking))


def _judged(
    given: Given,
    dataset: Dataset,
    scorer: str,
    *,
    model_name: str,
    metrics: Mapping[str, Metric],
    sandbox: Sandbox | None,
    on_progress: Progress | None,
) -> EvaluationResult:
    by_id, sure, left_out = given

    def answers() -> Iterator[tuple[Any, Item]]:
        return ((by_id.get(each.id), each) for each in dataset if not left_out or each.id in by_id)

    def counted(done: int, _: int) -> None:
        if on_progress is not None:
            on_progress(left_out + done, len(dataset))

    judged, layers = _scored(scorer, answers, sandbox, counted if on_progress else None)
    results = tuple(
        ItemResult(
            id=item.id,
            prediction=prediction,
            expected=item.expected,
            score=score,
            missing=item.id not in by_id,
            confidence=sure.get(item.id),
        )
        for prediction, item, score in judged
    )
    found = EvaluationResult(
        model_name=model_name,
        dataset_name=dataset.name,
        dataset_version=dataset.version,
        dataset_hash=dataset.content_hash,
        synthetic=dataset.synthetic,
        scorer=scorer,
        metrics={},
        items=results,
        left_out=left_out,
        layers=layers,
    )
    gap = official_warnings(dataset.name, scorer, found.accuracy, answers())
    return replace(found, warnings=gap).with_metrics(
        {name: _value(metric, found, answers) for name, metric in metrics.items()}
    )


def _scored(
    scorer: str, answers: Answers, sandbox: Sandbox | None, on_progress: Progress | None
) -> tuple[Iterable[tuple[Any, Item, Score]], tuple[str, ...]]:
    """Predictions, items and scores; and the layers that isolated the programs, if any ran."""
    if not runs_programs(scorer):
        scored = score_all(scorer, answers())
        return scored if on_progress is None else _counted(scored, on_progress), ()
    pairs = list(answers())
    verdicts, layers = score_programs(pairs, sandbox, on_progress)
    return ((*pair, verdict) for pair, verdict in zip(pairs, verdicts, strict=True)), layers


def _counted(
    scored: Iterable[tuple[Any, Item, Score]], on_progress: Progress
) -> Iterator[tuple[Any, Item, Score]]:
    for done, each in enumerate(scored, start=1):
        yield each
        on_progress(done, 0)


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
            raise ValueError(f"metrics: {name!r} is named twice; give each metric once")
        found[name] = metric
    return found


def _value(metric: Metric, found: EvaluationResult, answers: Answers) -> float:
    if not isinstance(metric, str):
        values = (float(metric(prediction, item.expected)) for prediction, item in answers())
        return fsum(values) / found.total
    if metric in METRICS:
        return float(getattr(found, metric))
    if metric in CORPUS_METRICS:
        return CORPUS_METRICS[metric](list(answers()))
    if metric == found.scorer:
        return fsum(found.values()) / found.total
    return fsum(score.value for _, _, score in score_all(metric, answers())) / found.total
