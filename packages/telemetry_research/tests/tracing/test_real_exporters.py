"""What real exporters sent arrives as it was: times, parents, events, tokens and costs."""

import base64
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from telemetry_research import Event, Recording, otlp_receiver, recording

pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")

from .test_otlp_receiver import send

SENT = Path(__file__).with_name("sent")
TOOLS = ["logfire", "openinference", "openllmetry", "pydantic-ai"]
PROTOBUF = "Content-Type: application/x-protobuf"


async def received(tool: str) -> tuple[Recording, dict[str, Any]]:
    made = json.loads((SENT / f"{tool}.json").read_text())
    async with recording(tool) as experiment, otlp_receiver(experiment) as address:
        for body in made["bodies"]:
            status = await send(address, base64.b64decode(body), PROTOBUF)
            assert status.endswith("200 OK")
    assert experiment.handler_errors == 0
    return experiment, made


def ends(experiment: Recording) -> dict[str, Event]:
    return {e.attributes["otel_span_id"]: e for e in experiment if "otel_span_id" in e.attributes}


def test_every_file_is_tested() -> None:
    assert sorted(each.stem for each in SENT.glob("*.json")) == TOOLS


@pytest.mark.parametrize("tool", TOOLS)
async def test_times_parents_and_events_are_kept(tool: str) -> None:
    experiment, made = await received(tool)
    found = ends(experiment)

    assert found.keys() == {each["span_id"] for each in made["spans"]}
    for each in made["spans"]:
        event, parent = found[each["span_id"]], each["parent_id"]
        assert event.timestamp_us == pytest.approx(each["end_ns"] // 1000, abs=1000)
        assert event.attributes.get("otel_parent_id") == parent
        assert event.parent_id == (parent and f"{int(parent, 16) & (2**63 - 1):016x}")
        if event.attributes.get("logfire.span_type") != "log":
            assert event.duration_ns == each["end_ns"] - each["start_ns"]
    points = [event for event in experiment if "otel_span_id" not in event.attributes]
    stated = Counter(name for each in made["spans"] for name, _ in each["events"])
    assert Counter(event.name for event in points) == stated


@pytest.mark.parametrize("tool", TOOLS)
async def test_model_calls_tokens_and_costs_are_those_of_the_provider(tool: str) -> None:
    experiment, made = await received(tool)
    provider = made["provider"]
    model = experiment.metrics().level("model")
    calls = experiment.events("llm.request.stop")

    assert (model.succeeded, model.failed) == (provider["calls"], provider["failures"])
    assert model.input_tokens == provider["calls"] * provider["input_tokens"]
    assert {event.output_tokens or 0 for event in calls} <= {0, provider["output_tokens"]}
    assert sum(not event.output_tokens for event in calls) <= 1  # an embedding
    costs = [each["cost_usd"] for each in made["spans"] if each["cost_usd"]]
    assert sum(event.cost_usd or 0 for event in experiment) == pytest.approx(sum(costs))
    assert model.cost_usd == (pytest.approx(sum(costs)) if costs else None)


async def test_the_agent_and_its_tool_are_no_model_calls() -> None:
    experiment, _ = await received("pydantic-ai")

    names = [event.name for event in experiment]
    assert names.count("tool.stop") == 1
    assert names.count("llm.request.stop") == 2
    assert any(name.startswith("invoke_agent") for name in names)
