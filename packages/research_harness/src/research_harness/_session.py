"""One sitting of a run: prepare, execute rows, and what is needed to do it again."""

import asyncio
import copy
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ._dataset import load_items
from ._engine import Counters, run_rows
from ._environment import environment
from ._errors import ExperimentError, ResumeRefusedError
from ._events import emit
from ._execute import Executioner, make_ask, watching_sources
from ._experiment import Experiment
from ._fingerprint import changes, configuration
from ._folder import RunFolder, read_json, write_json
from ._journal import Journal, JournalWriter
from ._metrics import Metric
from ._plan import Plan, Trial
from ._validate import validate


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An experiment with everything settled, ready to run its rows.

    Attributes:
        experiment: The experiment.
        metrics: Its metrics.
        items: The data set as drawn.
        plan: The rows to come.
        config: The settings that make it what it is.
    """

    experiment: Experiment
    metrics: list[Metric]
    items: Any
    plan: Plan
    config: dict[str, Any]


def prepare(experiment: Experiment | type[Experiment], **options: Any) -> Session:
    """Settle the options, check the experiment and load its data.

    Args:
        experiment: The class, or an instance.
        options: Attributes to use in place of the experiment's own; None leaves one alone.

    Raises:
        ExperimentError: Something is wrong with the experiment; lists all of it.
    """
    made = experiment() if isinstance(experiment, type) else copy.copy(experiment)
    for name, value in options.items():
        if value is not None:
            setattr(made, name, value)
    if "EXPERIMENT_SEED" in os.environ and options.get("seed") is None:
        made.seed = _seed_from_environment(type(made).__name__)
    metrics = validate(made)
    items = load_items(made, seed=made.seed, sample_size=made.sample_size)
    _check_items(made, items)
    plan = Plan(
        made.all_conditions(),
        items,
        repeat=made.repeat,
        seed=made.seed,
        randomize=made.randomize,
    )
    config = configuration(made, items, metrics)
    return Session(experiment=made, metrics=metrics, items=items, plan=plan, config=config)


def write_start(session: Session, folder: RunFolder, experiment_file: Path | None) -> None:
    """Put down what the run begins with: settings, data, circumstances, and how to resume it."""
    write_json(folder.file("config.json"), session.config)
    session.items.to_jsonl(folder.file("dataset.jsonl"))
    source = experiment_file.resolve().parent if experiment_file else Path.cwd()
    write_json(folder.file("environment.json"), environment(source))
    state = {
        "experiment_file": str(experiment_file.resolve()) if experiment_file else None,
        "experiment_class": type(session.experiment).__qualname__,
        "options": {
            "seed": session.experiment.seed,
            "sample_size": session.experiment.sample_size,
            "repeat": session.experiment.repeat,
        },
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]] if experiment_file else None,
        "sessions": [],
        "deviations": [],
    }
    write_json(folder.state, state)


def check_unchanged(session: Session, folder: RunFolder, *, force: bool) -> list[str]:
    """Compare the experiment with the one the run began with.

    Returns:
        What differs, when a difference is accepted.

    Raises:
        ResumeRefusedError: Something differs and ``force`` is false.
    """
    before = read_json(folder.file("config.json"))
    found = changes(before, session.config)
    if found and not force:
        raise ResumeRefusedError(found)
    return found


def finished_rows(session: Session, folder: RunFolder) -> bytearray:
    """One byte for each row of the plan: 1 where the journal has it, as the plan now is."""
    done = bytearray(len(session.plan))
    for row in Journal(folder.journal):
        if row.index < len(done) and _belongs(session.plan[row.index], row):
            done[row.index] = 1
    return done


def _belongs(trial: Trial, row: Any) -> bool:
    return (trial.item.id, trial.condition.name, trial.repeat) == (
        row.item_id,
        row.condition,
        row.repeat,
    )


async def execute(
    session: Session,
    folder: RunFolder,
    *,
    counters: Counters,
    done: bytearray,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Run the rows that are not done, inside the running event loop.

    Raises:
        JournalError: The journal could not be written.
    """
    import causal_trace
    import dataset_manager
    import ensemble
    import telemetry_research

    experiment = session.experiment
    scorer = experiment.scorer or session.items.scorer
    loop = asyncio.get_running_loop()
    session_number = _begin_sitting(folder)

    def save_trace(trace: Any) -> None:
        causal_trace.JsonStore(folder.file("traces")).save(trace)

    with (
        JournalWriter(folder.journal) as journal,
        ThreadPoolExecutor(experiment.concurrency, thread_name_prefix="condition") as threads,
        watching_sources(),
        telemetry_research.recording(
            experiment.name, condition="all", metadata={"run": folder.id}
        ) as recorded,
    ):
        emit(
            "harness.experiment.start", {"rows": counters.total - counters.done}, {"run": folder.id}
        )
        executioner = Executioner(
            {each.name: make_ask(each.function, threads) for each in session.plan.conditions},
            lambda prediction, item: dataset_manager.score(prediction, item, scorer=scorer),
            timeout_ms=experiment.timeout_ms,
            clock=loop.time,
            scope=telemetry_research.scope,
            sampling=ensemble.sampling,
            on_trace=save_trace,
        )
        try:
            await experiment.setup()
            await run_rows(
                session.plan.pending(done),
                executioner.row,
                journal,
                counters,
                concurrency=experiment.concurrency,
                on_progress=on_progress,
            )
        except BaseException as error:
            emit("harness.experiment.exception", {}, {"run": folder.id, "error": str(error)})
            raise
        else:
            emit("harness.experiment.stop", {"rows": counters.done}, {"run": folder.id})
        finally:
            await experiment.teardown()
            name = "events.parquet" if session_number == 1 else f"events-{session_number}.parquet"
            recorded.export(folder.file(name))


def _begin_sitting(folder: RunFolder) -> int:
    """Note in the run's state that it is being worked on, and give the number of this sitting."""
    state = read_json(folder.state)
    state["sessions"].append({"started_at": datetime.now(UTC).isoformat(timespec="seconds")})
    write_json(folder.state, state)
    return len(state["sessions"])


def _check_items(experiment: Experiment, items: Any) -> None:
    import dataset_manager

    problems = []
    if not len(items):
        problems.append(f"dataset: {items.name} has no items")
    scorer = experiment.scorer or items.scorer
    if scorer is None or scorer not in dataset_manager.scorer_names():
        known = ", ".join(dataset_manager.scorer_names())
        problems.append(
            f"dataset: nothing can score {items.name} (its scorer is {scorer!r});"
            f" set scorer to one of {known}, or add one with dataset_manager.register_scorer"
        )
    if problems:
        raise ExperimentError(type(experiment).__name__, problems)


def _seed_from_environment(name: str) -> int:
    text = os.environ["EXPERIMENT_SEED"]
    if not text.isdigit():
        raise ExperimentError(name, [f"EXPERIMENT_SEED: {text!r} is not a whole number"])
    return int(text)
