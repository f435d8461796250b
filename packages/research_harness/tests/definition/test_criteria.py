"""Verdicts follow from the whole interval."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research_harness import Criterion


def criterion(**bound: Any) -> Criterion:
    return Criterion(claim="it is so", metric="accuracy", condition="a", **bound)


@pytest.mark.parametrize(
    ("bound", "low", "high", "verdict"),
    [
        ({"min_value": 0.99}, 0.991, 0.999, "SUPPORTED"),
        ({"min_value": 0.99}, 0.90, 0.95, "NOT SUPPORTED"),
        ({"min_value": 0.99}, 0.95, 0.995, "INCONCLUSIVE"),
        ({"more_than": 0.0}, 0.01, 0.05, "SUPPORTED"),
        ({"more_than": 0.0}, -0.01, 0.05, "INCONCLUSIVE"),
        ({"more_than": 0.0}, -0.05, 0.0, "NOT SUPPORTED"),
        ({"max_value": 3.0}, 1.0, 3.0, "SUPPORTED"),
        ({"less_than": 3.0}, 1.0, 3.0, "INCONCLUSIVE"),
        ({"less_than": 3.0}, 3.0, 4.0, "NOT SUPPORTED"),
    ],
)
def test_the_verdict_is_that_of_both_ends(
    bound: dict[str, float], low: float, high: float, verdict: str
) -> None:
    assert criterion(**bound).judge(low, high) == verdict


def test_an_unknown_interval_is_inconclusive() -> None:
    assert criterion(min_value=0.5).judge(math.nan, math.nan) == "INCONCLUSIVE"


@pytest.mark.parametrize("bounds", [{}, {"min_value": 0.1, "max_value": 0.2}])
def test_a_criterion_has_exactly_one_bound(bounds: dict[str, float]) -> None:
    assert "exactly one" in criterion(**bounds).problems()[0]


@given(
    bound=st.floats(-10, 10),
    low=st.floats(-10, 10),
    width=st.floats(0, 5),
)
def test_a_claim_and_its_opposite_are_never_both_supported(
    bound: float, low: float, width: float
) -> None:
    claim = criterion(min_value=bound).judge(low, low + width)
    opposite = criterion(less_than=bound).judge(low, low + width)

    assert (claim == "SUPPORTED") == (opposite == "NOT SUPPORTED")
    assert (claim == "INCONCLUSIVE") == (opposite == "INCONCLUSIVE")
