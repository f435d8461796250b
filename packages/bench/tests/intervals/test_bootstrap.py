"""Bootstrap intervals."""

from typing import Any

import bench


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


def test_a_bootstrap_of_few_values_is_flagged() -> None:
    assert "SMALL_TAIL_BOOTSTRAP" in ids(bench.bootstrap_interval([1.0, 2.0, 3.0]))


def test_resampling_reports_its_progress_up_to_the_end() -> None:
    seen: list[tuple[int, int]] = []

    bench.bootstrap_interval(
        [1.0, 2.0, 4.0, 8.0, 9.0, 3.0],
        lambda array: float(array.max()),
        resamples=300,
        on_progress=lambda done, total: seen.append((done, total)),
    )

    assert seen == [(128, 300), (256, 300), (300, 300)]
