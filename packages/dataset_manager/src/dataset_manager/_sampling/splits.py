"""Splits into parts, and resamples."""

from collections.abc import Iterator, Mapping

from .._core.streams import key, stream
from .._data.dataset import Dataset
from .._data.item import Item
from .._data.partition import (
    Field,
    divided,
    group_key,
    in_groups,
    largest_remainder,
    named,
    noted_as,
    part_of,
)


def train_test_split(
    dataset: Dataset,
    test_size: float = 0.2,
    *,
    by: Field | None = None,
    groups: Field | None = None,
    seed: int = 0,
) -> tuple[Dataset, Dataset]:
    """A train part and a test part that share no item.

    Args:
        dataset: The data set to divide.
        test_size: The share of the test part (below 1), or its number of items.
        by: Give both parts their share of each value of this field.
        groups: Keep the items with the same value of this field together; the test part then has
            at least the size asked for, and no group more than that takes.
        seed: Selects the draw.

    Returns:
        The train part and the test part, each in the order of the data set.

    Raises:
        ValueError: A part would be empty, ``by`` and ``groups`` are both given, or an item lacks
            the field.
    """
    if by is not None and groups is not None:
        raise ValueError("by, groups: give one of them; a split cannot respect both")
    count = test_size if isinstance(test_size, int) else round(len(dataset) * test_size)
    if not 1 <= count < len(dataset):
        raise ValueError(f"test_size: {test_size!r} leaves a part of {len(dataset)} items empty")
    chosen = _draw(dataset, count, by, groups, seed)
    if len(chosen) == len(dataset):
        raise ValueError(
            "groups: all items are in the test part; give a smaller test_size or finer groups"
        )
    parts = {
        "train": [position for position in range(len(dataset)) if position not in chosen],
        "test": sorted(chosen),
    }
    noted = noted_as(
        split_seed=seed,
        split_test_size=test_size,
        split_strata=named(by),
        split_groups=named(groups),
    )
    train, test = (part_of(dataset, positions, name, noted) for name, positions in parts.items())
    return train, test


def split_dataset(
    dataset: Dataset, sizes: Mapping[str, float], *, seed: int = 0
) -> dict[str, Dataset]:
    """Parts that share no item, by name.

    Args:
        dataset: The data set to divide.
        sizes: The shares of the parts, which sum to 1; or their numbers of items, whose rest is
            left out.
        seed: Selects the draw.

    Returns:
        The parts by name, each in the order of the data set.

    Raises:
        ValueError: The shares do not sum to 1, or the parts are larger than the data set.
    """
    return divided(dataset, sizes, seed=seed)


def bootstrap(
    dataset: Dataset, resamples: int = 1000, *, groups: Field | None = None, seed: int = 0
) -> Iterator[Dataset]:
    """Resamples: as many items as the data set has, drawn with replacement.

    An item that is drawn again gets an id of its own (``id#2``) and the first id in its metadata
    under ``original_id``.

    Args:
        dataset: The data set to draw from.
        resamples: How many to draw.
        groups: Draw whole groups, for items that are not independent.
        seed: Selects the draws; resample i is the same however many there are.

    Returns:
        An iterator of data sets, each as large as the original.

    Raises:
        ValueError: There are no items, or an item lacks the field.
    """
    if not len(dataset):
        raise ValueError(f"{dataset.name} has no items to draw from")
    units = in_groups(dataset, "id" if groups is None else groups)
    for number in range(resamples):
        chance = stream(seed, "bootstrap", number)
        # Of all that a generator draws, only random() is promised never to change.
        picks = (units[int(chance.random() * len(units))] for _ in units)
        drawn = [position for unit in picks for position in unit]
        yield dataset.with_items(
            _distinct(dataset, drawn),
            bootstrap_seed=seed,
            bootstrap_number=number,
            original_size=len(dataset),
            original_hash=dataset.content_hash,
        )


def _distinct(dataset: Dataset, positions: list[int]) -> Iterator[Item]:
    seen: dict[int, int] = {}
    for position in positions:
        item = dataset[position]
        times = seen[position] = seen.get(position, 0) + 1
        mark = f"{item.id}#{times}" if times > 1 else item.id
        yield Item(mark, item.input, item.expected, {**item.metadata, "original_id": item.id})


def _draw(
    dataset: Dataset, count: int, by: Field | None, groups: Field | None, seed: int
) -> set[int]:
    ids = dataset.ids()
    if groups is not None:
        chosen: set[int] = set()
        units = in_groups(dataset, groups)
        for unit in sorted(units, key=lambda unit: group_key(dataset, unit, seed)):
            if len(chosen) >= count:
                break
            chosen |= {*unit}
        return chosen
    strata = [[*range(len(dataset))]] if by is None else in_groups(dataset, by)
    shares = largest_remainder({str(n): len(unit) for n, unit in enumerate(strata)}, count)
    return {
        position
        for number, unit in enumerate(strata)
        for position in sorted(unit, key=lambda position: key(seed, "split", ids[position]))[
            : shares[str(number)]
        ]
    }
