"""What every phase of a run costs a row: CPU time, and the largest memory meanwhile (Linux).

    uv run python tests/benchmarks/bench_harness_rows.py [items] [plain|everything]

Two conditions answer each item at once, so that there are twice as many rows. Each command is a
process of its own: a run, its verification, a second analysis, and a resume of a run that lost its
last rows. With ``everything`` a condition asks a model, whose responses are recorded, and returns
the chain of its steps; events are recorded in both. The data set is a file, as users have it.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from research_harness import DatasetSpec, Experiment, Outcome, condition

ITEMS = 20_000
ID = "rows"
STEPS = ("run", "verify", "analyse", "resume")
CHAIN = "<event type='decision'><decision>{0}</decision><reasoning>known</reasoning></event>"


async def known(query: Any) -> str:
    return str(query)[:-1]


class Rows(Experiment):
    name = "Rows"
    metrics = ("accuracy", "cost_per_query", "latency")
    scorer = "exact_match"
    formats = ("markdown",)

    @condition
    async def first(self, item: Any) -> Any:
        return str(item.expected)

    @condition
    async def second(self, item: Any) -> Any:
        return str(item.expected) if item.id[-1] != "7" else "no"


class Everything(Rows):
    async def setup(self) -> None:
        import ensemble

        self.model = ensemble.FunctionModel("known", known)

    async def answer(self, item: Any) -> Outcome:
        import causal_trace
        import ensemble

        found = await ensemble.ask(item.input, model=self.model)
        chain = causal_trace.parse(CHAIN.format(found.text), item.id)
        return Outcome(prediction=found.text, cost_usd=0.001, trace=chain)

    @condition
    async def first(self, item: Any) -> Any:
        return await self.answer(item)

    @condition
    async def second(self, item: Any) -> Any:
        return await self.answer(item)


def megabytes(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1e3
    return float("nan")


@contextmanager
def measured(phase: str, rows: int) -> Iterator[None]:
    """Print what a phase costs."""
    Path("/proc/self/clear_refs").write_text("5")  # the largest size begins anew
    before, cpu, wall = megabytes("VmRSS"), time.process_time(), time.perf_counter()
    yield
    used = 1e6 * (time.process_time() - cpu) / rows
    peak, seconds = megabytes("VmHWM"), time.perf_counter() - wall
    print(
        f"{phase:10} {used:7.1f} µs CPU a row, {peak:6.0f} MB at most"
        f" ({peak - before:+.0f}), {seconds:.1f} s",
        flush=True,
    )


def run(experiment: Experiment, output: Path, rows: int) -> None:
    from research_harness._run import job as jobs

    with measured("plan", rows):
        job = jobs.begin(experiment, output_dir=output, run_id=ID)
    counters = jobs._counters(job)
    with job.lock:
        with measured("rows", rows):
            asyncio.run(jobs._rows(job, counters))
        with measured("finish", rows):
            jobs._finish(job, counters)


def step(name: str, experiment: Experiment, output: Path, rows: int) -> None:
    """Run one command in this process."""
    import research_harness

    warm_up(name, type(experiment))
    if name == "run":
        run(experiment, output, rows)
    elif name == "verify":
        with measured(name, rows):
            found = research_harness.verify(ID, output_dir=output)
        print("" if found.agree else str(found))
    elif name == "analyse":
        with measured(name, rows):
            research_harness.reanalyze(ID, experiment, output_dir=output)
    else:
        with measured(name, rows):
            research_harness.resume_sync(ID, experiment, output_dir=output)


def warm_up(name: str, of: type[Experiment]) -> None:
    """Run a few rows, so that imports are not measured."""
    import research_harness

    experiment = of()
    experiment.dataset = [{"id": f"i{n}", "input": f"{n}?", "expected": f"{n}"} for n in range(20)]
    with tempfile.TemporaryDirectory() as output:
        research_harness.run_sync(experiment, output_dir=output, run_id=ID)
        if name == "verify":
            research_harness.verify(ID, output_dir=output)
        elif name != "run":
            research_harness.reanalyze(ID, experiment, output_dir=output)


def made(output: Path, how: str) -> Experiment:
    experiment = Everything() if how == "everything" else Rows()
    experiment.dataset = DatasetSpec(str(output / "items.jsonl"))
    return experiment


def write_items(path: Path, items: int) -> None:
    with path.open("w") as file:
        for number in range(items):
            item = {"id": f"item-{number}", "input": f"{number}?", "expected": f"{number}"}
            file.write(json.dumps(item) + "\n")


def main() -> None:
    if sys.argv[1:2] and sys.argv[1] in STEPS:
        name, how, where, rows = sys.argv[1:]
        step(name, made(Path(where), how), Path(where), int(rows))
        return
    items = int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS
    how = sys.argv[2] if len(sys.argv) > 2 else "plain"
    with tempfile.TemporaryDirectory() as output:
        write_items(Path(output, "items.jsonl"), items)
        for name in STEPS:
            command = [sys.executable, __file__, name, how, output, str(2 * items)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
