"""What is unknown about a cost stays unknown in the estimate."""

import asyncio
import json
from collections.abc import Callable

import pytest

from dataset_manager import Item
from research_harness import (
    Experiment,
    RunningLoopError,
    condition,
    estimate,
    estimate_sync,
    resume_sync,
    run_sync,
)

ITEMS = [{"id": f"i{number}", "question": "1+1?", "answer": "2"} for number in range(9)]


class Priced(Experiment):
    """One condition with a price, one without, one with a price for half of its rows."""

    name = "Priced"
    dataset = ITEMS
    metrics = ("accuracy",)
    virtual_time = True

    @condition
    async def known(self, item: Item) -> dict[str, object]:
        """Always 0.00000024 dollars."""
        await asyncio.sleep(0.1)
        return {"prediction": "2", "cost": 2.4e-7}

    @condition
    async def unknown(self, item: Item) -> str:
        """Without a price."""
        return "2"

    @condition
    async def partly(self, item: Item) -> dict[str, object]:
        """With a price for the even items."""
        return {"prediction": "2", "cost": 1.0 if int(item.id[1:]) % 2 == 0 else None}


@pytest.mark.slow
def test_a_total_with_an_unknown_part_is_unknown() -> None:
    found = estimate_sync(Priced, pilot=4)

    known, unknown, partly = found.conditions
    assert found.pilot_cost_usd is None
    assert found.cost_usd is None
    assert found.pilot_unknown_costs == 6
    assert (unknown.cost_usd, unknown.cost_interval, unknown.unknown_costs) == (None, None, 4)
    assert known.cost_usd == pytest.approx(9 * 2.4e-7)
    assert (partly.cost_usd, partly.unknown_costs) == (9.0, 2)
    assert "12 rows (6 of them with unknown cost)" in str(found)
    assert "cost at least $2.00" in str(found)
    assert "in all: cost unknown" in str(found)


@pytest.mark.slow
def test_small_prices_keep_their_digits_and_one_row_is_one_row() -> None:
    text = str(estimate_sync(Priced, pilot=1))

    assert "cost $0.00000216" in text
    assert "$0.000000," not in text
    assert "-0.0" not in text


@pytest.mark.slow
def test_an_estimate_becomes_json_markdown_and_html() -> None:
    found = estimate_sync(Priced, pilot=2, level=0.5)

    values = json.loads(json.dumps(found.to_dict()))
    assert values["conditions"][0]["cost_interval"]["level"] == 0.5
    assert values["cost_usd"] is None
    assert "| known | 9 rows |" in found.to_markdown()
    assert "<td>known</td>" in found._repr_html_()


@pytest.mark.slow
async def test_progress_of_a_pilot_is_reported() -> None:
    seen: list[tuple[int, int]] = []

    await estimate(Priced, pilot=2, on_progress=lambda done, total: seen.append((done, total)))

    assert seen[-1] == (6, 6)


@pytest.mark.parametrize("options", [{"pilot": 0}, {"level": 1.0}, {"level": 0.0}])
def test_a_pilot_or_level_out_of_range_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        estimate_sync(Priced, **options)  # type: ignore[arg-type]  # both at once


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: run_sync(Priced), "run"),
        (lambda: estimate_sync(Priced), "estimate"),
        (lambda: resume_sync("no such run"), "resume"),
    ],
)
async def test_a_function_for_scripts_names_its_twin_in_a_running_loop(
    call: Callable[[], object], name: str
) -> None:
    with pytest.raises(RunningLoopError, match=rf"use `await {name}\(\.\.\.\)`") as caught:
        call()

    assert caught.value.__context__ is None
