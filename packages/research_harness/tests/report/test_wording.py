"""Numbers read as reporter writes them, and what failed or is unknown is said."""

import asyncio
import json
from pathlib import Path

import pytest

import reporter
from dataset_manager import Item
from research_harness import Experiment, condition, run_sync
from research_harness._report.wording import count_text, value_text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (2.4e-7, "usd", "$0.000000240"),
        (-0.01, "ms", "-0.0100 ms"),
        (-0.0, "ms", "0.0 ms"),
        (None, "usd", "unknown"),
        ("Infinity", "ms", "∞ ms"),
        (0.89, "share", "89.0 %"),
    ],
)
def test_a_number_reads_as_reporter_writes_it(value: float, unit: str, text: str) -> None:
    assert value_text(value, unit) == text  # type: ignore[arg-type]  # a table of all units


def test_one_thing_is_singular() -> None:
    assert [count_text(count, "row") for count in (0, 1, 2, 1000)] == [
        "0 rows",
        "1 row",
        "2 rows",
        "1,000 rows",
    ]


ITEMS = [{"id": str(number), "question": "q", "answer": "4"} for number in range(12)]


class Broken(Experiment):
    """One condition answers slowly, the other fails at once."""

    name = "Broken <b>"
    dataset = ITEMS
    metrics = ("accuracy", "latency", "latency_p50", "cost")
    virtual_time = True
    timeout_ms = 1000.0

    @condition
    async def works(self, item: Item) -> dict[str, object]:
        """Right after 300 ms."""
        await asyncio.sleep(0.3)
        return {"prediction": "4", "cost": 0.5}

    @condition
    async def broken(self, item: Item) -> str:
        """Raises at once."""
        raise ValueError("no")

    @condition
    async def slow(self, item: Item) -> dict[str, object]:
        """Reaches the time limit for every third item."""
        await asyncio.sleep(5 if int(item.id) % 3 == 0 else 0.1)
        return {"prediction": "4", "cost": 0.5}


@pytest.mark.slow
def test_failures_are_neither_fast_nor_free(tmp_path: Path) -> None:
    result = run_sync(Broken, output_dir=tmp_path)
    works, broken, slow = result.analysis["conditions"]

    found = {each["metric"]: each for each in broken["metrics"]}
    assert [found[name]["value"] for name in ("latency", "latency_p50", "cost")] == [None] * 3
    assert {each["metric"]: each["value"] for each in works["metrics"]}["cost"] == 6.0
    # Four of twelve rows reached the limit of 1,000 ms and count with it.
    found = {each["metric"]: each for each in slow["metrics"]}
    assert found["latency"]["value"] == pytest.approx((4 * 1000 + 8 * 100) / 12)
    assert (found["latency"]["censored"], found["latency"]["worst_case"]) == (4, "Infinity")
    assert (found["cost"]["value"], found["cost"].get("known_total")) == (None, 4.0)
    assert found["cost"]["bounds"] == {"low": 4.0, "high": 6.0}


@pytest.mark.slow
def test_the_table_and_the_report_say_what_failed_and_what_is_unknown(tmp_path: Path) -> None:
    result = run_sync(Broken, output_dir=tmp_path)

    for text in (str(result), result.to_markdown()):
        assert "broken: 12 of 12 rows failed (ValueError: 12)" in text
        assert "between $4.00 and $6.00" in text.replace("\\$", "$")
        assert "nan" not in text.lower()
    assert "latency, broken minus works: too few items with known values" in str(result)
    assert "12 items 1 time: 36 rows" in result.to_markdown()


@pytest.mark.slow
def test_a_result_becomes_json_and_escaped_html(tmp_path: Path) -> None:
    result = run_sync(Broken, output_dir=tmp_path)

    assert json.loads(result.to_json())["analysis"] == result.analysis
    assert "Broken &lt;b&gt;: 36 rows" in result._repr_html_()
    assert "<b>" not in result._repr_html_()
    assert result.to_markdown() == result.reports["markdown"].read_text(encoding="utf-8")
    assert reporter.p_text(0.0004, name=True) == "p < .001"
