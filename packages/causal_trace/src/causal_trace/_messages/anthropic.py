"""Anthropic Messages: content blocks ``thinking``, ``redacted_thinking``, ``text``, ``tool_use``.

Source: https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .parts import MessagePart, kind_of, mappings, optional_text, text_of

_KINDS = {"thinking", "redacted_thinking", "tool_use", "tool_result", "server_tool_use"}


def fits(payload: Mapping[str, Any]) -> bool:
    """Return whether a payload is a message of this provider."""
    kinds = {kind_of(each) for each in mappings(payload.get("content"))}
    return bool(kinds & _KINDS) or (kind_of(payload) == "message" and "content" in payload)


def read(payload: Mapping[str, Any]) -> Iterator[MessagePart]:
    """Yield the parts of a message in their order."""
    content = payload.get("content")
    if isinstance(content, str):
        yield MessagePart(kind="text", text=content)
    for block in mappings(content):
        part = _part(block)
        if part is not None:
            yield part


def _part(block: Mapping[str, Any]) -> MessagePart | None:
    kind = kind_of(block)
    if kind == "thinking":
        signature = optional_text(block.get("signature"))
        thinking = text_of(block.get("thinking"))
        if not thinking.strip():
            return MessagePart(kind="redacted", signature=signature)
        return MessagePart(kind="reasoning", text=thinking, signature=signature)
    if kind == "redacted_thinking":
        return MessagePart(kind="redacted", encrypted=optional_text(block.get("data")))
    if kind in ("tool_use", "server_tool_use"):
        return MessagePart(
            kind="tool_call",
            text=text_of(block.get("input")),
            name=optional_text(block.get("name")),
            id=optional_text(block.get("id")),
        )
    if kind == "tool_result":
        return MessagePart(
            kind="tool_result",
            text=_result(block.get("content")),
            id=optional_text(block.get("tool_use_id")),
        )
    return MessagePart(kind="text", text=text_of(block["text"])) if "text" in block else None


def _result(content: Any) -> str:
    texts = [text_of(each["text"]) for each in mappings(content) if "text" in each]
    return "\n".join(texts) if texts else text_of(content)
