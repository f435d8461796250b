"""Experiments of every design run, resume, verify, and say in their files how they were made."""

import asyncio
import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from research_harness import (
    Between,
    Blocks,
    Criterion,
    DoseResponse,
    Experiment,
    ExperimentDesign,
    ExperimentError,
    Factorial,
    LatinSquare,
    ResumeRefusedError,
    RunResult,
    TimeSeries,
    Trial,
    condition,
    grid,
    reanalyze,
    resume_sync,
    run_sync,
    verify,
)
from research_harness._design.layout import Assignment, ItemLabels, Layout
from research_harness._design.stored import RecordedPlaces

ITEMS = [
    {
        "id": f"q{n}",
        "input": f"How much is {n} + {n}?",
        "expected": str(2 * n),
        "metadata": {"subject": "even" if n % 2 else "odd"},
    }
    for n in range(24)
]


class Study(Experiment):
    name = "Study"
    dataset = ITEMS
    metrics: Sequence[str] = ("accuracy", "cost_per_query")
    formats = ()
    outage_ms = None


class Two(Study):
    criteria = (
        Criterion(
            claim="b is better",
            metric="accuracy",
            condition="b",
            against="a",
            more_than=0.0,
        ),
    )

    @condition
    async def a(self, item: Any) -> dict[str, Any]:
        """Right for every third question."""
        number = int(item.id[1:])
        right = number % 3 == 0
        return {
            "prediction": item.expected if right else "?",
            "latency_ms": 100.0 + number,
            "cost_usd": 0.001,
        }

    @condition
    async def b(self, item: Any) -> dict[str, Any]:
        """Always right."""
        number = int(item.id[1:])
        return {"prediction": item.expected, "latency_ms": 200.0 + number, "cost_usd": 0.002}


class Cells(Study):
    @grid(temperature=(0.0, 1.0), votes=(1, 3))
    async def ask(self, item: Any, *, temperature: float, votes: int) -> dict[str, Any]:
        """Right more often with votes."""
        right = int(item.id[1:]) % (2 * votes) != 0
        return {
            "prediction": item.expected if right else "?",
            "latency_ms": 100.0 * votes,
            "cost_usd": 0.001 * votes,
        }


class Doses(Study):
    @grid(votes=(1, 3, 5))
    async def ask(self, item: Any, *, votes: int) -> dict[str, Any]:
        """Right more often with votes."""
        right = int(item.id[1:]) % (2 * votes) != 0
        return {
            "prediction": item.expected if right else "?",
            "latency_ms": 100.0 * votes,
            "cost_usd": 0.001 * votes,
        }


RUNS: list[tuple[type[Experiment], ExperimentDesign, int]] = [
    (Two, Between(), 1),
    (Two, Between(stratify_by="subject"), 2),
    (Two, Blocks(by="subject"), 1),
    (Two, Blocks(size=8), 1),
    (Two, LatinSquare(), 2),
    (Two, TimeSeries(), 3),
    (Cells, Factorial(), 1),
    (Cells, Factorial(assignment=Between(stratify_by="subject")), 1),
    (Doses, DoseResponse(), 1),
    (Doses, DoseResponse(assignment=LatinSquare()), 1),
]


def run_of(
    kind: type[Experiment], design: ExperimentDesign, repeat: int, folder: Path
) -> RunResult:
    made = kind()
    made.design, made.repeat = design, repeat
    return run_sync(made, output_dir=folder, run_id="x")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "design", "repeat"), RUNS)
def test_a_run_of_any_design_is_complete_and_verified_from_its_folder(
    kind: type[Experiment], design: ExperimentDesign, repeat: int, tmp_path: Path
) -> None:
    result = run_of(kind, design, repeat, tmp_path)

    assert result.complete
    assert result.analysis["design"]["kind"] == design.kind
    verified = verify("x", output_dir=tmp_path)
    assert verified.agree, verified.differences
    config = json.loads((tmp_path / "x" / "config.json").read_text())
    assert config["design"] == design.to_dict()
    assert design.text in result.to_markdown()


