"""The experiment, scope and span of the running code; they follow tasks and threads."""

import functools
import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token, copy_context
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

import msgspec

from .._core.rows import PackedScope
from .._core.safe import str_of, text_of
from .._core.sizes import SCALARS, is_small_and_plain
from .._core.storable import plain, storable
from .recorder import Recorder

_pack = msgspec.msgpack.Encoder(enc_hook=plain).encode
_unpack = msgspec.msgpack.Decoder(PackedScope).decode


_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")
_FEW = 100


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if type(value) is str and value.isascii():
        return value
    return text_of(value) if issubclass(type(value), str) else str_of(value)


class OpenSpan(msgspec.Struct, frozen=True, gc=False):
    """A span that has started here and has not ended."""

    span_id: int | None
    parent_id: int | None
    family: str
    outer: "OpenSpan | None"


class ScopeFields:
    """The fields of the enclosing scopes, packed once instead of for each event."""

    __slots__ = ("ended", "fields", "outer", "packed")

    def __init__(self, fields: Mapping[str, Any], outer: "ScopeFields | None" = None) -> None:
        self.outer = outer
        self.ended = False
        extras = dict(fields)
        condition = _text(extras.pop("condition", None))
        item = _text(extras.pop("item_id", None))
        repeat = extras.pop("repeat", None)
        if repeat is not None and not (type(repeat) is int and abs(repeat) < 2**63):
            extras["repeat"], repeat = repeat, None
        self.fields = fields
        is_flat = len(extras) < _FEW and SCALARS.issuperset(map(type, extras.values()))
        if not (is_flat or is_small_and_plain(extras)):
            extras = storable(extras)
        try:
            packed = _pack((condition, item, repeat, extras))
            if not is_flat:  # what is nested may be packed and yet not be read
                _unpack(packed)
        except Exception:  # noqa: BLE001  # whatever the reason, the fields are kept in a safe form
            packed = _pack((condition, item, repeat, storable(extras)))
        self.packed = msgspec.Raw(packed)


NO_SPAN = OpenSpan(None, None, "", None)
current: ContextVar[Recorder | None] = ContextVar("telemetry_experiment", default=None)
NO_FIELDS = ScopeFields({})
scope_fields: ContextVar[ScopeFields] = ContextVar("telemetry_scope", default=NO_FIELDS)
open_span: ContextVar[OpenSpan] = ContextVar("telemetry_span", default=NO_SPAN)
_DEFAULTS: dict[ContextVar[Any], Any] = {
    current: None,
    scope_fields: NO_FIELDS,
    open_span: NO_SPAN,
}


class _SpanIds:
    """Span ids that are unique across processes: 31 random bits, then a counter."""

    def __init__(self) -> None:
        self.restart()
        os.register_at_fork(after_in_child=self.restart)

    def restart(self) -> None:
        high = int.from_bytes(os.urandom(4), "little") >> 1
        self.next = itertools.count((high << 32) + 1).__next__


span_ids = _SpanIds()


class scope:  # noqa: N801  # used as a function: `with scope(condition="a"):`
    """Attach fields to every event emitted inside.

    ``condition``, ``item_id`` and ``repeat`` have their own columns; other fields become
    attributes. The scope follows tasks and threads started with ``asyncio.to_thread``.

    Args:
        fields: The fields to attach; inner scopes add to outer ones.

    Example:
        >>> with recording("pilot") as experiment, scope(condition="baseline", item_id="i1"):
        ...     record("retrieval.stop", {"duration_ns": 5})
        >>> experiment.events(condition="baseline")[0].item_id
        'i1'
    """

    __slots__ = ("_fields", "_value")

    def __init__(self, **fields: object) -> None:
        self._fields = fields
        self._value: ScopeFields | None = None

    def __enter__(self) -> None:
        outer = scope_fields.get()
        self._value = ScopeFields({**outer.fields, **self._fields}, outer)
        scope_fields.set(self._value)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the scope; in generators, an outer one may have ended before an inner one."""
        value, self._value = self._value, None
        if value is None:
            return
        value.ended = True
        if scope_fields.get() is value:
            outer = value.outer
            while outer is not None and outer.ended:
                outer = outer.outer
            scope_fields.set(outer or NO_FIELDS)


def restore(variable: ContextVar[Any], token: Token[Any], value: object) -> None:
    """Set a variable back, also in another task, or when the garbage collector ends a generator.

    Args:
        variable: The variable.
        token: What setting it has returned.
        value: What it was set to; another value belongs to another block and stays.
    """
    try:
        variable.reset(token)
    except (ValueError, RuntimeError):  # made in another context, or used already
        if variable.get() is value and token.old_value is not Token.MISSING:
            variable.set(token.old_value)
        elif variable.get() is value:
            variable.set(_DEFAULTS[variable])


def in_context(function: Callable[_Args, _Result]) -> Callable[_Args, _Result]:
    """Wrap a function so that it captures for the experiment of here in a plain thread.

    ``asyncio.to_thread`` needs no wrapper. ``Thread``, ``ThreadPoolExecutor`` and
    ``run_in_executor`` do when more than one experiment runs.

    Args:
        function: The function that a thread is to call.

    Returns:
        The function with the experiment, the scope and the span of here.

    Example:
        >>> from concurrent.futures import ThreadPoolExecutor
        >>> with recording("threads") as experiment, ThreadPoolExecutor() as pool:
        ...     future = pool.submit(in_context(record), "a.stop")
        >>> len(experiment)
        1
    """
    here = copy_context()

    @functools.wraps(function)
    def call(*args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        # A context can be entered once at a time: each call has a copy.
        return here.copy().run(function, *args, **kwargs)

    return call


@contextmanager
def entered(experiment: Recorder) -> Iterator[None]:
    """File what is emitted inside under one experiment."""
    token = current.set(experiment)
    try:
        yield
    finally:
        restore(current, token, experiment)
