"""Seeded samples. An item's position in the draw depends on the seed and its id alone.

So a sample of 50 is part of the sample of 100 with the same seed, adding items to the data set
moves no other item, and the draw is the same under every version of Python.
"""

from collections.abc import Callable

from .._core.deprecated import renamed_arguments
from .._core.streams import key
from .._data.dataset import Dataset
from .._data.item import Item, value_of
from .._data.partition import largest_remainder


@renamed_arguments(size="n")
def random_sample(dataset: Dataset, n: int, *, seed: int = 0) -> Dataset:
    """A simple random sample, in the order of the data set.

    Args:
        dataset: The data set to draw from.
        n: How many items.
        seed: Selects them.

    Returns:
        The sample; its metadata has ``sample_method``, ``sample_size``, ``sample_seed`` and
        ``original_size``.

    Raises:
        ValueError: ``n`` is not between 1 and the number of items.
    """
    _check(dataset, n)
    chosen = _draw(list(dataset), n, seed, "random")
    return dataset.with_items(
        (item for item in dataset if item.id in chosen),
        sample_method="random",
        sample_size=n,
        sample_seed=seed,
        original_size=len(dataset),
    )


@renamed_arguments(size="n")
def stratified_sample(
    dataset: Dataset, n: int, *, by: str | Callable[[Item], object] = "subject", seed: int = 0
) -> Dataset:
    """A sample in which every stratum has its share, in the order of the data set.

    The shares are rounded by the largest remainder, so that they sum to ``n`` exactly.

    Args:
        dataset: The data set to draw from.
        n: How many items.
        by: The strata: a field of the metadata (``a.b`` for nested ones), or a function.
        seed: Selects the items.

    Returns:
        The sample; its metadata also has ``strata_field`` and ``strata_distribution``.

    Raises:
        ValueError: ``n`` is out of range, or an item lacks the field.
    """
    _check(dataset, n)
    strata: dict[str, list[Item]] = {}
    for item in dataset:
        strata.setdefault(str(value_of(item, by)), []).append(item)
    sizes = largest_remainder({name: len(items) for name, items in strata.items()}, n)
    chosen: set[str] = set()
    for name, items in strata.items():
        chosen |= _draw(items, sizes[name], seed, "stratified")
    return dataset.with_items(
        (item for item in dataset if item.id in chosen),
        sample_method="stratified",
        sample_size=n,
        sample_seed=seed,
        original_size=len(dataset),
        strata_field=by if isinstance(by, str) else getattr(by, "__name__", "function"),
        strata_distribution=sizes,
    )


def _draw(items: list[Item], size: int, seed: int, method: str) -> set[str]:
    ranked = sorted(items, key=lambda item: key(seed, "sample", method, item.id))
    return {item.id for item in ranked[:size]}


def _check(dataset: Dataset, n: int) -> None:
    if not 1 <= n <= len(dataset):
        raise ValueError(f"n: {n!r} is not between 1 and the {len(dataset)} items there are")
