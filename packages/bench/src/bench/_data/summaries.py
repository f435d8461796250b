"""What a result says about its data: counts, descriptives, missing values and a digest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from .._core.arithmetic import data_hash, is_binary, mean, median, standard_deviation
from .._core.lazy import FloatArray, np
from .._core.results import Group
from .groups import Blocks, Samples, TwoGroups
from .pairs import Pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSummary:
    """The fields of a result that describe the data it was computed from."""

    n: Mapping[str, int] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    dropped: int = 0
    hash: str = ""


def of_column(array: FloatArray, dropped: int = 0) -> DataSummary:
    """One sample, called ``values``."""
    return DataSummary(
        n={"values": len(array)},
        groups=(group_of("values", array),),
        dropped=dropped,
        hash=data_hash(array),
    )


def of_two(
    groups: TwoGroups,
    *,
    means: tuple[float | None, float | None] = (None, None),
    variances: tuple[float, float] = (0.0, 0.0),
) -> DataSummary:
    """Two independent groups, control first; what is known of them need not be summed again."""
    first, second = groups.control, groups.treatment
    return DataSummary(
        n={"control": len(first), "treatment": len(second)},
        groups=(
            group_of("treatment", second, centre=means[1], squared=variances[1]),
            group_of("control", first, centre=means[0], squared=variances[0]),
        ),
        dropped=groups.dropped,
        hash=data_hash(first, second),
    )


def of_pairs(pairs: Pairs, counts: Mapping[str, int] | None = None) -> DataSummary:
    """Two sides of the same items, with further ``counts`` of pairs."""
    first, second = pairs.control, pairs.treatment
    return DataSummary(
        n={"pairs": len(first), **(counts or {})},
        groups=(group_of("treatment", second), group_of("control", first)),
        dropped=pairs.dropped,
        hash=data_hash(first, second),
    )


def of_samples(samples: Samples) -> DataSummary:
    """Independent groups by name."""
    return DataSummary(
        n={name: len(array) for name, array in samples.arrays.items()},
        groups=tuple(group_of(name, array) for name, array in samples.arrays.items()),
        dropped=samples.dropped,
        hash=data_hash(*samples.arrays.values()),
    )


def of_blocks(blocks: Blocks, counts: Mapping[str, int] | None = None) -> DataSummary:
    """The same items under every condition, with further ``counts`` of items."""
    n, k = blocks.matrix.shape
    return DataSummary(
        n={"items": n, "conditions": k, **(counts or {})},
        groups=tuple(
            group_of(name, blocks.matrix[:, column]) for column, name in enumerate(blocks.names)
        ),
        dropped=blocks.dropped,
        hash=data_hash(blocks.matrix.ravel()),
    )


_SQUARES = (1e-200, 1e200)  # between them a variance has lost no digits


def group_of(
    name: str, array: FloatArray, *, centre: float | None = None, squared: float = 0.0
) -> Group:
    """The descriptives of one side of a comparison; its mean and variance may be known."""
    known = _SQUARES[0] < squared < _SQUARES[1]
    spread = math.sqrt(squared) if known else standard_deviation(array)
    return Group(
        name=name,
        n=len(array),
        mean=mean(array) if centre is None else centre,
        sd=spread if len(array) > 1 else math.nan,
        median=median(array),
        low=float(array.min()),
        high=float(array.max()),
        successes=int(array.sum()) if is_binary(array) else None,
    )


def count_group(name: str, successes: int, n: int) -> Group:
    """The descriptives of one side that is known by its counts only."""
    rate = successes / n
    spread = math.sqrt(n / (n - 1) * rate * (1 - rate)) if n > 1 else math.nan
    return Group(
        name=name,
        n=n,
        mean=rate,
        sd=spread,
        median=float(np.median([0.0] * (n - successes) + [1.0] * successes)),
        low=1.0 if successes == n else 0.0,
        high=1.0 if successes else 0.0,
        successes=successes,
    )
