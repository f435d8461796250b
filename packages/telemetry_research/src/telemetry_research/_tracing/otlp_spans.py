"""Reads spans of the OpenTelemetry protocol, in protobuf or JSON."""

import base64
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

_MAX_DEPTH = 50
_IDS = ("traceId", "spanId", "parentSpanId")
_STATUS = ("UNSET", "OK", "ERROR")


class MalformedError(ValueError):
    """The message does not follow the protocol."""


@dataclass(frozen=True, kw_only=True)
class Spans:
    """The spans of an export request.

    Args:
        read: Those that follow the protocol, with the attributes of ``ReadableSpan`` that an
            import reads.
        refused: Why each of the others does not.
    """

    read: list[Any]
    refused: list[str]


def spans_from(body: bytes, *, as_json: bool) -> Spans:
    """The spans of an export request; in JSON one that does not follow the protocol is left out.

    Args:
        body: The request, unpacked.
        as_json: Whether it is JSON; otherwise protobuf.

    Raises:
        MalformedError: The request, or each of its spans, does not follow the protocol.
    """
    try:
        return Spans(read=_spans_of(body, as_json=as_json), refused=[])
    except MalformedError:
        if not as_json:
            raise
    read: list[Any] = []
    refused: list[str] = []
    for single in _one_by_one(body):
        try:
            read += _spans_of(single, as_json=True)
        except MalformedError as error:
            refused.append(str(error))
    if not read:
        raise MalformedError("no span of the request follows the protocol")
    return Spans(read=read, refused=refused)


def answer_to(spans: Spans) -> bytes:
    """The body of an answer in JSON: how many spans were left out.

    Args:
        spans: Those of the request.
    """
    if not spans.refused:
        return b"{}"
    reason = "these spans do not follow the protocol"
    part = {"rejectedSpans": str(len(spans.refused)), "errorMessage": reason}
    return json.dumps({"partialSuccess": part}).encode()


def _spans_of(body: bytes, *, as_json: bool) -> list[Any]:
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
                _as_protobuf_reads(body),
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


def _one_by_one(body: bytes) -> Iterator[bytes]:
    """A request for each span of a request in JSON."""
    try:
        for resource in json.loads(body)["resourceSpans"]:
            about = {"resource": resource.get("resource")}
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    single = {**about, "scopeSpans": [{"spans": [span]}]}
                    yield json.dumps({"resourceSpans": [single]}).encode()
    except (AttributeError, LookupError, ValueError, TypeError, RecursionError) as error:
        raise MalformedError(str(error)) from error


def _as_protobuf_reads(body: bytes) -> str:
    """The JSON with ids in base64, numbers that are not finite as texts, and half characters as ?.

    OTLP writes ids in hexadecimal. Others write NaN without quotes, and texts cut in a character.
    """

    def changed(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {key: _changed(key, value) for key, value in pairs}

    text = json.dumps(json.loads(body, object_pairs_hook=changed), ensure_ascii=False)
    return text.encode(errors="replace").decode()


def _changed(key: str, value: Any) -> Any:
    if key in _IDS:
        return base64.b64encode(bytes.fromhex(value)).decode()
    if type(value) is float and not math.isfinite(value):
        return json.dumps(value)
    return value


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
