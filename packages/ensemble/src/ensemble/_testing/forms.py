"""Answers in the form of each interface."""

import json
from typing import Any, Literal, NamedTuple

Dialect = Literal["openai", "responses", "anthropic", "gemini"]


class Tokens(NamedTuple):
    """The tokens of one request: all that were read, those of them from the cache, and written."""

    read: int
    cached: int
    written: int
    reasoning: int


def dialect_of(path: str) -> Dialect | None:
    """The interface that a path belongs to; None for another one."""
    if path.endswith("/chat/completions"):
        return "openai"
    if path.endswith("/responses"):
        return "responses"
    if path.endswith("/messages"):
        return "anthropic"
    return "gemini" if ":generateContent" in path or ":streamGenerateContent" in path else None


def is_stream(path: str, body: Any) -> bool:
    """Whether the answer is asked for in pieces."""
    return bool(body.get("stream")) or ":streamGenerateContent" in path


def prompt_of(body: Any) -> str:
    """The text of the last message."""
    messages = body.get("messages") or body.get("input") or body.get("contents") or [{}]
    content = messages[-1].get("content") or messages[-1].get("parts") or ""
    if isinstance(content, str):
        return content
    return "".join(part.get("text") or "" for part in content)


def whole(dialect: Dialect, number: int, text: str, tokens: Tokens) -> dict[str, Any]:
    """An answer as one JSON object."""
    if dialect == "openai":
        message = {"role": "assistant", "content": text}
        return {
            "id": f"chat-{number}",
            "model": "loopback-1",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": _usage(dialect, tokens),
        }
    if dialect == "responses":
        content = [{"type": "output_text", "text": text, "annotations": []}]
        item = {"type": "message", "id": "msg-1", "role": "assistant", "content": content}
        return {
            "id": f"resp-{number}",
            "status": "completed",
            "model": "loopback-1",
            "output": [item],
            "usage": _usage(dialect, tokens),
        }
    if dialect == "anthropic":
        return {
            "id": f"msg-{number}",
            "type": "message",
            "role": "assistant",
            "model": "loopback-1",
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "usage": _usage(dialect, tokens),
        }
    parts = [{"text": text}]
    return {
        "responseId": f"gen-{number}",
        "modelVersion": "loopback-1",
        "candidates": [
            {"index": 0, "content": {"role": "model", "parts": parts}, "finishReason": "STOP"}
        ],
        "usageMetadata": _usage(dialect, tokens),
    }


def _usage(dialect: Dialect, tokens: Tokens) -> dict[str, Any]:
    if dialect == "openai":
        return {
            "prompt_tokens": tokens.read,
            "prompt_tokens_details": {"cached_tokens": tokens.cached},
            "completion_tokens": tokens.written,
            "completion_tokens_details": {"reasoning_tokens": tokens.reasoning},
        }
    if dialect == "responses":
        return {
            "input_tokens": tokens.read,
            "input_tokens_details": {"cached_tokens": tokens.cached},
            "output_tokens": tokens.written,
            "output_tokens_details": {"reasoning_tokens": tokens.reasoning},
        }
    if dialect == "anthropic":
        return {
            "input_tokens": tokens.read - tokens.cached,
            "cache_read_input_tokens": tokens.cached,
            "output_tokens": tokens.written,
        }
    return {
        "promptTokenCount": tokens.read,
        "cachedContentTokenCount": tokens.cached,
        "candidatesTokenCount": tokens.written - tokens.reasoning,
        "thoughtsTokenCount": tokens.reasoning,
    }


def pieces(dialect: Dialect, number: int, text: str, tokens: Tokens) -> list[bytes]:
    """An answer as the events of a stream."""
    half = len(text) // 2
    halves = (text[:half], text[half:])
    last = whole(dialect, number, text, tokens)
    if dialect == "openai":
        about = {"id": last["id"], "model": last["model"]}
        events: list[Any] = [
            {**about, "choices": [{"index": 0, "delta": {"content": each}}]} for each in halves
        ]
        events.append({**about, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        events.append({**about, "choices": [], "usage": last["usage"]})
        return [*map(_event, events), b"data: [DONE]\n\n"]
    if dialect == "responses":
        kind = "response.output_text.delta"
        events = [{"type": kind, "output_index": 0, "delta": each} for each in halves]
        return [
            _event(each) for each in (*events, {"type": "response.completed", "response": last})
        ]
    if dialect == "anthropic":
        usage = last["usage"]
        begun = {**last, "content": [], "usage": {**usage, "output_tokens": 1}}
        events = [{"type": "message_start", "message": begun}]
        events += [
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": each},
            }
            for each in halves
        ]
        end = {"stop_reason": "end_turn"}
        events.append({"type": "message_delta", "delta": end, "usage": usage})
        return [_event(each) for each in (*events, {"type": "message_stop"})]
    first = {"candidates": [{"index": 0, "content": {"parts": [{"text": halves[0]}]}}]}
    last["candidates"][0]["content"]["parts"] = [{"text": halves[1]}]
    return [_event(first), _event(last)]


def _event(data: Any) -> bytes:
    name = f"event: {data['type']}\n" if "type" in data else ""
    return f"{name}data: {json.dumps(data)}\n\n".encode()
