"""OpenTelemetry spans as events of an experiment."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .._capture.filing import file_event
from .._core.safe import described, text_of
from .._experiment.recording import Recording
from . import logfire
from .otel_export import MODEL_ATTRIBUTES

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

_REQUEST = "llm.request"
_BITS = 2**63 - 1  # the columns of span ids are signed
_BACK = {value: key for key, value in MODEL_ATTRIBUTES.items()} | {
    "crucible.cost_usd": "cost_usd",
    "operation.cost": "cost_usd",
}
# The names of openinference and of older conventions.
_OTHER_NAMES = {
    "llm.model_name": "model",
    "llm.token_count.prompt": "input_tokens",
    "llm.token_count.completion": "output_tokens",
    "gen_ai.usage.prompt_tokens": "input_tokens",
    "gen_ai.usage.completion_tokens": "output_tokens",
    "llm.cost.total": "cost_usd",
    "gen_ai.usage.cost": "cost_usd",
    "embedding.model_name": "model",
    "llm.provider": "provider",
    "gen_ai.system": "provider",
}
# Where the kind of a span stands: the conventions, openinference, openllmetry and its decorators.
_KINDS = (
    "gen_ai.operation.name",
    "openinference.span.kind",
    "llm.request.type",
    "traceloop.span.kind",
)
_FAMILIES = {
    "chat": "llm.request",
    "text_completion": "llm.request",
    "completion": "llm.request",
    "generate_content": "llm.request",
    "embeddings": "llm.request",
    "embedding": "llm.request",
    "llm": "llm.request",
    "execute_tool": "tool",
    "tool": "tool",
}


def import_otel(experiment: Recording, spans: "Iterable[ReadableSpan]") -> int:
    """File finished OpenTelemetry spans as events of a running experiment.

    A span of a model call becomes ``llm.request.stop`` or ``.exception``, one of a tool
    ``tool.stop``. Any other keeps its name, so that an agent does not count as a model call.
    Times, parents, the events of a span and its cost are kept.

    Args:
        experiment: A running experiment.
        spans: ``ReadableSpan`` objects, such as those of an in-memory exporter.

    Returns:
        The number of spans.
    """
    return file_spans(experiment, spans)


def file_spans(experiment: Recording, spans: Iterable[Any]) -> int:
    """File spans as events; one that cannot be filed is counted, and costs only itself.

    Args:
        experiment: A running experiment.
        spans: ``ReadableSpan`` objects, or others with the same attributes.

    Returns:
        The number of spans.
    """
    count = 0
    for span in spans:
        try:
            _file(experiment, span)
        except Exception as error:  # noqa: BLE001  # of foreign values
            experiment.count_error(f"span {text_of(getattr(span, 'name', ''))}: {described(error)}")
        count += 1
    return count


def _file(experiment: Recording, span: "ReadableSpan") -> None:
    """File a span as its end, and its events as events inside of it."""
    if logfire.is_pending(span.attributes or {}):
        return
    context: Any = span.context
    number = context.span_id & _BITS
    parent = None if span.parent is None else span.parent.span_id & _BITS
    given = {_BACK.get(key, key): _plain(value) for key, value in (span.attributes or {}).items()}
    for theirs, ours in _OTHER_NAMES.items():
        if theirs in given:
            given.setdefault(ours, given.pop(theirs))
    start, end = span.start_time or 0, span.end_time or span.start_time or 0
    if logfire.is_log(given):
        start = end - logfire.stated_ns(given)
    measurements = {"duration_ns": end - start}
    failed = span.status.status_code.name == "ERROR"
    name = _event_name(span.name, given, failed=failed)
    for key in ("input_tokens", "output_tokens", "cost_usd"):
        if key in given:
            measurements[key] = given.pop(key)
    given["otel_trace_id"] = f"{context.trace_id:032x}"
    given["otel_span_id"] = f"{context.span_id:016x}"
    if span.parent is not None:
        given["otel_parent_id"] = f"{span.parent.span_id:016x}"
    given["otel_started_ns"] = start
    if failed:
        given["error_type"] = given.pop("error.type", None) or _raised(span)
    for point in span.events:
        file_event(
            experiment,
            point.name,
            at_ns=point.timestamp,
            span=number,
            parent=parent,
            measurements={},
            metadata={key: _plain(value) for key, value in (point.attributes or {}).items()},
        )
    file_event(
        experiment,
        name,
        at_ns=end,
        span=number,
        parent=parent,
        measurements=measurements,
        metadata=given,
    )


def _event_name(name: str, given: Mapping[str, Any], *, failed: bool) -> str:
    """The name of the event of a span; that of a log has no ending, since it measures nothing."""
    family = _family(name, given)
    if logfire.is_log(given) and family != _REQUEST:
        return name
    if not failed and logfire.opens_stream(given):
        family = name
    return f"{family}.{'exception' if failed else 'stop'}"


def _raised(span: Any) -> str:
    """The class of the error that the events of a failed span state."""
    for point in span.events:
        stated = (point.attributes or {}).get("exception.type")
        if stated:
            return str(stated)
    return "unknown"


def _family(name: str, given: Mapping[str, Any]) -> str:
    """The family of a span's events: a model call, a tool, or its own name (an agent, a step)."""
    for key in _KINDS:
        if given.get(key):
            return _FAMILIES.get(str(given[key]).lower(), name)
    if "gen_ai.tool.name" in given:
        return "tool"
    if "gen_ai.agent.name" in given or "agent_name" in given:
        return name
    return "llm.request" if any(key.startswith("gen_ai.") for key in given) else name


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
