"""The parts of a message, the same for all providers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .._core.json_values import Value, json_value

PartKind = Literal["reasoning", "summary", "redacted", "text", "tool_call", "tool_result"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePart(Value):
    """One part of a message, in the order the provider gave it.

    Attributes:
        kind: What it is. A summary is not the reasoning, and redacted reasoning has no text.
        text: Its text; the arguments of a tool call as JSON.
        name: The name of the tool.
        signature: The provider's signature, opaque.
        encrypted: The encrypted reasoning, opaque.
        id: The provider's id.
        timestamp: When it was made; ISO 8601; None when not known.
        output_tokens: The tokens it took; None when not known.
    """

    kind: PartKind
    text: str = ""
    name: str | None = None
    signature: str | None = None
    encrypted: str | None = None
    id: str | None = None
    timestamp: str | None = None
    output_tokens: int | None = None


def text_of(value: Any) -> str:
    """Return a text as it is, None as an empty text, and any other value as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(json_value(value), ensure_ascii=False)


def optional_text(value: Any) -> str | None:
    """Return a text, or None for anything that is not one or is empty."""
    return value if isinstance(value, str) and value else None


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings of a list; anything else gives none."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        yield from (each for each in value if isinstance(each, Mapping))


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping as it is, and an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def whole(value: Any) -> int | None:
    """Return a count, or None for anything that is not one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def kind_of(value: Mapping[str, Any]) -> str:
    """Return what a mapping states as its ``type``; an empty text if that is not a text."""
    kind = value.get("type")
    return kind if isinstance(kind, str) else ""
