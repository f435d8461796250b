"""Files, folders and patterns as the answers of systems: Crucible runs and other tools' logs."""

import glob
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .._artifacts.folder import FLAT_FILES
from .._core.errors import ComparisonError
from .._core.text import safe_text
from .answers import SHOWN_ANSWER, SHOWN_QUESTION, Answers, ScoredAnswer, collect
from .columns import column_answers
from .exposed import EXPOSED_SEPARATOR, exposed_items
from .questions import logged_question, question_words
from .runs import is_run, read_run

_LOGS = (".eval", ".json", ".jsonl", ".csv", ".tsv", ".parquet", ".jsonl.gz", ".csv.gz")
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)")
# What tools write beside their samples, as JSON.
_BESIDE = ("results_", "config", "manifest", "summary")
# What is written beside the folder of a run, whose id begins the name.
_OF_RUN = (*FLAT_FILES, "reports", "every_eval_ever", "inspect")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How logs are read.

    Attributes:
        score: Which of several scores to take; the first one when None.
        scorer: Score the answers again with this scorer of dataset_manager.
        fields: What the columns of plain files mean, as ``dataset_manager.read_log`` takes them.
        labels: The fields of the items to keep, for groups and clusters.
    """

    score: str | None = None
    scorer: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()


class FailedLogError(ComparisonError):
    """A log whose run failed before any answer had a score."""


def read_sources(
    paths: Sequence[str | Path], options: ReadOptions
) -> tuple[list[Answers], list[str]]:
    """Read everything that the paths name.

    Args:
        paths: Run folders, log files, folders of logs, and patterns such as ``logs/*.eval``.
        options: How to read them.

    Returns:
        The answers, one value for each system and task, with distinct names of systems; and which
        logs of a folder or pattern are left out, because their runs failed or were repeated.

    Raises:
        ComparisonError: A path does not exist, or holds no log.
    """
    left_out: list[str] = []
    found = []
    for argument in map(str, paths):
        files = expanded(argument)
        for path in files:
            try:
                found += [(argument, answers) for answers in read_source(path, options)]
            except FailedLogError as error:
                if len(files) == 1:
                    raise
                left_out.append(str(error))
    if left_out and not found:
        raise ComparisonError("; ".join(left_out))
    return _named(_without_replaced(found, left_out)), left_out


def _without_replaced(
    found: Sequence[tuple[str, Answers]], left_out: list[str]
) -> list[tuple[str, Answers]]:
    """The answers without those of runs that did not end well and were repeated.

    A tool that is started again after an error writes another log into the same folder.
    """
    whole = {
        (argument, each.system, each.task)
        for argument, each in found
        if not each.facts.get("incomplete")
    }
    kept = []
    for argument, each in found:
        if each.facts.get("incomplete") and (argument, each.system, each.task) in whole:
            left_out.append(
                f"{each.source}: {each.facts['incomplete']}, and is left out for a log of"
                f" {each.system} that ended well"
            )
        else:
            kept.append((argument, each))
    return kept


def expanded(argument: str) -> list[Path]:
    """The runs and log files that one argument names.

    Args:
        argument: A run folder, a log, a folder of either, or a pattern.

    Raises:
        ComparisonError: It names nothing.
    """
    path = Path(argument)
    if path.is_dir():
        if is_run(path):
            return [path]
        inside = sorted(each for each in path.rglob("*") if _is_log(each) or is_run(each))
        runs = [each for each in inside if is_run(each)]
        theirs = {run.with_name(f"{run.name}_{name}") for run in runs for name in _OF_RUN}
        theirs.update(runs)
        inside = [each for each in inside if each in runs or theirs.isdisjoint(_within(each))]
        inside = _once(inside)
        if not inside:
            raise ComparisonError(f"{path}: no run and no log is in this folder")
        return inside
    if path.exists():
        return [path]
    found = map(Path, glob.glob(argument, recursive=True))  # noqa: PTH207  # also absolute
    matches = sorted(each for each in found if each.exists())  # a link may lead to nothing
    if not matches:
        raise ComparisonError(f"{argument}: no such file, folder or pattern")
    return [inside for match in _once(matches) for inside in expanded(str(match))]


def _once(paths: Sequence[Path]) -> list[Path]:
    """The paths without the instances of Every Eval Ever whose aggregate is there too."""
    known = set(paths)
    ending = "_samples.jsonl"
    return [
        path
        for path in paths
        if not path.name.endswith(ending)
        or path.with_name(f"{path.name.removesuffix(ending)}.json") not in known
    ]


def _within(path: Path) -> tuple[Path, ...]:
    return (path, *path.parents)


def _is_log(path: Path) -> bool:
    name = path.name.lower()
    if not name.endswith(_LOGS) or name.startswith(".") or not path.is_file():
        return False
    return not (name.endswith(".json") and name.startswith(_BESIDE))


def read_source(path: Path, options: ReadOptions) -> Iterator[Answers]:
    """The answers of a run's conditions, or of the systems in a log.

    Args:
        path: The folder of the run, or the log.
        options: How to read it.

    Raises:
        ComparisonError: It cannot be read, or has no scores.
    """
    if path.is_dir():
        if options.score or options.scorer:
            raise ComparisonError(
                f"{path}: score= and scorer= (--score, --scorer) are for logs of other tools; the"
                " answers of a run are scored again with crucible analyse"
            )
        yield from read_run(path, options.labels)
        return
    import dataset_manager

    found = None if options.scorer else _by_columns(path, options)
    if found is not None:
        yield from found
        return
    log = dataset_manager.read_log(path, score=options.score, fields=options.fields or None)
    if not len(log):
        ended = "" if log.status is None else f" (it ended as {log.status!r})"
        raise FailedLogError(f"{path}: the log has no answers{ended}")
    for model, variant, task in dict.fromkeys((row.model, row.variant, row.task) for row in log):
        part = log.select(model=model, variant=variant, task=task)
        yield collect(
            _scored(part, options, path),
            system=system_name(path, model, variant, task),
            task=task or log.name,
            source=str(path),
            tool=log.format,
            facts={
                **_facts(part, options),
                **_exposed(part),
                "at": written_at(path, log.settings.get("created")),
            },
            wanted_labels=options.labels,
        )


def system_name(path: Path, model: str, variant: str, task: str) -> str:
    """The name of a system: its model, or the file's name, and what sets it apart in the log.

    Args:
        path: The log.
        model: The model; empty where the log names none.
        variant: The prompt or filter.
        task: The task.
    """
    name = model or path.name.partition(".")[0]
    return f"{name} ({variant})" if variant not in ("", task) else name


def _facts(log: Any, options: ReadOptions) -> dict[str, str]:
    """What the log says about how it was made, as far as it bears on a comparison."""
    scorer = options.scorer or options.score or next(iter(log.score_names), "")
    incomplete = ""
    if log.complete is False:
        incomplete = f"ended as {log.status!r} with {len(log):,} answers"
        incomplete += f" of {log.planned:,}" if log.planned else ""
    return {
        "scorer": scorer,
        "incomplete": incomplete,
        "cut": str(sum(row.stop_reason == "max_tokens" for row in log) or ""),
        "limited": str(sum(row.limit is not None for row in log) or ""),
        "edited": str(sum(bool(row.edits) for row in log) or ""),
        "source": "simulated" if "simulated" in (log.settings.get("tags") or ()) else "",
    }


def _exposed(log: Any) -> dict[str, str]:
    """The items that stand in the prompts of others."""
    questions = {row.id: question_words(logged_question(row)) for row in log}
    prompts = [
        (row.id, row.prompt) for row in log if row.prompt and row.prompt != questions[row.id]
    ]
    if not prompts:
        return {}
    return {"exposed": EXPOSED_SEPARATOR.join(exposed_items(prompts, questions))}


def _by_columns(path: Path, options: ReadOptions) -> Iterator[Answers] | None:
    """The answers of a large plain file; None for what is read row by row."""
    import dataset_manager

    columns = dataset_manager.read_log_columns(path, fields=options.fields or None)
    if columns is None:
        return None
    return column_answers(
        columns,
        path,
        name_of=lambda model, variant: system_name(path, model, variant, columns.name),
        labels=options.labels,
        facts={"scorer": options.score or "", "at": written_at(path, None)},
        limits=(SHOWN_QUESTION, SHOWN_ANSWER),
    )


def written_at(path: Path, created: Any) -> str:
    """When a log was begun: as it says, or its name does; else when its file was changed.

    Args:
        path: The log.
        created: What the log says; empty where it says nothing.
    """
    if created:
        return str(created)
    found = _STAMP.search(path.name)
    if found:
        return "{}T{}:{}:{}".format(*found.groups())
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return changed.isoformat(timespec="seconds")


def time_of(date: str) -> float:
    """The seconds of an ISO 8601 date since 1970, in UTC where it names no zone; 0 for another."""
    try:
        found = datetime.fromisoformat(date)
    except ValueError:
        return 0.0
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _scored(log: Any, options: ReadOptions, path: Path) -> Iterable[ScoredAnswer]:
    """The answers with the log's own scores, or scored again."""
    again = _rescored(log, options.scorer) if options.scorer else {}
    rows = list(log)
    if not options.scorer and all(row.score is None for row in rows):
        failed = [row.error for row in rows if row.error is not None]
        if failed and len(failed) == len(rows):
            first = safe_text(failed[0].strip().splitlines()[0], limit=200)
            raise FailedLogError(f"{path}: all {len(rows):,} answers failed: {first}")
        raise ComparisonError(
            f"{path}: its answers have no score; name a scorer (scorer='number', --scorer number)"
        )
    for position, row in enumerate(rows):
        yield ScoredAnswer(
            id=row.id,
            question=logged_question(row),
            answer=row.prediction,
            score=again.get(position) if options.scorer else row.score,
            cost_usd=row.cost_usd,
            latency_ms=row.latency_ms,
            labels=row.metadata,
            prompt=row.prompt,
        )


def _rescored(log: Any, scorer: str) -> dict[int, float]:
    """The scores of the rows by position; a row that failed has none."""
    import dataset_manager

    found: dict[int, float] = {}
    positions = {(row.id, row.epoch): position for position, row in enumerate(log)}
    for epoch in log.epochs:
        part = log.select(epoch=epoch)
        answered = [row for row in part if row.error is None]
        if not answered:
            continue
        predictions = [{"id": row.id, "predicted": row.prediction} for row in answered]
        result = dataset_manager.evaluate(predictions, dataset=part.dataset(), scorer=scorer)
        known = {row.id for row in answered}
        for item in result.items:
            if item.id in known:
                found[positions[item.id, epoch]] = item.score.value
    return found


def _named(found: Iterable[tuple[str, Answers]]) -> list[Answers]:
    """Give systems distinct names."""
    found = list(found)
    names = distinct_names(
        [(argument, each.system, each.task, each.source) for argument, each in found]
    )
    return [replace(each, system=name) for (_, each), name in zip(found, names, strict=True)]


def distinct_names(found: Sequence[tuple[str, str, str, str]]) -> list[str]:
    """The names of systems: the model's, and the source's where two share it.

    Args:
        found: Of each system and task the argument that named its log, the name, the task, and the
            path of the log.
    """
    arguments: dict[str, set[str]] = {}
    for argument, system, _, _ in found:
        arguments.setdefault(system, set()).add(argument)
    seen: dict[tuple[str, str], int] = {}
    names = []
    for argument, system, task, source in found:
        shared = len(arguments[system]) > 1
        name = f"{system} [{_short(argument)}]" if shared else system
        seen[name, task] = seen.get((name, task), 0) + 1
        names.append(name if seen[name, task] == 1 else f"{name} [{Path(source).name}]")
    return names


def _short(argument: str) -> str:
    path = Path(argument)
    return path.name.partition(".")[0] or str(path)
