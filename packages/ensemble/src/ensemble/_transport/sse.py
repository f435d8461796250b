"""Server-sent events: bytes to events, as the HTML standard has it (section 9.2.6)."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from .._core.errors import MalformedResponseError

_LINE_END = re.compile(rb"\r\n|\n|\r")  # only these: U+2028 and U+0085 are text
_MAX_EVENT_BYTES = 64 << 20
_MARK = b"\xef\xbb\xbf"
_FIELDS = (b"data", b"event", b"id", b"retry", b"", b"error")  # the last: of llama.cpp


class Event(NamedTuple):
    """A piece of an answer: its name, ``message`` where it has none, and its JSON."""

    name: str
    data: Any


class EventReader:
    """Reads events from bytes as they come.

    Attributes:
        ended: Whether the end mark ``[DONE]`` was read.
        is_stream: Whether a line of an event was read.
    """

    def __init__(self) -> None:
        self.ended: bool = False
        self.is_stream: bool = False
        self._begun = False
        self._buffer = bytearray()
        self._other = bytearray()
        self._searched = 0
        self._size = 0
        self._name = ""
        self._data: list[bytes] = []

    def read(self, chunk: bytes) -> Iterator[Event]:
        """The events that end in this piece of the answer.

        Raises:
            MalformedResponseError: An event is too long, or not JSON.
        """
        self._buffer += chunk
        if not self._begun:
            if len(self._buffer) < len(_MARK) and _MARK.startswith(self._buffer):
                return
            self._begun = True
            self._buffer = self._buffer.removeprefix(_MARK)
        for line in self._lines():
            event = self._line(line)
            if event is not None:
                yield event
        if len(self._buffer) + self._size + len(self._other) > _MAX_EVENT_BYTES:
            raise MalformedResponseError(f"an event is longer than {_MAX_EVENT_BYTES} bytes")

    def finish(self) -> Iterator[Event]:
        """The event that was not closed by a blank line, where it is whole."""
        self._begun = True
        with suppress(MalformedResponseError):  # half an event: the connection broke off in it
            yield from self.read(b"\n\n")

    def unread(self) -> bytes:
        """What is not of a stream of events."""
        return bytes(self._other)

    def _lines(self) -> list[bytes]:
        lines = []
        start = 0
        for end in _LINE_END.finditer(self._buffer, self._searched):
            if end.group() == b"\r" and end.end() == len(self._buffer):
                break  # a line feed may follow
            lines.append(bytes(self._buffer[start : end.start()]))
            start = end.end()
        del self._buffer[:start]
        self._searched = max(len(self._buffer) - 1, 0)
        return lines

    def _line(self, line: bytes) -> Event | None:
        if not line:
            if not self.is_stream:
                self._other += b"\n"
            return self._dispatched()
        field, _, value = line.partition(b":")
        if not self.is_stream:
            if field not in _FIELDS:
                self._other += line + b"\n"
                return None
            self.is_stream = field in (b"data", b"event", b"error")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
            self._size += len(value)
        elif field == b"error":
            return Event("error", _json_or_text(value))
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")
        return None

    def _dispatched(self) -> Event | None:
        data, name = b"\n".join(self._data).strip(), self._name
        self._data, self._name, self._size = [], "", 0
        if data.strip(b'"').lower() == b"[done]":
            self.ended = True
            return None
        if name == "error" and data:
            return Event(name, _json_or_text(data))
        if self.ended or data[:1] not in (b"{", b"[", b'"'):
            return None  # a ping, or nothing
        try:
            return Event(name or "message", json.loads(data))
        except (ValueError, RecursionError):
            raise MalformedResponseError("a piece of the stream is not JSON") from None


def _json_or_text(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data.decode("utf-8", "replace")
