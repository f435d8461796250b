"""What the page is given: chains as JSON that cannot end its element."""

import json
import zlib
from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

from .._annotations.annotation import Annotation
from .._comparison.diff import ChainDiff, changed_fields, compare_chains
from .._core.json_values import json_value
from .._core.times import read_time
from .._model.chain import Chain
from .._model.event import TraceEvent
from .._model.event_types import EVENT_TYPES
from .._model.relations import relations

_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def payload(
    chain: Chain,
    *,
    style: str,
    other: Chain | None,
    source: str | None,
    code: str | None,
    annotations: Iterable[Annotation],
    importance: Mapping[str, Mapping[str, float]],
) -> dict[str, Any]:
    """Return all values that the page shows."""
    times = [_time(event) for event in chain]
    children = relations(chain).children
    values: dict[str, Any] = {
        "style": style,
        "chain": {key: value for key, value in chain.to_dict().items() if key != "events"},
        "events": [_event(event) for event in chain],
        "facts": _facts(chain),
        "statistics": chain.statistics(),
        "children": {key: ids for key, ids in children.items() if ids},
        "categories": dict(EVENT_TYPES),
        "range": [min(times), max(times)] if times else [0, 0],
        "annotations": [each.to_dict() for each in annotations],
        "importance": dict(importance) or None,
        "source": source,
        "code": code,
    }
    if other is not None:
        values |= _compared(chain, other)
    return values


def compressed(values: Mapping[str, Any]) -> str:
    """Return values as JSON, compressed (RFC 1950) and in base64."""
    text = json.dumps(values, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return b64encode(zlib.compress(text.encode("ascii"), 6)).decode("ascii")


def encoded(values: Mapping[str, Any]) -> str:
    """Return values as JSON without a character that means something to an HTML parser."""
    text = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _compared(chain: Chain, other: Chain) -> dict[str, Any]:
    diff = compare_chains(chain, other)
    changes = {
        left: changed_fields(chain.events[left], other.events[right])
        for left, right in diff.pairs
        if left is not None and right is not None
    }
    return {
        "other": {"name": other.name, "id": other.id, "events": [_event(each) for each in other]},
        "pairs": [[left, right, _status(left, right, changes)] for left, right in diff.pairs],
        "changes": {left: fields for left, fields in changes.items() if fields},
        "comparison": {"similarity": diff.similarity, "summary": _summary(diff)},
    }


def _summary(diff: ChainDiff) -> str:
    return f"{len(diff.added)} added, {len(diff.removed)} removed, {len(diff.changed)} changed"


def _status(left: int | None, right: int | None, changes: Mapping[int, tuple[str, ...]]) -> str:
    if left is None:
        return "added"
    if right is None:
        return "removed"
    return "changed" if changes[left] else "same"


def _event(event: TraceEvent) -> dict[str, Any]:
    """Return the stated fields, with ``at`` where a browser would read another time."""
    stated = {
        name: value for name, value in event.to_dict().items() if value not in (None, "", [], {})
    }
    if stated["evidence"] == "self_reported":
        del stated["evidence"]
    stated.setdefault("decision", "")
    return stated if event.timestamp.endswith("Z") else {**stated, "at": _time(event)}


def _time(event: TraceEvent) -> int:
    return int(read_time(event.timestamp).timestamp() * 1000)


def _facts(chain: Chain) -> list[tuple[str, str]]:
    warnings = chain.metadata.get("parse_warnings") or None
    facts = [
        ("Chain", chain.id),
        ("Created", _minute(chain.created_at)),
        ("Model", chain.metadata.get("model")),
        ("Experiment", chain.experiment),
        ("Condition", chain.condition),
        ("Item", chain.item),
        ("Repeat", chain.repeat),
        ("Parse warnings", len(warnings) if isinstance(warnings, list | tuple) else None),
    ]
    return [(name, str(json_value(value))) for name, value in facts if value is not None]


def _minute(text: str) -> str:
    return read_time(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
