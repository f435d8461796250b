"""Values are what frozen dataclasses are, also to those who look at them."""

import dataclasses
import inspect
import json
import pickle
from typing import Any

import pytest

import ensemble
from ensemble import Ability, Interval, Learned, Limits, Sequential, VoteTable, Weighted

VALUES = [
    Sequential(first=2),
    Weighted(weights={"a": 2.0}),
    Limits(max_failures=2),
    Learned(weights={}),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda each: type(each).__name__)
def test_a_value_is_a_frozen_dataclass(value: Any) -> None:
    names = [field.name for field in dataclasses.fields(value)]

    assert dataclasses.replace(value) == value
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301  # its own
    assert list(inspect.signature(type(value)).parameters) == names
    assert list(value.to_dict()) == names
    with pytest.raises(AttributeError, match="frozen"):
        value.first = 3


def test_a_replaced_field_is_checked_again() -> None:
    with pytest.raises(ValueError, match="first"):
        dataclasses.replace(Sequential(), first=0)


def test_every_public_class_shows_its_options() -> None:
    hidden = [
        name
        for name in ensemble.__all__
        if inspect.isclass(thing := getattr(ensemble, name))
        and not issubclass(thing, BaseException)
        and "**given" in str(inspect.signature(thing))
    ]

    assert hidden == []


def test_a_value_that_is_called_has_a_signature_of_its_own() -> None:
    assert list(inspect.signature(Ability(ability=1.0)).parameters) == ["question"]


def test_a_class_made_from_another_one_has_the_fields_of_both() -> None:
    names = [field.name for field in dataclasses.fields(VoteTable)]

    assert names[:3] == ["models", "votes", "gold"]
    with pytest.raises(TypeError, match="needs 'votes'"):
        VoteTable(models=["a"])  # type: ignore[call-arg]  # wrong on purpose


def test_an_interval_unpacks_into_its_bounds() -> None:
    interval = Interval(low=0.25, high=0.5, level=0.9, method="Wald")
    low, high = interval

    assert (low, high, interval[0], interval[1], len(interval)) == (0.25, 0.5, 0.25, 0.5, 2)
    assert str(interval) == "[0.25, 0.5]"
    assert json.loads(interval.to_json())["level"] == 0.9
