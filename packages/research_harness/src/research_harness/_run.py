"""Run an experiment from its class to its report, or go on with one that was interrupted."""

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


async def run(
    experiment: Experiment | type[Experiment],
    *,
    output_dir: str | Path = "results",
    run_id: str | None = None,
    overwrite: bool = False,
    seed: int | None = None,
    sample_size: int | None = None,
    repeat: int | None = None,
    concurrency: int | None = None,
    on_progress: OnProgress | None = None,
    progress: Progress | None = None,
    experiment_file: Path | None = None,
) -> RunResult:
    """Run an experiment and write its artifacts.

    Args:
        experiment: The class, or an instance.
        output_dir: The folder of all runs.
        run_id: The id; made from the experiment's name when left out.
        overwrite: Replace a run that has this id.
        seed: In place of the experiment's own seed.
        sample_size: In place of its sample size.
        repeat: In place of its number of repeats.
        concurrency: In place of its concurrency.
        on_progress: Called with rows done and rows in all after each row.
        progress: Makes a display that shows the counters while the rows run.
        experiment_file: The file that defines the experiment, so that ``resume`` can find it again.

    Raises:
        ExperimentError: The experiment is not runnable; lists everything that is wrong.
        RunExistsError: There is a run of this id.
        OutputError: The folder cannot be written.
    """
    job = _begin(
        experiment,
        output_dir=Path(output_dir),
        run_id=run_id,
        overwrite=overwrite,
        experiment_file=experiment_file,
        options={
            "seed": seed,
            "sample_size": sample_size,
            "repeat": repeat,
            "concurrency": concurrency,
        },
    )
    return await _complete(job, on_progress, progress)


def run_sync(
    experiment: Experiment | type[Experiment],
    *,
    output_dir: str | Path = "results",
    run_id: str | None = None,
    overwrite: bool = False,
    seed: int | None = None,
    sample_size: int | None = None,
    repeat: int | None = None,
    concurrency: int | None = None,
    on_progress: OnProgress | None = None,
    progress: Progress | None = None,
    experiment_file: Path | None = None,
) -> RunResult:
    """``run`` for scripts: takes the same arguments and waits for the end."""
    job = _begin(
        experiment,
        output_dir=Path(output_dir),
        run_id=run_id,
        overwrite=overwrite,
        experiment_file=experiment_file,
        options={
            "seed": seed,
            "sample_size": sample_size,
            "repeat": repeat,
            "concurrency": concurrency,
        },
    )
    return _complete_sync(job, on_progress, progress)


async def resume(
    run: str | Path,
    experiment: Experiment | type[Experiment] | None = None,
    *,
    output_dir: str | Path = "results",
    force: bool = False,
    concurrency: int | None = None,
    on_progress: OnProgress | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Go on with an interrupted run: only the rows that are missing are run.

    Args:
        run: The run's id, or the path of its folder.
        experiment: The experiment; loaded from the file the run was started from when left out.
        output_dir: The folder of all runs.
        force: Go on although the experiment or its data changed; the report says so.
        concurrency: In place of the experiment's concurrency.
        on_progress: Called with rows done and rows in all after each row.
        progress: Makes a display that shows the counters while the rows run.

    Raises:
        RunNotFoundError: There is no such run.
        ResumeRefusedError: Something changed and ``force`` is false; lists what.
        RunLockedError: Another process is working on the run.
    """
    job = _take_up(
        find_run(run, Path(output_dir)), experiment, force=force, concurrency=concurrency
    )
    return await _complete(job, on_progress, progress)


def resume_sync(
    run: str | Path,
    experiment: Experiment | type[Experiment] | None = None,
    *,
    output_dir: str | Path = "results",
    force: bool = False,
    concurrency: int | None = None,
    on_progress: OnProgress | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """``resume`` for scripts: takes the same arguments and waits for the end."""
    job = _take_up(
        find_run(run, Path(output_dir)), experiment, force=force, concurrency=concurrency
    )
    return _complete_sync(job, on_progress, progress)


def run_rows_only(session: Session, folder: RunFolder) -> None:
    """Run the rows of a session into a folder's journal, and make nothing of them."""
    job = _Job(session, folder, bytearray(len(session.plan)))
    _in_own_loop(job, Counters(total=len(job.done)), None)


@dataclass(frozen=True, slots=True)
class _Job:
    session: Session
    folder: RunFolder
    done: bytearray


def _begin(
    experiment: Experiment | type[Experiment],
    *,
    output_dir: Path,
    run_id: str | None,
    overwrite: bool,
    experiment_file: Path | None,
    options: dict[str, Any],
) -> _Job:
    session = prepare(experiment, **options)
    folder = create_folder(
        output_dir, name=session.experiment.name, run_id=run_id, overwrite=overwrite
    )
    write_start(session, folder, experiment_file)
    return _Job(session, folder, bytearray(len(session.plan)))


def _take_up(
    folder: RunFolder,
    experiment: Experiment | type[Experiment] | None,
    *,
    force: bool,
    concurrency: int | None,
) -> _Job:
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
    return _Job(session, folder, finished_rows(session, folder))


async def _complete(
    job: _Job, on_progress: OnProgress | None, progress: Progress | None
) -> RunResult:
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


def _complete_sync(
    job: _Job, on_progress: OnProgress | None, progress: Progress | None
) -> RunResult:
    counters = _counters(job)
    try:
        with progress(counters) if progress else nullcontext():
            _in_own_loop(job, counters, on_progress)
    except KeyboardInterrupt as error:
        error.add_note(f"{counters.done} of {counters.total} rows are on disk in {job.folder.path}")
        raise
    analysis, reports = finish(job.session, job.folder)
    return _result(job, counters, analysis, reports)


def _in_own_loop(job: _Job, counters: Counters, on_progress: OnProgress | None) -> None:
    def rows() -> Coroutine[Any, Any, None]:
        return execute(
            job.session, job.folder, counters=counters, done=job.done, on_progress=on_progress
        )

    if job.session.experiment.virtual_time:
        import hedging

        hedging.run_virtual(rows)
    else:
        asyncio.run(rows())


def _counters(job: _Job) -> Counters:
    before = job.done.count(1)
    return Counters(total=len(job.done), done=before, resumed=before)


def _result(
    job: _Job, counters: Counters, analysis: dict[str, Any], reports: dict[str, Path]
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
