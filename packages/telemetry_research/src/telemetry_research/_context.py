"""Which experiment, place and span the running code is in. It follows tasks and threads."""

import itertools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from ._experiment import Experiment

_pack = msgspec.msgpack.Encoder(enc_hook=repr).encode


_COLUMNS = ("condition", "item_id", "repeat")


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


class Frame(NamedTuple):
    """An open span: what was started here and has not ended."""

    span_id: int | None
    parent_id: int | None
    family: str
    outer: "Frame | None"


class Place:
    """The fields of the scopes around the running code, packed once instead of for each event."""

    __slots__ = ("fields", "packed")

    def __init__(self, fields: Mapping[str, Any]) -> None:
        extras = {key: value for key, value in fields.items() if key not in _COLUMNS}
        condition, item = _text(fields.get("condition")), _text(fields.get("item_id"))
        repeat = fields.get("repeat")
        if type(repeat) is not int and repeat is not None:
            extras["repeat"], repeat = repeat, None
        self.fields = fields
        try:
            packed = _pack((condition, item, repeat, extras))
        except (ValueError, OverflowError, RecursionError):
            packed = _pack((ascii(condition), ascii(item), None, {"scope": ascii(dict(fields))}))
        self.packed = msgspec.Raw(packed)


NOWHERE = Frame(None, None, "", None)
current: ContextVar["Experiment | None"] = ContextVar("telemetry_experiment", default=None)
place: ContextVar[Place] = ContextVar("telemetry_place", default=Place({}))  # noqa: B039  # never changed in place
frame: ContextVar[Frame] = ContextVar("telemetry_frame", default=NOWHERE)


class _SpanIds:
    """Span ids that no other process draws: 31 random bits, then a running number."""

    def __init__(self) -> None:
        self.restart()
        os.register_at_fork(after_in_child=self.restart)

    def restart(self) -> None:
        high = int.from_bytes(os.urandom(4), "little") >> 1
        self.next = itertools.count((high << 32) + 1).__next__


span_ids = _SpanIds()


def current_experiment() -> "Experiment | None":
    """The experiment that events of the running code are filed under."""
    return current.get()


class scope:  # noqa: N801  # used as a function: `with scope(condition="a"):`
    """Attach fields to every event emitted inside.

    ``condition``, ``item_id`` and ``repeat`` have columns of their own; any other field goes into
    the attributes. It follows tasks and threads started with ``asyncio.to_thread``.

    Args:
        fields: What to attach; inner scopes add to outer ones.
    """

    __slots__ = ("_fields", "_token")

    def __init__(self, **fields: Any) -> None:
        self._fields = fields
        self._token: Token[Place] | None = None

    def __enter__(self) -> None:
        self._token = place.set(Place({**place.get().fields, **self._fields}))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._token is not None:
            place.reset(self._token)


@contextmanager
def entered(experiment: "Experiment") -> Iterator[None]:
    """File what is emitted inside under one experiment."""
    token = current.set(experiment)
    try:
        yield
    finally:
        current.reset(token)
