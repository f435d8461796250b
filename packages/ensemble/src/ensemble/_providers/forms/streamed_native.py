"""What a streamed answer holds beside its text: signatures of reasoning, to be carried back.

The pieces are put together to what the interface would have answered in one piece.
"""

import json
from collections.abc import Callable
from typing import Any

from .gathering import joined

Read = Callable[[Any], dict[str, Any]]


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
    """Reads the pieces of a stream of chat completions, and joins its details of reasoning."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._details: dict[Any, dict[str, Any]] = {}

    def read(self, event: Any) -> dict[str, Any]:
        """The fields of a piece, with the details so far."""
        fields = self._read(event)
        added = [each for each in _details_in(event) if isinstance(each, dict)]
        for each in added:
            # One thought comes in pieces of one index.
            key = each.get("index", len(self._details)), each.get("type")
            detail = self._details.setdefault(key, {})
            for name, value in each.items():
                appended = name in ("text", "summary", "data") and isinstance(value, str)
                if appended:
                    detail[name] = joined(detail.get(name) or "", value)
                elif value is not None:
                    detail[name] = value
        if added:
            message = {"reasoning_details": list(self._details.values())}
            fields = {**fields, "native": {"dialect": "openai_chat", "message": message}}
        return fields

    def end(self) -> dict[str, Any]:
        """Nothing more: each piece has what is known."""
        return {}


def _details_in(event: Any) -> list[Any]:
    for choice in event.get("choices") or ():
        if choice.get("index") in (0, None):
            said = choice.get("delta") or choice.get("message") or {}
            details = said.get("reasoning_details")
            return details if isinstance(details, list) else []
    return []


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {}
