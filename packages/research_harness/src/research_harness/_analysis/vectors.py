"""The values of a metric as vectors, by item and repeat or in pairs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._definition.metrics import Metric
from .._rows.values import ByItem, Censored, ItemValues, KnownRows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricData:
    """The values of one metric in all conditions.

    Attributes:
        metric: The metric.
        values: The values of each condition.
        bounds: Where costs are unknown: the values of each condition with the least and with the
            most that they can be.
        clusters: The cluster of each item; empty without clusters.
        paired: Whether every condition answered every item.
        strata: The stratum of each item whose assignment was balanced within strata.
    """

    metric: Metric
    values: Mapping[str, ByItem]
    bounds: Mapping[str, tuple[ByItem, ByItem]] = field(default_factory=dict)
    clusters: Mapping[str, str] = field(default_factory=dict)
    paired: bool = True
    strata: Mapping[str, str] = field(default_factory=dict)

    def labels(self, items: Sequence[str]) -> list[str] | None:
        """The cluster of each of these items; None without clusters."""
        return [self.clusters[item] for item in items] if self.clusters else None


def item_means(values: ByItem) -> dict[str, float]:
    """The mean over the repeats of each item, known values only; items without any are left out."""
    given = ItemValues.of(values)
    means = zip(given.ids, given.means.tolist(), strict=True)
    return {item: mean for item, mean in means if not math.isnan(mean)}


def known(values: ByItem) -> KnownRows:
    """The known values of each item; items without any are left out."""
    return KnownRows(ItemValues.of(values))


def is_censored(values: ByItem) -> bool:
    """Whether a value is only a lower bound."""
    given = ItemValues.of(values)
    return bool((given.cut & given.known).any())


def has_seen(values: ByItem) -> bool:
    """Whether there is a value that was seen to its end."""
    given = ItemValues.of(values)
    return bool((given.known & ~given.cut).any())


def paired_means(
    control: ByItem, treatment: ByItem
) -> tuple[list[float], list[float], list[str], int]:
    """Item means of two conditions on the items that both have.

    Returns:
        The control's means, the treatment's, the items, and how many items were left out.
    """
    import numpy as np

    first, second = ItemValues.of(control), ItemValues.of(treatment)
    one, two = _meeting(first, second)
    old, new = first.means[one], second.means[two]
    there = ~(np.isnan(old) | np.isnan(new))
    items = [first.ids[number] for number in one[there]]
    dropped = len(first) + len(second) - len(one) - len(items)
    return old[there].tolist(), new[there].tolist(), items, dropped


def paired_rows(
    control: ByItem, treatment: ByItem
) -> tuple[list[float], list[float], list[str], int]:
    """Row values of two conditions on the (item, repeat) pairs that both have.

    Returns:
        The control's values, the treatment's, the item of each pair, and how many pairs were
        left out.
    """
    first, second = ItemValues.of(control), ItemValues.of(treatment)
    one, two = _meeting(first, second)
    width = min(first.matrix.shape[1], second.matrix.shape[1])
    there = first.known[one, :width] & second.known[two, :width]
    old, new = (
        _with_cuts(side.matrix[at, :width][there], side.cut[at, :width][there])
        for side, at in ((first, one), (second, two))
    )
    places = there.nonzero()[0].tolist()
    items = [first.ids[one[place]] for place in places]
    return old, new, items, int(first.there.sum()) - len(items)


def _meeting(
    first: ItemValues, second: ItemValues
) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """Where the items of the first that the second has too stand in both."""
    import numpy as np

    if first.ids == second.ids:
        every = np.arange(len(first))
        return every, every
    numbers = {item: number for number, item in enumerate(second.ids)}
    pairs = [(n, numbers[item]) for n, item in enumerate(first.ids) if item in numbers]
    return np.array([n for n, _ in pairs], np.int64), np.array([n for _, n in pairs], np.int64)


def _with_cuts(values: "NDArray[np.float64]", cut: "NDArray[np.bool_]") -> list[float]:
    if not cut.any():
        return list(values.tolist())
    return [
        Censored(value) if is_cut else value
        for value, is_cut in zip(values.tolist(), cut.tolist(), strict=True)
    ]
