"""The receiver on the event bus: it files every event under the experiment of its context.

It runs inside of the measured code, so it only packs the event into bytes. The bytes become
columns when the store is written or read.
"""

import threading
import warnings
from asyncio import _get_running_loop as running_loop
from asyncio import current_task
from collections.abc import Mapping
from time import monotonic_ns, time_ns
from typing import Any

import blinker
import msgspec

from .._core.rows import MISNAMED
from .._core.safe import described, fields_of, plain, storable, text_of
from .context import NO_SPAN, OpenSpan, current, new_span, open_span, scope_fields, span_ids
from .recorder import Recorder

signal = blinker.signal("crucible")
ROWS_PER_CHUNK = 512
_EMPTY: Mapping[str, Any] = {}
_POINT, _START, _FINISH = range(3)
_KINDS = {"start": _START, "stop": _FINISH, "exception": _FINISH}
_MAX_NAMES = 10_000
_MAX_INT64 = 2**63 - 1
_lock = threading.Lock()
_running = 0
_shapes: dict[str, tuple[int, str]] = {}


class Unscoped:
    """Events outside of any experiment: counted, or given to one with ``take_unscoped``.

    An event of a thread, or of a callback from one, has no experiment in its context. It belongs to
    the experiment that runs, when only one does.
    """

    def __init__(self) -> None:
        self.events = 0
        self.recipient: Recorder | None = None
        self.only: Recorder | None = None
        self._recipients: list[Recorder] = []
        self._running: list[tuple[Recorder, int]] = []

    def add_recipient(self, experiment: Recorder) -> None:
        """Give the events to an experiment until another wants them, or it stops."""
        self._recipients.append(experiment)
        self.recipient = experiment

    def started(self, experiment: Recorder) -> None:
        """Note a running experiment and its thread."""
        self._running.append((experiment, threading.get_ident()))
        self._choose()

    def stopped(self, experiment: Recorder) -> None:
        """Forget an experiment."""
        self._recipients = [each for each in self._recipients if each is not experiment]
        self.recipient = self._recipients[-1] if self._recipients else None
        self._running = [each for each in self._running if each[0] is not experiment]
        self._choose()

    def clear(self) -> None:
        """In a forked child: the experiments belong to the parent."""
        self._recipients, self._running = [], []
        self.recipient = self.only = None

    def _choose(self) -> None:
        self.only = self._running[0][0] if len(self._running) == 1 else None

    def of_thread(self) -> Recorder | None:
        """The only running experiment, for an event of another thread or of a callback."""
        if self.only is None:
            return None
        loop = running_loop()
        if loop is not None:
            return self.only if current_task(loop) is None else None
        elsewhere = any(ident != threading.get_ident() for _, ident in self._running)
        return self.only if elsewhere else None


class SpanFields(dict[Any, Any]):
    """The metadata of an event that knows its span, instead of finding it by its context."""

    __slots__ = ("parent", "span")

    def __init__(self, fields: Mapping[Any, Any], span: int | None, parent: int | None) -> None:
        super().__init__(fields)
        self.span = span
        self.parent = parent


class _Thread(threading.local):
    """The name of the running thread, looked up once."""

    def __init__(self) -> None:
        self.name = threading.current_thread().name


unscoped = Unscoped()
thread = _Thread()


_pack = msgspec.msgpack.Encoder(enc_hook=plain).encode


def connect(experiment: Recorder) -> None:
    """Connect to the bus when the first experiment starts."""
    with _lock:
        unscoped.started(experiment)
    listen()


def disconnect(experiment: Recorder) -> None:
    """Disconnect from the bus when the last experiment has stopped."""
    with _lock:
        unscoped.stopped(experiment)
    stop_listening()


def listen() -> None:
    """Take events from the bus until ``stop_listening`` is called as often."""
    global _running  # noqa: PLW0603  # one receiver serves all experiments of the process
    with _lock:
        _running += 1
        signal.connect(receive, weak=False)


def stop_listening() -> None:
    """Take no events from the bus when nothing else listens."""
    global _running  # noqa: PLW0603  # see listen
    with _lock:
        _running -= 1
        if _running <= 0:
            _running = 0
            signal.disconnect(receive)


