"""Votes of a panel on labelled questions, collected once."""

import warnings
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypedDict, Unpack

from .._core.errors import AllModelsFailedError, EnsembleError
from .._core.old_calls import item_first
from .._core.queries import Question, right_answer
from .._core.responses import joint_source
from .._core.sync import run
from .._models.conversion import ModelLike, as_models
from .._normalization.normalizers import Normalizer, NormalizerName, find_normalizer
from .._prediction.many import predict_many
from .._prediction.options import CallOptions
from .._prediction.result import EnsembleResult
from .._voting.rule import VoteContext
from .._voting.votes import Vote, VoteOutcome
from .fitted import Fitted
from .table import VoteTable


class _Keep:
    """A rule that keeps the votes as they are."""

    name = "keep"

    def __init__(self) -> None:
        self.rows: dict[str | None, Sequence[Vote]] = {}

    def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:
        self.rows[context.prediction_id] = votes
        return VoteOutcome(key=None, reason="votes are collected, not counted")

    def settled(self, votes: Sequence[Vote], waiting: Sequence[str]) -> bool:
        return bool(votes) and not waiting


@item_first("items", "models")
async def collect(
    items: Iterable[Question],
    *,
    models: Sequence[ModelLike],
    normalize: NormalizerName | Normalizer = "text",
    gold: Callable[[Question], Hashable] | None = None,
    concurrency: int = 32,
    on_progress: Callable[[int, int], None] | None = None,
    **options: Unpack[CallOptions],
) -> VoteTable:
    """Ask every model every labelled question, and keep the votes, confidences and costs.

    A model that fails casts no vote on the question; the table counts its failures.

    Args:
        items: The questions, with what is expected.
        models: The panel; each model needs a name of its own.
        normalize: When two answers are the same.
        gold: The right answer in normalised form; what the item expects, normalised, when left out.
        concurrency: The maximum number of questions in flight.
        on_progress: Called after each question with the number done and the number of all.
        **options: Others of ``predict``, such as ``model_timeout_ms``.

    Returns:
        The table; the same can be counted by any rule without asking again.

    Raises:
        ValueError: Two models have the same name, or there are no questions.
    """
    names = [model.name for model in as_models(models)]
    _, read = find_normalizer(normalize)
    asked = list(items)
    keep = _Keep()
    results = await predict_many(
        asked,
        models=models,
        normalize=normalize,
        strategy=keep,
        concurrency=concurrency,
        on_progress=on_progress,
        **options,
    )
    votes, sure, costs, failures = [], [], [], []
    for result in results:
        found = _row(result, keep)
        votes.append([found[name].key if name in found else None for name in names])
        sure.append([found[name].confidence if name in found else None for name in names])
        costs.append(_costs(result, names))
        failures.append(_failures(result, names))
    table = VoteTable(
        models=tuple(names),
        votes=votes,
        gold=[read(right_answer(item)).key if gold is None else gold(item) for item in asked],
        confidences=sure,
        costs=costs,
        failures=failures if any(map(any, failures)) else None,
        source=joint_source(
            result.source for result in results if isinstance(result, EnsembleResult)
        ),
    )
    for model, kinds in table.failed().items():
        if sum(kinds.values()) == len(table):
            warnings.warn(
                f"model {model!r} failed on every question ({', '.join(kinds)}): its accuracy of 0"
                " says nothing about its answers",
                stacklevel=2,
            )
    return table


class CollectOptions(CallOptions, total=False):
    """The options of ``collect``."""

    normalize: NormalizerName | Normalizer
    gold: Callable[[Question], Hashable] | None
    concurrency: int
    on_progress: Callable[[int, int], None] | None


