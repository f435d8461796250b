"""Run an experiment from its class to its report, or continue an interrupted run."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

from .._definition.ceilings import Ceilings
from .._definition.experiment import Experiment
from .._definition.retries import Cause
from .._executors.executor import Executor
from .job import begin, complete, complete_sync, reopen, require_no_loop
from .options import OnProgress, Progress, ResumeOptions, RunOptions
from .result import RunResult


async def run(
    experiment: Experiment | type[Experiment],
    *,
    output_dir: str | Path = "results",
    run_id: str | None = None,
    overwrite: bool = False,
    seed: int | None = None,
    sample_size: int | None = None,
    repeat: int | None = None,
    limit: int | None = None,
    items: Sequence[str] | None = None,
    conditions: Sequence[str] | None = None,
    models: Sequence[Any] | None = None,
    levels: Mapping[str, Sequence[Any]] | None = None,
    concurrency: int | None = None,
    ceilings: Ceilings | Mapping[str, float] | None = None,
    on_progress: OnProgress | None = None,
    progress: Progress | None = None,
    experiment_file: Path | None = None,
    replay: str | Path | None = None,
    force: bool = False,
    settings: Mapping[str, Any] | None = None,
    executor: Executor | None = None,
) -> RunResult:
    """Run an experiment and write its artifacts to a folder.

    Args:
        experiment: The class, or an instance.
        output_dir: The folder of all runs.
        run_id: The id; made from the experiment's name when left out.
        overwrite: Replace a run that has this id.
        seed: Replaces the experiment's seed.
        sample_size: Replaces its sample size.
        repeat: Replaces its number of repeats.
        limit: Runs the first items only, so many of them.
        items: Runs the items with these ids only, or whose ids fit these patterns.
        conditions: Runs the conditions of these names only.
        models: Replaces the models that conditions with a keyword ``model`` are asked with.
        levels: Levels of parameters, such as ``{"temperature": (0.0, 0.5, 1.0)}``. A condition with
            keywords of these names is made for each combination; in a grid they replace its own.
        concurrency: Replaces its concurrency.
        ceilings: Replaces its ceilings; a mapping such as ``{'max_cost_usd': 5.0}`` replaces single
            ones.
        on_progress: Called with rows done and rows in all after each row.
        progress: Called with the counters; gives a context manager that shows them.
        experiment_file: The file that defines the experiment, so that ``resume`` can find it again.
        replay: A run, by its id or folder, whose recorded answers are given in place of calls.
            Options that are left out are those of that run. Rows whose answers it does not have are
            not made, and the run is then incomplete.
        force: Replay although the experiment differs from that of the run.
        settings: Replaces ``timeout_ms``, ``formats`` or, field by field, ``retries``; ``resume``
            takes them again.
        executor: Runs the rows in its workers, such as ``RayExecutor()``; None runs them in this
            process. The files of the run are the same.

    Returns:
        The finished run.

    Raises:
        ExperimentError: The experiment is not runnable; lists everything that is wrong.
        RunExistsError: There is a run of this id.
        OutputError: The folder cannot be written.
        ReplayRefusedError: The experiment differs from that of the run to replay.
    """
    job = begin(
        experiment,
        output_dir=output_dir,
        run_id=run_id,
        overwrite=overwrite,
        seed=seed,
        sample_size=sample_size,
        repeat=repeat,
        limit=limit,
        items=items,
        conditions=conditions,
        models=models,
        levels=levels,
        concurrency=concurrency,
        ceilings=ceilings,
        on_progress=on_progress,
        progress=progress,
        experiment_file=experiment_file,
        replay=replay,
        force=force,
        settings=settings,
        executor=executor,
    )
    return await complete(job)


def run_sync(experiment: Experiment | type[Experiment], **options: Unpack[RunOptions]) -> RunResult:
    """``run`` for scripts: takes the same arguments and waits for the end.

    Args:
        experiment: The class, or an instance.
        **options: The options of ``run``.

    Returns:
        The finished run.

    Raises:
        RunningLoopError: An event loop is running; use ``await run(...)`` there.
        ExperimentError: The experiment is not runnable; lists everything that is wrong.
        RunExistsError: There is a run of this id.
        OutputError: The folder cannot be written.
    """
    require_no_loop("run_sync")
    return complete_sync(begin(experiment, **options))


async def resume(
    run: str | Path,
    experiment: Experiment | type[Experiment] | None = None,
    *,
    output_dir: str | Path = "results",
    force: bool = False,
    retry_failed: bool | Collection[Cause] = False,
    missing: bool = True,
    trust: bool = False,
    concurrency: int | None = None,
    ceilings: Ceilings | Mapping[str, float] | None = None,
    on_progress: OnProgress | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> RunResult:
    """Continue an interrupted run: only the rows that are missing are run.

    Args:
        run: The run's id, or the path of its folder.
        experiment: The experiment; loaded from the file the run was started from when left out.
        output_dir: The folder of all runs.
        force: Continue although the experiment or its data changed; the report says so.
        trust: Import the file that the folder names, although the run was not begun here; its hash
            must be the recorded one.
        retry_failed: Ask the rows again that failed because a service was away or too slow, or for
            one of these causes: ``world``, ``time``, ``answer``, ``score``.
        missing: Run the rows that no session has finished; False asks those of ``retry_failed``
            alone.
        concurrency: Replaces the experiment's concurrency.
        ceilings: Replaces the experiment's ceilings; what earlier sessions spent counts.
        on_progress: Called with rows done and rows in all after each row.
        progress: Called with the counters; gives a context manager that shows them.
        executor: Runs the rows in its workers; it need not be that of the first session.

    Returns:
        The finished run.

    Raises:
        RunNotFoundError: There is no such run.
        UntrustedFileError: The run was not begun here; pass its experiment.
        ResumeRefusedError: Something changed and ``force`` is false; lists what.
        RunLockedError: Another process is working on the run.
    """
    job = reopen(
        run,
        experiment,
        output_dir=output_dir,
        force=force,
        retry_failed=retry_failed,
        missing=missing,
        trust=trust,
        concurrency=concurrency,
        ceilings=ceilings,
        on_progress=on_progress,
        progress=progress,
        executor=executor,
    )
    return await complete(job)


def resume_sync(
    run: str | Path,
    experiment: Experiment | type[Experiment] | None = None,
    **options: Unpack[ResumeOptions],
) -> RunResult:
    """``resume`` for scripts: takes the same arguments and waits for the end.

    Args:
        run: The run's id, or the path of its folder.
        experiment: The experiment; loaded from the file the run was started from when left out.
        **options: The options of ``resume``.

    Returns:
        The finished run.

    Raises:
        RunningLoopError: An event loop is running; use ``await resume(...)`` there.
        RunNotFoundError: There is no such run.
        ResumeRefusedError: Something changed and ``force`` is false; lists what.
        RunLockedError: Another process is working on the run.
    """
    require_no_loop("resume_sync")
    return complete_sync(reopen(run, experiment, **options))
