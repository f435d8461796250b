"""Ratings of several raters, matched by item: any hashable value, missing ones as None."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from .._core.errors import InvalidDataError, UnequalLengthsError
from .._core.shown import repr_of
from .intake import is_counted, plain_list, split_ids, unique_ids
from .refusals import is_key, is_unlabelled, refuse_alike, refuse_unspeakable

Item = tuple[Hashable, ...]


def ratings_by_item(
    raters: Sequence[Any], *, complete: bool
) -> tuple[list[Item], Sequence[Hashable] | None]:
    """One tuple per item with the rating of every rater, and the ids of the items.

    Raises:
        UnequalLengthsError: Raters with different numbers of items.
        InvalidDataError: A missing rating when all must be there, or one that is no plain value.
    """
    names = [f"rater {place}" for place in range(1, len(raters) + 1)]
    columns = [_column(each, name) for each, name in zip(raters, names, strict=True)]
    ids = [found[0] for found in columns]
    ratings = [found[1] for found in columns]
    refuse_alike((each for found in ratings for each in found), "ratings")
    order = ids[0]
    if all(each is not None for each in ids) and not all(map(is_counted, raters)):
        ratings, order = _by_id([each or () for each in ids], ratings, names)
    elif any(isinstance(each, Mapping) for each in raters):
        plain = next(name for name, each in zip(names, ids, strict=True) if each is None)
        raise InvalidDataError(plain, "has no ids while another rater has: pass all by item id")
    sizes = [len(each) for each in ratings]
    for size in sizes:
        if size != sizes[0]:
            raise UnequalLengthsError(sizes[0], size)
    if complete:
        for name, each in zip(names, ratings, strict=True):
            if None in each:
                raise InvalidDataError(
                    name,
                    f"missing ratings, the first at item {each.index(None)}; this method needs"
                    " all: use krippendorff",
                )
    # Items rated alike share one tuple: the garbage collector searches every tuple there is.
    alike: dict[Item, Item] = {}
    return [alike.setdefault(item, item) for item in zip(*ratings, strict=True)], order


def _column(values: Any, name: str) -> tuple[Sequence[Hashable] | None, list[Any]]:
    if isinstance(values, str | bytes | set | frozenset):
        raise InvalidDataError(name, f"expected ratings in order, got {type(values).__name__}")
    ids, inner = split_ids(values, name)
    found: list[Any] = []
    for place, value in enumerate(plain_list(inner, name)):
        if is_unlabelled(value):
            found.append(None)
        elif is_key(value):
            found.append(value)
        else:
            raise InvalidDataError(name, f"rating {place} is {repr_of(value)}, not a plain value")
    refuse_unspeakable(found, name, "rating")
    return ids, found


def _by_id(
    ids: Sequence[Sequence[Hashable]], ratings: Sequence[list[Any]], names: Sequence[str]
) -> tuple[list[list[Any]], Sequence[Hashable]]:
    if all(list(each) == list(ids[0]) for each in ids[1:]):
        unique_ids(ids[0], names[0])
        return list(ratings), ids[0]
    for each, name in zip(ids, names, strict=True):
        unique_ids(each, name)
    known = [dict(zip(each, found, strict=True)) for each, found in zip(ids, ratings, strict=True)]
    order = list(dict.fromkeys(item for each in ids for item in each))
    partial = [item for item in order if any(item not in each for each in known)]
    if len(partial) == len(order):
        raise UnequalLengthsError(len(ids[0]), len(ids[-1]), "the raters share no item")
    # An item that a rater did not rate is a missing rating, refused where all must be there.
    return [[each.get(item) for item in order] for each in known], order
