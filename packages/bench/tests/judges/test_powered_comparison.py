"""Systems compared by a judge of all items and labels of some."""

import numpy as np
import pytest

import bench

ITEMS, LABELLED = 300, 40


def world(
    rng: np.random.Generator, shifts: dict[str, float]
) -> tuple[dict[str, list[float | None]], dict[str, list[float]]]:
    """Right answers of systems on the same items; a judge that errs on 12 %."""
    hard = rng.normal(size=ITEMS)
    labels: dict[str, list[float | None]] = {}
    judged: dict[str, list[float]] = {}
    for name, shift in shifts.items():
        truth = (hard + rng.normal(size=ITEMS) + shift > 0) * 1.0
        judged[name] = np.where(rng.random(ITEMS) < 0.88, truth, 1 - truth).tolist()
        labels[name] = [*truth[:LABELLED].tolist(), *[None] * (ITEMS - LABELLED)]
    return labels, judged


@pytest.mark.slow
def test_equal_systems_differ_in_few_comparisons() -> None:
    rng, found = np.random.default_rng(31), 0
    for _ in range(60):
        labels, judged = world(rng, {"a": 0.0, "b": 0.0, "c": 0.0})
        pairs = bench.prediction_powered_compare(labels, judged).pairwise
        found += any(row.p_adjusted <= 0.05 for row in pairs)

    assert found <= 6


def test_a_judge_that_favours_one_system_does_not_decide() -> None:
    labels, judged = world(np.random.default_rng(32), {"a": 0.3, "b": 0.3})
    judged["b"] = [1.0] * ITEMS

    found = bench.prediction_powered_compare(labels, judged)

    assert found.pairwise.rows[0].p_value > 0.01
    assert found.systems["b"].bias > 0.2


def test_p_values_agree_with_the_intervals() -> None:
    labels, judged = world(np.random.default_rng(33), {"a": -0.7, "b": 0.0, "c": 0.7})

    found = bench.prediction_powered_compare(labels, judged, control="a")

    assert [(row.first, row.second) for row in found.pairwise] == [("a", "b"), ("a", "c")]
    for row in found.pairwise:
        assert row.interval is not None
        assert row.interval_adjusted is not None
        assert (row.p_value < 0.05) == (0 not in row.interval)
        assert (row.p_value < 0.025) == (0 not in row.interval_adjusted)
        assert row.interval.width < row.interval_adjusted.width
    assert "c - a" in found.to_markdown()


def test_systems_are_matched_by_id_and_an_item_without_judgement_is_refused() -> None:
    labels, judged = world(np.random.default_rng(34), {"a": 0.0, "b": 0.4})
    items = [f"q{place}" for place in range(ITEMS)]
    by_id = {name: dict(zip(items, values, strict=True)) for name, values in judged.items()}
    some = {
        name: {
            item: y for item, y in reversed(list(zip(items, values, strict=True))) if y is not None
        }
        for name, values in labels.items()
    }

    found = bench.prediction_powered_compare(some, by_id)

    right = bench.prediction_powered_compare(labels, judged)
    assert found.pairwise.rows[0].estimate == pytest.approx(right.pairwise.rows[0].estimate)
    del by_id["b"]["q7"]
    with pytest.raises(bench.MissingValuesError):
        bench.prediction_powered_compare(some, by_id)
    with pytest.raises(bench.InvalidDataError, match="systems"):
        bench.prediction_powered_compare(labels, {"a": judged["a"]})