@item_first("items", "models")
def collect_sync(
    items: Iterable[Question], *, models: Sequence[ModelLike], **options: Unpack[CollectOptions]
) -> VoteTable:
    """Ask every model every labelled question, from a script: ``collect``, run to its end.

    Args:
        items: The questions, with what is expected.
        models: The panel; each model needs a name of its own.
        **options: Those of ``collect``.

    Returns:
        The table of votes.

    Raises:
        RunningLoopError: An event loop is running: use ``await collect(...)``.
        ValueError: Two models have the same name, or there are no questions.

    Example:
        >>> from ensemble import Constant, collect_sync, panel
        >>> from dataclasses import dataclass
        >>> @dataclass(frozen=True)
        ... class Item:
        ...     id: str
        ...     input: str
        ...     expected: str
        >>> items = [Item(str(number), f"{number}?", str(number)) for number in range(100)]
        >>> models = panel({"a": 0.9, "b": 0.8}, latency=Constant(latency_ms=0))
        >>> table = collect_sync(items, models=models, normalize="number")
        >>> table.models, len(table)
        (('a', 'b'), 100)
    """
    return run("collect", lambda: collect(items, models=models, **options))


def _row(result: EnsembleResult | EnsembleError, keep: _Keep) -> dict[str, Vote]:
    if isinstance(result, EnsembleError):
        return {}
    return {vote.model: vote for vote in keep.rows.pop(result.prediction_id)}


def _costs(result: EnsembleResult | EnsembleError, names: Sequence[str]) -> list[float | None]:
    if isinstance(result, EnsembleResult):
        breakdown = result.cost_breakdown
        return [breakdown.get(name) for name in names]
    errors = result.errors if isinstance(result, AllModelsFailedError) else {}
    return [getattr(errors.get(name), "cost_usd", None) for name in names]


def _failures(result: EnsembleResult | EnsembleError, names: Sequence[str]) -> list[str | None]:
    """The class of the error of each model's call; None where it answered."""
    if isinstance(result, EnsembleResult):
        kinds = {each.model: each.error_type for each in result.responses if each.error_type}
        return [kinds.get(name) for name in names]
    errors = result.errors if isinstance(result, AllModelsFailedError) else {}
    return [type(errors.get(name, result)).__name__ for name in names]


@item_first("items", "models")
async def fit(
    items: Iterable[Question],
    *,
    models: Sequence[ModelLike],
    normalize: NormalizerName | Normalizer = "text",
    gold: Callable[[Question], Hashable] | None = None,
    seed: int = 0,
    concurrency: int = 32,
    on_progress: Callable[[int, int], None] | None = None,
) -> Fitted:
    """Ask a panel labelled questions, and choose members and rule.

    Args:
        items: The questions, with what is expected.
        models: The panel.
        normalize: When two answers are the same.
        gold: The right answer in normalised form; what the item expects, normalised, when left out.
        seed: Draws the folds.
        concurrency: The maximum number of questions in flight.
        on_progress: Called after each question with the number done and the number of all.

    Returns:
        The chosen members and rule, with their accuracy on unseen questions.

    Raises:
        ValueError: There are fewer questions than folds.
    """
    table = await collect(
        items,
        models=models,
        normalize=normalize,
        gold=gold,
        concurrency=concurrency,
        on_progress=on_progress,
    )
    return table.fit(seed=seed)


class FitOptions(TypedDict, total=False):
    """The options of ``fit``."""

    normalize: NormalizerName | Normalizer
    gold: Callable[[Question], Hashable] | None
    seed: int
    concurrency: int
    on_progress: Callable[[int, int], None] | None


@item_first("items", "models")
def fit_sync(
    items: Iterable[Question], *, models: Sequence[ModelLike], **options: Unpack[FitOptions]
) -> Fitted:
    """Choose members and rule by labelled questions, from a script: ``fit``, run to its end.

    Args:
        items: The questions, with what is expected.
        models: The panel.
        **options: Those of ``fit``.

    Returns:
        The chosen members and rule, with their accuracy on unseen questions.

    Raises:
        RunningLoopError: An event loop is running: use ``await fit(...)``.
        ValueError: There are fewer questions than folds.
    """
    return run("fit", lambda: fit(items, models=models, **options))
