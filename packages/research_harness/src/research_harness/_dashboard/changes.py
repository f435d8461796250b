"""The difference of two states, and a log of differences that a watcher can catch up from.

A difference is a merge patch (RFC 7396): only what has changed, null for what is gone. The log is
one for all watchers. A watcher that is slow is not waited for: when its place has left the log, it
gets the whole state again. So its cost does not depend on how slow it is.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Mapping
from typing import Any

import msgspec

MAX_LOG_BYTES = 256 * 1024
_MAX_LOG = 240
_encoder = msgspec.json.Encoder(enc_hook=str)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The merge patch that makes one state of another.

    Args:
        before: The state that is known.
        after: The new state; a value None means the same as one that is left out.

    Returns:
        The patch; empty when nothing has changed.
    """
    patch: dict[str, Any] = {name: None for name in before if after.get(name) is None}
    for name, value in after.items():
        known = before.get(name)
        if isinstance(value, Mapping) and isinstance(known, Mapping):
            inner = changes(known, value)
            if inner:
                patch[name] = inner
        elif value is not None and (value != known or type(value) is not type(known)):
            patch[name] = value
    return patch


def encode(value: object) -> bytes:
    """A value as JSON; not-a-number and infinities become null."""
    return _encoder.encode(value)


class Topic:
    """One state that is watched, with the log of its last changes."""

    def __init__(self) -> None:
        self.state: dict[str, Any] | None = None
        self.watchers = 0
        self._epoch = secrets.token_hex(4)
        self._number = 0
        self._log: deque[bytes] = deque()
        self._log_bytes = 0
        self._whole: bytes | None = None
        self._history: dict[str, Any] = {}
        self._changed = asyncio.Event()

    @property
    def place(self) -> tuple[str, int]:
        """Where the log ends."""
        return self._epoch, self._number

    def publish(self, state: dict[str, Any], history: dict[str, Any] | None = None) -> None:
        """Take a new state.

        Args:
            state: The state.
            history: Only sent with whole states; a watcher goes on with it from the changes.
        """
        self._history = history or {}
        self._whole = None
        if self.state is None:
            self._append(b"", state)
        else:
            patch = changes(self.state, state)
            if patch:
                self._append(encode(patch), state)

    def since(self, place: tuple[str, int] | None) -> tuple[list[bytes], tuple[str, int]]:
        """What a watcher is to be sent.

        Args:
            place: Where it is; None when it knows nothing.

        Returns:
            Events, and where the watcher is after them.
        """
        if self.state is None:
            return [], ("", 0)
        if place is not None and place[0] == self._epoch:
            missed = self._number - place[1]
            if 0 <= missed <= len(self._log):
                events = list(self._log)[len(self._log) - missed :]
                if all(events):
                    return events, self.place
        return [self._whole_event()], self.place

    async def change(self, place: tuple[str, int], timeout: float) -> bool:  # noqa: ASYNC109
        """Wait until there is something after a place.

        Args:
            place: Where a watcher is.
            timeout: The most seconds to wait.

        Returns:
            Whether there is.
        """
        if place != self.place and self.state is not None:
            return True
        changed = self._changed
        try:
            async with asyncio.timeout(timeout):
                await changed.wait()
        except TimeoutError:
            return False
        return True

    def _append(self, patch: bytes, state: dict[str, Any]) -> None:
        self.state = state
        self._number += 1
        event = self._event("change", patch) if patch else b""
        self._log.append(event)
        self._log_bytes += len(event)
        while self._log and (self._log_bytes > MAX_LOG_BYTES or len(self._log) > _MAX_LOG):
            self._log_bytes -= len(self._log.popleft())
        self._changed.set()
        self._changed = asyncio.Event()

    def _whole_event(self) -> bytes:
        if self._whole is None:
            value = {"state": self.state, "history": self._history}
            self._whole = self._event("state", encode(value))
        return self._whole

    def _event(self, name: str, data: bytes) -> bytes:
        head = f"id: {self._epoch}-{self._number}\nevent: {name}\ndata: ".encode()
        return head + data + b"\n\n"


def place_of(text: str) -> tuple[str, int] | None:
    """The place that an event's id names; None when it is not such an id."""
    epoch, _, number = text.partition("-")
    if not (epoch and number.isascii() and number.isdigit() and len(text) < 40):
        return None
    return epoch, int(number)
