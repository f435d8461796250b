"""Names of version 0.1 that still work, with a warning."""

from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any

import pytest

import bench

A, B = [1.0, 3.0, 2.0, 5.0, 4.0, 7.0, 6.0], [2.0, 5.0, 3.0, 8.0, 4.5, 9.0, 9.5]
GAP = [1.0, None, 2.0, 5.0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Table", "ResultTable"),
        ("MixedAnova", "AnovaTable"),
        ("standardised_difference", "standardized_difference"),
    ],
)
def test_an_old_name_gives_the_new_thing(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=new):
        found = getattr(bench, old)

    assert found is getattr(bench, new)
    assert old not in bench.__all__


OLD_ARGUMENTS: dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], str]] = {
    "nan": (bench.describe, (GAP,), {"nan": "omit"}, "missing"),
    "q of a comparison": (bench.compare_quantile, (A, B), {"q": 0.5, "resamples": 100}, "quantile"),
    "q of an interval": (bench.quantile_interval, (A,), {"q": 0.5}, "quantile"),
    "q of a percentile": (bench.percentile, (A,), {"q": 0.5}, "quantile"),
    "studentised": (bench.permutation_test, (A, B), {"studentised": True}, "studentized"),
    "level of eta squared": (bench.eta_squared_interval, ([A, B],), {"level": 0.8}, "effect_level"),
    "exclude": (bench.eval_score, (GAP,), {"missing": "exclude"}, "omit"),
}


def fields(result: Any) -> str:
    """All values as text: since Python 3.13, results that hold NaN differ from themselves."""
    held = is_dataclass(result) and not isinstance(result, type)
    return repr(asdict(result)) if held else repr(result)


@pytest.mark.parametrize("case", OLD_ARGUMENTS)
def test_an_old_argument_works_and_warns(case: str) -> None:
    function, values, old, new = OLD_ARGUMENTS[case]

    with pytest.warns(DeprecationWarning, match=new):
        found = function(*values, **old)

    if case == "exclude":
        assert fields(found) == fields(bench.eval_score(GAP, missing="omit"))
    else:
        first, *rest = old.items()
        assert fields(found) == fields(function(*values, **{new: first[1]}, **dict(rest)))
