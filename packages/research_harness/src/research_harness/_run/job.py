"""The steps that ``run`` and ``resume`` share: begin or reopen a job, run its rows, report."""

import asyncio
import time
from collections.abc import Collection, Coroutine, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Unpack

from .._analysis.schema import Analysis
from .._analysis.verdicts import claim_keys
from .._artifacts.finish import finish
from .._artifacts.folder import (
    RunFolder,
    create_folder,
    find_run,
    remove_first_files,
    stored_options,
)
from .._artifacts.tables import RETRIED, finished_rows
from .._control.broken import naming_what_breaks
from .._control.lock import RunLock
from .._control.own_loop import OwnLoop, in_thread
from .._control.session_file import end_status
from .._core.errors import HarnessError, OutputError, RunningLoopError
from .._core.files import naming, read_json, write_json
from .._definition.ceilings import with_stored
from .._definition.experiment import Experiment
from .._definition.retries import Cause
from .._engine.counters import Counters
from .._engine.journal import Journal
from .._executors.rows import Elsewhere, elsewhere
from .._logs.imported import refuse_asking
from .._plan.fingerprint import with_recorded
from .._plan.preparation import PreparedExperiment, prepare
from .._plan.recorded import write_plan
from .._plan.selection import Selection
from .._replay.beginning import replay_source, replayed_run, without_outages
from .._replay.recorded import RecordedRun
from .options import SETTINGS, OnProgress, Progress, ResumeOptions, RunOptions
from .result import RunResult
from .session import check_unchanged, execute, write_start
from .trust import trusted_experiment

