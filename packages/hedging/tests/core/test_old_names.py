"""Old names, arguments and attributes work for one minor version, with a warning."""

from collections.abc import Callable
from typing import Any

import pytest

import hedging
from hedging import simulation
from hedging._core import old_names

# Type checkers refuse the old names, so they are given through these.
face: Any = hedging
old_simulation: Any = simulation
UNHEDGED = [float(each) for each in range(100, 1200)]
HEDGED = [min(each, 1000.0) for each in UNHEDGED]
(OLD,) = old_names.DISTRIBUTION
Exponential = simulation.ShiftedExponential


@pytest.mark.parametrize(("old", "new"), old_names.FACE.items())
def test_an_old_name_is_the_new_thing(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"{old} is now hedging.{new}"):
        assert getattr(hedging, old) is getattr(hedging, new)
    assert old not in hedging.__all__


def test_an_old_name_of_the_simulations_is_the_new_thing() -> None:
    for old, new in old_names.SIMULATION.items():
        with pytest.warns(DeprecationWarning, match="is now"):
            assert getattr(simulation, old) is getattr(simulation, new)


def test_a_name_that_never_was_is_an_error() -> None:
    with pytest.raises(AttributeError, match="Strategies"):
        face.Strategies  # noqa: B018  # the access is the test


@pytest.mark.parametrize(
    ("call", "attribute", "value"),
    [
        (lambda: hedging.Percentile(90), "quantile", 0.9),
        (lambda: face.Percentile(percentile=90), "quantile", 0.9),
        (lambda: face.Percentile(max_age_s=2), "max_age_ms", 2000),
        (lambda: face.Thompson(percentiles=(80, 95)), "quantiles", (0.8, 0.95)),
        (lambda: face.Breaker(open_s=2), "open_ms", 2000),
        (lambda: face.Policy(breaker_open_s=2), "breaker_open_ms", 2000),
        (lambda: hedging.Policy.from_dict({"breaker_open_s": 2}), "breaker_open_ms", 2000),
        (lambda: old_simulation.Regime(**{OLD: Exponential()}), "distribution", Exponential()),
        (lambda: old_simulation.Scaled(**{OLD: Exponential(), "factor": 2}), "factor", 2),
    ],
)
def test_an_old_argument_is_taken_in_its_old_unit(
    call: Callable[[], Any], attribute: str, value: object
) -> None:
    with pytest.warns(DeprecationWarning, match="is now"):
        made = call()

    assert getattr(made, attribute) == value


@pytest.mark.parametrize(
    ("made", "old", "value"),
    [
        (hedging.Percentile(0.9, max_age_ms=500), "percentile", 90.0),
        (hedging.Percentile(0.9, max_age_ms=500), "max_age_s", 0.5),
        (hedging.Thompson(quantiles=(0.5, 0.75)), "percentiles", (50.0, 75.0)),
        (hedging.Breaker(open_ms=500), "open_s", 0.5),
        (hedging.Policy(breaker_open_ms=500), "breaker_open_s", 0.5),
        (hedging.break_even([1.0, 3.0], 1.0, cost_usd=1.0), "saved_s", 0.25),
        (hedging.analyze(UNHEDGED).p99, "percentile", 99.0),
        (hedging.analyze(UNHEDGED).p99, "low_ms", 1181.0),
        (hedging.analyze(UNHEDGED).p99, "high_ms", 1196.0),
        (old_simulation.Regime(distribution=Exponential()), OLD, Exponential()),
    ],
)
def test_an_old_attribute_has_its_old_unit(made: object, old: str, value: object) -> None:
    with pytest.warns(DeprecationWarning, match=old):
        assert getattr(made, old) == value


def test_the_old_level_and_ends_of_a_comparison_work() -> None:
    pytest.importorskip("numpy")
    with pytest.warns(DeprecationWarning, match="confidence= is now level="):
        old = face.compare_tails(UNHEDGED, HEDGED, extra_requests=0.1, resamples=20, confidence=0.9)

    with pytest.warns(DeprecationWarning, match="is now"):
        assert (old.low, old.high, old.confidence) == (*old.interval, 0.9)


def test_the_old_quantile_of_a_request_works() -> None:
    async def call() -> int:
        return 1

    with pytest.warns(DeprecationWarning, match="percentile= is now quantile=0.9"):
        assert face.request_sync(call, percentile=90).value == 1


def test_old_arguments_of_the_simulations_work() -> None:
    with pytest.warns(DeprecationWarning, match="is now"):
        assert old_simulation.midpoints(**{OLD: Exponential(mean_ms=0), "count": 2}) == [300, 300]
    with pytest.warns(DeprecationWarning, match="is now"):
        assert old_simulation.Sample([1, 2, 3]).quantile(share=0.5) == 2
    traffic = old_simulation.make_traffic(
        [old_simulation.Regime(distribution=Exponential(), requests=600)], seed=1
    )
    result = old_simulation.simulate(traffic, hedging.Fixed(500))
    with pytest.warns(DeprecationWarning, match="max_extra"):
        assert result.most_extra() == result.max_extra()
    with pytest.warns(DeprecationWarning, match="is now"):
        assert result.quantile_ms(share=0.5) == result.quantile_ms(0.5)


def test_an_old_and_a_new_argument_together_are_refused() -> None:
    with pytest.raises(TypeError, match="give quantile only"):
        face.Percentile(quantile=0.9, percentile=90)
