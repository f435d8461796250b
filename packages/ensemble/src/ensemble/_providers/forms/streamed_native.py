"""What a streamed answer holds beside its text: signatures of reasoning, to be carried back.

The pieces are put together to what the interface would have answered in one piece.
"""

import json
from collections.abc import Callable
from typing import Any

from .gathering import joined

Read = Callable[[Any], dict[str, Any]]
# Reasoning that has to come back as it was: of OpenRouter, and of LiteLLM.
SIGNED = ("reasoning_details", "thinking_blocks")
_IN_PIECES = ("text", "summary", "data", "thinking")


class AnthropicBlocks:
    """Reads the events of one of Anthropic's streams, and puts its blocks together."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._blocks: dict[Any, dict[str, Any]] = {}
        self._arguments: dict[Any, str] = {}

    def read(self, event: Any) -> dict[str, Any]:
        """The fields of an event; with the last one the blocks of the answer."""
        fields = self._read(event)
        kind, index = event["type"], event.get("index")
        if kind == "content_block_start":
            self._blocks[index] = dict(event.get("content_block") or {})
        elif kind == "content_block_delta" and index in self._blocks:
            self._add(self._blocks[index], index, event["delta"])
        elif kind == "message_stop" and self._blocks:
            fields = {**fields, "native": {"dialect": "anthropic", "content": self._content()}}
        return fields

    def end(self) -> dict[str, Any]:
        """Nothing more: the stream has an event for its end."""
        return {}

    def _add(self, block: dict[str, Any], index: Any, delta: dict[str, Any]) -> None:
        for name in ("text", "thinking", "signature"):
            if isinstance(delta.get(name), str):
                block[name] = joined(block.get(name) or "", delta[name])
        if isinstance(delta.get("partial_json"), str):
            self._arguments[index] = joined(self._arguments.get(index, ""), delta["partial_json"])
        if isinstance(delta.get("citation"), dict):
            block["citations"] = [*(block.get("citations") or ()), delta["citation"]]

    def _content(self) -> list[dict[str, Any]]:
        found = []
        for index, block in self._blocks.items():
            if block.get("type") == "text" and not block.get("text"):
                continue  # the interface takes no empty text back
            text = self._arguments.get(index, "")
            found.append({**block, "input": _parsed(text)} if text else block)
        return found


class GeminiParts:
    """Reads the pieces of one of Gemini's streams, and keeps its parts where one is signed."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._parts: list[dict[str, Any]] = []

    def read(self, event: Any) -> dict[str, Any]:
        """The fields of a piece, with the parts so far."""
        fields = self._read(event)
        for candidate in event.get("candidates") or ():
            if candidate.get("index") in (0, None):
                self._parts += (candidate.get("content") or {}).get("parts") or ()
        if any("thoughtSignature" in part for part in self._parts):
            fields = {**fields, "native": {"dialect": "gemini", "parts": list(self._parts)}}
        return fields

    def end(self) -> dict[str, Any]:
        """Nothing more: each piece has what is known."""
        return {}


class ReasoningDetails:
    """Reads the pieces of a stream of chat completions, and joins its parts of reasoning."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._parts: dict[str, dict[Any, dict[str, Any]]] = {}

    def read(self, event: Any) -> dict[str, Any]:
        """The fields of a piece, with the parts so far."""
        fields = self._read(event)
        said = _said_in(event)
        for name in SIGNED:
            added = said.get(name)
            for each in added if isinstance(added, list) else ():
                if isinstance(each, dict):
                    self._add(self._parts.setdefault(name, {}), each)
        if any(said.get(name) for name in SIGNED) and self._parts:
            message = {name: list(parts.values()) for name, parts in self._parts.items()}
            fields = {**fields, "native": {"dialect": "openai_chat", "message": message}}
        return fields

    def _add(self, parts: dict[Any, dict[str, Any]], piece: dict[str, Any]) -> None:
        """Add a piece to the part of its index, or without one to the last that is not signed."""
        key: Any = piece.get("index"), piece.get("type")
        if piece.get("index") is None:
            last = next(reversed(parts), None)
            goes_on = (
                piece.get("type") == "thinking"
                and last is not None
                and last[1] == "thinking"
                and not parts[last].get("signature")
            )
            key = last if goes_on else (len(parts), piece.get("type"))
        part = parts.setdefault(key, {})
        for name, value in piece.items():
            if name in _IN_PIECES and isinstance(value, str):
                part[name] = joined(part.get(name) or "", value)
            elif value is not None:
                part[name] = value

    def end(self) -> dict[str, Any]:
        """Nothing more: each piece has what is known."""
        return {}


def _said_in(event: Any) -> dict[str, Any]:
    for choice in event.get("choices") or ():
        if choice.get("index") in (0, None):
            return choice.get("delta") or choice.get("message") or {}
    return {}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {}
