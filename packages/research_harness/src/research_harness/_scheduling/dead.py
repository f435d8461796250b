"""``dead.jsonl``: the rows that failed for good, each with its attempts."""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .._core.files import write_text
from .._engine.journal import Journal
from .._outcome.row import Row, is_planned
from .._plan.plan import Plan
from .attempts import Attempt


def write_dead_letters(
    path: Path, plan: Plan, journal: Journal, attempts: Iterable[Attempt]
) -> None:
    """Write the rows whose last attempt failed; a file without lines says that there are no such.

    Args:
        path: The file.
        plan: The rows of the run, as they now are.
        journal: The rows that were kept.
        attempts: The attempts that were not kept.
    """
    dead: dict[int, Row] = {}
    for row in journal:
        if is_planned(row, plan):
            dead.pop(row.index, None)
            if row.failed:
                dead[row.index] = row
    earlier: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for attempt in attempts:
        if attempt.index in dead:
            earlier[attempt.index].append(attempt.to_dict())
    lines = [json.dumps(_letter(dead[index], earlier[index])) for index in sorted(dead)]
    write_text(path, "".join(f"{line}\n" for line in lines))


def _letter(row: Row, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("index", "item_id", "condition", "repeat", "failure", "error_type", "error")
    last = {
        "attempt": row.attempts,
        "failure": row.failure,
        "error_type": row.error_type,
        "error": row.error,
        "started_us": row.started_us,
        "duration_ms": row.duration_ms,
        "cost_usd": row.cost_usd,
    }
    return {**{name: getattr(row, name) for name in names}, "attempts": [*earlier, last]}
