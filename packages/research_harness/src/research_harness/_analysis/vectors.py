"""The values of a metric as vectors, by item and repeat or in pairs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._definition.metrics import Metric
from .._rows.values import ByItem, ItemIds, ItemValues, KnownRows

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
) -> "tuple[NDArray[np.float64], NDArray[np.float64], Sequence[str], int]":
    """Item means of two conditions on the items that both have.

    Returns:
        The control's means, the treatment's, the items, and how many items were left out.
    """
    import numpy as np

    first, second = ItemValues.of(control), ItemValues.of(treatment)
    one, two = _meeting([first, second])
    old, new = first.means[one], second.means[two]
    there = ~(np.isnan(old) | np.isnan(new))
    kept = one[there]
    dropped = len(first) + len(second) - len(one) - len(kept)
    return old[there], new[there], first.ids_at(kept), dropped


def common_means(sides: Sequence[ByItem]) -> "list[NDArray[np.float64]]":
    """Item means of conditions on the items that all have, in one order.

    Args:
        sides: The values of each condition.
    """
    import numpy as np

    read = [ItemValues.of(side) for side in sides]
    means = [side.means[at] for side, at in zip(read, _meeting(read), strict=True)]
    there = ~np.logical_or.reduce([np.isnan(each) for each in means])
    return [each[there] for each in means]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedRows:
    """Row values of two conditions on the (item, repeat) pairs that both have.

    Attributes:
        control: The control's values.
        treatment: The treatment's values.
        control_cut: Which of the control's are lower bounds.
        treatment_cut: Which of the treatment's are lower bounds.
        items: The item of each pair.
        numbers: The item of each pair as a number.
        dropped: How many pairs were left out.
    """

    control: "NDArray[np.float64]"
    treatment: "NDArray[np.float64]"
    control_cut: "NDArray[np.bool_]"
    treatment_cut: "NDArray[np.bool_]"
    items: Sequence[str]
    numbers: "NDArray[np.int64]"
    dropped: int


def paired_rows(control: ByItem, treatment: ByItem) -> PairedRows:
    """The values of the (item, repeat) pairs that two conditions have."""
    first, second = ItemValues.of(control), ItemValues.of(treatment)
    one, two = _meeting([first, second])
    width = min(first.matrix.shape[1], second.matrix.shape[1])
    there = first.known[one, :width] & second.known[two, :width]
    numbers = one[there.nonzero()[0]]
    return PairedRows(
        control=first.matrix[one, :width][there],
        treatment=second.matrix[two, :width][there],
        control_cut=first.cut[one, :width][there],
        treatment_cut=second.cut[two, :width][there],
        items=first.ids_at(numbers),
        numbers=numbers,
        dropped=int(first.there.sum()) - len(numbers),
    )


def _meeting(sides: Sequence[ItemValues]) -> "list[NDArray[np.int64]]":
    """Where the items of the first that all others have too stand in each."""
    import numpy as np

    first, *others = sides
    places = [_places_in(other, first.ids) for other in others]
    met = np.logical_and.reduce([each >= 0 for each in places])
    return [met.nonzero()[0], *(each[met] for each in places)]


def _places_in(side: ItemValues, items: Sequence[str]) -> "NDArray[np.int64]":
    """Where items stand in a condition; -1 where it does not have them."""
    import numpy as np

    own = side.ids
    if isinstance(own, ItemIds) and isinstance(items, ItemIds) and own.known is items.known:
        places = np.full(len(own.known), -1, np.int64)
        places[own.numbers] = np.arange(len(own))
        found: NDArray[np.int64] = places[items.numbers]
        return found
    numbers = {item: number for number, item in enumerate(own)}
    return np.fromiter((numbers.get(item, -1) for item in items), np.int64, len(items))
