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

    A system meets all items of the systems before it, by id, or by the text of the questions where
    more of them agree by it, as in ``compare``.

    Args:
        systems: Systems with one task.

    Returns:
        The first row of each item by its id; and for each system its own ids by these ids.
    """
    items: dict[str, Any] = {}
    owns = []
    for system in systems:
        firsts = {identifier: rows[0] for identifier, rows in system.items.items()}
        own = _met(system, items, firsts) if items else {}
        matched = set(own.values())
        for identifier, row in firsts.items():
            if identifier not in matched:
                new = _free(identifier, system.name, items)
                items[new] = row
                own[new] = identifier
        owns.append(own)
    return items, owns


def _met(
    system: LoggedSystem, items: Mapping[str, Any], firsts: Mapping[str, Any]
) -> dict[str, str]:
    """The ids of a system by those of the items that are known already."""
    known, column = _columns(system, items), _columns(system, firsts)
    places, _ = matches(known, column)
    return {known.ids[here]: column.ids[there] for here, there in places.items()}


def _free(identifier: str, system: str, items: Mapping[str, Any]) -> str:
    """An id that no item has."""
    found, number = identifier, 1
    while found in items:
        found = f"{identifier} [{system}]" if number == 1 else f"{identifier} [{system}, {number}]"
        number += 1
    return found


def _columns(system: LoggedSystem, rows: Mapping[str, Any]) -> Any:
    return collect(
        (
            ScoredAnswer(id=identifier, question=logged_question(row), answer=None, score=None)
            for identifier, row in rows.items()
        ),
        system=system.name,
        task=system.task,
        source=str(system.path),
        tool=system.log.format,
        facts={},
    )
