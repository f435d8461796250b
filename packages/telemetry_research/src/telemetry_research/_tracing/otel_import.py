"""OpenTelemetry spans as events of an experiment."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .._capture.context import entered, scope
from .._capture.receiver import signal
from .._experiment.recording import Recording
from .otel_export import MODEL_ATTRIBUTES

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan


def import_otel(experiment: Recording, spans: "Iterable[ReadableSpan]") -> int:
    """Emit finished OpenTelemetry spans as events of a running experiment.

    A span of a model call (``gen_ai.*``) becomes ``llm.request.stop`` or ``.exception``; any other
    keeps its name.

    Args:
        experiment: A running experiment.
        spans: ``ReadableSpan`` objects, such as those of an in-memory exporter.

    Returns:
        The number of spans.
    """
    count = 0
    back = {value: key for key, value in MODEL_ATTRIBUTES.items()}
    with entered(experiment):
        for span in spans:
            given = dict(span.attributes or {})
            failed = span.status.status_code.name == "ERROR"
            model = any(key.startswith("gen_ai.") for key in given)
            found = {back.get(key, key): _plain(value) for key, value in given.items()}
            measurements = {"duration_ns": (span.end_time or 0) - (span.start_time or 0)}
            for key in ("input_tokens", "output_tokens", "cost_usd"):
                if key in found:
                    measurements[key] = found.pop(key)
            found["otel_trace_id"] = f"{span.context.trace_id:032x}"
            found["otel_span_id"] = f"{span.context.span_id:016x}"
            if span.parent is not None:
                found["otel_parent_id"] = f"{span.parent.span_id:016x}"
            if failed:
                found["error_type"] = found.pop("error.type", "unknown")
            ending = "exception" if failed else "stop"
            name = f"llm.request.{ending}" if model else f"{span.name}.{ending}"
            with scope(otel_started_ns=span.start_time):
                signal.send(name, measurements=measurements, metadata=found)
            count += 1
    return count


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
