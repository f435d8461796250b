"""Events as OpenTelemetry spans with the ``gen_ai.*`` conventions (extra ``otel``)."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._core.errors import MissingExtraError
from .._experiment.recording import Recording
from .spans import Span, spans_of

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

MODEL_ATTRIBUTES = {
    "model": "gen_ai.request.model",
    "provider": "gen_ai.provider.name",
    "api_model_id": "gen_ai.response.model",
    "request_id": "gen_ai.response.id",
    "finish_reason": "gen_ai.response.finish_reasons",
    "input_tokens": "gen_ai.usage.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",
    "temperature": "gen_ai.request.temperature",
    "max_tokens": "gen_ai.request.max_tokens",
    "seed": "gen_ai.request.seed",
    "top_p": "gen_ai.request.top_p",
    "top_k": "gen_ai.request.top_k",
    "cached_tokens": "gen_ai.usage.cache_read.input_tokens",
}
_OPERATIONS = {"embeddings": "embeddings", "embedding": "embeddings", "chat": "chat",
               "text_completion": "text_completion"}  # fmt: skip
SCOPE = "telemetry_research"


def export_otel(
    experiment: Recording,
    exporter: "SpanExporter",
    *,
    batch: int = 512,
    on_progress: Callable[[int, int], None] | None = None,
) -> int:
    """Pass the spans of an experiment to an OpenTelemetry exporter.

    Every start and its end become one span, whose parent is the enclosing span. Events without a
    duration become events of their span. Attempts of one hedged request are linked.

    Args:
        experiment: The experiment.
        exporter: Such as ``OTLPSpanExporter(endpoint)`` of the OpenTelemetry SDK.
        batch: The number of spans in one call of the exporter.
        on_progress: Called after each batch with the number of spans done and the total.

    Returns:
        The number of spans.

    Raises:
        MissingExtraError: The SDK is not installed.
        OSError: The exporter reports a failure.
    """
    try:
        from opentelemetry.sdk.trace.export import (  # noqa: PLC0415  # an optional dependency
            SpanExportResult,
        )
    except ImportError:
        raise MissingExtraError("opentelemetry-sdk", "otel") from None
    spans = spans_of(experiment, experiment.id)
    readable = _SpanConverter(experiment).make(spans)
    for start in range(0, len(readable), batch):
        if exporter.export(readable[start : start + batch]) is not SpanExportResult.SUCCESS:
            raise OSError(f"the exporter failed at span {start} of {len(readable)}; see its log")
        if on_progress is not None:
            on_progress(min(start + batch, len(readable)), len(readable))
    return len(readable)


class _SpanConverter:
    """Converts spans to readable spans of the OpenTelemetry SDK."""

    def __init__(self, experiment: Recording) -> None:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  # an optional dependency

        self._resource = Resource.create(
            {
                "service.name": experiment.name,
                "crucible.experiment.id": experiment.id,
                "crucible.experiment.condition": experiment.condition,
            }
        )

    def make(self, spans: Sequence[Span]) -> list[Any]:
        """Convert spans, each linked to its siblings in a hedged request."""
        siblings: dict[str, list[Span]] = {}
        for span in spans:
            if span.parent_id is not None:
                siblings.setdefault(span.parent_id, []).append(span)
        hedged = {span.span_id for span in spans if span.name == "hedging.request"}
        return [
            self._readable(span, siblings[span.parent_id] if span.parent_id in hedged else ())
            for span in spans
        ]

    def _readable(self, span: Span, siblings: Sequence[Span]) -> Any:
        from opentelemetry import trace  # noqa: PLC0415  # an optional dependency
        from opentelemetry.sdk.trace import Event, ReadableSpan  # noqa: PLC0415  # same
        from opentelemetry.sdk.util.instrumentation import (  # noqa: PLC0415  # same
            InstrumentationScope,
        )
        from opentelemetry.trace.status import Status, StatusCode  # noqa: PLC0415  # same

        def context(span_id: str) -> Any:
            flags = trace.TraceFlags(trace.TraceFlags.SAMPLED)
            return trace.SpanContext(int(span.trace_id, 16), int(span_id, 16), False, flags)

        parent = None if span.parent_id is None else context(span.parent_id)
        failed = span.success is False
        return ReadableSpan(
            name=_span_name(span),
            context=context(span.span_id),
            parent=parent,
            resource=self._resource,
            attributes=_attributes(span),
            events=[
                Event(name, attributes=_values(attributes), timestamp=at)
                for name, at, attributes in span.points
            ],
            links=[
                trace.Link(context(other.span_id), {"crucible.link": "attempt"})
                for other in siblings
                if other is not span
            ],
            kind=trace.SpanKind.CLIENT if span.level == "model" else trace.SpanKind.INTERNAL,
            status=Status(StatusCode.ERROR, _message(span)) if failed else Status(StatusCode.UNSET),
            instrumentation_scope=InstrumentationScope(SCOPE),
            start_time=span.start_ns,
            end_time=span.end_ns,
        )


def _span_name(span: Span) -> str:
    model = span.fields.get("model")
    return f"{operation_of(span.fields)} {model}" if span.level == "model" and model else span.name


def operation_of(fields: Mapping[str, Any]) -> str:
    """The ``gen_ai.operation.name`` of a model call; a chat unless the events say otherwise."""
    return _OPERATIONS.get(str(fields.get("operation")), "chat")


def _message(span: Span) -> str | None:
    """The description of a failure: its text, or the class of the error."""
    found = span.fields.get("message") or span.fields.get("error_type")
    return None if found is None else str(found)


def _attributes(span: Span) -> dict[str, Any]:
    fields = dict(span.fields)
    if "error_type" in fields:
        fields["error.type"] = fields.pop("error_type")
    named: dict[str, Any] = {"crucible.event": span.name, "crucible.level": span.level}
    if span.level == "model":
        named["gen_ai.operation.name"] = operation_of(span.fields)
        named["gen_ai.provider.name"] = "unknown"  # required by the conventions
        for ours, theirs in MODEL_ATTRIBUTES.items():
            if fields.get(ours) is not None:
                value = fields.pop(ours)
                named[theirs] = [str(value)] if ours == "finish_reason" else value
    elif span.level == "tool":
        named["gen_ai.operation.name"] = "execute_tool"
        if fields.get("tool") is not None:
            named["gen_ai.tool.name"] = fields.pop("tool")
    own = {k if k == "error.type" else f"crucible.{k}": v for k, v in fields.items()}
    return _values({**named, **own})


def _values(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes as OpenTelemetry values: plain ones and lists of texts; the others as JSON."""
    found: dict[str, Any] = {}
    for key, value in attributes.items():
        plain = isinstance(value, str | bool | int | float)
        texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
        if plain or texts:
            found[key] = value
        elif value is not None:
            found[key] = json.dumps(value, ensure_ascii=False)
    return found
