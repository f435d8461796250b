"""The receiver on the event bus: it files every event under the experiment of its context.

It runs inside of the measured code, so it only packs the event into bytes. The bytes become
columns when the store is written or read.
"""

import threading
import warnings
from collections.abc import Mapping
from gc import get_referents
from time import monotonic_ns
from typing import Any

import blinker

from .._core.catalogue import CATALOGUE
from .._core.rows import MISNAMED
from .._core.safe import described, text_of
from .._core.storable import fields_of
from .context import NO_SPAN, OpenSpan, current, open_span, scope_fields, span_ids
from .filing import deliver, file_row
from .recorder import Recorder
from .short_way import Alone, shorten, use_own_way
from .unscoped import unscoped

signal = blinker.signal("crucible")
_EMPTY: Mapping[str, Any] = {}
_POINT, _START, _FINISH = range(3)
_KINDS = {"start": _START, "stop": _FINISH, "exception": _FINISH}
_MAX_NAMES = 10_000
_lock = threading.Lock()
_running = 0
_shapes: dict[str, tuple[int, str]] = {}


class SpanFields(dict[Any, Any]):
    """The metadata of an event that knows its span, instead of finding it by its context."""

    __slots__ = ("parent", "span")

    def __init__(self, fields: Mapping[Any, Any], span: int | None, parent: int | None) -> None:
        super().__init__(fields)
        self.span = span
        self.parent = parent


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
        shorten(signal, receive, alone)


def stop_listening() -> None:
    """Take no events from the bus when nothing else listens."""
    global _running  # noqa: PLW0603  # see listen
    with _lock:
        _running -= 1
        if _running <= 0:
            _running = 0
            use_own_way(signal, alone)
            signal.disconnect(receive)


def leave_bus() -> None:
    """Take no events from the bus, whatever listens; in a forked child, that is the parent's."""
    global _running  # noqa: PLW0603  # see listen
    _running = 0
    use_own_way(signal, alone)
    signal.disconnect(receive)


def receive(  # noqa: C901, PLR0912  # one function, since a call costs a tenth of what all of it may cost
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
        identity = None
        if type(name) is not str:
            name = text_of(name)
        if type(measurements) is not dict:
            measurements = fields_of(measurements)
        if type(metadata) is not dict:
            identity = metadata if type(metadata) is SpanFields else None
            metadata = fields_of(metadata)
        try:
            kind, family = _shapes[name]
        except KeyError:
            kind, family = _classify(name, measurements)
        top = open_span.get()
        if identity is not None:
            span, parent = identity.span, identity.parent
        elif kind == _FINISH:
            if top is NO_SPAN:
                span, parent = span_ids.next(), None
            elif top.family == family:
                span, parent = top.span_id, top.parent_id
                open_span.set(top.outer or NO_SPAN)
            else:
                span, parent = _close(top, family)
        elif kind == _START:
            span, parent = span_ids.next(), top.span_id
            open_span.set(OpenSpan(span, parent, family, top))
        else:
            span, parent = top.span_id, top.parent_id
        if rest:
            metadata = {**rest, **metadata}
        # Numbers and texts refer to nothing; what refers to something may have no end.
        is_flat = not get_referents(*get_referents(measurements, metadata))
    except Exception as error:  # noqa: BLE001  # counted, and shown with the experiment
        experiment.count_error(f"{text_of(name)}: {described(error)}")
        return
    now, scope = monotonic_ns(), scope_fields.get()
    if is_flat and experiment.gate is None:
        file_row(experiment, name, now, scope, span, parent, 1.0, measurements, metadata)
    else:
        deliver(experiment, name, now, scope, span, parent, measurements, metadata)


alone = Alone(signal, receive)


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
    """The kind and family of a new name."""
    if len(_shapes) >= _MAX_NAMES:
        _shapes.clear()
    family, _, last = name.rpartition(".")
    shape = _shapes[name] = (_KINDS.get(last, _POINT), family)
    texts = {key for key in measurements if type(key) is str}  # a foreign key may have no hash now
    misnamed = MISNAMED.keys() & texts
    if misnamed and name in CATALOGUE:
        return shape  # an event of a library beside one that metrics read
    for given in misnamed:
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
