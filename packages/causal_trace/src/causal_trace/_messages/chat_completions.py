"""Chat completions: reasoning in fields of its own beside the text.

The richest of the fields is read, since servers repeat the same reasoning in several of them:
OpenRouter sends ``reasoning_details`` and ``reasoning``, LiteLLM Anthropic's ``thinking_blocks``
and ``reasoning_content``, vLLM and DeepSeek ``reasoning_content`` or ``reasoning``, and Ollama
``thinking``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from . import anthropic
from .parts import MessagePart, PartKind, kind_of, mapping, mappings, optional_text, text_of

_TEXTS = ("reasoning_content", "reasoning", "thinking")
_KEYS = ("reasoning_details", "thinking_blocks", *_TEXTS, "tool_calls")
_DETAILS: dict[str, tuple[PartKind, str]] = {
    "reasoning.text": ("reasoning", "text"),
    "reasoning.summary": ("summary", "summary"),
    "reasoning.encrypted": ("redacted", "data"),
}


def fits(payload: Mapping[str, Any]) -> bool:
    """Return whether a payload is a completion, or a message of one."""
    if any("message" in each or "delta" in each for each in mappings(payload.get("choices"))):
        return True
    if "done" in payload and "content" in mapping(payload.get("message")):  # Ollama
        return True
    content = payload.get("content")
    return "content" in payload and (
        any(key in payload for key in _KEYS) or ("role" in payload and isinstance(content, str))
    )


def read(payload: Mapping[str, Any]) -> Iterator[MessagePart]:
    """Yield the parts of the first choice: reasoning, text, tool calls."""
    choices = list(mappings(payload.get("choices")))
    answered = choices[0] if choices else payload
    message = mapping(answered.get("message", answered.get("delta"))) or payload
    yield from _reasoning(message)
    content = message.get("content")
    if isinstance(content, str) and content:
        yield MessagePart(kind="text", text=content)
    for part in mappings(content):
        yield from _content_part(part)
    for call in mappings(message.get("tool_calls")):
        function = mapping(call.get("function"))
        yield MessagePart(
            kind="tool_call",
            text=text_of(function.get("arguments")),
            name=optional_text(function.get("name")),
            id=optional_text(call.get("id")),
        )


def _reasoning(message: Mapping[str, Any]) -> Iterator[MessagePart]:
    details = [
        part for each in mappings(message.get("reasoning_details")) if (part := _detail(each))
    ]
    beside = mapping(message.get("provider_specific_fields")).get("thinking_blocks")
    blocks = anthropic.read({"content": message.get("thinking_blocks") or beside})
    if found := details or list(blocks):
        yield from found
        return
    for key in _TEXTS:
        text = message.get(key)
        if isinstance(text, str) and text.strip():
            yield MessagePart(kind="reasoning", text=text)
            return


def _detail(detail: Mapping[str, Any]) -> MessagePart | None:
    if kind_of(detail) not in _DETAILS:
        return None
    kind, key = _DETAILS[kind_of(detail)]
    text = "" if kind == "redacted" else text_of(detail.get(key))
    return MessagePart(
        kind=kind if text.strip() else "redacted",
        text=text,
        signature=optional_text(detail.get("signature")),
        encrypted=optional_text(detail.get("data")),
        id=optional_text(detail.get("id")),
    )


def _content_part(part: Mapping[str, Any]) -> Iterator[MessagePart]:
    """Yield a part of a content list; Mistral puts reasoning there as ``thinking``."""
    if kind_of(part) == "thinking":
        inner = part.get("thinking")
        texts = [text_of(each.get("text")) for each in mappings(inner)] or [text_of(inner)]
        if "".join(texts).strip():
            yield MessagePart(kind="reasoning", text="".join(texts))
    elif "text" in part:
        yield MessagePart(kind="text", text=text_of(part["text"]))
