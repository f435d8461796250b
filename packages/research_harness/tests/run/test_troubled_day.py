"""A day of trouble ends with each row once, the right ones failed, and the costs of the bill."""

from pathlib import Path

import pytest

from research_harness import verify
from research_harness._artifacts.folder import RunFolder
from research_harness._engine.journal import Journal

from .troubled_day import PRICE, TroubledDay


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_day_of_trouble_loses_nothing_and_pays_nothing_twice_but_what_was_under_way(
    seed: int, tmp_path: Path
) -> None:
    day = TroubledDay(seed, items=150)

    result, broken = day.run(tmp_path)

    rows = {row.index: row for row in Journal(RunFolder(result.folder).journal)}
    failed = {(row.condition, row.item_id) for row in rows.values() if row.failed}
    assert 1 <= broken <= 2
    assert sorted(rows) == list(range(300))
    assert failed == {(name, each) for name in ("storms", "away") for each in day.never_right}
    assert all(row.correct for row in rows.values() if not row.failed)
    twice = day.answered.total() - (300 - 2 * len(day.poisoned))
    assert 0 <= twice <= day.in_flight
    assert sum(row.cost_usd or 0 for row in rows.values()) == pytest.approx(
        (300 - len(failed)) * PRICE
    )
    assert verify("day", output_dir=tmp_path).agree
