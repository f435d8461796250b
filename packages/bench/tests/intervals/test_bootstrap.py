"""Bootstrap intervals."""

from typing import Any

import bench


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


def test_few_values_make_a_bootstrap_mean_little() -> None:
    assert "SMALL_TAIL_BOOTSTRAP" in ids(bench.bootstrap_interval([1.0, 2.0, 3.0]))
