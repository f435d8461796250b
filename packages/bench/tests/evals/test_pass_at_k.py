"""pass@k and pass^k."""

import pytest

import bench


def test_more_tries_than_samples_are_refused_and_certain_passes_are_one() -> None:
    with pytest.raises(bench.InvalidDataError):
        bench.pass_at_k([5], [2], k=6)
    assert bench.pass_at_k([5, 5], [4, 5], k=2).estimate == 1.0
