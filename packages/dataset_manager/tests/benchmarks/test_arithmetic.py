"""Generated problems: right, repeatable, and never taken for a benchmark."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_manager import arithmetic

# What each story means, worked out from the numbers in its text, in their order.
MEANING: dict[str, Callable[..., int]] = {
    "sum": lambda had, found: had + found,
    "difference": lambda had, gave: had - gave,
    "product": lambda boxes, each: boxes * each,
    "change": lambda count, price, paid: paid - count * price,
    "share": lambda total, friends, more: total // friends + more,
    "trip": lambda speed, hours, days, rest: speed * hours * days + rest,
    "stock": lambda start, sold, boxes, each: start - sold + (boxes - 1) * each,
}


@given(seed=st.integers(0, 10_000))
def test_every_answer_follows_from_its_text(seed: int) -> None:
    for item in arithmetic(5, seed=seed):
        numbers = [int(number) for number in re.findall(r"\d+", str(item))]

        assert item.expected == str(MEANING[item.metadata["template"]](*numbers)), str(item)


def test_shares_come_out_even() -> None:
    for item in arithmetic(300):
        if item.metadata["template"] == "share":
            total, friends, _ = (int(number) for number in re.findall(r"\d+", str(item)))
            assert total % friends == 0


def test_problems_vary_in_story_steps_and_difficulty() -> None:
    data = arithmetic(300, seed=5)

    assert {item.metadata["template"] for item in data} == set(MEANING)
    assert {item.metadata["steps"] for item in data} == {1, 2, 3}
    assert {item.metadata["difficulty"] for item in data} == {0.0, 0.25, 0.5, 0.75, 1.0}
    assert len({str(item) for item in data}) > 290


def test_generated_problems_are_marked() -> None:
    data = arithmetic(3, seed=5)

    assert data.synthetic
    assert "SYNTHETIC" in str(data)
    assert data.metadata["seed"] == 5


def test_the_problems_of_a_seed_never_change() -> None:
    """The hash of version 1; other problems need another version."""
    data = arithmetic(20, seed=0)

    assert data.version == "1"
    assert data.content_hash.startswith("9dcb428569928e25")


def test_a_larger_generated_set_begins_with_the_smaller_one() -> None:
    assert list(arithmetic(5, seed=1)) == list(arithmetic(50, seed=1))[:5]
    assert list(arithmetic(5, seed=1)) != list(arithmetic(5, seed=2))
    with pytest.raises(ValueError, match="at least 1"):
        arithmetic(0)
