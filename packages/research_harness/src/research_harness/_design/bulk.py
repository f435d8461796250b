"""The places of many rows at once, computed with arrays where a design allows it.

They are the places that the rows have one by one: the same integers in the same order.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from .assignments import Crossed
from .layout import Assignment, Place
from .permutation import ROUNDS, STEP, Permutation, half_bits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# So many places are computed at a time.
BLOCK_ROWS = 4_096
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


class PlaceColumns(NamedTuple):
    """The places of some rows.

    Attributes:
        condition: The number of each row's condition.
        item: The number of its item.
        repeat: The number of its repeat.
    """

    condition: "NDArray[np.int64]"
    item: "NDArray[np.int64]"
    repeat: "NDArray[np.int64]"


def place_columns(assignment: Assignment, rows: Sequence[int]) -> PlaceColumns:
    """The conditions, items and repeats of rows.

    Args:
        assignment: The places of all rows.
        rows: The numbers of the rows.
    """
    import numpy as np

    if type(assignment) is Crossed:
        return _crossed(assignment, np.asarray(rows, np.int64))
    found = [assignment[row][:3] for row in rows]
    return PlaceColumns(*np.array(found, np.int64).reshape(-1, 3).T)


def places(assignment: Assignment, rows: range) -> Iterator[Place]:
    """The places of rows, computed block by block while they are asked for.

    Args:
        assignment: The places of all rows.
        rows: The numbers of the rows.
    """
    if type(assignment) is not Crossed:
        yield from (assignment[row] for row in rows)
        return
    for start in range(0, len(rows), BLOCK_ROWS):
        found = place_columns(assignment, rows[start : start + BLOCK_ROWS])
        for condition, item, repeat in zip(*(each.tolist() for each in found), strict=True):
            yield Place(condition, item, repeat, period=repeat if assignment.periodic else 0)


def _crossed(assignment: Crossed, rows: "NDArray[np.int64]") -> PlaceColumns:
    import numpy as np

    group, slot = np.divmod(rows, assignment.width)
    repeat, number = np.divmod(group, assignment.items)
    if not assignment.layout.randomize:
        return PlaceColumns(slot, number, repeat)
    item = np.empty_like(number)
    for each in np.unique(repeat).tolist():
        own = repeat == each
        item[own] = permuted(assignment.orders[each], number[own])
    if assignment.width == 1:
        return PlaceColumns(slot, item, repeat)
    groups, first, inverse = np.unique(group, return_index=True, return_inverse=True)
    orders = _orders(assignment, repeat[first].tolist(), item[first].tolist(), len(groups))
    return PlaceColumns(orders[inverse, slot], item, repeat)


def _orders(
    assignment: Crossed, repeats: list[int], items: list[int], size: int
) -> "NDArray[np.int64]":
    """The order of the conditions of each item: one row for each."""
    import numpy as np

    seed, width = assignment.layout.seed, assignment.width
    keys = np.empty(size, np.uint64)
    heads = {
        each: blake2b(f"{seed}/conditions/{each}/".encode(), digest_size=8) for each in set(repeats)
    }
    for number, (repeat, item) in enumerate(zip(repeats, items, strict=True)):
        label = heads[repeat].copy()
        label.update(b"%d" % item)
        keys[number] = int.from_bytes(label.digest(), "little")
    with_step = [keys + np.uint64(step * STEP % 2**64) for step in range(ROUNDS)]
    rounds = np.stack([mixed(each) for each in with_step])
    slots = (np.full(size, slot) for slot in range(width))
    return np.stack([_walked(each, width, rounds) for each in slots], axis=1)


def permuted(order: Permutation, positions: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """The indexes at these positions of an order.

    Args:
        order: The order.
        positions: The positions, each within the order.
    """
    import numpy as np

    keys = np.array(order.keys, np.uint64)
    return _walked(positions, order.size, keys[:, None])


def _walked(
    positions: "NDArray[np.int64]", size: int, keys: "NDArray[np.uint64]"
) -> "NDArray[np.int64]":
    """Positions sent through the network until they are within the range."""
    import numpy as np

    keys = np.broadcast_to(keys, (len(keys), len(positions)))
    half = half_bits(size)
    found = _sent(positions.astype(np.uint64), keys, half)
    while len(outside := np.flatnonzero(found >= size)):
        found[outside] = _sent(found[outside], keys[:, outside], half)
    return found.astype(np.int64)


def _sent(
    values: "NDArray[np.uint64]", keys: "NDArray[np.uint64]", half: int
) -> "NDArray[np.uint64]":
    """Values sent through the network once; see ``Permutation``."""
    import numpy as np

    bits, low = np.uint64(half), np.uint64((1 << half) - 1)
    left, right = values >> bits, values & low
    for key in keys:
        left, right = right, left ^ (mixed(right ^ key) & low)
    return (left << bits) | right


def mixed(values: "NDArray[np.uint64]") -> "NDArray[np.uint64]":
    """The finaliser of SplitMix64 for many numbers; products overflow as they are meant to.

    Args:
        values: The numbers.
    """
    import numpy as np

    values = (values ^ (values >> np.uint64(30))) * np.uint64(_FIRST)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(_SECOND)
    return values ^ (values >> np.uint64(31))
