"""Model calls as OpenTelemetry histograms."""

from typing import Any

import pytest

from telemetry_research import export_otel_metrics, record, recording

export = pytest.importorskip("opentelemetry.sdk.metrics.export")


class _Keep:
    """An exporter that keeps what it gets."""

    def __init__(self, result: Any = None) -> None:
        self.data: Any = None
        self._result = export.MetricExportResult.SUCCESS if result is None else result

    def export(self, data: Any) -> Any:
        self.data = data
        return self._result


Keep: Any = _Keep


def test_durations_and_tokens_are_histograms_with_the_names_of_the_conventions() -> None:
    with recording("calls") as experiment:
        for number in range(10):
            record(
                "llm.request.stop",
                {"duration_ns": 10**9, "input_tokens": 100, "output_tokens": number},
                {"model": "m", "provider": "openai"},
            )
        record("llm.request.exception", {"duration_ns": 5}, {"model": "m", "error_type": "E"})
        record("tool.stop", {"duration_ns": 5})
    exporter = Keep()

    series = export_otel_metrics(experiment, exporter)
    metrics = {m.name: m for m in exporter.data.resource_metrics[0].scope_metrics[0].metrics}
    duration = metrics["gen_ai.client.operation.duration"]
    good, bad = duration.data.data_points
    usage = metrics["gen_ai.client.token.usage"]
    tokens = {p.attributes["gen_ai.token.type"]: p for p in usage.data.data_points}

    assert series == 4
    assert (duration.unit, good.count, good.sum, sum(good.bucket_counts)) == ("s", 10, 10.0, 10)
    assert good.attributes["gen_ai.provider.name"] == "openai"
    assert (bad.attributes["error.type"], bad.count) == ("E", 1)
    assert (tokens["input"].sum, tokens["output"].sum) == (1000, 45)


def test_a_refused_export_is_an_error() -> None:
    with recording("calls") as experiment:
        record("llm.request.stop", {"duration_ns": 5})

    with pytest.raises(OSError, match="exporter"):
        export_otel_metrics(experiment, Keep(export.MetricExportResult.FAILURE))


def test_the_exporter_of_the_sdk_encodes_them() -> None:
    encoder = pytest.importorskip("opentelemetry.exporter.otlp.proto.common.metrics_encoder")
    with recording("calls") as experiment:
        record("llm.request.stop", {"duration_ns": 5, "input_tokens": 5}, {"model": "m"})
    exporter = Keep()
    export_otel_metrics(experiment, exporter)

    assert b"gen_ai.client.token.usage" in encoder.encode_metrics(exporter.data).SerializeToString()
