"""The confidence sequence that keeps no values gives the interval of the one that has them all."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import (
    InvalidDataError,
    InvalidOptionError,
    RunningConfidenceSequence,
    confidence_sequence,
)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**16), st.integers(1, 700), st.floats(0.05, 0.95))
def test_parts_of_any_size_give_the_interval_of_all_values(seed: int, n: int, share: float) -> None:
    rng = random.Random(seed)
    values = [float(rng.random() < share) for _ in range(n)]
    running = RunningConfidenceSequence()

    left = list(values)
    while left:
        size = rng.randint(1, 300)
        running.add(left[:size])
        left = left[size:]

    whole = confidence_sequence(values)
    assert running.n == n
    assert running.interval().low == pytest.approx(whole.low[-1], abs=1e-9)
    assert running.interval().high == pytest.approx(whole.high[-1], abs=1e-9)
    assert running.estimate == pytest.approx(whole.estimate[-1])


def test_other_bounds_and_levels_are_those_of_the_sequence() -> None:
    rng = random.Random(4)
    values = [rng.uniform(-1.0, 3.0) for _ in range(900)]
    running = RunningConfidenceSequence(low=-1.0, high=3.0, level=0.9, grid=400)

    for start in range(0, 900, 7):
        running.add(values[start : start + 7])

    whole = confidence_sequence(values, low=-1.0, high=3.0, level=0.9, grid=400)
    found = running.interval()
    assert tuple(found) == pytest.approx((whole.low[-1], whole.high[-1]))
    assert (found.level, found.method) == (0.9, "betting")


def test_values_that_leave_no_candidate_keep_the_last_interval() -> None:
    values = [0.0] * 400 + [1.0] * 4000
    running = RunningConfidenceSequence()

    for start in range(0, len(values), 100):
        running.add(values[start : start + 100])

    whole = confidence_sequence(values)
    assert tuple(running.interval()) == pytest.approx((whole.low[-1], whole.high[-1]))


def test_before_the_first_value_nothing_is_known() -> None:
    running = RunningConfidenceSequence()

    assert tuple(running.interval()) == (0.0, 1.0)
    assert math.isnan(running.estimate)


def test_the_state_shrinks_with_the_interval() -> None:
    running = RunningConfidenceSequence()
    running.add([1.0, 0.0] * 100)
    early = len(running._candidates)
    running.add([1.0, 0.0] * 5000)

    assert len(running._candidates) < early / 4


def test_a_value_outside_the_bounds_is_refused_and_not_taken() -> None:
    running = RunningConfidenceSequence()
    running.add([1, 0])

    with pytest.raises(InvalidDataError, match="between 0 and 1"):
        running.add([1, 2])
    assert running.n == 2


@pytest.mark.parametrize("options", [{"grid": 5}, {"level": 1.5}])
def test_options_that_make_no_sense_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(InvalidOptionError):
        RunningConfidenceSequence(**options)  # type: ignore[arg-type]
