"""Which test a metric gets."""

from typing import Literal

import pytest

from research_harness._analysis.comparisons import compare_all
from research_harness._definition.metrics import Metric


def _by_item(*values: float) -> dict[str, dict[int, float | None]]:
    return {f"item {place}": {0: value} for place, value in enumerate(values)}


def _tests(metric: Metric, *conditions: tuple[float, ...]) -> tuple[str, set[str]]:
    """The names of the omnibus test and of the tests of the pairs."""
    values = {f"c{place}": _by_item(*each) for place, each in enumerate(conditions)}
    found = compare_all(metric, values, control="c0", level=0.95, seed=1)
    assert found is not None
    omnibus = found["omnibus"]
    pairs = {pair["result"]["test"] for pair in found["pairs"] if pair["result"]}
    return (omnibus["test"] if omnibus else ""), pairs


@pytest.mark.parametrize("unit", ["usd", "ms"])
@pytest.mark.parametrize("other", [(0.0,) * 6, (0.0, 1.0, 0.0, 1.0, 1.0, 0.0)])
def test_costs_and_latencies_of_0_and_1_are_compared_as_numbers(
    unit: Literal["usd", "ms"], other: tuple[float, ...]
) -> None:
    metric = Metric(name="own", column="own", unit=unit)

    omnibus, pairs = _tests(metric, (0.0,) * 6, other, (0.0,) * 6)

    assert omnibus == "repeated_anova"
    assert pairs == {"paired_t"}


def test_right_and_wrong_answers_are_compared_by_their_discordant_pairs() -> None:
    metric = Metric(name="accuracy", column="correct", unit="share")

    omnibus, pairs = _tests(metric, (0, 0, 1, 1, 0, 1), (1, 0, 1, 1, 1, 1), (0, 1, 1, 1, 1, 1))

    assert omnibus == "cochran_q"
    assert pairs == {"mcnemar_midp"}
