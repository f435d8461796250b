"""A session of a run: the files it begins with, and the rows it executes."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .._analysis.verdicts import claim_keys
from .._artifacts.environment import environment
from .._artifacts.events import FLUSH_MS, event_store, export_events, recover_events
from .._artifacts.folder import RunFolder
from .._artifacts.traces import TraceWriter
from .._batches.mode import InBatches, batch_mode
from .._canaries.asking import asking_canaries
from .._canaries.canaries import Canaries, canary_problems
from .._control.request_file import remove_requests
from .._control.run_control import RunControl
from .._control.session_file import SessionStatus, write_status
from .._core.errors import ExperimentError, ResumeRefusedError, SetupError
from .._core.files import naming, read_json, write_json
from .._core.text import error_text, type_name
from .._definition.ceilings import Ceilings
from .._definition.experiment import Experiment
from .._engine.barrier import end_forked
from .._engine.counters import Counters
from .._engine.journal import JournalWriter
from .._engine.response_log import ResponseLogWriter
from .._engine.runner import FinishedRow
from .._executors.here import warn
from .._executors.recordings import Recordings, current_recording
from .._executors.rows import Elsewhere, MakeRow, rows_elsewhere, rows_in_process
from .._plan.fingerprint import changes, notes
from .._plan.plan import Trial
from .._plan.preparation import PreparedExperiment
from .._plan.recorded import write_plan
from .._replay.known_answers import known_answers
from .._replay.recorded import RecordedRun
from .._scheduling.heap import settled_heap
from .._scheduling.retrying import AskedWaits
from .asking import record_asking
from .event_database import with_database
from .rows import run_all
from .trust import file_sha256, signature


def write_start(
    prepared: PreparedExperiment,
    folder: RunFolder,
    experiment_file: Path | None,
    settings: Mapping[str, Any] = MappingProxyType({}),
    *,
    replayed: RunFolder | None = None,
    ceilings: Ceilings | Mapping[str, float] | None = None,
    models: Sequence[Any] | None = None,
    levels: Mapping[str, Sequence[Any]] | None = None,
) -> None:
    """Write what the run begins with: settings, data, environment, and how to resume it."""
    write_json(folder.file("config.json"), prepared.config)
    with naming(folder.file("dataset.jsonl")):
        prepared.items.to_jsonl(folder.file("dataset.jsonl"))
    write_plan(prepared.plan, folder.path)
    source = experiment_file.resolve().parent if experiment_file else Path.cwd()
    write_json(folder.file("environment.json"), environment(source))
    state = {
        "experiment_file": str(experiment_file.resolve()) if experiment_file else None,
        "experiment_sha256": file_sha256(experiment_file),
        "signature": signature(folder.path, experiment_file),
        "environment_sha256": file_sha256(folder.file("environment.json")),
        "experiment_class": type(prepared.experiment).__qualname__,
        "options": {
            "seed": prepared.experiment.seed,
            "sample_size": prepared.experiment.sample_size,
            "repeat": prepared.experiment.repeat,
            **_named(models),
            # Pairs, since their order makes the names, and the keys of the file are sorted.
            **({"levels": [[name, list(each)] for name, each in levels.items()]} if levels else {}),
        },
        "settings": dict(settings),
        "ceilings": ceilings.to_dict() if isinstance(ceilings, Ceilings) else dict(ceilings or {}),
        "selection": prepared.selection.to_dict(),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]] if experiment_file else None,
        "claims": claim_keys(prepared),
        "sessions": [],
        "replayed": None if replayed is None else str(replayed.path.resolve()),
        "notes": [] if replayed is None else [f"replayed from the run {replayed.id}"],
        "deviations": [],
    }
    write_json(folder.state, state)


def _named(models: Sequence[Any] | None) -> dict[str, list[str]]:
    """Models that were given by name, which a resume asks again; others come from the class."""
    if models and all(isinstance(each, str) for each in models):
        return {"models": list(models)}
    return {}


def check_unchanged(
    prepared: PreparedExperiment, folder: RunFolder, *, force: bool
) -> tuple[list[str], list[str]]:
    """Compare the experiment with the one the run began with.

    Returns:
        What differs in what makes the answers, when that is accepted, and in what only reads them.

    Raises:
        ResumeRefusedError: Something differs and ``force`` is false.
    """
    before = read_json(folder.file("config.json"))
    found = changes(before, prepared.config)
    if found and not force:
        raise ResumeRefusedError(found)
    return found, notes(before, prepared.config)


async def execute(
    prepared: PreparedExperiment,
    folder: RunFolder,
    *,
    counters: Counters,
    done: bytearray,
    tried: Mapping[int, int],
    on_progress: Callable[[int, int], None] | None = None,
    force: bool = False,
    canaries: bool = True,
    recorded: RecordedRun | None = None,
    where: Elsewhere | None = None,
    batches: bool = True,
) -> None:
    """Run the rows that are not done, inside the running event loop.

    Under simulated time the loop must be one of ``hedging``; so must that of a replay.

    Args:
        prepared: The experiment.
        folder: The run.
        counters: Count the rows.
        done: One byte per row of the plan: 1 for one that an earlier session finished.
        tried: The attempts that other rows have had in earlier sessions, by their numbers.
        on_progress: Called with rows done and rows in all after each row.
        force: Accept models that are not those of the run's first session.
        canaries: Ask the experiment's canaries.
        recorded: The run whose answers are given again; None asks the models.
        where: The executor that runs the rows; None runs them in this process.
        batches: Ask conditions in batch jobs, where the experiment says so.

    Raises:
        JournalError: The journal could not be written.
    """
    experiment = prepared.experiment
    recover_events(folder)
    session_number = _begin_session(folder)
    status = SessionStatus(
        session=session_number,
        rows=counters.total,
        concurrency=experiment.concurrency,
        max_cost_usd=experiment.ceilings.max_cost_usd,
        virtual_time=experiment.virtual_time,
    )
    remove_requests(folder.journal.parent)
    write_status(folder.journal.parent, status)
    control = RunControl(folder.journal.parent, status)
    waits = AskedWaits()

    async with AsyncExitStack() as opened:
        opened.enter_context(settled_heap())
        responses = ResponseLogWriter(folder.responses)
        journal = opened.enter_context(_counted(JournalWriter(folder.journal, responses), counters))
        simulated = experiment.virtual_time or recorded is not None
        recordings, traces = opened.enter_context(
            _recording(experiment, folder, session_number, simulated=simulated)
        )
        emit_all = partial(recordings.emit, folder.id)
        emit_all("harness.experiment.start", {"rows": counters.total - counters.done})
        if where is None:
            making = rows_in_process(
                prepared,
                run_id=folder.id,
                simulated=simulated,
                waits=waits,
                on_trace=traces.save,
                on_threads=control.on_concurrency,
            )
        else:
            making = rows_elsewhere(
                prepared,
                where,
                run_id=folder.id,
                waits=waits,
                on_events=recordings.keep,
                on_trace=traces.save,
            )
        in_batches = opened.enter_context(
            batch_mode(
                experiment.batches if batches else None,
                folder.batches,
                known=partial(known_answers, folder),
            )
        )
        make_row = await opened.enter_async_context(making)
        if in_batches is not None:
            make_row = _routed(make_row, in_batches)
        make_row = _with_its_chain(make_row, traces)
        try:
            with recordings.inside():
                await _set_up(experiment)
                recordings.add_current()
            record_asking(experiment, folder, force=force)
            with control, recordings.inside():
                await run_all(
                    prepared,
                    folder,
                    make_row,
                    journal,
                    counters,
                    done=done,
                    tried=tried,
                    waits=waits,
                    control=control,
                    beside_rows=partial(
                        asking_canaries,
                        _canaries(experiment) if canaries else None,
                        folder.canaries,
                        session=session_number,
                        done=counters.done,
                        total=counters.total,
                        on_progress=on_progress,
                        stopped=lambda: bool(counters.stopped),
                        on_warning=warn,
                    ),
                    recorded=recorded,
                    on_warning=warn,
                )
        except BaseException as error:
            emit_all("harness.experiment.exception", {}, error=error_text(error))
            raise
        else:
            emit_all("harness.experiment.stop", {"rows": counters.done})
        finally:
            with recordings.inside():
                await _tear_down(experiment)


@contextmanager
def _counted(journal: JournalWriter, counters: Counters) -> Iterator[JournalWriter]:
    """A journal for the block; its rows are counted when all of them are kept."""
    try:
        with journal:
            yield journal
    finally:
        if journal.is_whole:
            counters.kept = counters.resumed + journal.kept


def _routed(make_row: MakeRow, in_batches: InBatches) -> MakeRow:
    """Make rows whose calls go into batch jobs where their condition may wait."""

    async def row(trial: Trial, attempt: int) -> FinishedRow:
        with in_batches(trial.condition.name):
            return await make_row(trial, attempt)

    return row


def _with_its_chain(make_row: MakeRow, traces: TraceWriter) -> MakeRow:
    """Rows that are kept only after their chain is on the disk: a kill leaves no row without."""

    async def row(trial: Trial, attempt: int) -> FinishedRow:
        finished = await make_row(trial, attempt)
        if traces.waiting:
            await traces.stored(trial)
        return finished

    return row


@contextmanager
def _recording(
    experiment: Experiment, folder: RunFolder, session: int, *, simulated: bool
) -> Iterator[tuple[Recordings, TraceWriter]]:
    """Keep the events and chains of a session, also when it is killed.

    Args:
        experiment: The experiment.
        folder: The run.
        session: The number of the session.
        simulated: Whether time is simulated.
    """
    import telemetry_research

    outer = current_recording()
    own = event_store(folder, session, other=_named_store(experiment))
    store, experiment_id = with_database(own, folder)
    with ExitStack() as afterwards:  # noqa: SIM117  # the recording ends before what comes afterwards
        with telemetry_research.recording(
            experiment.name,
            listed=False,
            condition="all",
            metadata={"run": folder.id},
            store=store,
            experiment_id=experiment_id,
            flush_interval_ms=FLUSH_MS,
        ) as recorded:
            afterwards.push(_exporting(folder, recorded, session))
            with TraceWriter(folder, simulated=simulated) as traces:
                yield Recordings(recorded, outer), traces


def _exporting(folder: RunFolder, recorded: Any, session: int) -> Any:
    """Writes the events at the end; an error before that is not replaced by one of theirs."""

    def export(_: object, error: BaseException | None, __: object) -> None:
        if error is None:
            export_events(folder, recorded, session)
            return
        try:
            export_events(folder, recorded, session)
        except Exception as second:  # noqa: BLE001  # the first error is raised
            warn(f"the events of the session were not written: {error_text(second)}")

    return export


def _named_store(experiment: Experiment) -> Any:
    """The store of ``telemetry``, or the function that makes it, which is not a method."""
    return vars(experiment).get("telemetry", type(experiment).telemetry)


async def _set_up(experiment: Experiment) -> None:
    """Call the experiment's ``setup``.

    Raises:
        SetupError: It raised; no row was begun.
    """
    own = os.getpid()
    try:
        await experiment.setup()
        end_forked(own)
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise
    except BaseException as error:
        end_forked(own, error)
        raise SetupError(type_name(error), error_text(error)) from error


def _canaries(experiment: Experiment) -> Canaries | None:
    """The experiment's canaries, which ``setup`` may have made.

    Raises:
        ExperimentError: They cannot be asked.
    """
    problems = list(canary_problems(experiment.canaries))
    if problems:
        raise ExperimentError(type(experiment).__name__, problems)
    return experiment.canaries


async def _tear_down(experiment: Experiment) -> None:
    """Call the experiment's ``teardown``; what it raises costs no results."""
    own = os.getpid()
    try:
        await experiment.teardown()
        end_forked(own)
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise
    except BaseException as error:  # noqa: BLE001  # a foreign function may raise anything
        end_forked(own, error)
        warn(f"teardown raised {type_name(error)}: {error_text(error)}")


def _begin_session(folder: RunFolder) -> int:
    """Note in the run's state that it is being worked on, and give the number of this session."""
    state = read_json(folder.state)
    state["sessions"].append({"started_at": datetime.now(UTC).isoformat(timespec="seconds")})
    write_json(folder.state, state)
    return len(state["sessions"])
