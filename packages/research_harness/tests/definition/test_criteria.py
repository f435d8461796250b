"""Verdicts follow from the whole interval."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
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


@pytest.mark.parametrize(
    ("bounds", "problem"),
    [
        ({}, "give a bound"),
        ({"min_value": 0.1, "more_than": 0.2}, "at most one of"),
        ({"min_value": 0.2, "max_value": 0.1}, "not below"),
        ({"min_value": math.nan}, "finite"),
        ({"max_value": 0.5, "measure": "ratio"}, "against"),
        ({"max_value": 0.5, "measure": "times"}, "unknown measure 'times'"),
        ({"max_value": 0.5, "against": "a"}, "with itself"),
    ],
)
def test_a_criterion_that_says_nothing_clear_is_refused(
    bounds: dict[str, Any], problem: str
) -> None:
    assert problem in criterion(**bounds).problems()[0]


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.01, 0.015, "SUPPORTED"),
        (-0.03, 0.03, "INCONCLUSIVE"),
        (-0.03, 0.01, "INCONCLUSIVE"),
        (0.021, 0.05, "NOT SUPPORTED"),
        (-0.05, -0.021, "NOT SUPPORTED"),
        (-math.inf, math.inf, "INCONCLUSIVE"),
    ],
)
def test_two_bounds_claim_equivalence(low: float, high: float, verdict: str) -> None:
    claim = criterion(min_value=-0.02, max_value=0.02, against="b")

    assert not claim.problems()
    assert claim.judge(low, high) == verdict


def test_a_relative_bound_reads_as_a_percentage() -> None:
    claim = criterion(max_value=0.15, against="b", measure="relative")

    assert claim.condition_text == "accuracy of a relative to b <= +15 %"


@settings(deadline=None)
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
