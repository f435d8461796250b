"""A log of another tool becomes a run: rows, data set, analysis, report, provenance."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .._artifacts.finish import finish
from .._artifacts.folder import RunFolder, create_folder
from .._control.lock import RunLock
from .._core.errors import ComparisonError
from .._core.files import read_json, write_json
from .._definition.metrics import Metric, resolve_metrics
from .._engine.journal import JournalWriter
from .._engine.response_log import ResponseLogWriter
from .._engine.scoring import Mark, Scoring
from .._logs.imported import LOGGED, imported_experiment
from .._logs.sources import time_of, written_at
from .._outcome.row import Row
from .._plan.plan import Plan, Trial
from .._plan.preparation import PreparedExperiment, prepare
from .._run.result import RunResult
from .._run.session import write_start
from .rows import call_of, row_of
from .systems import LoggedSystem, common_items, read_systems
from .traces import ImportedTraces


def import_logs(
    paths: str | Path | Sequence[str | Path],
    *,
    output_dir: str | Path = "results",
    run_id: str | None = None,
    overwrite: bool = False,
    name: str | None = None,
    score: str | None = None,
    scorer: str | None = None,
    fields: Mapping[str, str] | None = None,
    clusters: str = "",
    tags: Sequence[str] = (),
    formats: Sequence[str] = ("markdown", "html"),
) -> tuple[RunResult, ...]:
    """Make runs of the logs of other tools, one for each task.

    The systems of a task are the conditions of its run: every model, prompt or filter of every
    log. The rows have the scores of the log. ``report``, ``verify``, ``reanalyze`` and ``compare``
    take the run as any other; what asks a model does not.

    Args:
        paths: Logs as ``compare`` takes them, folders of logs, and patterns.
        output_dir: The folder of all runs.
        run_id: The id of the run; made from the task when left out. Several tasks have no one id.
        overwrite: Replace a run that has this id.
        name: The title; the task when left out.
        score: Which of several scores of the logs to take; the first one when None.
        scorer: Score all answers again with this scorer of dataset_manager.
        fields: What the columns of plain files mean, as ``dataset_manager.read_log`` takes them.
        clusters: The field of the items that groups them.
        tags: Words by which ``crucible list`` finds the runs.
        formats: The formats of the report.

    Returns:
        The runs, in the order in which the tasks were met.

    Raises:
        ComparisonError: A path names no log, or ``run_id`` is given for several tasks.
        RunExistsError: There is a run of this id.

    Example:
        >>> (run,) = import_logs("logs/2026-07-24_gsm8k.eval")  # doctest: +SKIP
        >>> print(run)  # doctest: +SKIP
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    tasks = read_systems(given, score=score, fields=fields)
    if run_id is not None and len(tasks) > 1:
        raise ComparisonError(f"run_id (--id): the logs have several tasks ({', '.join(tasks)})")
    return tuple(
        _import_task(
            task,
            systems,
            output_dir=Path(output_dir),
            run_id=run_id,
            overwrite=overwrite,
            name=name,
            scorer=scorer,
            clusters=clusters,
            tags=tags,
            formats=formats,
        )
        for task, systems in tasks.items()
    )


def _import_task(
    task: str,
    systems: Sequence[LoggedSystem],
    *,
    output_dir: Path,
    run_id: str | None,
    overwrite: bool,
    name: str | None,
    scorer: str | None,
    clusters: str,
    tags: Sequence[str],
    formats: Sequence[str],
) -> RunResult:
    started = time.monotonic()
    items, owns = common_items(systems)
    data = _dataset(task, systems[0], items)
    files = ", ".join(dict.fromkeys(each.path.name for each in systems))
    experiment = imported_experiment(
        data,
        name=name or task,
        description=f"Imported from {files}.",
        systems=[each.name for each in systems],
        repeat=max(each.repeats for each in systems),
        scorer=scorer or LOGGED,
        metrics=_metrics(systems),
        tags=tags,
        formats=formats,
        clusters=clusters,
    )
    prepared = prepare(experiment)
    sources = [_source(each) for each in systems]
    prepared.config["imported"] = sources
    answers = _Answers(prepared, systems, owns)  # refused before a folder is made or removed
    folder = create_folder(output_dir, name=experiment.name, run_id=run_id, overwrite=overwrite)
    with RunLock(folder.path):
        write_start(prepared, folder, None)
        problems = _note_import(folder, sources)
        missing = len(prepared.plan) - _write_rows(folder, systems, answers)
        if missing:
            problems.append(f"the logs do not have {missing:,} of {len(prepared.plan):,} answers")
        analysis, reports = finish(prepared, folder, "; ".join(problems))
    return RunResult(
        id=folder.id,
        folder=folder.path,
        rows=len(prepared.plan),
        resumed_rows=0,
        failures=analysis["failures"],
        duration_ms=round((time.monotonic() - started) * 1000, 3),
        analysis=analysis,
        reports=reports,
    )


def _dataset(task: str, first: LoggedSystem, items: Mapping[str, Any]) -> Any:
    import dataset_manager

    return dataset_manager.Dataset(
        [
            dataset_manager.Item(identifier, row.input, row.expected, row.metadata)
            for identifier, row in items.items()
        ],
        name=task,
        metadata={"source": first.path.name, "sha256": first.log.sha256},
    )


