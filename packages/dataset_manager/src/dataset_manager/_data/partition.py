"""Items dealt to parts by seed and id: groups, shares and the parts of a data set."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from .._core.streams import key
from .item import Item, value_of
from .rows import Rows, RowsT

Field = str | Callable[[Item], object]


def divided(dataset: RowsT, sizes: Mapping[str, float], *, seed: int) -> dict[str, RowsT]:
    """The parts of ``split_dataset``.

    Raises:
        ValueError: The shares do not sum to 1, or the parts are larger than the data set.
    """
    if all(isinstance(size, int) for size in sizes.values()):
        counts = {name: int(size) for name, size in sizes.items()}
    elif math.isclose(sum(sizes.values()), 1) and min(sizes.values()) >= 0:
        # Shares in millionths, so that the remainder is exact.
        weights = {name: round(size * 1_000_000) for name, size in sizes.items()}
        counts = largest_remainder(weights, len(dataset))
    else:
        raise ValueError(f"sizes: the shares sum to {sum(sizes.values())}, not to 1")
    if sum(counts.values()) > len(dataset) or min(counts.values()) < 0:
        raise ValueError(
            f"sizes: {sum(counts.values())} items are more than the {len(dataset)} there are"
        )
    order, found, start = shuffled(dataset, seed), {}, 0
    for name, count in counts.items():
        positions = sorted(order[start : start + count])
        found[name] = part_of(
            dataset, positions, name, {"split_seed": seed, "split_sizes": dict(sizes)}
        )
        start += count
    return found


def shuffled(dataset: Rows, seed: int) -> list[int]:
    """The positions of the items in a drawn order."""
    ids = dataset.ids()
    return sorted(range(len(dataset)), key=lambda position: key(seed, "fold", ids[position]))


def in_groups(dataset: Rows, by: Field) -> list[list[int]]:
    """The positions of the items with the same value of a field, groups in order of the value."""
    found: dict[str, list[int]] = {}
    for position, item in enumerate(dataset):
        found.setdefault(str(value_of(item, by)), []).append(position)
    return [found[name] for name in sorted(found)]


def group_key(dataset: Rows, group: list[int], seed: int) -> int:
    """The position of a group in a draw; it depends on its ids alone."""
    ids = dataset.ids()
    return key(seed, "group", min(ids[position] for position in group))


def part_of(dataset: RowsT, positions: list[int], split: str, noted: Mapping[str, Any]) -> RowsT:
    """The items at these positions as a split, with notes in its metadata."""
    part = dataset.select(positions, original_size=len(dataset), part=split, **noted)
    return part.replace(split=split)


def noted_as(**values: Any) -> dict[str, Any]:
    """The notes that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def named(by: Field | None) -> str | None:
    """The name of a field."""
    return by if by is None or isinstance(by, str) else getattr(by, "__name__", "function")


def largest_remainder(counts: Mapping[str, int], size: int) -> dict[str, int]:
    """Hamilton's method: whole shares first, the rest to the largest fractions, ties by name."""
    total = sum(counts.values())
    sizes = {name: count * size // total for name, count in counts.items()}
    by_rest = sorted(counts, key=lambda name: (-(counts[name] * size % total), name))
    for name in by_rest[: size - sum(sizes.values())]:
        sizes[name] += 1
    return sizes
