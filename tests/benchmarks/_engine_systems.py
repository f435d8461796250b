"""The systems that bench_engine.py measures, each with the same task."""

import asyncio
import importlib
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

TRIVIAL, SLEEPS = 10_000, 2_000
Measure = Callable[[Callable[[], object], int], None]


def pool(kind: str, measure: Measure) -> None:
    """A plain pool of workers over one iterator, with a buffered JSON line per sample."""
    count, workers = (TRIVIAL, 100) if kind == "trivial" else (SLEEPS, 1000)

    async def answer(question: str) -> str:
        if kind == "sleeping":
            await asyncio.sleep(0.05)
        return "4"

    async def run(path: Path) -> None:
        questions = iter(range(count))
        with path.open("w") as file:

            async def work() -> None:
                for number in questions:
                    text = await answer(f"Question {number}: what is 2+2?")
                    file.write(
                        json.dumps({"id": number, "text": text, "correct": text == "4"}) + "\n"
                    )

            await asyncio.gather(*(work() for _ in range(workers)))

    with tempfile.TemporaryDirectory() as folder:
        measure(lambda: asyncio.run(run(Path(folder) / "rows.jsonl")), count)


def crucible(kind: str, measure: Measure) -> None:
    """This project: journal on disk, telemetry on, every row scored."""
    from dataset_manager import Dataset, Item
    from research_harness import Experiment, condition
    from research_harness._artifacts.folder import RunFolder, create_folder
    from research_harness._artifacts.tables import read_rows
    from research_harness._engine.journal import Journal
    from research_harness._plan.preparation import prepare
    from research_harness._run.job import run_rows_only
    from research_harness._run.session import write_start

    count, workers = (SLEEPS, 1000) if kind == "sleeping" else (TRIVIAL, 100)

    class Trivial(Experiment):
        """One question many times."""

        name = "trivial"
        metrics = ("accuracy",)
        concurrency = workers
        dataset = Dataset(
            [
                Item(f"i{number}", f"Question {number}: what is 2+2?", "4")
                for number in range(count)
            ],
            name="trivial",
        )

        @condition
        async def answer(self, item: Item) -> str:
            """Always right."""
            if kind == "sleeping":
                await asyncio.sleep(0.05)
            return "4"

    # What a process loads once is not what a sample costs.
    for name in ("causal_trace", "ensemble", "telemetry_research", "pyarrow.parquet"):
        importlib.import_module(name)

    with tempfile.TemporaryDirectory() as temporary:
        session = prepare(Trivial)
        folder: RunFolder = create_folder(
            Path(temporary), name="trivial", run_id=None, overwrite=False
        )
        write_start(session, folder, None)
        if kind == "read":
            run_rows_only(session, folder)
            measure(lambda: list(read_rows(session.plan, Journal(folder.journal))), count)
        else:
            measure(lambda: run_rows_only(session, folder), count)


def pydantic_evals(kind: str, measure: Measure) -> None:
    """pydantic-evals, which keeps its report in memory and no record on disk."""
    try:
        from pydantic_evals import Case, Dataset
        from pydantic_evals.evaluators import EqualsExpected
    except ImportError:
        sys.exit(3)
    count, workers = (TRIVIAL, 100) if kind == "trivial" else (SLEEPS, 1000)

    async def answer(question: str) -> str:
        if kind == "sleeping":
            await asyncio.sleep(0.05)
        return "4"

    cases: list[Any] = [
        Case(name=f"i{number}", inputs=f"Question {number}: what is 2+2?", expected_output="4")
        for number in range(count)
    ]
    dataset: Any = Dataset(name="trivial", cases=cases, evaluators=[EqualsExpected()])
    measure(lambda: dataset.evaluate_sync(answer, max_concurrency=workers, progress=False), count)


SYSTEMS: dict[str, Callable[[str, Measure], None]] = {
    "crucible": crucible,
    "pool": pool,
    "pydantic_evals": pydantic_evals,
}