def receive(  # noqa: C901, PLR0912, PLR0915  # one function, since a call costs a tenth of what all of it may cost
    name: Any,
    /,
    measurements: Mapping[str, Any] = _EMPTY,
    metadata: Mapping[str, Any] = _EMPTY,
    **rest: Any,
) -> None:
    """Take one event from the bus; never raises, since that would break the emitter."""
    experiment = current.get()
    if experiment is None:  # an experiment is true by a call, which costs as much as this search
        experiment = unscoped.recipient or unscoped.of_thread()
    if experiment is None:
        unscoped.events += 1
        return
    if not experiment.capturing:
        experiment.count_missed()
        return
    try:
        if type(name) is not str:
            name = text_of(name)
        if type(measurements) is not dict:
            measurements = fields_of(measurements)
        identity = None
        if type(metadata) is not dict:
            identity = metadata if type(metadata) is SpanFields else None
            metadata = fields_of(metadata)
        kind, family = _shapes.get(name) or _classify(name, measurements)
        top = open_span.get()
        span, parent = top[0], top[1]
        if identity is not None:
            span, parent = identity.span, identity.parent
        elif kind == _START:
            span, parent = span_ids.next(), span
            open_span.set(new_span(OpenSpan, (span, parent, family, top)))
        elif kind == _FINISH:
            if top is NO_SPAN:
                span = span_ids.next()
            elif top[2] == family:
                open_span.set(top[3] or NO_SPAN)
            else:
                span, parent = _close(top, family)
        probability = 1.0
        if experiment.gate is not None:
            try:
                drawn = experiment.gate(name, measurements, metadata)
            except Exception as error:  # noqa: BLE001  # a faulty filter loses no event
                experiment.count_error(f"filter or sampling of {name}: {described(error)}")
                drawn = 1.0
            if drawn is None:
                experiment.filtered_events += 1
                return
            probability = drawn
        if rest:
            metadata = {**rest, **metadata}
        task = None
        loop = running_loop()
        if loop is not None:
            running = current_task(loop)
            task = None if running is None else running.get_name()
        row = (
            name,
            monotonic_ns(),
            scope_fields.get().packed,
            thread.name,
            task,
            span,
            parent,
            probability,
            measurements,
            metadata,
        )
        intake = experiment.intake
        try:
            intake.append(_pack(row))
        except Exception:  # noqa: BLE001  # whatever the reason, the event is kept in a safe form
            row = _in_safe_form(row)
            intake.append(_pack(row))
        if len(intake) >= ROWS_PER_CHUNK:
            experiment.settle()
        if experiment.observers:
            experiment.observe(row)
    except Exception as error:  # noqa: BLE001  # counted, and shown with the experiment
        experiment.count_error(f"{text_of(name)}: {described(error)}")


def deliver(  # noqa: PLR0917  # keywords would cost a tenth of the event
    experiment: Recorder,
    name: str,
    monotonic: int,
    scope: msgspec.Raw,
    span: OpenSpan,
    measurements: dict[Any, Any],
    metadata: dict[Any, Any],
) -> None:
    """Give an event of a known span to an experiment that captures; never raises.

    Args:
        experiment: A running experiment.
        name: The name of the event.
        monotonic: Its time on the monotonic clock, in nanoseconds.
        scope: The packed fields of its scope.
        span: Its span.
        measurements: Its measurements.
        metadata: Everything else.
    """
    try:
        probability = 1.0
        if experiment.gate is not None:
            drawn = draw(experiment, name, measurements, metadata)
            if drawn is None:
                return
            probability = drawn
        loop = running_loop()
        task = None if loop is None else current_task(loop)
        task_name = None if task is None else task.get_name()
        row = (name, monotonic, scope, thread.name, task_name, span[0], span[1], probability,
               measurements, metadata)  # fmt: skip
        intake = experiment.intake
        try:
            intake.append(_pack(row))
        except Exception:  # noqa: BLE001  # whatever the reason, the event is kept in a safe form
            row = _in_safe_form(row)
            intake.append(_pack(row))
        if len(intake) >= ROWS_PER_CHUNK:
            experiment.settle()
        if experiment.observers:
            experiment.observe(row)
    except Exception as error:  # noqa: BLE001  # counted, and shown with the experiment
        experiment.count_error(f"{text_of(name)}: {described(error)}")


