"""Events, experiments and stores that several tests use."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import HealthCheck, settings

from telemetry_research import Event, Recording, record, recording, scope

MINUTE = 60_000_000  # in microseconds
MINUTE_MS = 60_000
# A machine under load is slow, not wrong.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


class ListStore:
    """A store that a user wrote."""

    background = False
    dropped_events = 0

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def open(self, experiment: Any) -> None:
        self.kept.clear()

    def write(self, chunks: Any) -> None:
        self.kept += [chunk.table for chunk in chunks]

    def batches(self) -> Iterator[Any]:
        return iter(self.kept)

    def close(self) -> None:
        pass


def emit_some(count: int = 50) -> None:
    draw = random.Random(1)
    for number in range(count):
        with scope(condition="a" if number % 2 else "b", item_id=f"i{number}", repeat=0):
            record(
                "ensemble.model.stop",
                {"duration_ns": draw.randrange(10**9), "cost_usd": draw.random() / 10},
                {"model": f"m{number % 3}", "text": 'ünï\n"x" \x00', "deep": {"list": [1, None]}},
            )
    record("ensemble.model.exception", {}, {"error_type": "TimeoutError", "unusual": object})


def captured() -> Recording:
    with recording("sample", tags=["tag-a"], hypothesis="it works") as experiment:
        record("ensemble.predict.start", {}, {"models": ["a", "b"]})
        for number in range(10):
            record(
                "ensemble.model.stop",
                {"duration_ns": (number + 1) * 100_000_000, "cost_usd": 0.0055},
                {"model": f"m{number % 2}"},
            )
        record("ensemble.model.exception", {"duration_ns": 5}, {"error_type": "TimeoutError"})
        record("ensemble.model.exception", {}, {})
        record("ensemble.predict.stop", {"duration_ns": 10**9, "cost_usd": 0.055}, {})
    return experiment


def event(number: int, **fields: object) -> Event:
    values: dict[str, object] = {
        "event_id": str(number),
        "name": "a.stop",
        "timestamp_us": number * MINUTE,
        "monotonic_ns": number,
        "sequence": number,
        "experiment_id": "x",
        "duration_ns": (number + 1) * 10_000_000,
        "cost_usd": 0.003,
        "success": True,
    }
    return Event(**{**values, **fields})  # type: ignore[arg-type]  # a mixed dict


def batch(events: list[Event]) -> Any:
    """Events as a batch of Arrow columns."""
    import pyarrow as pa  # noqa: PLC0415  # only these tests need it

    from telemetry_research._core.chunk import schema  # noqa: PLC0415  # same

    def value(one: Event, name: str) -> object:
        return "{}" if name == "attributes" else getattr(one, name)

    columns = {f.name: pa.array([value(e, f.name) for e in events], f.type) for f in schema()}
    return pa.RecordBatch.from_pydict(columns, schema=schema())


def shared(wrap: Callable[[Any], Any], depth: int = 40) -> Any:
    """A value that holds another twice, which holds another twice, and so on."""
    value: Any = "x"
    for _ in range(depth):
        value = wrap(value)
    return value
