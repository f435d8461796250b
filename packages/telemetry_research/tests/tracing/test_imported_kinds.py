"""Spans of other tools by what their attributes say they are; no SDK is needed."""

from types import SimpleNamespace
from typing import Any

import pytest

from telemetry_research import Recording, import_otel, recording

SECOND = 10**9


def made(name: str, attributes: dict[str, Any], **more: Any) -> Any:
    values: dict[str, Any] = {
        "name": name,
        "context": SimpleNamespace(trace_id=1, span_id=2),
        "parent": None,
        "attributes": attributes,
        "start_time": SECOND,
        "end_time": 2 * SECOND,
        "status": SimpleNamespace(status_code=SimpleNamespace(name="UNSET"), description=""),
        "events": [],
    }
    return SimpleNamespace(**values | more)


def imported(*spans: Any) -> Recording:
    with recording("imported") as experiment:
        assert import_otel(experiment, spans) == len(spans)
    assert experiment.handler_errors == 0
    return experiment


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}, "llm.request.stop"),
        ({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a"}, "given.stop"),
        ({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t"}, "tool.stop"),
        ({"agent_name": "a", "gen_ai.usage.details.x": 1}, "given.stop"),
        ({"gen_ai.agent.name": "a", "gen_ai.usage.input_tokens": 9}, "given.stop"),
        ({"gen_ai.tool.name": "t", "gen_ai.tool.call.id": "c"}, "tool.stop"),
        ({"openinference.span.kind": "LLM", "llm.model_name": "m"}, "llm.request.stop"),
        ({"openinference.span.kind": "AGENT", "llm.model_name": "m"}, "given.stop"),
        ({"openinference.span.kind": "EMBEDDING", "embedding.model_name": "m"}, "llm.request.stop"),
        ({"llm.request.type": "chat", "gen_ai.system": "OpenAI"}, "llm.request.stop"),
        ({"traceloop.span.kind": "workflow", "gen_ai.system": "x"}, "given.stop"),
        ({"traceloop.span.kind": "tool"}, "tool.stop"),
        ({"http.method": "GET"}, "given.stop"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_only_model_calls_count_as_requests_of_models(
    attributes: dict[str, Any], name: str
) -> None:
    assert [event.name for event in imported(made("given", attributes))] == [name]


def test_a_span_that_logfire_announces_is_counted_once() -> None:
    call = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
    pending = made("chat m", {**call, "logfire.span_type": "pending_span"}, end_time=SECOND)

    (event,) = imported(pending, made("chat m", {**call, "logfire.span_type": "span"}))

    assert event.duration_ns == SECOND


def test_a_cost_a_provider_and_a_model_are_read_under_the_names_of_each_tool() -> None:
    given = {
        "openinference.span.kind": "EMBEDDING",
        "embedding.model_name": "m",
        "llm.provider": "p",
    }
    (event,) = imported(made("e", given | {"gen_ai.usage.cost": 0.25}))

    assert (event.model, event.cost_usd) == ("m", 0.25)
    assert event.attributes["provider"] == "p"


def test_a_failure_has_the_class_that_its_exception_event_states() -> None:
    failed = SimpleNamespace(status_code=SimpleNamespace(name="ERROR"), description="x")
    raised = SimpleNamespace(
        name="exception", timestamp=SECOND, attributes={"exception.type": "TimeoutError"}
    )
    events = imported(made("step", {}, status=failed, events=[raised]))

    assert events.events("step.exception")[0].error_type == "TimeoutError"


def test_a_stream_of_logfire_is_one_model_call_with_the_tokens_of_its_end() -> None:
    asked = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
    opened = made("Chat Completion", {**asked, "logfire.span_type": "span"})
    ended = {"gen_ai.usage.input_tokens": 11, "gen_ai.usage.output_tokens": 7, "duration": 0.25}
    log = made(
        "streaming response",
        {**asked, **ended, "logfire.span_type": "log", "gen_ai.response.id": "r"},
        start_time=2 * SECOND,
        context=SimpleNamespace(trace_id=1, span_id=3),
    )

    found = imported(opened, log)

    metrics = found.metrics().level("model")
    assert metrics.requests == 1
    assert metrics.latency_ms["mean"] == 250
    (call,) = found.events(level="model")
    assert (call.input_tokens, call.output_tokens) == (11, 7)


@pytest.mark.parametrize("ended", [{"gen_ai.usage.output_tokens": 7}, {"gen_ai.response.id": "r"}])
def test_a_call_of_logfire_that_was_answered_at_once_is_a_model_call(ended: dict[str, Any]) -> None:
    given = {"gen_ai.operation.name": "chat", "logfire.span_type": "span", **ended}

    assert imported(made("Chat Completion", given)).metrics().level("model").requests == 1


def test_a_failed_call_of_logfire_is_a_failure_without_an_answer() -> None:
    status = SimpleNamespace(status_code=SimpleNamespace(name="ERROR"), description="")
    given = {"gen_ai.operation.name": "chat", "logfire.span_type": "span"}

    found = imported(made("Chat Completion", given, status=status))

    assert found.metrics().level("model").failed == 1


def test_a_log_of_logfire_is_no_request() -> None:
    found = imported(made("thought", {"logfire.span_type": "log", "about": "weather"}))

    (event,) = found
    assert event.name == "thought"
    assert event.attributes["about"] == "weather"
