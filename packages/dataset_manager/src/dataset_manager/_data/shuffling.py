"""Shuffled choices, with the expected answer moved along."""

from collections.abc import Mapping
from typing import Any

from .._core.errors import InvalidItemsError
from .._core.streams import key
from .item import Item, choice_label


def with_shuffled_choices(item: Item, seed: int) -> Item:
    """The item with its choices in an order that depends on the seed and its id.

    Raises:
        InvalidItemsError: The expected answer is not among the choices.
    """
    choices = item.choices
    if not choices or not isinstance(item.input, Mapping):
        return item
    order = sorted(
        range(len(choices)), key=lambda position: key(seed, "choices", item.id, position)
    )
    # A prompt that was written out shows the old order.
    kept = {name: value for name, value in item.input.items() if name != "prompt"}
    question = {**kept, "choices": [item.input["choices"][position] for position in order]}
    many = isinstance(item.expected, list | tuple)
    answers = item.expected if many else [item.expected]
    moved = [_moved(answer, order, item) for answer in answers]
    return Item(
        item.id,
        question,
        moved if many else moved[0],
        {**item.metadata, "choice_order": order},
    )


def _moved(answer: Any, order: list[int], item: Item) -> Any:
    labels = [choice_label(position) for position in range(len(order))]
    if isinstance(answer, int) and not isinstance(answer, bool):
        if 0 <= answer < len(order):
            return order.index(answer)
    elif isinstance(answer, str) and answer in labels:
        return labels[order.index(labels.index(answer))]
    elif str(answer) in item.choices:
        return answer
    raise InvalidItemsError(
        f"item {item.id!r}: the expected answer {answer!r} is not among its {len(order)} choices",
        ids=(item.id,),
    )
