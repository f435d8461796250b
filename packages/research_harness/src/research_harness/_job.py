"""What ``run`` and ``resume`` do: begin or take up a job, run its rows, make its report."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._engine import Counters
from ._experiment import Experiment
from ._finish import finish
from ._folder import RunFolder, create_folder, find_run, read_json, write_json
from ._load import load_experiment
from ._session import (
    Session,
    check_unchanged,
    execute,
    finished_rows,
    prepare,
    write_start,
)

OnProgress = Callable[[int, int], None]
Progress = Callable[[Counters], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """A finished run.

    Attributes:
        id: The run's id.
        folder: The artifact folder.
        rows: How many rows it has.
        resumed_rows: How many of them an earlier session had finished.
        failures: How many rows failed.
        seconds: What this session took, in real seconds.
        analysis: What ``analysis.json`` holds.
        reports: The report files by format.
    """

    id: str
    folder: Path
    rows: int
    resumed_rows: int
    failures: int
    seconds: float
    analysis: dict[str, Any]
    reports: dict[str, Path]

    def __str__(self) -> str:
        from ._summary import summary_text

        return summary_text(self.analysis)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return {
            "id": self.id,
            "folder": str(self.folder),
            "rows": self.rows,
            "resumed_rows": self.resumed_rows,
            "failures": self.failures,
            "seconds": self.seconds,
            "analysis": self.analysis,
            "reports": {name: str(path) for name, path in self.reports.items()},
        }


@dataclass(frozen=True, slots=True)
class Job:
    """The rows of a session that are to be run into a folder.

    Attributes:
        session: The experiment with everything settled.
        folder: Where its artifacts go.
        done: One byte per row of the plan: 1 when an earlier session finished it.
    """

    session: Session
    folder: RunFolder
    done: bytearray


def begin(
    experiment: Experiment | type[Experiment],
    *,
    output_dir: Path,
    run_id: str | None,
    overwrite: bool,
    experiment_file: Path | None,
    options: dict[str, Any],
) -> Job:
    """Settle the experiment, make its folder and write down what it begins with."""
    session = prepare(experiment, **options)
    folder = create_folder(
        output_dir, name=session.experiment.name, run_id=run_id, overwrite=overwrite
    )
    write_start(session, folder, experiment_file)
    return Job(session, folder, bytearray(len(session.plan)))


def take_up(
    run: str | Path,
    experiment: Experiment | type[Experiment] | None,
    *,
    output_dir: Path,
    force: bool,
    concurrency: int | None,
) -> Job:
    """Find a run and what of it is done; refuse when what is left would not be the same run."""
    folder = find_run(run, output_dir)
    state = read_json(folder.state)
    if experiment is None:
        experiment = load_experiment(state["experiment_file"], state["experiment_class"])
    session = prepare(experiment, **state["options"], concurrency=concurrency)
    deviations = check_unchanged(session, folder, force=force)
    if deviations:
        state["deviations"] += deviations
        write_json(folder.state, state)
        write_json(folder.file("config.json"), session.config)
        session.items.to_jsonl(folder.file("dataset.jsonl"))
    return Job(session, folder, finished_rows(session, folder))


async def complete(
    job: Job, on_progress: OnProgress | None, progress: Progress | None
) -> RunResult:
    """Run what is missing and make the report, in the caller's loop."""
    counters = _counters(job)
    with progress(counters) if progress else nullcontext():
        if job.session.experiment.virtual_time:
            # Simulated time needs a loop of its own, and this one is taken.
            await asyncio.to_thread(_in_own_loop, job, counters, on_progress)
        else:
            await execute(
                job.session, job.folder, counters=counters, done=job.done, on_progress=on_progress
            )
    analysis, reports = await asyncio.to_thread(finish, job.session, job.folder)
    return _result(job, counters, analysis, reports)


def complete_sync(job: Job, on_progress: OnProgress | None, progress: Progress | None) -> RunResult:
    """Run what is missing and make the report, in a loop of its own."""
    counters = _counters(job)
    try:
        with progress(counters) if progress else nullcontext():
            _in_own_loop(job, counters, on_progress)
    except KeyboardInterrupt as error:
        error.add_note(f"{counters.done} of {counters.total} rows are on disk in {job.folder.path}")
        raise
    analysis, reports = finish(job.session, job.folder)
    return _result(job, counters, analysis, reports)


def run_rows_only(session: Session, folder: RunFolder) -> None:
    """Run the rows of a session into a folder's journal, and make nothing of them."""
    job = Job(session, folder, bytearray(len(session.plan)))
    _in_own_loop(job, Counters(total=len(job.done)), None)


def _in_own_loop(job: Job, counters: Counters, on_progress: OnProgress | None) -> None:
    def rows() -> Coroutine[Any, Any, None]:
        return execute(
            job.session, job.folder, counters=counters, done=job.done, on_progress=on_progress
        )

    if job.session.experiment.virtual_time:
        import hedging

        hedging.run_virtual(rows)
    else:
        asyncio.run(rows())


def _counters(job: Job) -> Counters:
    before = job.done.count(1)
    return Counters(total=len(job.done), done=before, resumed=before)


def _result(
    job: Job, counters: Counters, analysis: dict[str, Any], reports: dict[str, Path]
) -> RunResult:
    return RunResult(
        id=job.folder.id,
        folder=job.folder.path,
        rows=counters.total,
        resumed_rows=counters.resumed,
        failures=analysis["failures"],
        seconds=time.monotonic() - counters.started,
        analysis=analysis,
        reports=reports,
    )
