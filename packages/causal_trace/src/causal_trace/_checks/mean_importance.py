"""The importance of a position in the reasoning, over many chains."""

from collections.abc import Sequence
from dataclasses import dataclass

from .._core.errors import InvalidTraceError
from .._core.intervals import Interval, fmean, mean_of_differences
from .._core.json_values import Value
from .._core.shown import shown
from .._model.chain import Chain
from .._model.checks import check_level
from .importance import ImportanceResult


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionImportance(Value):
    """How much the steps at one position carry.

    Attributes:
        position: The number of the step in its chain, from 1.
        importance: The mean over items of the mean importance of their chains.
        interval: Its interval, with items as clusters.
        chains: The number of chains with a known importance at this position.
        items: The number of items, which are the clusters.
    """

    position: int
    importance: float
    interval: Interval
    chains: int
    items: int

    @shown
    def __str__(self) -> str:
        return f"step {self.position}: {self.importance:.2f} {self.interval}, {self.items} items"


def mean_importance(
    chains: Sequence[Chain], results: Sequence[ImportanceResult], *, level: float = 0.95
) -> tuple[PositionImportance, ...]:
    """Return the importance of each position in the reasoning, averaged over many chains.

    Each item counts once, however many chains it has. Later positions rest on the longer chains
    only, which can be harder items.

    Args:
        chains: The chains; those with the same item form a cluster.
        results: What ``importance`` gave for each chain, in any order.
        level: The level of the intervals.

    Returns:
        One value for each position, in order. A position at which no call came back is left out.
        With fewer than two items the interval is [-1, 1].

    Raises:
        InvalidTraceError: A result belongs to none of the chains, or
            ``level`` is not between 0 and 1.

    Example:
        >>> from causal_trace import PlantedModel, importance_sync
        >>> model = PlantedModel([1.0, 0.0])
        >>> chains = [model.chain(f"q{number}") for number in range(20)]
        >>> results = [importance_sync(each, model, answer="accept") for each in chains]
        >>> round(mean_importance(chains, results)[0].importance, 1)
        0.5
    """
    check_level(level)
    items = {chain.id: chain.item or chain.id for chain in chains}
    found: dict[int, dict[str, list[float]]] = {}
    for result in results:
        if result.chain_id not in items:
            raise InvalidTraceError(
                "check", f"the result of chain {result.chain_id} has no chain; give its chain too"
            )
        for number, step in enumerate(result.steps, start=1):
            if step.importance is not None:
                by_item = found.setdefault(number, {})
                by_item.setdefault(items[result.chain_id], []).append(step.importance)
    return tuple(_position(number, found[number], level) for number in sorted(found))


def _position(number: int, by_item: dict[str, list[float]], level: float) -> PositionImportance:
    means = [fmean(values) for values in by_item.values()]
    return PositionImportance(
        position=number,
        importance=fmean(means),
        interval=mean_of_differences(means, level=level),
        chains=sum(len(values) for values in by_item.values()),
        items=len(means),
    )
