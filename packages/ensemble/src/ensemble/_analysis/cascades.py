"""Thresholds of a cascade, tuned on labelled votes."""

import math
import random
from collections.abc import Sequence
from itertools import product

from .._core.rendering import marked, money
from .._core.responses import Source
from .._core.values import Value
from .._prediction.executions import Cascade
from .votes import LabelledVotes

_NEVER = 1.01
_MOST_GRIDS = 300


class Tuned(Value):
    """A cascade whose thresholds were tuned.

    Attributes:
        execution: The cascade, for ``predict(execution=..., strategy="last")`` with the models in
            the table's order.
        accuracy: On questions the thresholds were not tuned on.
        cost_usd: What a question costs, on the same.
        last_accuracy: Of the last model alone.
        last_cost_usd: What the last model alone costs.
        source: Where the votes come from, as of ``VoteTable``.
    """

    execution: Cascade
    accuracy: float
    cost_usd: float
    last_accuracy: float
    last_cost_usd: float
    source: Source | None = None

    def __str__(self) -> str:
        text = (
            f"cascade: {self.accuracy:.4f} at {money(self.cost_usd)}; the last model alone"
            f" {self.last_accuracy:.4f} at {money(self.last_cost_usd)}"
        )
        return marked(text, self.source)


def tune_cascade(table: LabelledVotes, *, max_cost_usd: float, seed: int = 0) -> Tuned:
    """The thresholds of a cascade that are most accurate under a cost ceiling.

    One half of the questions, drawn by the seed, tunes; the other half measures.

    Args:
        table: Votes with confidences and costs; its models from the first asked to the last.
        max_cost_usd: The maximum mean cost of a question.
        seed: Draws the halves.

    Raises:
        ValueError: Confidences or costs are missing, or no cascade is cheap enough.
    """
    costs = [cost for model in table.models if (cost := table.cost(model)) is not None]
    if table.confidences is None or len(costs) < len(table.models):
        raise ValueError("a cascade is tuned on votes with confidences and costs")
    drawn = list(range(len(table)))
    random.Random(f"{seed}/cascade").shuffle(drawn)
    tuning, measuring = table.take(drawn[::2]), table.take(drawn[1::2])
    best: tuple[float, float, dict[str, float]] | None = None
    for limits in _grids(tuning):
        accuracy, cost = _cascade(tuning, limits, costs)
        if cost <= max_cost_usd and (best is None or (accuracy, -cost) > (best[0], -best[1])):
            best = (accuracy, cost, limits)
    if best is None:
        raise ValueError(f"no cascade of these models costs at most ${max_cost_usd:g} a question")
    accuracy, cost = _cascade(measuring, best[2], costs)
    last = table.models[-1]
    return Tuned(
        execution=Cascade(threshold=best[2]),
        accuracy=accuracy,
        cost_usd=cost,
        last_accuracy=measuring.accuracies()[last],
        last_cost_usd=costs[-1],
        source=table.source,
    )


def _grids(table: LabelledVotes) -> list[dict[str, float]]:
    """Thresholds at the deciles of each model's confidences; one for all when models are many."""
    deciles = []
    for index in range(len(table.models) - 1):
        sure = sorted(row[index] or 0.0 for row in table.confidences or ())
        cuts = {sure[number * (len(sure) - 1) // 10] for number in range(11)}
        deciles.append(sorted({0.0, _NEVER, *cuts}))
    models = table.models[:-1]
    if math.prod(map(len, deciles)) > _MOST_GRIDS:
        return [dict.fromkeys(models, cut) for cut in sorted(set().union(*deciles))]
    return [dict(zip(models, cuts, strict=True)) for cuts in product(*deciles)]


def _cascade(
    table: LabelledVotes, limits: dict[str, float], costs: Sequence[float]
) -> tuple[float, float]:
    """Accuracy and cost of asking until one is sure enough; the last decides."""
    right, spent = 0, 0.0
    for row, sure, gold in zip(table.votes, table.confidences or (), table.gold, strict=True):
        for index, model in enumerate(table.models):
            spent += costs[index]
            if index == len(row) - 1 or (sure[index] or 0.0) >= limits[model]:
                right += row[index] is not None and row[index] == gold
                break
    return right / len(table), spent / len(table)
