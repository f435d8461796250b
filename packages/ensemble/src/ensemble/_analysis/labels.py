"""Ask a panel labelled questions, and keep the votes."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .._core.errors import EnsembleError
from .._core.models import Model
from .._core.queries import Question, right_answer
from .._core.responses import joint_source
from .._core.sync import run
from .._models.conversion import as_model
from .._normalization.normalizers import Normalizer, find_normalizer
from .._prediction.many import predict_many
from .._prediction.result import EnsembleResult
from .._voting.rule import Poll
from .._voting.votes import Outcome, Vote
from .table import VoteTable

if TYPE_CHECKING:
    from .fit import Fitted


class _Keep:
    """A rule that keeps the votes as they are."""

    name = "keep"

    def __init__(self) -> None:
        self.rows: dict[str | None, Sequence[Vote]] = {}

    def decide(self, votes: Sequence[Vote], poll: Poll) -> Outcome:
        self.rows[poll.prediction_id] = votes
        return Outcome(key=None, reason="votes are collected, not counted")

    def settled(self, votes: Sequence[Vote], waiting: Sequence[str]) -> bool:
        return bool(votes) and not waiting


async def collect(
    models: Sequence[Model | Callable[..., Any] | str],
    items: Iterable[Question],
    *,
    normalize: str | Normalizer = "text",
    gold: Callable[[Question], Hashable] | None = None,
    concurrency: int = 32,
    **options: Any,
) -> VoteTable:
    """Ask every model every labelled question, and keep the votes, confidences and costs.

    A model that fails has no vote on the question.

    Args:
        models: The panel; each model needs a name of its own.
        items: The questions, with what is expected.
        normalize: When two answers are the same.
        gold: The right answer in normalised form; what the item expects, normalised, when left out.
        concurrency: How many questions are open at once.
        options: Others of ``predict``, such as ``model_timeout_ms``.

    Returns:
        The table; the same can be counted by any rule without asking again.

    Raises:
        ValueError: Two models have the same name, or there are no questions.
    """
    names = [as_model(model).name for model in models]
    _, read = find_normalizer(normalize)
    asked = list(items)
    keep = _Keep()
    results = await predict_many(
        asked,
        models=models,
        normalize=normalize,
        strategy=keep,
        concurrency=concurrency,
        **options,
    )
    votes, sure, costs = [], [], []
    for result in results:
        found = _row(result, keep)
        votes.append([found[name].key if name in found else None for name in names])
        sure.append([found[name].confidence if name in found else None for name in names])
        costs.append(_costs(result, names))
    return VoteTable(
        models=tuple(names),
        votes=votes,
        gold=[read(right_answer(item)).key if gold is None else gold(item) for item in asked],
        confidences=sure,
        costs=costs,
        source=joint_source(
            result.source for result in results if isinstance(result, EnsembleResult)
        ),
    )


def collect_sync(
    models: Sequence[Model | Callable[..., Any] | str], items: Iterable[Question], **options: Any
) -> VoteTable:
    """``collect`` for scripts: takes the same arguments and waits for the end."""
    return run("collect", lambda: collect(models, items, **options))


def _row(result: EnsembleResult | EnsembleError, keep: _Keep) -> dict[str, Vote]:
    if isinstance(result, EnsembleError):
        return {}
    return {vote.model: vote for vote in keep.rows.pop(result.prediction_id)}


def _costs(result: EnsembleResult | EnsembleError, names: Sequence[str]) -> list[float | None]:
    if isinstance(result, EnsembleError):
        return [None] * len(names)
    breakdown = result.cost_breakdown
    return [breakdown.get(name) for name in names]


async def fit(
    models: Sequence[Model | Callable[..., Any] | str],
    items: Iterable[Question],
    *,
    normalize: str | Normalizer = "text",
    gold: Callable[[Question], Hashable] | None = None,
    seed: int = 0,
    concurrency: int = 32,
) -> "Fitted":
    """Ask a panel labelled questions, and choose members and rule.

    Args:
        models: The panel.
        items: The questions, with what is expected.
        normalize: When two answers are the same.
        gold: The right answer in normalised form; what the item expects, normalised, when left out.
        seed: Draws the folds.
        concurrency: How many questions are open at once.

    Raises:
        ValueError: There are fewer questions than folds.
    """
    table = await collect(models, items, normalize=normalize, gold=gold, concurrency=concurrency)
    return table.fit(seed=seed)


def fit_sync(
    models: Sequence[Model | Callable[..., Any] | str], items: Iterable[Question], **options: Any
) -> "Fitted":
    """``fit`` for scripts: takes the same arguments and waits for the end."""
    return run("fit", lambda: fit(models, items, **options))
