"""The rows of a session: run in this process, or in the workers of an executor."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from .._core.errors import ExperimentError
from .._engine.runner import FinishedRow
from .._plan.plan import Trial
from .._plan.preparation import PreparedExperiment
from .._scheduling.retrying import AskedWaits
from .dispatcher import Dispatcher
from .executor import Executor
from .here import rows_here, warn
from .travelling import bundle_of, pickled_experiment

MakeRow = Callable[[Trial, int], Awaitable[FinishedRow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """An executor, and the experiment as it travels to its workers.

    Attributes:
        executor: The executor.
        experiment: The pickled experiment, from before its ``setup``.
    """

    executor: Executor
    experiment: bytes


def elsewhere(
    prepared: PreparedExperiment, executor: Executor | None, *, replayed: bool
) -> Elsewhere | None:
    """Check that the experiment can be run by an executor, before anything is begun.

    Args:
        prepared: The experiment.
        executor: The executor; None runs rows in this process.
        replayed: Whether the answers of another run are given again.

    Raises:
        ExperimentError: It runs under simulated time, which is one clock in one process.
        TransferError: A part of it cannot be sent; names the part.
    """
    if executor is None:
        return None
    if prepared.experiment.virtual_time or replayed:
        what = "a replay" if replayed else "virtual_time"
        text = (
            f"{what}: simulated time is the clock of one process, so {executor.name} cannot run it;"
            f" leave the executor out{'' if replayed else ', or set virtual_time = False'}"
        )
        raise ExperimentError(type(prepared.experiment).__name__, [text])
    if prepared.experiment.batches is not None:
        text = f"batches: their jobs belong to one process, so {executor.name} cannot run them"
        raise ExperimentError(type(prepared.experiment).__name__, [text])
    return Elsewhere(executor=executor, experiment=pickled_experiment(prepared))


@asynccontextmanager
async def rows_elsewhere(
    prepared: PreparedExperiment,
    where: Elsewhere,
    *,
    run_id: str,
    waits: AskedWaits,
    on_events: Callable[[bytes], object],
    on_trace: Callable[[Any, Trial], None],
) -> AsyncIterator[MakeRow]:
    """Run rows in workers; gives what runs one.

    Args:
        prepared: The experiment.
        where: The executor.
        run_id: The run.
        waits: Takes how long services asked to wait.
        on_events: Takes the events of the rows that are kept.
        on_trace: Takes the chains that conditions returned, with the row's trial.
    """
    import causal_trace

    def keep_trace(text: bytes, trial: Trial) -> None:
        on_trace(causal_trace.chain_from_dict(json.loads(text)), trial)

    async with (
        where.executor as executor,
        Dispatcher(
            executor,
            bundle_of(prepared, where.experiment, run_id),
            on_wait=waits.note_seconds,
            on_trace=keep_trace,
            on_events=on_events,
            on_warning=warn,
        ) as dispatcher,
    ):
        yield dispatcher.row


@asynccontextmanager
async def rows_in_process(
    prepared: PreparedExperiment,
    *,
    run_id: str,
    simulated: bool,
    waits: AskedWaits,
    on_trace: Callable[[Any, Trial], None],
    on_threads: Callable[[Callable[[int], None]], None],
) -> AsyncIterator[MakeRow]:
    """Run rows in this process; gives what runs one.

    Args:
        prepared: The experiment.
        run_id: The run.
        simulated: Whether the loop is one of simulated time.
        waits: Takes how long services asked to wait.
        on_trace: Takes the chains that conditions returned, with the row's trial.
        on_threads: Takes what changes how many conditions may run in threads at a time.
    """
    with rows_here(
        prepared.experiment,
        prepared.plan.conditions,
        scorer=prepared.experiment.scorer or prepared.items.scorer,
        run_id=run_id,
        simulated=simulated,
        on_trace=on_trace,
        on_error=waits.note,
        on_threads=on_threads,
    ) as runner:
        yield runner.row
