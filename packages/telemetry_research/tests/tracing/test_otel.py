"""OpenTelemetry: every span arrives at a real collector with its attributes, links and parents."""

import gzip
import http.server
import importlib.util
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from telemetry_research import (
    Recording,
    current_experiment,
    export_otel,
    import_otel,
    record,
    recording,
    remote_parent,
    scope,
    spans_of,
    traceparent,
)

sdk = pytest.importorskip("opentelemetry.sdk.trace")
otel_trace = pytest.importorskip("opentelemetry.trace")
processing = pytest.importorskip("opentelemetry.sdk.trace.export")
in_memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
otlp = pytest.importorskip("opentelemetry.exporter.otlp.proto.http.trace_exporter")
protocol = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")


def traced() -> Recording:
    with recording("traced", condition="c") as experiment:
        for number in range(30):
            with scope(item_id=f"i{number}"):
                record("hedging.request.start", {}, {"request_id": f"r{number}"})
                for attempt in (1, 2):
                    about = {"model": "m", "provider": "p", "attempt": attempt}
                    record("ensemble.model.start", {}, about)
                    numbers = {"duration_ns": 10**6, "input_tokens": 7, "output_tokens": 9}
                    record("ensemble.model.stop", {**numbers, "cost_usd": 0.5}, about)
                record("hedging.hedge.fired", {"delay_ms": 5}, {"attempt": 2})
                record("hedging.request.stop", {"duration_ns": 3 * 10**6})
        record("ensemble.model.exception", {"duration_ns": 5}, {"error_type": "TimeoutError"})
    return experiment


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes what a collector passes on."""

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        packed = self.headers.get("Content-Encoding") == "gzip"
        bodies: list[bytes] = self.server.bodies  # type: ignore[attr-defined]  # our server has it
        bodies.append(gzip.decompress(body) if packed else body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Any]:
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.bodies = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def received(server: Any) -> list[Any]:
    spans = []
    for body in tuple(server.bodies):
        request: Any = protocol.ExportTraceServiceRequest()
        request.ParseFromString(body)
        for resource in request.resource_spans:
            for group in resource.scope_spans:
                spans += group.spans
    return spans


def check(spans: list[Any]) -> None:
    assert len(spans) == 91
    models = [span for span in spans if span.name == "chat m"]
    requests = {span.span_id: span for span in spans if span.name == "hedging.request"}
    attributes = {each.key: each.value for each in models[0].attributes}
    assert (len(models), len(requests)) == (60, 30)
    assert attributes["gen_ai.request.model"].string_value == "m"
    assert attributes["gen_ai.provider.name"].string_value == "p"
    assert attributes["gen_ai.usage.input_tokens"].int_value == 7
    assert attributes["crucible.cost_usd"].double_value == 0.5
    assert {span.parent_span_id for span in models} == set(requests)
    assert all(len(span.links) == 1 for span in models)
    assert all(requests[span.parent_span_id].trace_id == span.trace_id for span in models)
    assert all(span.events[0].name == "hedging.hedge.fired" for span in requests.values())
    (failed,) = [span for span in spans if span.status.code == 2]
    assert {each.key for each in failed.attributes} >= {"error.type"}


def test_a_receiver_gets_every_span_and_attribute(receiver: Any) -> None:
    exporter = otlp.OTLPSpanExporter(f"http://127.0.0.1:{receiver.server_port}/v1/traces")

    count = export_otel(traced(), exporter)

    assert count == 91
    check(received(receiver))


def free_port() -> int:
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        port: int = each.getsockname()[1]
    return port


def test_a_real_collector_passes_every_span_on(receiver: Any, tmp_path: Path) -> None:
    found = importlib.util.find_spec("rotel")
    if found is None or found.origin is None:
        pytest.skip("no collector: install the wheel rotel")
    ports = [free_port(), free_port()]
    command = [str(Path(found.origin).parent / "rotel-agent"), "start"]
    command += ["--otlp-http-endpoint", f"127.0.0.1:{ports[0]}"]
    command += ["--otlp-grpc-endpoint", f"127.0.0.1:{ports[1]}"]
    command += ["--exporter", "otlp", "--otlp-exporter-protocol", "http"]
    command += ["--otlp-exporter-endpoint", f"http://127.0.0.1:{receiver.server_port}"]
    command += ["--otlp-exporter-compression", "none"]
    with (tmp_path / "log").open("wb") as log:
        collector = subprocess.Popen(command, stdout=log, stderr=log, cwd=tmp_path)
    try:
        while collector.poll() is None:
            with socket.socket() as each:
                if each.connect_ex(("127.0.0.1", ports[0])) == 0:
                    break
            time.sleep(0.05)
        export_otel(traced(), otlp.OTLPSpanExporter(f"http://127.0.0.1:{ports[0]}/v1/traces"))
        while collector.poll() is None and len(received(receiver)) < 91:
            time.sleep(0.05)
    finally:
        collector.kill()
        collector.wait()

    check(received(receiver))


def test_spans_come_back_as_events() -> None:
    memory = in_memory.InMemorySpanExporter()
    export_otel(traced(), memory)
    provider = sdk.TracerProvider()
    provider.add_span_processor(processing.SimpleSpanProcessor(memory))
    with provider.get_tracer("other").start_as_current_span("tool"):
        pass

    with recording("imported") as experiment:
        count = import_otel(experiment, memory.get_finished_spans())

    assert count == 92
    assert len(experiment) == 92 + 30  # the events of the spans too
    models = experiment.events("llm.request.stop")
    assert len(models) == 60
    assert {(e.model, e.input_tokens, e.output_tokens) for e in models} == {("m", 7, 9)}
    assert all(event.duration_ns for event in models)
    assert experiment.events("llm.request.exception")[0].error_type == "TimeoutError"
    assert len(experiment.events("tool.stop")) == 1


def test_trace_context_comes_in_and_goes_out() -> None:
    incoming = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = []
    with recording("one") as experiment:
        with remote_parent({"Traceparent": incoming}):
            record("a.start")
            headers.append(traceparent())
            record("a.stop", {"duration_ns": 5})
        record("b.start")
        headers.append(traceparent())
        record("b.stop")
        headers.append(traceparent())
        with remote_parent({"traceparent": "nonsense"}):
            assert current_experiment() is experiment

    inside, own = spans_of(experiment, experiment.id)

    assert headers[0] == f"00-0af7651916cd43dd8448eb211c80319c-{inside.span_id}-01"
    assert (inside.trace_id, inside.parent_id) == (incoming[3:35], "b7ad6b7169203331")
    assert headers[1] == f"00-{own.trace_id}-{own.span_id}-01"
    assert headers[2] is None


def test_imported_spans_keep_times_parents_events_and_costs_and_agents_are_no_model_calls() -> None:
    memory = in_memory.InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(processing.SimpleSpanProcessor(memory))
    tracer = provider.get_tracer("agents")
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 7}
    chat = {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 7, "operation.cost": 0.5}
    tool = {"gen_ai.operation.name": "execute_tool"}
    inference = {
        "openinference.span.kind": "LLM",
        "llm.token_count.prompt": 5,
        "llm.model_name": "n",
    }
    at = 1_700_000_000_000_000_000
    outermost = tracer.start_span("agent", attributes=agent, start_time=at)
    inside = otel_trace.set_span_in_context(outermost)
    for number, attributes in enumerate((chat, tool, inference), 1):
        span = tracer.start_span("step", inside, attributes=attributes, start_time=at)
        span.add_event("marker", {"n": number}, timestamp=at)
        span.end(at + number * 10**9)
    outermost.end(at + 10**10)

    with recording("imported") as experiment:
        import_otel(experiment, memory.get_finished_spans())

    models = experiment.metrics().level("model")
    assert (models.requests, models.input_tokens, models.cost_usd) == (2, 12, 0.5)
    assert experiment.metrics().level("tool").requests == 1
    (outer,) = experiment.events("agent.stop")
    steps = [event for event in experiment if event.parent_id == outer.span_id]
    assert len(steps) == 6
    ends = [event.timestamp_us for event in experiment if event.name.endswith(".stop")]
    expected = [at // 1000 + number * 10**6 for number in (1, 2, 3, 10)]
    assert ends == pytest.approx(expected, abs=100_000)
    assert [event.attributes["n"] for event in experiment.events("marker")] == [1, 2, 3]
