"""Ratios of means."""

import math

import pytest

import bench


def test_doubling_every_value_is_a_ratio_of_two() -> None:
    control = [1.0, 2.0, 4.0, 3.0]

    found = bench.compare_ratio(control, [2.1, 3.9, 8.2, 5.9], paired=True)

    assert found.estimate == pytest.approx(2.0, abs=0.03)
    assert found.interval.low > 1.8
    assert found.null_value == 1.0
    assert found.direction == "treatment over control"


def test_a_ratio_of_values_at_zero_is_refused() -> None:
    with pytest.raises(bench.InvalidDataError, match="above 0"):
        bench.compare_ratio([0.0, 1.0], [1.0, 2.0])


@pytest.mark.parametrize("paired", [True, False])
def test_a_ratio_of_means_of_one_has_the_p_value_of_no_difference(paired: bool) -> None:
    x, y = [1.0, 3.5, 2.0, 5.0, 4.0], [2.0, 3.0, 4.5, 6.0, 8.0]
    plain = bench.paired_t(x, y) if paired else bench.welch_t(x, y)

    ratio = bench.compare_ratio(x, y, paired=paired, of="arithmetic")

    assert ratio.p_value == pytest.approx(plain.p_value, rel=1e-12)
    assert ratio.estimate == pytest.approx(23.5 / 15.5)
    assert (1.0 in ratio.interval) == (0.0 in plain.interval)


def test_fiellers_ends_are_the_ratios_that_the_test_just_rejects() -> None:
    x, y = [1.0, 3.5, 2.0, 5.0, 4.0, 3.0], [0.6, 1.0, 1.5, 2.0, 1.1, 1.9]
    ends = bench.compare_ratio(x, y, paired=True, of="arithmetic").interval

    for end in ends:
        at_end = bench.compare_ratio(x, y, paired=True, of="arithmetic", null_value=end)
        assert at_end.p_value == pytest.approx(0.05, abs=1e-9)


def test_whether_a_mean_or_quantile_was_halved_can_be_asked() -> None:
    x = [float(value) for value in range(20, 120)]
    y = [0.4 * value + value % 3 for value in x]

    mean = bench.compare_ratio(
        x, y, paired=True, of="arithmetic", alternative="less", null_value=0.5
    )
    tail = bench.compare_quantile(
        x, y, quantile=0.9, relative=True, alternative="less", null_value=0.5, resamples=200
    )

    assert mean.significant()
    assert tail.significant()
    assert mean.interval.high < 0.5
    assert tail.interval.high < 0.5


def test_a_control_near_zero_has_no_upper_bound() -> None:
    x, y = [0.0, 0.0, 0.0, 0.1, 0.0], [1.0, 2.0, 1.5, 1.8, 2.2]
    found = bench.compare_ratio(x, y, paired=True, of="arithmetic")

    assert math.isinf(found.interval.high)
    assert "RATIO_UNBOUNDED" in {each.id for each in found.warnings}
