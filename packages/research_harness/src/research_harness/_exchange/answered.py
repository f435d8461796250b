"""The rows of a finished run, condition by condition, with their items and calls."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .._artifacts.folder import RunFolder
from .._artifacts.responses import RESPONSES, read_response_file
from .._browse.rows import results_table
from .._core.errors import OutputError
from .._core.files import bounded_lines, is_there, read_json
from .._core.system import open_plain_text
from .._outcome.responses import ResponseRecord

# What of a row says that there is no score, not that the answer is wrong.
UNSCORED = ("world", "time", "score")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRow:
    """One row of a run.

    Attributes:
        item: The item, with ``id``, ``input``, ``expected`` and ``metadata``.
        values: The row's columns of the results.
        calls: The calls to models that it made.
    """

    item: dict[str, Any]
    values: dict[str, Any]
    calls: tuple[ResponseRecord, ...]

    @property
    def score(self) -> float | None:
        """The score; None where the row says nothing about the answer."""
        return None if self.values["failure"] in UNSCORED else float(self.values["score"])

    @property
    def error(self) -> str | None:
        """What went wrong; None for a row that did not fail."""
        kind = self.values["error_type"]
        return f"{kind}: {self.values['error']}" if kind else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedRun:
    """What an export needs of a run.

    Attributes:
        folder: The run.
        config: Its settings.
        analysis: Its analysis.
        started_at: When its first session began, in ISO 8601.
        version: The version of this library that ran it.
        conditions: For each condition its rows, by repeat and then in the order of the data set.
    """

    folder: RunFolder
    config: dict[str, Any]
    analysis: dict[str, Any]
    started_at: str
    version: str
    conditions: dict[str, list[AnsweredRow]] = field(repr=False)

    @property
    def task(self) -> str:
        """The name of the data set, which other tools call the task."""
        return str(self.config["dataset"]["name"])


def read_run_rows(folder: RunFolder) -> FinishedRun:
    """The rows of a finished run.

    Args:
        folder: The run.

    Raises:
        RunNotFoundError: It is not finished.
        OutputError: A file of it is damaged.
    """
    config, state = read_json(folder.file("config.json")), read_json(folder.state)
    analysis = read_json(folder.file("analysis.json"))
    environment = read_json(folder.file("environment.json"))
    items = {each["id"]: each for each in _items(folder)}
    places = {identifier: place for place, identifier in enumerate(items)}
    calls = _calls(folder)
    found: dict[str, list[AnsweredRow]] = {each["name"]: [] for each in config["conditions"]}
    for values in results_table(folder).to_pylist():
        row = AnsweredRow(
            item=items[values["item_id"]],
            values=values,
            calls=tuple(calls.get(values["index"], ())),
        )
        found[values["condition"]].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.values["repeat"], places[row.item["id"]]))
    started = next((str(each["started_at"]) for each in state.get("sessions", ())), "")
    return FinishedRun(
        folder=folder,
        config=config,
        analysis=analysis,
        started_at=started or str(environment.get("recorded_at", "")),
        version=(environment.get("crucible") or {}).get("research-harness") or "unknown",
        conditions={name: rows for name, rows in found.items() if rows},
    )


def _items(folder: RunFolder) -> Iterator[dict[str, Any]]:
    path = folder.file("dataset.jsonl")
    try:
        with open_plain_text(path) as file:
            for line in bounded_lines(file, path):
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise OutputError(path, f"it is not a data set ({error})", reading=True) from error


def _calls(folder: RunFolder) -> dict[int, list[ResponseRecord]]:
    found: dict[int, list[ResponseRecord]] = defaultdict(list)
    path = folder.file(RESPONSES)
    if is_there(path):
        for record in read_response_file(path):
            found[record.index].append(record)
    return found
