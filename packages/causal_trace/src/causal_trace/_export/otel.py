"""A chain as an OpenTelemetry span with one span event for each event, in OTLP JSON."""

from hashlib import sha256
from typing import Any

from .._core.times import read_time
from .._model.chain import Chain
from .._model.event import TraceEvent


def to_otel(chain: Chain) -> dict[str, Any]:
    """Return a chain as OTLP JSON: one span, with one span event for each event.

    Args:
        chain: The chain.

    Returns:
        What an OTLP/HTTP endpoint takes at ``/v1/traces``. The ids of trace and span follow from
        the id of the chain.
    """
    digest = sha256(chain.id.encode("utf-8", "replace")).hexdigest()
    times = [_nanoseconds(event.timestamp) for event in chain]
    start = min([_nanoseconds(chain.created_at), *times])
    values = {
        "causal_trace.chain.id": chain.id,
        "experiment": chain.experiment,
        "condition": chain.condition,
        "item": chain.item,
        "repeat": chain.repeat,
    }
    span = {
        "traceId": digest[:32],
        "spanId": digest[32:48],
        "name": chain.name or "chain",
        "kind": 1,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(max([start, *times])),
        "attributes": _attributes(values),
        "events": [_event(event) for event in chain],
    }
    scope = {"scope": {"name": "causal_trace"}, "spans": [span]}
    resource = {"attributes": _attributes({"service.name": "causal_trace"})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}


def _event(event: TraceEvent) -> dict[str, Any]:
    values = {
        f"causal_trace.{name}": value
        for name, value in event.to_dict().items()
        if name not in ("timestamp", "metadata")
    }
    return {
        "timeUnixNano": str(_nanoseconds(event.timestamp)),
        "name": f"causal_trace.{event.type}",
        "attributes": _attributes(values),
    }


def _nanoseconds(text: str) -> int:
    time = read_time(text)
    return int(time.timestamp()) * 1_000_000_000 + time.microsecond * 1000


def _attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": _value(value)}
        for key, value in values.items()
        if value not in (None, "", [])
    ]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(each) for each in value]}}
    return {"stringValue": str(value)}
