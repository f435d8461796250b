"""The systems in logs of other tools, with all that the logs have of each answer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .._compare.align import matches
from .._core.errors import ComparisonError
from .._logs.answers import ScoredAnswer, collect
from .._logs.questions import logged_question
from .._logs.runs import is_run
from .._logs.sources import distinct_names, expanded, system_name


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedSystem:
    """What one log has of one system and task.

    Attributes:
        name: The name of the system.
        task: The name of the task.
        path: The log.
        log: Its rows, as a ``dataset_manager.PredictionLog``.
        items: For each item the answers, the first repeat first.
    """

    name: str
    task: str
    path: Path
    log: Any
    items: Mapping[str, Sequence[Any]] = field(repr=False)

    @property
    def repeats(self) -> int:
        """The largest number of answers to an item."""
        return max(map(len, self.items.values()))


def read_systems(
    paths: Sequence[str | Path], *, score: str | None, fields: Mapping[str, str] | None
) -> dict[str, list[LoggedSystem]]:
    """The systems of all logs that the paths name, by task.

    Args:
        paths: Logs, folders of logs, and patterns.
        score: Which of several scores of the logs to take; the first one when None.
        fields: What the columns of plain files mean.

    Raises:
        ComparisonError: A path names no log, or a run.
    """
    parts = [
        (argument, path, part)
        for argument in map(str, paths)
        for path in expanded(argument)
        for part in _parts(path, score, fields)
    ]
    names = distinct_names(
        [(argument, _name(path, part), part.name, str(path)) for argument, path, part in parts]
    )
    found: dict[str, list[LoggedSystem]] = defaultdict(list)
    for (_, path, part), name in zip(parts, names, strict=True):
        items: dict[str, list[Any]] = defaultdict(list)
        for row in sorted(part, key=lambda row: row.epoch):
            items[row.id].append(row)
        system = LoggedSystem(name=name, task=part.name, path=path, log=part, items=items)
        found[part.name].append(system)
    if not found:
        raise ComparisonError("the logs have no answers")
    return found


def _name(path: Path, part: Any) -> str:
    row = part.rows[0]
    return system_name(path, row.model, row.variant, row.task)


def _parts(path: Path, score: str | None, fields: Mapping[str, str] | None) -> list[Any]:
    import dataset_manager

    if is_run(path):
        raise ComparisonError(f"{path}: it is a run of Crucible already")
    log = dataset_manager.read_log(path, score=score, fields=fields or None)
    keys = dict.fromkeys((row.model, row.variant, row.task) for row in log)
    return [log.select(model=model, variant=variant, task=task) for model, variant, task in keys]


def common_items(systems: Sequence[LoggedSystem]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The items of several systems, each once.

    Two systems meet by id, or by the text of the questions where more of them agree by it, as in
    ``compare``.

    Args:
        systems: Systems with one task.

    Returns:
        The first row of each item by its id; and for each system its own ids by these ids.
    """
    columns = [_columns(each) for each in systems]
    first = columns[0]
    items = {identifier: rows[0] for identifier, rows in systems[0].items.items()}
    owns = [{identifier: identifier for identifier in items}]
    for system, column in zip(systems[1:], columns[1:], strict=True):
        places, _ = matches(first, column)
        own = {first.ids[here]: column.ids[there] for here, there in places.items()}
        matched = set(own.values())
        for identifier, rows in system.items.items():
            if identifier not in matched:
                new = identifier if identifier not in items else f"{identifier} [{system.name}]"
                items[new] = rows[0]
                own[new] = identifier
        owns.append(own)
    return items, owns


def _columns(system: LoggedSystem) -> Any:
    rows = (rows[0] for rows in system.items.values())
    return collect(
        (
            ScoredAnswer(id=row.id, question=logged_question(row), answer=None, score=None)
            for row in rows
        ),
        system=system.name,
        task=system.task,
        source=str(system.path),
        tool=system.log.format,
        facts={},
    )
