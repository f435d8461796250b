"""Filing: one event, of known place and time, becomes a packed row of its experiment."""

import threading
from asyncio import _get_running_loop as running_loop
from asyncio import current_task
from collections.abc import Mapping
from gc import get_referents
from typing import Any

import msgspec

from .._core.chunk import wall_minus_monotonic_ns
from .._core.safe import described, text_of
from .._core.sizes import is_small_and_plain
from .._core.storable import plain, storable
from .context import ScopeFields, scope_fields
from .recorder import Recorder

ROWS_PER_CHUNK = 512
_MAX_INT64 = 2**63 - 1
pack = msgspec.msgpack.Encoder(enc_hook=plain).encode


class _Thread(threading.local):
    """The name of the running thread, looked up once."""

    def __init__(self) -> None:
        self.name = threading.current_thread().name


thread = _Thread()


def take_row(experiment: Recorder, row: tuple[Any, ...]) -> None:
    """File one event; what cannot be packed is kept in a safe form."""
    intake = experiment.intake
    try:
        intake.append(pack(row))
    except BaseException as error:  # noqa: BLE001  # kept in a safe form, whatever the reason
        row = in_safe_form(row, error)
        intake.append(pack(row))
    if len(intake) >= ROWS_PER_CHUNK:
        experiment.settle()
    if experiment.observers:
        experiment.observe(row)


def deliver(  # noqa: PLR0917  # keywords would cost a tenth of the event
    experiment: Recorder,
    name: str,
    monotonic: int,
    scope: ScopeFields,
    span: int | None,
    parent: int | None,
    measurements: dict[Any, Any],
    metadata: dict[Any, Any],
) -> None:
    """Put an event of a known span through the gate of an experiment, and bound it; never raises.

    Args:
        experiment: A running experiment.
        name: The name of the event.
        monotonic: Its time on the monotonic clock, in nanoseconds.
        scope: Its scope.
        span: Its span.
        parent: The enclosing span.
        measurements: Its measurements.
        metadata: Everything else.
    """
    try:
        probability = draw(experiment, name, measurements, metadata)
        if probability is None:
            return
        # Numbers and texts refer to nothing. Tuples that hold another many times over have no end.
        if get_referents(*get_referents(measurements, metadata)):
            measurements, metadata = bounded(measurements, metadata)
    except Exception as error:  # noqa: BLE001  # counted, and shown with the experiment
        experiment.count_error(f"{text_of(name)}: {described(error)}")
        return
    file_row(experiment, name, monotonic, scope, span, parent, probability, measurements, metadata)


def file_row(  # noqa: PLR0917  # keywords would cost a tenth of the event
    experiment: Recorder,
    name: str,
    monotonic: int,
    scope: ScopeFields,
    span: int | None,
    parent: int | None,
    probability: float,
    measurements: dict[Any, Any],
    metadata: dict[Any, Any],
) -> None:
    """Keep an event that has passed the gate and whose fields are bounded; never raises.

    Args:
        experiment: A running experiment.
        name: The name of the event.
        monotonic: Its time on the monotonic clock, in nanoseconds.
        scope: Its scope.
        span: Its span.
        parent: The enclosing span.
        probability: The probability that it is kept with, in (0, 1].
        measurements: Its measurements; those of a span may hold everything else as well.
        metadata: Everything else.
    """
    try:
        loop = running_loop()
        task = None if loop is None else current_task(loop)
        task_name = None if task is None else task.get_name()
        row = (name, monotonic, scope.packed, thread.name, task_name, span, parent, probability,
               measurements, metadata)  # fmt: skip
        try:
            packed = pack(row)
        except BaseException as error:  # noqa: BLE001  # kept in a safe form, whatever the reason
            row = in_safe_form(row, error)
            packed = pack(row)
        intake = experiment.intake
        intake.append(packed)
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
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # a faulty filter loses no event
        experiment.count_error(f"filter or sampling of {name}: {described(error)}")
        return 1.0
    if drawn is None:
        experiment.filtered_events += 1
    return drawn


def bounded(
    measurements: dict[Any, Any], metadata: dict[Any, Any]
) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """The fields as they are when their parts are few and built in; else in a safe form.

    Args:
        measurements: Those of an event.
        metadata: Everything else.
    """
    if is_small_and_plain(measurements) and is_small_and_plain(metadata):
        return measurements, metadata
    return storable(measurements), storable(metadata)


def in_safe_form(row: tuple[Any, ...], error: BaseException) -> tuple[Any, ...]:
    """An event whose values can be packed.

    Args:
        row: The event.
        error: Why it could not be packed; an interrupt is raised again.
    """
    if isinstance(error, KeyboardInterrupt):
        raise error
    name, monotonic, scope, thread_name, task, *ids, measurements, metadata = row
    names = (text_of(thread_name), None if task is None else text_of(task))
    about = (monotonic, scope, *names, *ids)
    return (text_of(name), *about, storable(measurements), storable(metadata))


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
    monotonic = at_ns - wall_minus_monotonic_ns()
    where = (scope_fields.get().packed, thread.name, None, span, parent)
    values = (storable(measurements), storable(metadata))
    take_row(experiment, (text_of(name), monotonic, *where, probability, *values))
