"""Spans with an identity: the start and the end of one operation share an id, whatever the order.

A generator that is abandoned, a callback or another task may end a span. Its end is filed under the
experiment and the scope of its start.
"""

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import aclosing
from gc import get_referents
from time import monotonic_ns
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast

import msgspec

from .context import NO_SPAN, OpenSpan, ScopeFields, current, open_span, scope_fields
from .context import span_ids as ids
from .filing import deliver, file_row
from .receiver import SpanFields, alone, signal
from .recorder import Recorder
from .unscoped import unscoped

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")
_MEASURED = ("duration_ns", "cost_usd", "input_tokens", "output_tokens")
_MEASUREMENTS = frozenset(_MEASURED)
_IDENTIFIED = "\0span"  # not the family of any event: only the span itself ends it
_NEW, _ENDED = 0, -1
_NOTHING: dict[str, Any] = {}
_MAX_NAMES = 10_000
_event_names: dict[str, tuple[str, str]] = {}


class span:  # noqa: N801  # used as a function: `with span("tool"):`
    """Measure an operation: a start, and an end with the duration.

    Works with ``with``, ``async with`` and as a decorator of functions, coroutines and generators.
    The end is ``name.stop``, or ``name.exception`` when an error leaves the block. A generator that
    is abandoned ends in ``name.stop`` with the attribute ``abandoned``.

    Args:
        name: The name of the operation, such as ``tool``.
        fields: Fields of the start and the end, such as ``model``; measurements (``cost_usd``,
            ``input_tokens``, ``output_tokens``) belong to the end alone.

    Raises:
        TypeError: The name is not a text.
        ValueError: The name is empty.

    Example:
        >>> with recording("pilot") as experiment, span("tool", query="weather") as tool:
        ...     tool.set(cost_usd=0.002)
        >>> [event.name for event in experiment]
        ['tool.start', 'tool.stop']
    """

    # _start is 0 before the start, and -1 after the end; what follows it is set by the start.
    __slots__ = ("_experiment", "_fields", "_name", "_opened", "_scope", "_set", "_start", "_stop")

    _opened: OpenSpan
    _stop: str
    _experiment: Recorder | None
    _scope: ScopeFields

    def __init__(self, name: str, /, **fields: object) -> None:
        if type(name) is not str or not name:
            _refuse(name)
        self._name = name
        self._fields = fields
        self._set: dict[str, object] | None = None
        self._start = _NEW

    @property
    def span_id(self) -> str | None:
        """16 hexadecimal digits, as in the events; None before the start or without capture."""
        number = None if self._start == _NEW else self._opened.span_id
        return None if number is None else f"{number:016x}"

    def set(self, **fields: object) -> None:
        """Set fields of the end, such as ``cost_usd`` or ``success``.

        Args:
            fields: The fields; a later value replaces an earlier one.

        Raises:
            RuntimeError: The span has ended.
        """
        if self._start == _ENDED:
            raise RuntimeError(f"span {self._name!r} has ended; set fields inside of its block")
        self._set = fields if self._set is None else {**self._set, **fields}

    def __enter__(self) -> Self:
        if self._start != _NEW:
            text = f"span {self._name!r} was entered before; make a new one for each operation"
            raise RuntimeError(text)
        self._start = monotonic_ns()
        if not signal.receivers or signal.is_muted:
            self._opened = NO_SPAN
            return self
        top = open_span.get()
        self._opened = opened = OpenSpan(ids.next(), top.span_id, _IDENTIFIED, top)
        experiment = current.get()
        if experiment is None:
            experiment = unscoped.recipient or unscoped.of_thread()
        self._experiment = experiment
        self._scope = scope = scope_fields.get()
        fields = self._fields
        if not _MEASUREMENTS.isdisjoint(fields):
            fields = {key: fields[key] for key in fields.keys() - _MEASUREMENTS}
        name, self._stop = _event_names.get(self._name) or _names_of(self._name)
        others = len(signal.receivers) > 1 and not alone(name)
        if others or experiment is None or not experiment.capturing:
            self._send(name, {}, fields)
        elif experiment.gate is None and not get_referents(*get_referents(fields)):
            span_id, parent = opened.span_id, opened.parent_id
            file_row(experiment, name, self._start, scope, span_id, parent, 1.0, fields, {})
        else:  # a gate may keep what it sees, and the end adds to this
            span_id, parent = opened.span_id, opened.parent_id
            own = dict(fields)
            deliver(experiment, name, self._start, scope, span_id, parent, _NOTHING, own)
        open_span.set(opened)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._start <= _NEW:
            return
        now, opened = monotonic_ns(), self._opened
        start, self._start = self._start, _ENDED
        if opened is NO_SPAN:
            return
        top = open_span.get()
        open_span.set((opened.outer or NO_SPAN) if top is opened else _without(top, opened))
        fields = self._fields
        if self._set is not None:
            fields.update(self._set)
        if "duration_ns" not in fields:
            fields["duration_ns"] = now - start
        experiment, name = self._experiment, self._stop
        if kind is GeneratorExit:
            fields["abandoned"] = True
        elif kind is not None:
            name, fields = f"{self._name}.exception", {"error_type": kind.__name__, **fields}
        others = (len(signal.receivers) > 1 and not alone(name)) or signal.is_muted
        if others or experiment is None or not experiment.capturing:
            self._send(name, *_split(fields))
        elif experiment.gate is None and not get_referents(*get_referents(fields)):
            # Rows hold measurements and metadata alike.
            span_id, parent = opened.span_id, opened.parent_id
            file_row(experiment, name, now, self._scope, span_id, parent, 1.0, fields, {})
        else:  # a gate looks at measurements and metadata apart
            span_id, parent = opened.span_id, opened.parent_id
            deliver(experiment, name, now, self._scope, span_id, parent, *_split(fields))

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: Callable[_Args, _Result]) -> Callable[_Args, _Result]:
        """Measure every call of a function.

        Args:
            function: A function, a coroutine function, or a generator function of either kind.

        Returns:
            The function with a span round each call.
        """
        wrapped = _wrapper(self._name, self._fields, cast("Callable[..., Any]", function))
        return cast("Callable[_Args, _Result]", functools.wraps(function)(wrapped))

    def _send(self, name: str, measurements: dict[Any, Any], fields: dict[Any, Any]) -> None:
        """Send an event on the bus, in the experiment and the scope of the start."""
        identified = SpanFields(fields, self._opened.span_id, self._opened.parent_id)
        experiment, scope = current.get(), scope_fields.get()
        current.set(self._experiment)
        scope_fields.set(self._scope)
        try:
            signal.send(name, measurements=measurements, metadata=identified)
        finally:
            current.set(experiment)
            scope_fields.set(scope)