_LEFT_OUT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The rows of an experiment that are to be run into a folder.

    Attributes:
        prepared: The experiment, ready to run.
        folder: Where its artifacts go.
        lock: Holds the folder for this session.
        done: One byte per row of the plan: 1 when an earlier session finished it, 2 when this one
            leaves it out.
        tried: The attempts that other rows have had in earlier sessions, by their numbers.
        on_progress: Called with rows done and rows in all after each row.
        progress: Makes a display of the counters.
        force: Accept models that are not those of the run's first session.
        canaries: Ask the experiment's canaries.
        recorded: The run whose answers are given again; None asks the models.
        where: The executor that runs the rows; None runs them in this process.
        batches: Ask conditions in batch jobs, where the experiment says so.
    """

    prepared: PreparedExperiment
    folder: RunFolder
    lock: RunLock
    done: bytearray
    tried: Mapping[int, int] = field(default_factory=dict)
    on_progress: OnProgress | None = None
    progress: Progress | None = None
    force: bool = False
    canaries: bool = True
    recorded: RecordedRun | None = None
    where: Elsewhere | None = None
    batches: bool = True

    @property
    def simulated(self) -> bool:
        """Whether its rows run under simulated time, as those of a replay do."""
        return self.prepared.experiment.virtual_time or self.recorded is not None


def begin(experiment: Experiment | type[Experiment], **options: Unpack[RunOptions]) -> Job:
    """Prepare the experiment, make its folder and write the files it begins with."""
    source, options = replay_source(options)
    prepared = prepare(
        experiment,
        selection=Selection(
            limit=options.get("limit"),
            items=tuple(options.get("items") or ()),
            conditions=tuple(options.get("conditions") or ()),
        ),
        seed=options.get("seed"),
        sample_size=options.get("sample_size"),
        repeat=options.get("repeat"),
        models=options.get("models"),
        levels=options.get("levels"),
        concurrency=options.get("concurrency"),
        ceilings=options.get("ceilings"),
        **_attributes(options.get("settings") or {}),
    )
    recorded = None
    if source is not None:
        recorded = replayed_run(prepared, source, force=options.get("force", False))
    where = elsewhere(prepared, options.get("executor"), replayed=recorded is not None)
    with _naming_another_folder():
        folder = create_folder(
            Path(options.get("output_dir", "results")),
            name=prepared.experiment.name,
            run_id=options.get("run_id"),
            overwrite=options.get("overwrite", False),
        )
        lock = RunLock(folder.path)
        try:
            write_start(
                prepared,
                folder,
                options.get("experiment_file"),
                options.get("settings") or {},
                replayed=source,
                models=options.get("models"),
                levels=options.get("levels"),
                ceilings=options.get("ceilings"),
            )
        except BaseException as error:
            lock.release()
            if isinstance(error, KeyboardInterrupt):
                remove_first_files(folder)
            raise
    return Job(
        prepared=prepared,
        folder=folder,
        lock=lock,
        done=bytearray(len(prepared.plan)),
        on_progress=options.get("on_progress"),
        progress=options.get("progress"),
        canaries=recorded is None,
        recorded=recorded,
        where=where,
        batches=recorded is None,
    )


@contextmanager
def _naming_another_folder() -> Iterator[None]:
    """A run that has no rows yet can be written elsewhere."""
    try:
        yield
    except OutputError as error:
        error.way_on = "or write to another folder: output_dir (--output-dir on the command line)"
        raise


def reopen(
    run: str | Path,
    experiment: Experiment | type[Experiment] | None,
    **options: Unpack[ResumeOptions],
) -> Job:
    """Find a run and its finished rows; refuse a resume with another experiment."""
    folder = find_run(run, Path(options.get("output_dir", "results")))
    lock = RunLock(folder.path)
    try:
        return _reopened(folder, lock, experiment, **options)
    except BaseException:
        lock.release()
        raise


def _reopened(
    folder: RunFolder,
    lock: RunLock,
    experiment: Experiment | type[Experiment] | None,
    **options: Unpack[ResumeOptions],
) -> Job:
    state = read_json(folder.state)
    read_json(folder.file("config.json"))  # a folder without it is not a run
    refuse_asking(state)
    if experiment is None:
        experiment = trusted_experiment(folder.path, state, trust=options.get("trust", False))
    prepared = prepare(
        experiment,
        **stored_options(folder, state),
        selection=Selection.from_dict(state.get("selection", {})),
        **_attributes(state.get("settings", {})),
        concurrency=options.get("concurrency"),
        ceilings=with_stored(state.get("ceilings"), options.get("ceilings")),
    )
    source = state.get("replayed")
    recorded = None if source is None else RecordedRun(RunFolder(Path(source)))
    if recorded is not None:
        without_outages(prepared.experiment)
    where = elsewhere(prepared, options.get("executor"), replayed=recorded is not None)
    deviations, noted = check_unchanged(prepared, folder, force=options.get("force", False))
    if Journal(folder.journal).is_empty():
        state["claims"] = claim_keys(prepared)  # no answer is known yet
    if deviations or noted:
        state["deviations"] += deviations
        state["notes"] = [*state.get("notes", []), *noted]
        write_json(folder.state, state)
        before = read_json(folder.file("config.json"))
        write_json(folder.file("config.json"), with_recorded(prepared.config, before))
    if deviations:
        with naming(folder.file("dataset.jsonl")):
            prepared.items.to_jsonl(folder.file("dataset.jsonl"))
        write_plan(prepared.plan, folder.path)
    again = _causes(options.get("retry_failed", False))
    done, tried = finished_rows(prepared.plan, Journal(folder.journal), again=again)
    if not options.get("missing", True):
        _leave_out_missing(done, tried)
    return Job(
        prepared=prepared,
        folder=folder,
        lock=lock,
        done=done,
        tried=tried,
        on_progress=options.get("on_progress"),
        progress=options.get("progress"),
        force=options.get("force", False),
        canaries=recorded is None,
        recorded=recorded,
        where=where,
        batches=recorded is None,
    )


def _attributes(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that are not options of their own."""
    return {name: value for name, value in settings.items() if name in SETTINGS}


def _causes(retried: bool | Collection[Cause]) -> Collection[str]:
    if isinstance(retried, bool):
        return RETRIED if retried else ()
    return retried


def _leave_out_missing(done: bytearray, tried: Mapping[int, int]) -> None:
    """Mark the rows that no session has finished, so that only those of ``tried`` are asked."""
    at = done.find(0)
    while at >= 0:
        done[at] = 0 if at in tried else _LEFT_OUT
        at = done.find(0, at + 1)


async def complete(job: Job) -> RunResult:
    """Run what is missing and make the report, in the caller's loop."""
    counters = _counters(job)
    with _held(job), job.progress(counters) if job.progress else nullcontext():
        with _naming(job, counters):
            if job.simulated:
                # Simulated time needs a loop of its own, and this one is taken.
                session = OwnLoop()
                work = partial(_in_own_loop, job, counters, session)
                await in_thread(work, on_cancel=session.interrupt)
            else:
                await _rows(job, counters)
        analysis, reports = await in_thread(partial(_finish, job, counters))
    return _result(job, counters, analysis, reports)


