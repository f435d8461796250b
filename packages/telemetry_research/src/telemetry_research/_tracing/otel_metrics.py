"""Durations and token usage of model calls as OpenTelemetry metrics (extra ``otel``)."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .._core.catalogue import event_info
from .._core.errors import MissingExtraError
from .._core.event import Event
from .._experiment.recording import Recording
from .otel_export import SCOPE, operation_of

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter

# The boundaries that the conventions advise:
# https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
_DURATION_S = tuple(0.01 * 2**power for power in range(14))
_TOKENS = tuple(float(4**power) for power in range(14))
_Key = tuple[tuple[str, str], ...]


@dataclass(slots=True, kw_only=True)
class _Values:
    """Weighted values of one series.

    Attributes:
        counts: The weight in each bucket.
        total: The weighted sum.
        low: The smallest value.
        high: The largest value.
    """

    counts: list[float] = field(default_factory=list)
    total: float = 0.0
    low: float = float("inf")
    high: float = float("-inf")

    def add(self, value: float, weight: float, bounds: Sequence[float]) -> None:
        """Add one value."""
        self.counts = self.counts or [0.0] * (len(bounds) + 1)
        self.counts[bisect_left(bounds, value)] += weight
        self.total += value * weight
        self.low, self.high = min(self.low, value), max(self.high, value)


def export_otel_metrics(experiment: Recording, exporter: "MetricExporter") -> int:
    """Pass the metrics of model calls to an OpenTelemetry exporter.

    These are the histograms ``gen_ai.client.operation.duration`` in seconds and
    ``gen_ai.client.token.usage``, by operation, provider, model and class of error. Sampled events
    count with one over their probability, rounded in each bucket.

    Args:
        experiment: The experiment.
        exporter: Such as ``OTLPMetricExporter(endpoint)`` of the OpenTelemetry SDK.

    Returns:
        The number of series.

    Raises:
        MissingExtraError: The SDK is not installed.
        OSError: The exporter reports a failure.
    """
    try:
        from opentelemetry.sdk.metrics.export import (  # noqa: PLC0415  # an optional dependency
            MetricExportResult,
            MetricsData,
            ResourceMetrics,
            ScopeMetrics,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  # same
        from opentelemetry.sdk.util.instrumentation import (  # noqa: PLC0415  # same
            InstrumentationScope,
        )
    except ImportError:
        raise MissingExtraError("opentelemetry-sdk", "otel") from None
    durations, tokens, span_us = _collected(experiment)
    metrics = [
        _histogram("gen_ai.client.operation.duration", "s", durations, _DURATION_S, span_us),
        _histogram("gen_ai.client.token.usage", "{token}", tokens, _TOKENS, span_us),
    ]
    about = {"service.name": experiment.name, "crucible.experiment.id": experiment.id}
    scope = ScopeMetrics(InstrumentationScope(SCOPE), [m for m in metrics if m is not None], "")
    data = MetricsData([ResourceMetrics(Resource.create(about), [scope], "")])
    if exporter.export(data) is not MetricExportResult.SUCCESS:
        raise OSError("the exporter failed; see its log")
    return len(durations) + len(tokens)


def _collected(
    experiment: Recording,
) -> tuple[dict[_Key, _Values], dict[_Key, _Values], tuple[int, int]]:
    """Durations and tokens by their attributes, and the time of the first and the last call."""
    durations: dict[_Key, _Values] = {}
    tokens: dict[_Key, _Values] = {}
    times: list[int] = []
    for event in experiment:
        info = event_info(event.name)
        if not info.counts or info.level != "model":
            continue
        times = [min([event.timestamp_us, *times]), max([event.timestamp_us, *times])]
        weight, about = 1 / event.probability, _about(event)
        if event.duration_ns is not None:
            failed = {"error.type": event.error_type or "_OTHER"} if event.success is False else {}
            series = durations.setdefault(_key({**about, **failed}), _Values())
            series.add(event.duration_ns / 1e9, weight, _DURATION_S)
        for kind, count in (("input", event.input_tokens), ("output", event.output_tokens)):
            if count is not None:
                series = tokens.setdefault(_key({**about, "gen_ai.token.type": kind}), _Values())
                series.add(count, weight, _TOKENS)
    return durations, tokens, (times[0], times[-1]) if times else (0, 0)


def _about(event: Event) -> dict[str, str]:
    given = {
        "gen_ai.operation.name": operation_of(event.attributes),
        "gen_ai.provider.name": event.attributes.get("provider") or "unknown",
        "gen_ai.request.model": event.model,
        "gen_ai.response.model": event.attributes.get("api_model_id"),
    }
    return {name: str(value) for name, value in given.items() if value is not None}


def _key(attributes: Mapping[str, str]) -> _Key:
    return tuple(sorted(attributes.items()))


def _histogram(
    name: str,
    unit: str,
    series: Mapping[_Key, _Values],
    bounds: Sequence[float],
    span_us: tuple[int, int],
) -> Any:
    """A metric with one point for each series; None without any."""
    from opentelemetry.sdk.metrics.export import (  # noqa: PLC0415  # an optional dependency
        AggregationTemporality,
        Histogram,
        HistogramDataPoint,
        Metric,
    )

    points = []
    for key, values in series.items():
        counts = [round(each) for each in values.counts]
        points.append(
            HistogramDataPoint(
                attributes=dict(key),
                start_time_unix_nano=span_us[0] * 1000,
                time_unix_nano=span_us[1] * 1000,
                count=sum(counts),
                sum=values.total,
                bucket_counts=counts,
                explicit_bounds=list(bounds),
                min=values.low,
                max=values.high,
            )
        )
    kept = Histogram(data_points=points, aggregation_temporality=AggregationTemporality.CUMULATIVE)
    return Metric(name=name, description="", unit=unit, data=kept) if points else None
