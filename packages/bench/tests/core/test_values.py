"""What every public value does, and what the errors say."""

import dataclasses
import inspect
import json

import pytest

import bench

VALUES = [
    thing
    for thing in (getattr(bench, name) for name in bench.__all__)
    if inspect.isclass(thing) and dataclasses.is_dataclass(thing)
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__name__)
def test_every_value_becomes_data(value: type) -> None:
    assert inspect.isfunction(getattr(value, "to_dict", None))


def test_an_interval_unpacks_into_its_ends() -> None:
    interval = bench.mean_interval([1.0, 2.0, 4.0])

    low, high = interval

    assert (low, high) == (interval.low, interval.high) == (interval[0], interval[1])
    assert json.loads(interval.to_json())["low"] == low


def test_a_misspelt_option_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(bench.InvalidOptionError, match="Did you mean 'hommel'") as caught:
        bench.adjust([0.01, 0.2], "hommle")  # type: ignore[call-overload]  # the mistake under test

    assert "holm-sidak" in caught.value.known


def test_an_unknown_policy_for_missing_values_is_refused_before_one_is_missing() -> None:
    with pytest.raises(bench.InvalidOptionError, match="Did you mean 'omit'"):
        bench.welch_t([1, 2, 3], [2, 3, 4], missing="omti")  # type: ignore[arg-type]  # under test


def test_a_missing_extra_is_named_with_its_package() -> None:
    error = bench.MissingExtraError("mixed_model", "models")

    assert (error.package, error.extra) == ("crucible-framework-bench", "models")
    assert "pip install 'crucible-framework-bench[models]'" in str(error)


def test_a_setting_that_a_design_does_not_use_is_refused() -> None:
    with pytest.raises(bench.InvalidOptionError, match="setting of t"):
        bench.power("t", effect=0.5, power=0.8, groups=3)


def test_an_unknown_row_of_a_result_is_answered_with_the_known_ones() -> None:
    table = bench.posthoc({"small": [1, 2, 3], "large": [4, 5, 7], "huge": [6, 9, 8]})

    with pytest.raises(bench.UnknownRowError, match="Did you mean 'small and large'") as caught:
        table.pair("small", "larg")

    assert isinstance(caught.value, LookupError)
    assert "small and huge" in caught.value.known