def test_a_between_design_compares_independent_groups(tmp_path: Path) -> None:
    class Timed(Two):
        metrics = ("accuracy", "cost_per_query", "latency_p50")

    result = run_of(Timed, Between(stratify_by="subject"), 1, tmp_path)

    latency = result.analysis["comparisons"][2]["pairs"][0]["result"]
    assert latency is not None
    assert latency["interval"]["low"] < 100 < latency["interval"]["high"]
    accuracy = result.analysis["comparisons"][0]["pairs"][0]["result"]
    assert accuracy is not None
    assert accuracy["test"] in ("two_proportions", "fisher_exact_midp", "fisher_exact")
    assert result.analysis["criteria"][0]["verdict"] == "SUPPORTED"
    with (tmp_path / "x" / "results.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(ITEMS)
    assert all(row["arm"] == row["condition"] for row in rows)
    assert {row["block"] for row in rows} == {"even", "odd"}
    assert "paired by item" not in result.to_markdown()


def test_a_period_ends_before_the_next_begins_at_any_concurrency(tmp_path: Path) -> None:
    seen: list[int] = []

    class Noting(Study):
        design = LatinSquare()
        concurrency = 5

        @condition
        async def a(self, item: Any, trial: Trial) -> str:
            seen.append(trial.period)
            return str(item.expected)

        @condition
        async def b(self, item: Any, trial: Trial) -> str:
            seen.append(trial.period)
            return str(item.expected)

    run_sync(Noting, output_dir=tmp_path)

    assert seen == sorted(seen)


def test_the_design_is_part_of_what_a_resume_compares(tmp_path: Path) -> None:
    run_of(Two, Between(), 1, tmp_path)

    with pytest.raises(ResumeRefusedError, match="design"):
        resume_sync("x", Two, output_dir=tmp_path)


def test_items_that_a_design_cannot_assign_are_refused(tmp_path: Path) -> None:
    class Missing(Two):
        design = Between(stratify_by="length")

    class Few(Two):
        design = Between()
        sample_size = 3

    with pytest.raises(ExperimentError, match="length"):
        run_sync(Missing, output_dir=tmp_path)
    with pytest.raises(ExperimentError, match="4 items"):
        run_sync(Few, output_dir=tmp_path)


def test_periods_of_a_time_series_begin_at_the_stated_times(tmp_path: Path) -> None:
    begun: dict[int, float] = {}

    class Slow(Study):
        design = TimeSeries(every_ms=60_000)
        repeat = 3
        virtual_time = True

        @condition
        async def a(self, item: Any, trial: Trial) -> str:
            begun.setdefault(trial.period, asyncio.get_running_loop().time())
            return str(item.expected)

        @condition
        async def b(self, item: Any) -> str:
            return str(item.expected)

    run_sync(Slow, output_dir=tmp_path)

    assert begun[1] - begun[0] == pytest.approx(60)
    assert begun[2] - begun[1] == pytest.approx(60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd(ExperimentDesign):
    """Every second item is answered by each condition, the others by the first one only."""

    kind: ClassVar[str] = "own"
    step: int = 2

    @property
    def paired(self) -> bool:
        return False

    @property
    def text(self) -> str:
        return "A design of our own."

    def assign(self, layout: Layout, items: ItemLabels) -> Assignment:
        return RecordedPlaces(
            {
                "condition": [n % self.step and 1 for n in range(items.count)],
                "item": list(range(items.count)),
                "repeat": [0] * items.count,
                "arm": [f"arm {n % self.step}" for n in range(items.count)],
                "block": [""] * items.count,
                "period": [0] * items.count,
            },
            [(0, items.count)],
        )


class Turned(Between):
    """A class that a user derived from a design of the library."""

    def assign(self, layout: Layout, items: ItemLabels) -> Assignment:
        return super().assign(replace(layout, seed=layout.seed + 1), items)


@pytest.mark.slow
@pytest.mark.parametrize(
    "design",
    [Odd(), Turned(), Turned(stratify_by="subject")],
    ids=["own", "derived", "derived with strata"],
)
def test_a_design_of_the_user_s_own_can_be_verified_and_analysed_again(
    design: ExperimentDesign, tmp_path: Path
) -> None:
    made = type("Own", (Two,), {"design": design, "__module__": __name__})

    result = run_sync(made, output_dir=tmp_path, run_id="x")

    assert verify(result.folder).agree
    assert reanalyze(result.folder, made).analysis == result.analysis
    assert verify(result.folder).agree
    rows = list(csv.DictReader((result.folder / "results.csv").read_text().splitlines()))
    assert len({row["arm"] for row in rows}) == 2


def test_a_plan_that_was_changed_is_found(tmp_path: Path) -> None:
    made = type("Own", (Two,), {"design": Odd(), "__module__": __name__})
    folder = run_sync(made, output_dir=tmp_path).folder
    plan = json.loads((folder / "plan.json").read_text())
    plan["columns"]["item"].reverse()
    (folder / "plan.json").write_text(json.dumps(plan))

    assert not verify(folder).agree