def _names_of(name: str) -> tuple[str, str]:
    """The names of the start and the end of a span, made once."""
    if len(_event_names) >= _MAX_NAMES:
        _event_names.clear()
    found = _event_names[name] = (f"{name}.start", f"{name}.stop")
    return found


def _split(fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The measurements of an end, and its other fields."""
    measured = {key: fields[key] for key in _MEASURED if key in fields}
    return measured, {key: value for key, value in fields.items() if key not in _MEASUREMENTS}


def _refuse(name: object) -> None:
    if not isinstance(name, str):
        text = f"span({name!r}): the name is a text, such as 'tool'"
        raise TypeError(f"{text}; as a decorator write @span('name')")
    if not name:
        raise ValueError("span(''): give the operation a name, such as 'tool'")


def _without(top: OpenSpan, ended: OpenSpan) -> OpenSpan:
    """The open spans without one that has ended, and without starts inside of it that never end.

    A span with identity inside of it ends on its own, with all that is inside of that.
    """
    inner: list[OpenSpan] = []
    each: OpenSpan | None = top
    while each is not None and each.span_id != ended.span_id:
        inner.append(each)
        each = each.outer
    if each is None:
        return top  # it was started in another context
    found, kept = each.outer or NO_SPAN, False
    for one in reversed(inner):
        kept = kept or one.family == _IDENTIFIED
        if kept:
            found = msgspec.structs.replace(one, outer=found)
    return found


def _wrapper(
    name: str, fields: dict[str, object], function: Callable[..., Any]
) -> Callable[..., Any]:
    """A function of the same kind, with a new span for each call."""
    if inspect.iscoroutinefunction(function):

        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            with span(name, **fields):
                return await function(*args, **kwargs)

        return coroutine
    if inspect.isasyncgenfunction(function):

        async def async_generator(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            with span(name, **fields):
                async with aclosing(function(*args, **kwargs)) as found:
                    async for each in found:
                        yield each

        return async_generator
    if inspect.isgeneratorfunction(function):

        def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            with span(name, **fields):
                found: Any = yield from function(*args, **kwargs)
                return found

        return generator

    def call(*args: Any, **kwargs: Any) -> Any:
        with span(name, **fields):
            return function(*args, **kwargs)

    return call
