"""Generated word problems with known answers, for trying things out; not a benchmark.

Item i depends on the seed and on i alone, so a larger set begins with the smaller one.
"""

from collections.abc import Callable
from random import Random

from .._core.streams import stream
from .._data.dataset import Dataset
from .._data.item import Item

_NAMES = ("Ada", "Bela", "Chen", "Dara", "Emil", "Fatou", "Goran", "Hana", "Ivo", "Jun")
_THINGS = ("apples", "books", "coins", "marbles", "pencils", "shells", "stamps", "tickets")

Problem = tuple[str, int]


def arithmetic(n: int, *, seed: int = 0) -> Dataset:
    """Generated word problems of one to three steps.

    Args:
        n: How many.
        seed: Selects the problems.

    Returns:
        A data set marked synthetic. Each item's metadata has ``difficulty`` in [0, 1], ``steps``
        and ``template``.

    Raises:
        ValueError: ``n`` is below 1.
    """
    if n < 1:
        raise ValueError(f"n: {n!r} is not a number of problems; give at least 1")
    return Dataset(
        [_item(number, seed) for number in range(n)],
        name="arithmetic",
        version="1",
        scorer="number",
        synthetic=True,
        metadata={"generator": "dataset_manager.arithmetic", "seed": seed, "license": "MIT"},
    )


def _item(number: int, seed: int) -> Item:
    chance = stream(seed, "arithmetic", number)
    steps = chance.randint(1, 3)
    make = chance.choice(_TEMPLATES[steps])
    size = chance.choice((10, 50, 200))
    question, answer = make(chance, size)
    difficulty = round((steps - 1) / 4 + {10: 0.0, 50: 0.25, 200: 0.5}[size], 2)
    metadata = {"difficulty": difficulty, "steps": steps, "template": make.__name__.strip("_")}
    return Item(f"arithmetic_{number}", question, str(answer), metadata)


def _sum(chance: Random, size: int) -> Problem:
    (a, b), (name, thing) = _numbers(chance, size, 2), _cast(chance)
    return (
        f"{name} has {a} {thing} and finds {b} more. How many {thing} does {name} have now?",
        a + b,
    )


def _difference(chance: Random, size: int) -> Problem:
    (a, b), (name, thing) = _numbers(chance, size, 2), _cast(chance)
    high, low = max(a, b) + 1, min(a, b)
    return f"{name} had {high} {thing} and gave {low} away. How many {thing} are left?", high - low


def _product(chance: Random, size: int) -> Problem:
    (a, b), (name, thing) = _numbers(chance, size, 2), _cast(chance)
    b = 2 + b % 11
    return (
        f"{name} fills {b} boxes with {a} {thing} each. How many {thing} are in the boxes?",
        a * b,
    )


def _change(chance: Random, size: int) -> Problem:
    (price, count), (name, thing) = _numbers(chance, size, 2), _cast(chance)
    count = 2 + count % 8
    paid = price * count + chance.randint(1, size)
    return (
        (
            f"{name} buys {count} {thing} for {price} dollars each and pays with {paid} dollars."
            f" How many dollars does {name} get back?"
        ),
        paid - price * count,
    )


def _share(chance: Random, size: int) -> Problem:
    (each, more), (name, thing) = _numbers(chance, size, 2), _cast(chance)
    friends = chance.randint(2, 9)
    return (
        (
            f"{name} shares {each * friends} {thing} equally among {friends} friends. One of them"
            f" already had {more} {thing}. How many {thing} does that friend have now?"
        ),
        each + more,
    )


def _trip(chance: Random, size: int) -> Problem:
    (speed, rest), (name, _) = _numbers(chance, size, 2), _cast(chance)
    hours, legs = chance.randint(2, 9), chance.randint(2, 4)
    return (
        (
            f"{name} rides {speed} kilometres an hour for {hours} hours a day. After {legs} days"
            f" {rest} kilometres are left. How many kilometres long is the whole trip?"
        ),
        speed * hours * legs + rest,
    )


def _stock(chance: Random, size: int) -> Problem:
    (start, sold, per_box), (name, thing) = _numbers(chance, size, 3), _cast(chance)
    boxes = chance.randint(2, 9)
    start += sold
    return (
        (
            f"{name}'s shop has {start} {thing}. {sold} are sold, then {boxes} boxes of {per_box}"
            f" {thing} arrive, and one box is sent back. How many {thing} are in the shop?"
        ),
        start - sold + (boxes - 1) * per_box,
    )


_TEMPLATES: dict[int, tuple[Callable[[Random, int], Problem], ...]] = {
    1: (_sum, _difference, _product),
    2: (_change, _share),
    3: (_trip, _stock),
}


def _numbers(chance: Random, size: int, count: int) -> list[int]:
    return [chance.randint(2, size) for _ in range(count)]


def _cast(chance: Random) -> tuple[str, str]:
    return chance.choice(_NAMES), chance.choice(_THINGS)
