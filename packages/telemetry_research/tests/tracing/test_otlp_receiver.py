"""Spans of other programs arrive by OTLP over HTTP; hostile senders do no harm."""

import asyncio
import gzip
import json
import zlib
from typing import Any

import pytest

from telemetry_research import Recording, otlp_receiver, recording

protocol = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")

SPAN = {
    "traceId": "0af7651916cd43dd8448eb211c80319c",
    "spanId": "b7ad6b7169203331",
    "parentSpanId": "00f067aa0ba902b7",
    "name": "chat gpt-x",
    "startTimeUnixNano": "1760000000000000000",
    "endTimeUnixNano": "1760000001500000000",
    "attributes": [
        {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
        {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-x"}},
        {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "11"}},
        {"key": "tags", "value": {"arrayValue": {"values": [{"stringValue": "a"}]}}},
    ],
    "events": [{"name": "first token", "timeUnixNano": "1760000000500000000"}],
}


def as_json(*spans: dict[str, Any]) -> bytes:
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).encode()


def as_protobuf() -> bytes:
    request = protocol.ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add()
    span.trace_id, span.span_id = bytes.fromhex(SPAN["traceId"]), bytes.fromhex(SPAN["spanId"])  # type: ignore[arg-type]
    span.name = "chat gpt-x"
    span.start_time_unix_nano, span.end_time_unix_nano = 1, 2**64 - 1
    span.status.code = 2
    return bytes(request.SerializeToString())


async def send(address: str, body: bytes, *headers: str, path: str = "/v1/traces") -> str:
    host, port = address.removeprefix("http://").partition("/")[0].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
    if not any(
        each.lower().startswith(("content-length", "transfer-encoding")) for each in headers
    ):
        lines.append(f"Content-Length: {len(body)}")
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    answer = (await reader.read()).decode()
    writer.close()
    return answer.partition("\r\n")[0]


async def received(body: bytes, *headers: str) -> tuple[str, Recording]:
    async with recording("others") as experiment, otlp_receiver(experiment) as address:
        assert address.startswith("http://127.0.0.1:")
        status = await send(address, body, *headers)
    return status, experiment


async def test_json_spans_become_events_with_times_parents_and_tokens() -> None:
    status, experiment = await received(as_json(SPAN), "Content-Type: application/json")

    point, stop = experiment
    assert status.endswith("200 OK")
    assert (stop.name, stop.model, stop.input_tokens) == ("llm.request.stop", "gpt-x", 11)
    assert stop.duration_ns == 1_500_000_000
    assert stop.attributes["otel_parent_id"] == SPAN["parentSpanId"]
    assert stop.attributes["tags"] == ["a"]
    assert point.name == "first token"
    assert stop.timestamp_us == pytest.approx(1_760_000_001_500_000, abs=50_000)


async def test_protobuf_with_gzip_is_read_and_impossible_times_do_no_harm() -> None:
    status, experiment = await received(
        gzip.compress(as_protobuf()),
        "Content-Type: application/x-protobuf",
        "Content-Encoding: gzip",
    )

    (event,) = experiment
    assert status.endswith("200 OK")
    assert event.success is False


def with_value(value: Any) -> dict[str, Any]:
    return {**SPAN, "attributes": [{"key": "given", "value": value}]}


DEEP: Any = {"intValue": "1"}
for _ in range(60):
    DEEP = {"arrayValue": {"values": [DEEP]}}


@pytest.mark.parametrize(
    "odd",
    [
        {**SPAN, "spanId": "xyz"},
        {**SPAN, "endTimeUnixNano": "2026-01-01T00:00:00Z"},
        {**SPAN, "endTimeUnixNano": "-5"},
        {**SPAN, "name": 5},
        {**SPAN, "attributes": {"a": 1}},
        with_value({"intValue": str(2**70)}),
        with_value({"intValue": 1, "stringValue": "a"}),
        with_value(DEEP),
        5,
    ],
    ids=["id", "text-time", "early", "name", "dict", "large", "two", "deep", "number"],
)
async def test_a_span_that_does_not_follow_the_protocol_costs_only_itself(odd: Any) -> None:
    body = as_json(SPAN, odd, SPAN)

    status, experiment = await received(body, "Content-Type: application/json")

    assert status.endswith("200 OK")
    assert len(experiment.events("llm.request.stop")) == 2
    assert experiment.handler_errors == 1


async def test_the_answer_says_how_many_spans_were_left_out() -> None:
    body = as_json(SPAN, {**SPAN, "spanId": "xyz"})
    async with recording("others") as experiment, otlp_receiver(experiment) as address:
        host, port = address.removeprefix("http://").partition("/")[0].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = (await reader.read()).partition(b"\r\n\r\n")[2]
        writer.close()

    assert json.loads(answer)["partialSuccess"]["rejectedSpans"] == "1"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"stringValue": "cut \ud83d"}, "cut ?"),
        ({"doubleValue": float("inf")}, {"repr": "inf"}),
        ({"doubleValue": float("nan")}, {"repr": "nan"}),
        ({"doubleValue": "-Infinity"}, {"repr": "-inf"}),
    ],
)
async def test_values_that_other_languages_write_into_json_are_read(
    value: Any, kept: object
) -> None:
    _, experiment = await received(as_json(with_value(value)), "Content-Type: application/json")

    event = experiment.events()[-1]
    assert event.attributes["given"] == kept
    assert experiment.handler_errors == 0


