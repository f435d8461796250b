"""OpenAI Responses: output items ``reasoning``, ``message`` and ``function_call``.

Source: https://platform.openai.com/docs/api-reference/responses
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .parts import MessagePart, PartKind, kind_of, mappings, optional_text, text_of

_KINDS = {"reasoning", "message", "function_call", "function_call_output"}


def fits(payload: Mapping[str, Any]) -> bool:
    """Return whether a payload is a response of this provider."""
    return any(kind_of(each) in _KINDS for each in mappings(payload.get("output")))


def read(payload: Mapping[str, Any]) -> Iterator[MessagePart]:
    """Yield the parts of a response in their order."""
    for item in mappings(payload.get("output")):
        kind = kind_of(item)
        if kind == "reasoning":
            yield from _reasoning(item)
        elif kind == "message":
            for part in mappings(item.get("content")):
                yield MessagePart(kind="text", text=text_of(part.get("text", part.get("refusal"))))
        elif kind == "function_call":
            yield MessagePart(
                kind="tool_call",
                text=text_of(item.get("arguments")),
                name=optional_text(item.get("name")),
                id=optional_text(item.get("call_id")),
            )
        elif kind == "function_call_output":
            yield MessagePart(
                kind="tool_result",
                text=text_of(item.get("output")),
                id=optional_text(item.get("call_id")),
            )


def _reasoning(item: Mapping[str, Any]) -> Iterator[MessagePart]:
    """Yield the reasoning text, then the summaries; an item with neither is redacted."""
    id_ = optional_text(item.get("id"))
    encrypted = optional_text(item.get("encrypted_content"))
    shown = False
    kinds: tuple[tuple[str, PartKind], ...] = (("content", "reasoning"), ("summary", "summary"))
    for key, kind in kinds:
        for part in mappings(item.get(key)):
            text = text_of(part.get("text"))
            if text.strip():
                shown = True
                yield MessagePart(kind=kind, text=text, id=id_, encrypted=encrypted)
    if not shown:
        yield MessagePart(kind="redacted", id=id_, encrypted=encrypted)
