"""Claude Code sessions: JSON lines with messages of users, the assistant and sub-agents.

The form is not documented by its maker. Fields: ``type``, ``uuid``, ``parentUuid``, ``sessionId``,
``isSidechain``, ``agentId``, ``timestamp`` and ``message`` in Anthropic's form. A message of the
assistant comes as several lines with the same ``message.id``, each with the usage so far.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._messages import anthropic
from .._messages.parts import kind_of, mapping, optional_text, text_of, whole
from .._model.chain import Chain
from .turns import Turn, chain_of, stated_time

_TYPES = {"user", "assistant"}


def fits_lines(lines: Iterable[str]) -> bool:
    """Return whether the first lines of a file are of this form."""
    for line in lines:
        entry = _entry(line)
        if entry is not None and "sessionId" in entry and kind_of(entry) in _TYPES:
            return True
    return False


def fits(payload: object) -> bool:
    """Return whether a decoded line, or a list of such, is of this form."""
    first = payload[0] if isinstance(payload, list) and payload else payload
    return isinstance(first, Mapping) and "sessionId" in first and "message" in first


def read_lines(lines: Iterable[str], origin: str) -> Iterator[Chain]:
    """Yield the chain of a session; lines that cannot be read are counted in its metadata."""
    yield from read([_entry(line) for line in lines if line.strip()], origin)


def read(payload: object, origin: str) -> Iterator[Chain]:
    """Yield the chain of decoded lines, or of one; what is no object counts as unreadable."""
    lines = payload if isinstance(payload, list) else [payload]
    unreadable = sum(not isinstance(each, Mapping) for each in lines)
    entries = [each for each in lines if isinstance(each, Mapping) and kind_of(each) in _TYPES]
    last = {_message_id(entry): number for number, entry in enumerate(entries)}
    turns = [
        _turn(entry, counted=last[_message_id(entry)] == number)
        for number, entry in enumerate(entries)
    ]
    session = next(
        (text_of(each.get("sessionId")) for each in entries if each.get("sessionId")), origin
    )
    yield chain_of(
        turns,
        name=session,
        origin=f"{origin}/{session}",
        metadata={
            "source_form": "claude_code",
            "session_id": session,
            "unreadable_lines": unreadable or None,
        },
    )


def _entry(line: str) -> Mapping[str, Any] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, Mapping) else None


def _message_id(entry: Mapping[str, Any]) -> str:
    return text_of(mapping(entry.get("message")).get("id")) or text_of(entry.get("uuid"))


def _turn(entry: Mapping[str, Any], *, counted: bool) -> Turn:
    message = mapping(entry.get("message"))
    usage = mapping(message.get("usage")) if counted else {}
    cached = ("cache_read_input_tokens", "cache_creation_input_tokens")
    read = [whole(usage.get(key)) for key in ("input_tokens", *cached)]
    side = bool(entry.get("isSidechain"))
    return Turn(
        role=text_of(message.get("role")) or kind_of(entry),
        parts=tuple(anthropic.read(message)),
        timestamp=stated_time(entry.get("timestamp")),
        model=optional_text(message.get("model")),
        input_tokens=sum(each or 0 for each in read) if read[0] is not None else None,
        output_tokens=whole(usage.get("output_tokens")),
        branch=(optional_text(entry.get("agentId")) or "sidechain") if side else None,
        metadata={
            key: entry[key] for key in ("uuid", "parentUuid") if isinstance(entry.get(key), str)
        },
    )
