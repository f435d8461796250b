"""What the report takes from the single rows: allocation, consensus, items, topics."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_TOPICS = ("subject", "topic", "category", "domain", "task", "template")
_MAX_ITEMS = 100_000
_UNANIMOUS = 1 - 1e-9
_MAJORITY = 0.5


@dataclass(slots=True)
class Tally:
    """Rows, and how many of them are right."""

    rows: int = 0
    correct: int = 0

    def add(self, correct: bool) -> None:  # a count of what is right
        """Count one row."""
        self.rows += 1
        self.correct += correct


@dataclass(slots=True)
class RowRecords:
    """The counts over the rows of a run.

    Attributes:
        cells: The rows of each condition and repeat.
        consensus: By condition and agreement: ``unanimous``, ``majority`` or ``no majority``.
        items: By item and condition.
        topics: By topic and condition; empty when the items have none.
        topic_name: The field of the items that is the topic.
        votes: The last vote on an item, by item and condition.
        failures: The failed rows by condition and cause.
        too_many_items: Whether ``items`` and ``votes`` are empty because there are so many items.
    """

    cells: Counter[tuple[str, int]] = field(default_factory=Counter)
    consensus: dict[tuple[str, str], Tally] = field(default_factory=dict)
    items: dict[str, dict[str, Tally]] = field(default_factory=dict)
    topics: dict[str, dict[str, Tally]] = field(default_factory=dict)
    topic_name: str = ""
    votes: dict[tuple[str, str], str] = field(default_factory=dict)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    too_many_items: bool = False


def row_records(
    rows: Iterable[Mapping[str, str]], items: Iterable[Mapping[str, Any]] = ()
) -> RowRecords:
    """Count the rows of ``results.csv``.

    Args:
        rows: The rows, each a text by the name of its column.
        items: The items of ``dataset.jsonl``.
    """
    found = RowRecords()
    topics = _topics(items, found)
    for row in rows:
        item, condition = row["item_id"], row["condition"]
        correct = row.get("correct") == "True"
        found.cells[condition, int(row.get("repeat") or 0)] += 1
        _count_item(found, item, condition, correct=correct)
        if item in topics:
            by_condition = found.topics.setdefault(topics[item], {})
            by_condition.setdefault(condition, Tally()).add(correct)
        if row.get("error_type"):
            found.failures[condition, row.get("failure") or "unknown"] += 1
        elif row.get("consensus"):
            key = condition, _agreement(float(row["consensus"]))
            found.consensus.setdefault(key, Tally()).add(correct)
            votes = "" if found.too_many_items else _votes(row.get("metadata") or "")
            if votes:
                found.votes[item, condition] = votes
    return found


def _count_item(found: RowRecords, item: str, condition: str, *, correct: bool) -> None:
    """Count a row of an item, as long as the items are few enough to be listed."""
    if found.too_many_items:
        return
    found.items.setdefault(item, {}).setdefault(condition, Tally()).add(correct)
    if len(found.items) > _MAX_ITEMS:
        found.too_many_items = True
        found.items.clear()
        found.votes.clear()


def _topics(items: Iterable[Mapping[str, Any]], found: RowRecords) -> dict[str, str]:
    described = {
        str(each.get("id")): topics
        for each in items
        if isinstance(each.get("metadata"), Mapping)
        for topics in [{n: each["metadata"][n] for n in _TOPICS if each["metadata"].get(n)}]
        if topics
    }
    for name in _TOPICS:
        topics = {item: str(each[name]) for item, each in described.items() if each.get(name)}
        if len(set(topics.values())) > 1:
            found.topic_name = name
            return topics
    return {}


def _agreement(consensus: float) -> str:
    if consensus >= _UNANIMOUS:
        return "unanimous"
    return "majority" if consensus > _MAJORITY else "no majority"


def _votes(metadata: str) -> str:
    """The split of a vote, such as "17: 2, 18: 1"; empty where none is recorded."""
    try:
        votes = json.loads(metadata).get("votes") if metadata else None
    except (AttributeError, ValueError):
        return ""
    if not isinstance(votes, Mapping):
        return ""
    return ", ".join(f"{str(answer)[:20]}: {count}" for answer, count in list(votes.items())[:5])
