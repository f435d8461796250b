"""Folds for cross-validation; the draw depends on the seed and the ids, not on the order."""

from collections.abc import Iterator
from dataclasses import dataclass

from .._data.dataset import Dataset
from .._data.item import value_of
from .._data.partition import Field, group_key, in_groups, named, noted_as, part_of, shuffled


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """One round of a cross-validation.

    Attributes:
        index: Which one, from 0.
        train: All other items.
        test: The items that are tested in this round.
    """

    index: int
    train: Dataset
    test: Dataset

    def to_dict(self) -> dict[str, object]:
        """The fold as plain values: its index, and the ids of both parts."""
        return {
            "index": self.index,
            "train": list(self.train.ids()),
            "test": list(self.test.ids()),
        }

    def __iter__(self) -> Iterator[Dataset]:
        """So that ``train, test = fold`` works."""
        return iter((self.train, self.test))


def k_fold(
    dataset: Dataset,
    k: int = 5,
    *,
    by: Field | None = None,
    groups: Field | None = None,
    shuffle: bool = True,
    seed: int = 0,
) -> list[Fold]:
    """Cross-validation: every item is tested in exactly one fold.

    The sizes of the folds differ by one at most. With ``by`` that holds within every stratum as
    well; with ``groups`` all items of a group are in one fold, and the folds are filled largest
    group first, so that their sizes differ as little as that allows in practice.

    Args:
        dataset: The data set to divide.
        k: How many folds.
        by: Give every fold its share of each value of this field.
        groups: Keep the items with the same value of this field together.
        shuffle: Draw the folds; False cuts the data set in its order.
        seed: Selects the draw.

    Returns:
        The folds; the metadata of their parts have ``fold``, ``k_folds``, ``fold_seed``.

    Raises:
        ValueError: ``k`` is not between 2 and the number of items (or groups), ``by`` and
            ``groups`` are both given, or an item lacks the field.
    """
    if by is not None and groups is not None:
        raise ValueError("by, groups: give one of them; a fold cannot respect both")
    if groups is not None:
        positions = _by_group(dataset, groups, k, seed)
    else:
        _check_k(k, len(dataset), "items")
        order = _order(dataset, by, shuffle=shuffle, seed=seed)
        positions = {
            position: count % k if shuffle else count * k // len(order)
            for count, position in enumerate(order)
        }
    noted = noted_as(
        k_folds=k,
        fold_seed=seed if shuffle else None,
        fold_strata=named(by),
        fold_groups=named(groups),
    )
    folds = []
    for index in range(k):
        test = [position for position in range(len(dataset)) if positions[position] == index]
        train = [position for position in range(len(dataset)) if positions[position] != index]
        folds.append(
            Fold(
                index=index,
                train=part_of(dataset, train, "train", {**noted, "fold": index}),
                test=part_of(dataset, test, "test", {**noted, "fold": index}),
            )
        )
    return folds


def _order(dataset: Dataset, by: Field | None, *, shuffle: bool, seed: int) -> list[int]:
    """The positions in the order in which folds take them; strata one after the other."""
    if not shuffle:
        if by is not None:
            raise ValueError("by: strata are drawn at random; leave shuffle=False out, or by=")
        return list(range(len(dataset)))
    positions = shuffled(dataset, seed)
    if by is not None:
        strata = [str(value_of(item, by)) for item in dataset]
        positions.sort(key=strata.__getitem__)
    return positions


def _by_group(dataset: Dataset, by: Field, k: int, seed: int) -> dict[int, int]:
    groups = in_groups(dataset, by)
    _check_k(k, len(groups), "groups")
    groups.sort(key=lambda group: (-len(group), group_key(dataset, group, seed)))
    sizes, positions = [0] * k, dict[int, int]()
    for group in groups:
        fold = sizes.index(min(sizes))
        sizes[fold] += len(group)
        positions |= dict.fromkeys(group, fold)
    return positions


def _check_k(k: int, count: int, what: str) -> None:
    if not 2 <= k <= count:
        raise ValueError(f"k: {k!r} is not between 2 and the {count} {what} there are")