async def test_a_body_that_deflate_packed_is_read() -> None:
    headers = ["Content-Type: application/json", "Content-Encoding: deflate"]

    status, experiment = await received(zlib.compress(as_json(SPAN)), *headers)

    assert status.endswith("200 OK")
    assert len(experiment.events("llm.request.stop")) == 1


def chunked(body: bytes, size: int) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    sent = b"".join(b"%x;note=1\r\n%s\r\n" % (len(part), part) for part in parts)
    return sent + b"0\r\nTrailer: x\r\n\r\n"


@pytest.mark.parametrize("size", [1, 7, 10_000])
async def test_a_body_in_chunks_is_read(size: int) -> None:
    status, experiment = await received(
        chunked(gzip.compress(as_json(SPAN)), size),
        "Content-Type: application/json",
        "Content-Encoding: gzip",
        "Transfer-Encoding: chunked",
    )

    assert status.endswith("200 OK")
    assert len(experiment.events("llm.request.stop")) == 1


async def test_a_client_that_waits_for_leave_to_send_gets_it() -> None:
    async with recording("others") as experiment, otlp_receiver(experiment) as address:
        host, port = address.removeprefix("http://").partition("/")[0].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        body = as_json(SPAN)
        head = "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
        head += "Connection: close\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode())
        leave = await reader.readuntil(b"\r\n\r\n")
        writer.write(body)
        answer = await reader.read()
        writer.close()

    assert leave == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert len(experiment.events("llm.request.stop")) == 1


CHUNKED = ["Content-Type: application/json", "Transfer-Encoding: chunked"]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"zz\r\n", CHUNKED, "400"),
        (b"-1\r\n", CHUNKED, "400"),
        (b"3\r\nabcd\r\n0\r\n\r\n", CHUNKED, "400"),
        (b"ffffffff\r\n", CHUNKED, "413"),
        (b"", [*CHUNKED, "Content-Length: 0"], "400"),
        (b"", ["Content-Type: application/json", "Transfer-Encoding: gzip"], "400"),
        (b"{", ["Content-Type: application/json"], "400"),
        (b"\xff\xff", ["Content-Type: application/x-protobuf"], "400"),
        (as_json({**SPAN, "spanId": "xyz"}), ["Content-Type: application/json"], "400"),
        (b"[" * 100_000, ["Content-Type: application/json"], "400"),
        (b"x", ["Content-Type: text/plain"], "415"),
        (b"x", ["Content-Type: application/json", "Content-Encoding: br"], "415"),
        (b"x", ["Content-Type: application/json", "Content-Encoding: gzip"], "400"),
        (gzip.compress(bytes(10**8)), ["Content-Type: application/json", "Content-Encoding: gzip"],
         "413"),
        (b"", ["Content-Type: application/json", "Content-Length: 99999999999999999999"], "413"),
        (b"", ["Content-Type: application/json", "Content-Length: -5"], "411"),
    ],
)  # fmt: skip
async def test_a_malformed_request_is_refused(body: bytes, headers: list[str], status: str) -> None:
    found, experiment = await received(body, *headers)

    assert status in found
    assert len(experiment) == 0


async def test_a_program_that_sends_too_much_reads_why_it_is_refused() -> None:
    async with recording("others") as experiment, otlp_receiver(experiment) as address:
        host, port = address.removeprefix("http://").partition("/")[0].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        size = 40 << 20
        head = f"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n"
        writer.write(head.encode())
        for _ in range(size >> 20):
            writer.write(bytes(1 << 20))
            await writer.drain()  # a reset would be an error here
        answer = await reader.read()
        writer.close()

    assert answer.startswith(b"HTTP/1.1 413 Content Too Large\r\n")


async def test_another_path_is_not_found_and_silent_clients_do_not_block_the_end() -> None:
    async with recording("others") as experiment, otlp_receiver(experiment) as address:
        host, port = address.removeprefix("http://").partition("/")[0].split(":")
        silent = [await asyncio.open_connection(host, int(port)) for _ in range(5)]
        status = await send(address, b"", "Content-Type: application/json", path="/etc/passwd")

    assert "404" in status
    for _, writer in silent:
        writer.close()


async def test_a_connection_that_is_open_at_the_end_is_no_error_of_the_loop() -> None:
    problems: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, found: problems.append(found))
    async with recording("others") as experiment, otlp_receiver(experiment) as address:
        host, port = address.removeprefix("http://").partition("/")[0].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            b"Content-Length: 5\r\n\r\n"
        )
        assert b"100" in await reader.readline()  # it waits for the body
    await asyncio.sleep(0)
    writer.close()

    assert problems == []


async def test_spans_are_read_from_the_exporter_of_the_sdk() -> None:
    trace = pytest.importorskip("opentelemetry.sdk.trace")
    processing = pytest.importorskip("opentelemetry.sdk.trace.export")
    otlp = pytest.importorskip("opentelemetry.exporter.otlp.proto.http.trace_exporter")

    def program(address: str) -> None:
        provider = trace.TracerProvider()
        provider.add_span_processor(processing.BatchSpanProcessor(otlp.OTLPSpanExporter(address)))
        tracer = provider.get_tracer("program")
        with tracer.start_as_current_span("root"), tracer.start_as_current_span("child"):
            pass
        provider.shutdown()

    async with recording("program") as experiment, otlp_receiver(experiment) as address:
        await asyncio.to_thread(program, address)

    events = {event.name: event for event in experiment}
    assert events["child.stop"].parent_id == events["root.stop"].span_id
