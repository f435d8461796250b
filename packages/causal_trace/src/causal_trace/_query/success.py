"""Rates of success with intervals, with items as clusters where they repeat."""

from collections.abc import Sequence

from .._core.errors import InvalidTraceError
from .._core.intervals import Interval, clustered_proportion, grouped, wilson
from .._model.chain import Chain


def item_of(chain: Chain) -> str:
    """Return the item of a chain; a chain without one is an item of its own."""
    return chain.id if chain.item is None else chain.item


def check_lengths(chains: Sequence[Chain], values: Sequence[bool]) -> None:
    """Check that there is one value for each chain."""
    if len(chains) != len(values):
        raise InvalidTraceError("outcomes", f"{len(chains)} chains and {len(values)} values")


def success_rate(
    chains: Sequence[Chain], correct: Sequence[bool] | None, level: float
) -> tuple[float | None, Interval | None]:
    """Return the share of correct answers and its interval; None without outcomes or chains."""
    if correct is None or not chains:
        return None, None
    return sum(correct) / len(correct), success_interval(
        [item_of(c) for c in chains], correct, level
    )


def success_interval(items: Sequence[str], correct: Sequence[bool], level: float) -> Interval:
    """Return Wilson's interval, over clusters where an item has several answers."""
    clusters = grouped(items)
    if len(clusters) == len(items):
        return wilson(sum(correct), len(correct), level=level)
    sums = [sum(correct[i] for i in indices) for indices in clusters.values()]
    return clustered_proportion(sums, [len(each) for each in clusters.values()], level=level)
