"""The receiver on the bus: every event is filed under the experiment it was emitted in."""

import asyncio
import os
import threading
import time
from collections.abc import Mapping
from typing import Any

import blinker

from ._context import current, fields

signal = blinker.signal("crucible")
_LARGEST = 2**63 - 1
_EMPTY: Mapping[str, Any] = {}
_TAKEN = ("duration_ns", "cost_usd", "input_tokens", "output_tokens")
_lock = threading.Lock()
_running = 0
unscoped_events = 0


def connect() -> None:
    """Listen to the bus; the first experiment that starts turns it on."""
    global _running  # noqa: PLW0603  # one receiver serves all experiments of the process
    with _lock:
        _running += 1
        signal.connect(receive)


def disconnect() -> None:
    """Stop listening when the last experiment has stopped."""
    global _running  # noqa: PLW0603  # see connect
    with _lock:
        _running -= 1
        if not _running:
            signal.disconnect(receive)


def receive(
    name: Any,
    *,
    measurements: Mapping[str, Any] = _EMPTY,
    metadata: Mapping[str, Any] = _EMPTY,
    **rest: Any,
) -> None:
    """Take one event from the bus; never raises, since that would break whoever emitted it."""
    global unscoped_events  # noqa: PLW0603  # a counter
    experiment = current.get()
    if experiment is None:
        unscoped_events += 1
        return
    if experiment.stopped:
        experiment.late_events += 1
        return
    try:
        experiment.store.append(*_record(str(name), measurements, metadata, rest))
    except Exception as error:  # noqa: BLE001  # counted, and shown with the experiment
        experiment.handler_errors += 1
        experiment.last_error = f"{name}: {type(error).__name__}: {error}"


def record(
    name: str,
    measurements: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Emit an event of your own on the bus; it is captured like any other.

    Args:
        name: Its name; one that ends in ``.stop`` or ``.exception`` counts as a request.
        measurements: Numbers, such as ``duration_ns`` or ``cost_usd``.
        metadata: What it was about.
    """
    if signal.receivers:
        signal.send(name, measurements=measurements or {}, metadata=metadata or {})


def _record(
    name: str,
    measurements: Mapping[str, Any],
    metadata: Mapping[str, Any],
    rest: Mapping[str, Any],
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    place = fields.get()
    attributes = {**rest, **metadata}
    for key, value in place.items():
        if key not in ("condition", "item_id", "repeat"):
            attributes.setdefault(key, value)
    attributes |= {key: value for key, value in measurements.items() if key not in _TAKEN}
    cost = measurements.get("cost_usd")
    success = _success(name, attributes)
    return (
        name,
        time.time_ns() // 1000,
        time.monotonic_ns(),
        _text(place.get("condition")),
        _text(place.get("item_id")),
        _integer(place.get("repeat")),
        os.getpid(),
        threading.current_thread().name,
        _task_name(),
        _integer(measurements.get("duration_ns")),
        None if cost is None else float(cost),
        _integer(measurements.get("input_tokens")),
        _integer(measurements.get("output_tokens")),
        success,
        _text(attributes.pop("model", None)),
        _text(attributes.pop("error_type", None)),
    ), attributes


def _success(name: str, attributes: dict[str, Any]) -> int | None:
    """What the event says of itself; else an exception is a failure and a stop is a success."""
    stated = attributes.pop("success", None)
    if stated is not None:
        return int(bool(stated))
    if name.endswith(".exception"):
        return 0
    return 1 if name.endswith(".stop") else None


def _task_name() -> str | None:
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return None
    return None if task is None else task.get_name()


def _integer(value: Any) -> int | None:
    if value is None:
        return None
    number = int(value)
    if not -_LARGEST <= number <= _LARGEST:
        raise OverflowError(f"{number} does not fit into 64 bits")
    return number


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