def draw(
    experiment: Recorder, name: str, measurements: Mapping[str, Any], metadata: Mapping[str, Any]
) -> float | None:
    """The probability that an event is kept with; None when it is not, which is counted."""
    if experiment.gate is None:
        return 1.0
    try:
        drawn = experiment.gate(name, measurements, metadata)
    except Exception as error:  # noqa: BLE001  # a faulty filter loses no event
        experiment.count_error(f"filter or sampling of {name}: {described(error)}")
        return 1.0
    if drawn is None:
        experiment.filtered_events += 1
    return drawn


def _in_safe_form(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """An event whose values can be packed."""
    name, monotonic, scope, thread_name, task, *ids, measurements, metadata = row
    names = (text_of(thread_name), None if task is None else text_of(task))
    about = (monotonic, scope, *names, *ids)
    return (text_of(name), *about, storable(measurements), storable(metadata))


def take_row(experiment: Recorder, row: tuple[Any, ...]) -> None:
    """File one event; what cannot be packed is kept in a safe form."""
    intake = experiment.intake
    try:
        intake.append(_pack(row))
    except Exception:  # noqa: BLE001  # whatever the reason, the event is kept in a safe form
        row = _in_safe_form(row)
        intake.append(_pack(row))
    if len(intake) >= ROWS_PER_CHUNK:
        experiment.settle()
    if experiment.observers:
        experiment.observe(row)


def file_event(
    experiment: Recorder,
    name: str,
    *,
    at_ns: int,
    span: int | None,
    parent: int | None,
    measurements: Mapping[str, Any],
    metadata: Mapping[str, Any],
) -> None:
    """File an event of another recorder with its own time and spans.

    Args:
        experiment: A running experiment.
        name: The name of the event.
        at_ns: Its time, nanoseconds since the epoch.
        span: Its span, a number of 63 bits.
        parent: The enclosing span.
        measurements: Its measurements.
        metadata: Everything else.
    """
    if not experiment.capturing:
        experiment.count_missed()
        return
    probability = draw(experiment, name, measurements, metadata)
    if probability is None:
        return
    at_ns = min(max(at_ns, 0), _MAX_INT64)  # a foreign clock
    monotonic = at_ns - (time_ns() - monotonic_ns())
    where = (scope_fields.get().packed, thread.name, None, span, parent)
    values = (storable(measurements), storable(metadata))
    take_row(experiment, (text_of(name), monotonic, *where, probability, *values))


def record(
    name: str,
    measurements: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Emit an event of your own on the bus; it is captured like any other.

    Args:
        name: Its name; one that ends in ``.stop`` or ``.exception`` counts as a request.
        measurements: Numbers, such as ``duration_ns`` or ``cost_usd``.
        metadata: Everything else, such as ``model``.

    Example:
        >>> with recording("pilot") as experiment:
        ...     record("retrieval.stop", {"duration_ns": 1_000_000}, {"documents": 3})
        >>> experiment.events()[0].attributes
        {'documents': 3}
    """
    if signal.receivers:
        known = name if type(name) is str else text_of(name)  # the bus needs its hash
        signal.send(
            known,
            measurements={} if measurements is None else measurements,
            metadata={} if metadata is None else metadata,
        )


def _classify(name: str, measurements: Mapping[str, Any]) -> tuple[int, str]:
    """The kind and family of a name that was not seen before."""
    if len(_shapes) >= _MAX_NAMES:
        _shapes.clear()
    family, _, last = name.rpartition(".")
    shape = _shapes[name] = (_KINDS.get(last, _POINT), family)
    for given in MISNAMED.keys() & measurements.keys():
        text = f"event {text_of(name)}: the measurement {given!r} is not read by metrics"
        warnings.warn(f"{text}; give {MISNAMED[given]}", UserWarning, stacklevel=4)
    return shape


def _close(top: OpenSpan, family: str) -> tuple[int | None, int | None]:
    """The span that ends here when it is not the innermost; a new one without a start."""
    opened = top.outer
    while opened is not None and opened.family != family:
        opened = opened.outer
    if opened is None:
        return span_ids.next(), top.span_id
    open_span.set(opened.outer or NO_SPAN)
    return opened.span_id, opened.parent_id
