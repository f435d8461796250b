"""pass@k and pass^k."""

from typing import Any

import pytest

import bench


def test_more_tries_than_samples_are_refused_and_certain_passes_are_one() -> None:
    with pytest.raises(bench.InvalidDataError):
        bench.pass_at_k([5], [2], k=6)
    assert bench.pass_at_k([5, 5], [4, 5], k=2).estimate == 1.0


@pytest.mark.parametrize("pass_rate", [bench.pass_at_k, bench.pass_hat_k])
def test_few_tasks_below_certain_passes_have_a_warning(pass_rate: Any) -> None:
    """Of such data sets (10 to 40 tasks, eight samples, k = 4) down to 77 % were covered."""
    two_below = pass_rate([8] * 20, [8] * 18 + [4, 3], 4)
    many_below = pass_rate([8] * 20, [8] * 10 + [4, 3] * 5, 4)

    assert "RARE_TASKS" in {each.id for each in two_below.warnings}
    assert not many_below.warnings
    assert not pass_rate([8] * 20, [8] * 18 + [4, 3], 1).warnings