@contextmanager
def _held(job: Job) -> Iterator[None]:
    """Hold the run, and leave no session that says it goes on when it ended with an error."""
    with job.lock:
        try:
            yield
        except BaseException:
            with suppress(Exception):  # the error that ended the session is raised
                end_status(job.folder.journal.parent, "interrupted")
            raise


def require_no_loop(name: str) -> None:
    """Refuse a function for scripts inside a running event loop, before it does anything.

    Args:
        name: The function's name.

    Raises:
        RunningLoopError: An event loop is running in this thread.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RunningLoopError(name)


def complete_sync(job: Job) -> RunResult:
    """Run what is missing and make the report, in a loop of its own."""
    counters = _counters(job)
    with _held(job), job.progress(counters) if job.progress else nullcontext():
        with _naming(job, counters, cancelled=True):
            _in_own_loop(job, counters, OwnLoop())
        analysis, reports = _finish(job, counters)
    return _result(job, counters, analysis, reports)


def _finish(job: Job, counters: Counters) -> tuple[Analysis, dict[str, Path]]:
    """Write what is derived from the rows, and show what is being done."""
    try:
        with naming_what_breaks(job.folder.path, lambda: _without_results(counters)):
            return finish(job.prepared, job.folder, counters.stopped, counters.begin_stage)
    finally:
        counters.begin_stage("", 0)


def _naming(
    job: Job, counters: Counters, *, cancelled: bool = False
) -> AbstractContextManager[None]:
    """Errors from outside of the rows say how many rows there are, and how to go on."""
    return naming_what_breaks(job.folder.path, lambda: _so_far(job, counters), cancelled=cancelled)


def _so_far(job: Job, counters: Counters) -> str:
    """How many rows are kept: those that were answered when a file broke may not all be."""
    total = f"{counters.total:,} rows"
    try:
        kept = counters.kept
        if kept is None or job.tried:  # rows that are asked again may be there twice
            kept = finished_rows(job.prepared.plan, Journal(job.folder.journal))[0].count(1)
    except (HarnessError, OSError):
        return f"the run ended after {counters.done:,} of {total}, and how many are kept is unknown"
    return f"the run ended with {kept:,} of {total} on disk"


def _without_results(counters: Counters) -> str:
    rows = f"{counters.done:,} of {counters.total:,} rows are on disk"
    return f"{rows}, the results are not written"


def run_rows_only(
    prepared: PreparedExperiment, folder: RunFolder, on_progress: OnProgress | None = None
) -> None:
    """Run the rows of an experiment into a folder's journal, without analysis or report."""
    done = bytearray(len(prepared.plan))
    with RunLock(folder.path) as lock:
        job = Job(
            prepared=prepared,
            folder=folder,
            lock=lock,
            done=done,
            on_progress=on_progress,
            canaries=False,
            batches=False,
        )
        _in_own_loop(job, Counters(total=len(job.done)), OwnLoop())


def _rows(job: Job, counters: Counters) -> Coroutine[Any, Any, None]:
    return execute(
        job.prepared,
        job.folder,
        counters=counters,
        done=job.done,
        tried=job.tried,
        on_progress=job.on_progress,
        force=job.force,
        canaries=job.canaries,
        recorded=job.recorded,
        where=job.where,
        batches=job.batches,
    )


def _in_own_loop(job: Job, counters: Counters, session: OwnLoop) -> None:
    factory = None
    if job.simulated:
        import hedging

        factory = hedging.VirtualTimeLoop
    session.run(_rows(job, counters), factory)


def _counters(job: Job) -> Counters:
    before = job.done.count(1)
    return Counters(total=len(job.done), done=before, resumed=before, folder=job.folder.path)


def _result(
    job: Job, counters: Counters, analysis: Analysis, reports: dict[str, Path]
) -> RunResult:
    rows, fresh = analysis["rows"], counters.done - counters.resumed
    return RunResult(
        id=job.folder.id,
        folder=job.folder.path,
        rows=rows,
        resumed_rows=max(0, rows - fresh),
        failures=analysis["failures"],
        duration_ms=round((time.monotonic() - counters.started) * 1000, 3),
        analysis=analysis,
        reports=reports,
    )
