"""Reads spans of the OpenTelemetry protocol, in protobuf or JSON."""

import base64
from types import SimpleNamespace
from typing import Any

_MAX_DEPTH = 50
_STATUS = ("UNSET", "OK", "ERROR")


class MalformedError(ValueError):
    """The message does not follow the protocol."""


def spans_from(body: bytes, *, as_json: bool) -> list[Any]:
    """The spans of an export request, with the attributes of ``ReadableSpan`` that an import reads.

    Args:
        body: The request, unpacked.
        as_json: Whether it is JSON; otherwise protobuf.

    Raises:
        MalformedError: It does not follow the protocol.
    """
    from google.protobuf.json_format import (  # type: ignore[import-untyped]  # noqa: PLC0415  # an optional dependency
        Parse,
        ParseError,
    )
    from google.protobuf.message import (  # type: ignore[import-untyped]  # noqa: PLC0415  # same
        DecodeError,
    )
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (  # noqa: PLC0415  # same
        ExportTraceServiceRequest,
    )

    request: Any = ExportTraceServiceRequest()
    try:
        if as_json:
            Parse(
                _in_base64(body),
                request,
                ignore_unknown_fields=True,
                max_recursion_depth=_MAX_DEPTH,
            )
        else:
            request.ParseFromString(body)
        return [
            _span(span, resource.resource)
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
    except (DecodeError, ParseError, ValueError, TypeError, RecursionError) as error:
        raise MalformedError(str(error)) from error


def _in_base64(body: bytes) -> str:
    """The JSON with ids in base64, as protobuf reads bytes; OTLP writes them in hexadecimal."""
    import json  # noqa: PLC0415  # only for this encoding

    def changed(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {
            key: base64.b64encode(bytes.fromhex(value)).decode() if key in _IDS else value
            for key, value in pairs
        }

    return json.dumps(json.loads(body, object_pairs_hook=changed))


_IDS = ("traceId", "spanId", "parentSpanId")


def _span(span: Any, resource: Any) -> Any:
    parent = int.from_bytes(span.parent_span_id, "big")
    attributes = {pair.key: _value(pair.value) for pair in span.attributes}
    for pair in resource.attributes:
        if pair.key == "service.name":
            attributes.setdefault("service.name", _value(pair.value))
    code = span.status.code
    return SimpleNamespace(
        name=span.name or "span",
        context=SimpleNamespace(
            trace_id=int.from_bytes(span.trace_id, "big"),
            span_id=int.from_bytes(span.span_id, "big"),
        ),
        parent=SimpleNamespace(span_id=parent) if parent else None,
        attributes=attributes,
        start_time=span.start_time_unix_nano,
        end_time=span.end_time_unix_nano,
        status=SimpleNamespace(
            status_code=SimpleNamespace(name=_STATUS[code] if code in (0, 1, 2) else "UNSET"),
            description=span.status.message,
        ),
        events=[
            SimpleNamespace(
                name=event.name or "event",
                timestamp=event.time_unix_nano,
                attributes={pair.key: _value(pair.value) for pair in event.attributes},
            )
            for event in span.events
        ],
    )


def _value(value: Any, depth: int = 0) -> Any:
    kind = value.WhichOneof("value")
    if kind is None or depth > _MAX_DEPTH:
        return None
    if kind == "array_value":
        return [_value(each, depth + 1) for each in value.array_value.values]
    if kind == "kvlist_value":
        return {pair.key: _value(pair.value, depth + 1) for pair in value.kvlist_value.values}
    return getattr(value, kind)
