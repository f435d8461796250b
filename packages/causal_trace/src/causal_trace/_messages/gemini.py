"""Gemini: parts with ``thought`` and ``thoughtSignature``, also on a ``functionCall``.

Source: https://ai.google.dev/gemini-api/docs/thinking. The API shows summaries of thoughts.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .parts import MessagePart, PartKind, mapping, mappings, optional_text, text_of


def fits(payload: Mapping[str, Any]) -> bool:
    """Return whether a payload is a response or a content of this provider."""
    return "candidates" in payload or any(mappings(payload.get("parts")))


def read(payload: Mapping[str, Any]) -> Iterator[MessagePart]:
    """Yield the parts of the first candidate in their order."""
    candidates = list(mappings(payload.get("candidates")))
    content = mapping(candidates[0].get("content")) if candidates else payload
    for part in mappings(content.get("parts")):
        yield _part(part)


def _part(part: Mapping[str, Any]) -> MessagePart:
    signature = optional_text(part.get("thoughtSignature", part.get("thought_signature")))
    call = mapping(part.get("functionCall", part.get("function_call")))
    answer = mapping(part.get("functionResponse", part.get("function_response")))
    if call:
        return MessagePart(
            kind="tool_call",
            text=text_of(call.get("args")),
            name=optional_text(call.get("name")),
            id=optional_text(call.get("id")),
            signature=signature,
        )
    if answer:
        name, text = optional_text(answer.get("name")), text_of(answer.get("response"))
        return MessagePart(kind="tool_result", text=text, name=name)
    text = text_of(part.get("text"))
    if part.get("thought") is True:
        kind: PartKind = "summary" if text.strip() else "redacted"
        return MessagePart(kind=kind, text=text, signature=signature)
    return MessagePart(kind="text", text=text, signature=signature)