def _metrics(systems: Sequence[LoggedSystem]) -> list[Metric]:
    """What can be computed of the logs: a mean score, and costs and latencies where known."""
    rows = [row for system in systems for row in system.log]
    whole = all(row.score in (None, 0.0, 1.0) for row in rows)
    names = ["accuracy" if whole else "score"]
    if any(row.cost_usd is not None for row in rows):
        names.append("cost_per_query")
    if any(row.latency_ms is not None for row in rows):
        names += ["latency_p50", "latency_p95"]
    return resolve_metrics(names)


def _source(system: LoggedSystem) -> dict[str, Any]:
    log = system.log
    return {
        "system": system.name,
        "source": system.path.name,
        "sha256": log.sha256,
        "tool": log.format,
        "version": log.version,
        "begun_at": _begun_at(system),
        "status": log.status,
        "answers": len(log),
        "planned": log.planned,
        "error": log.error,
        "settings": json.loads(json.dumps(dict(log.settings), default=str)),
        "remarks": list(log.remarks),
    }


def _begun_at(system: LoggedSystem) -> str:
    """When a log was begun, in UTC: as it says, or its name does; else when it was written."""
    created = str(system.log.settings.get("created") or "")
    stated = written_at(system.path, created if time_of(created) else None)
    return datetime.fromtimestamp(time_of(stated), UTC).isoformat(timespec="seconds")


def _note_import(folder: RunFolder, sources: Sequence[Mapping[str, Any]]) -> list[str]:
    """Note in the run's state where it is from, and give what the logs lack."""
    problems = [
        f"the log of {each['system']} ended as {each['status']!r} with {each['answers']:,} of"
        f" {each['planned']:,} answers"
        for each in sources
        if each["status"] is not None
        and each["planned"] is not None
        and (each["status"] != "success" or each["answers"] < each["planned"])
    ]
    state = read_json(folder.state)
    state["imported"] = list(sources)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    begun = min(str(each["begun_at"]) for each in sources)
    state["sessions"] = [{"started_at": begun, "imported_at": now}]
    state["unfinished"] = problems
    remarks = [f"{each['system']}: {text}" for each in sources for text in each["remarks"]]
    state["notes"] = [*state["notes"], *remarks]
    write_json(folder.state, state)
    return problems


class _Answers:
    """The rows of the plan that the logs have, made one at a time: only new scores are kept.

    Args:
        prepared: The experiment.
        systems: The systems of the logs.
        owns: For each system, its own ids of the common items.

    Raises:
        ComparisonError: An answer cannot be scored again.
    """

    def __init__(
        self,
        prepared: PreparedExperiment,
        systems: Sequence[LoggedSystem],
        owns: Sequence[Mapping[str, str]],
    ) -> None:
        self._plan, self._systems, self._owns = prepared.plan, systems, owns
        name = str(prepared.experiment.scorer)
        self._marks: list[Mark | None] | None = None
        if name != LOGGED:
            scoring = Scoring(name)
            self._marks = [_mark(scoring, each.item, logged) for each, logged in self._trials()]

    def _trials(self) -> Iterator[tuple[Trial, Any]]:
        return _trials(self._plan, self._systems, self._owns)

    def __iter__(self) -> Iterator[tuple[Trial, Any, Row]]:
        """Each row with its place and the answer."""
        for place, (trial, logged) in enumerate(self._trials()):
            mark = _logged_mark(logged) if self._marks is None else self._marks[place]
            yield trial, logged, row_of(trial, logged, mark)


def _logged_mark(logged: Any) -> Mark | None:
    value = logged.score
    return None if value is None else Mark(correct=value >= 1, value=value)


def _mark(scoring: Scoring, item: Any, logged: Any) -> Mark | None:
    """A new score of an answer; None where there is no answer."""
    if logged.prediction is None or logged.error is not None:
        return None
    mark = scoring.mark_now(logged.prediction, item)
    if mark.error is not None:
        raise ComparisonError(f"item {item.id!r}: {mark.error}")
    return mark


def _write_rows(folder: RunFolder, systems: Sequence[LoggedSystem], answers: _Answers) -> int:
    """Write the rows, their calls and their traces; how many there were."""
    count = 0
    with (
        JournalWriter(folder.journal, ResponseLogWriter(folder.responses)) as journal,
        ImportedTraces(folder, systems) as traces,
    ):
        for trial, logged, row in answers:
            journal.append(row, [call_of(logged, trial.condition.name)])
            traces.save(trial, logged)
            count += 1
    return count


def _trials(
    plan: Plan, systems: Sequence[LoggedSystem], owns: Sequence[Mapping[str, str]]
) -> Iterator[tuple[Trial, Any]]:
    """Each row of the plan that a log has an answer for."""
    known = {system.name: (system.items, own) for system, own in zip(systems, owns, strict=True)}
    for index in range(len(plan)):
        trial = plan[index]
        items, own = known[trial.condition.name]
        answers = items.get(own.get(trial.item.id, ""), ())
        if trial.repeat < len(answers):
            yield trial, answers[trial.repeat]
