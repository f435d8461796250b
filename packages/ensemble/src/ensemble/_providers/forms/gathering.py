"""The fields of an answer, gathered from one piece or from many."""

import json
from collections.abc import Hashable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from ..._core.responses import ToolCall
from .fields import given

_APPENDED = ("text", "reasoning", "refusal")
_JOINED = ("logprobs", "top_logprobs")
Piece = dict[str, Any]


class CallPiece(NamedTuple):
    """A part of a tool call.

    Attributes:
        key: Which call it is a part of; None for a call of its own.
        id: Its id, where this part has it.
        name: Its name, where this part has it.
        arguments: The arguments, or a part of their text; appended.
        whole: Whether the arguments replace those from before.
        custom: Whether it is a call of a custom tool, whose arguments are a text.
    """

    key: Hashable
    id: str | None = None
    name: str | None = None
    arguments: Any = None
    whole: bool = False
    custom: bool = False


class Gathering:
    """Gathers the pieces of one answer.

    Attributes:
        fields: What is known so far.
        ended: Whether an end was marked or a reason to stop was given.
    """

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.ended: bool = False
        self._calls: dict[Hashable, dict[str, Any]] = {}
        self._last: Hashable = None
        self._half = ""

    def add(self, piece: Piece) -> str:
        """Add a piece.

        Returns:
            The text that it adds to the answer.
        """
        piece = dict(piece)
        self.ended |= bool(piece.pop("ended", False) or piece.get("finish_reason"))
        for call in piece.pop("calls", ()):
            self._add_call(call)
        for name in _JOINED:
            if piece.get(name):
                piece[name] = (self.fields.get(name) or ()) + piece[name]
        added = piece.pop("new", None)
        new: str = piece.get("text") or "" if added is None else added
        if piece.pop("replaces", False):
            self.fields |= {name: piece.pop(name, None) for name in _APPENDED if name in piece}
            piece |= {name: piece.get(name) or None for name in _JOINED}
        for name in _APPENDED:
            more = piece.pop(name, None)
            if more:
                self.fields[name] = joined(self.fields.get(name) or "", more)
        if piece.get("reasoning_kind") == "redacted" and self.fields.get("reasoning_kind"):
            del piece["reasoning_kind"]
        self.fields |= given(**piece)
        return self._whole_characters(new)

    def _whole_characters(self, new: str) -> str:
        """The new text, without the half of a character whose other half is still to come."""
        if new:
            new, self._half = joined(self._half, new), ""
            if "\ud800" <= new[-1] <= "\udbff":
                new, self._half = new[:-1], new[-1]
        return new

    def rest(self) -> str:
        """A half of a character that was not given out, because the other half did not come."""
        return self._half

    def _add_call(self, piece: CallPiece) -> None:
        key = piece.key
        if key is None:
            key = self._last if piece.name is None and self._calls else ("own", len(self._calls))
        before = self._calls.get(key)
        if before and piece.id and before["id"] and piece.id != before["id"]:
            key = piece.id  # some servers number every call 0
        elif before and before["id"] and isinstance(self._last, str) and piece.id is None:
            key = self._last  # the rest of such a call
        self._last = key
        call = self._calls.setdefault(
            key, {"id": None, "name": "", "text": "", "value": None, "custom": piece.custom}
        )
        call["id"] = call["id"] or piece.id
        call["name"] = _name(call["name"], piece.name or "", whole=piece.whole)
        if isinstance(piece.arguments, str):
            call["text"] = piece.arguments if piece.whole else joined(call["text"], piece.arguments)
        elif piece.arguments is not None:
            call["value"] = piece.arguments

    def whole(self) -> dict[str, Any]:
        """The fields of the answer; a stop for tool calls is one, whatever it is called."""
        calls = tuple(tool_call(**call) for call in self._in_order() if call["name"])
        fields = {"text": "", **self.fields}
        if calls:
            fields["tool_calls"] = calls
            if fields.get("finish_reason") == "stop":
                fields["finish_reason"] = "tool_calls"
        if fields.get("reasoning") and fields.get("reasoning_kind") in (None, "redacted"):
            fields["reasoning_kind"] = "full"  # only a part of it is hidden
        return fields

    def _in_order(self) -> list[dict[str, Any]]:
        """The calls by their numbers, where all have one, and else as they came."""
        if all(isinstance(key, int) for key in self._calls):
            return [call for _, call in sorted(self._calls.items(), key=itemgetter(0))]
        return list(self._calls.values())


def _name(known: str, more: str, *, whole: bool) -> str:
    """The name of a call: some servers send it in parts, some again with every part."""
    if whole or more.startswith(known):
        return more or known
    return known if known.endswith(more) else known + more


def joined(text: str, more: str) -> str:
    """Two texts as one; the halves of a character that was divided between them are joined."""
    if text and more and "\ud800" <= text[-1] <= "\udbff" and "\udc00" <= more[0] <= "\udfff":
        pair = (text[-1] + more[0]).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        return text[:-1] + pair + more[1:]
    return text + more


def tool_call(*, id: str | None, name: str, text: str, value: Any, custom: bool) -> ToolCall:
    """A tool call, whose arguments came as text or as a value."""
    if custom:
        return ToolCall(id=id, name=name, arguments=None, arguments_text=text, kind="custom")
    if isinstance(value, Mapping):
        return ToolCall(id=id, name=name, arguments=dict(value), arguments_text=json.dumps(value))
    try:
        found = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        found = None
    arguments = found if isinstance(found, dict) else {} if found is None and not text else None
    if text.strip() == "null":
        arguments = {}
    return ToolCall(id=id, name=name, arguments=arguments, arguments_text=text)
