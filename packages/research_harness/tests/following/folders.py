"""Folders of runs with rows of one's own choice, as a run would leave them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from research_harness._artifacts.folder import RunFolder
from research_harness._engine.journal import JournalWriter
from research_harness._following.follower import RunFollower
from research_harness._outcome.row import Row

CONDITIONS = ("plain", "vote")


def make_folder(path: Path, conditions: Iterable[str] = CONDITIONS, **config: Any) -> RunFolder:
    folder = RunFolder(path)
    folder.journal.parent.mkdir(parents=True)
    settings = {
        "name": "A study",
        "description": "",
        "alpha": 0.05,
        "randomize": True,
        "clusters": "",
        "conditions": [{"name": name, "description": ""} for name in conditions],
        "metrics": [{"name": "accuracy", "column": "correct", "summary": "mean"}],
        **config,
    }
    folder.file("config.json").write_text(json.dumps(settings))
    state = {"sessions": [{"started_at": "2026-11-28T10:00:00+00:00"}]}
    folder.state.write_text(json.dumps(state))
    return folder


def row(index: int, *, correct: bool = True, conditions: Any = CONDITIONS, **values: Any) -> Row:
    given: dict[str, Any] = {
        "item_id": f"q{index // len(conditions)}",
        "condition": conditions[index % len(conditions)],
        "repeat": 0,
        "correct": correct,
        "score": float(correct),
        "latency_ms": 100.0 + index,
        "cost_usd": 0.001,
        "source": "live",
    }
    return Row(index=index, **(given | values))


def failed(index: int, **values: Any) -> Row:
    given = {"error_type": "TimeoutError", "error": "late", "failure": "time", "latency_ms": None}
    return row(index, correct=False, **(given | values))


def append(folder: RunFolder, rows: Iterable[Row]) -> None:
    with JournalWriter(folder.journal) as journal:
        for each in rows:
            journal.append(each)


def followed(folder: RunFolder) -> RunFollower:
    follower = RunFollower(folder)
    catch_up(follower)
    return follower


def catch_up(follower: RunFollower) -> dict[str, Any]:
    while follower.poll():
        pass
    return follower.snapshot(history=True)
