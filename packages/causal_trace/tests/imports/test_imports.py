"""Trajectories of other tools keep their kinds of evidence, times and tokens."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_trace import Chain, InvalidTraceError, TraceEvent, import_chains, parse, to_atif

ATIF: dict[str, Any] = {
    "schema_version": "ATIF-v1.6",
    "session_id": "s1",
    "agent": {"name": "coder", "version": "1", "model_name": "m"},
    "steps": [
        {"step_id": 1, "source": "user", "message": [{"type": "text", "text": "do it"}]},
        {
            "step_id": 2,
            "timestamp": "2026-01-31T12:00:00Z",
            "source": "agent",
            "message": "done",
            "reasoning_content": "weigh",
            "tool_calls": [{"tool_call_id": "c", "function_name": "run", "arguments": {"a": 1}}],
            "observation": {"results": [{"source_call_id": "c", "content": "ok"}]},
            "metrics": {"prompt_tokens": 10, "completion_tokens": 5, "cost_usd": 0.1},
        },
        {
            "step_id": 3,
            "source": "agent",
            "message": "again",
            "is_copied_context": True,
            "metrics": {"prompt_tokens": 10},
        },
    ],
    "subagent_trajectories": [{"schema_version": "ATIF-v1.7", "session_id": "s2", "steps": []}],
}


def test_atif_steps_become_events_and_copied_context_is_not_counted_twice() -> None:
    chain, inner = import_chains(ATIF)

    assert [(each.type, each.evidence) for each in chain] == [
        ("prompt_given", "observed"),
        ("reasoning", "native_reasoning"),
        ("answer_given", "observed"),
        ("tool_called", "observed"),
        ("tool_answered", "observed"),
        ("answer_given", "observed"),
    ]
    assert sum(each.input_tokens or 0 for each in chain) == 10
    assert sum(each.cost_usd or 0 for each in chain) == 0.1
    assert inner.name == "s2"


def test_a_chain_survives_atif() -> None:
    text = "<think>w</think><event type='synthesis'><decision>d</decision></event>"
    chain = parse(text, "c", metadata={"model": "m"}).for_row(
        "r1", experiment="e", condition="k", item="i"
    )

    (again,) = import_chains(json.loads(json.dumps(to_atif(chain))))

    assert again == chain


def test_a_broken_trajectory_names_its_fields() -> None:
    with pytest.raises(InvalidTraceError, match="steps"):
        import_chains({"schema_version": "ATIF-v1.0", "steps": [{"step_id": "x"}]})


OTLP: dict[str, Any] = {
    "resourceSpans": [
        {
            "scopeSpans": [
                {
                    "spans": [
                        {
                            "traceId": "t1",
                            "name": "chat m",
                            "startTimeUnixNano": "1769860800000000000",
                            "endTimeUnixNano": "1769860801000000000",
                            "attributes": [
                                {
                                    "key": "gen_ai.output.messages",
                                    "value": {
                                        "stringValue": json.dumps(
                                            [
                                                {
                                                    "role": "assistant",
                                                    "parts": [
                                                        {"type": "reasoning", "content": "weigh"},
                                                        {"type": "text", "content": "A"},
                                                    ],
                                                }
                                            ]
                                        )
                                    },
                                },
                                {
                                    "key": "gen_ai.usage.output_tokens",
                                    "value": {"intValue": "7"},
                                },
                                {
                                    "key": "gen_ai.usage.output_tokens.reasoning",
                                    "value": {"intValue": "5"},
                                },
                            ],
                        }
                    ]
                }
            ]
        }
    ]
}


def test_otlp_spans_with_gen_ai_messages_are_read() -> None:
    (chain,) = import_chains(OTLP)

    assert [each.evidence for each in chain] == ["native_reasoning", "observed"]
    assert chain.events[-1].output_tokens == 7
    assert chain.events[-1].metadata["reasoning_tokens"] == 5
    assert chain.events[0].timestamp == "2026-01-31T12:00:01Z"


def test_openinference_spans_are_read() -> None:
    prefix = "llm.output_messages.0.message."
    span = {
        "context": {"trace_id": "t", "span_id": "s"},
        "name": "llm",
        "start_time": "2026-01-31T12:00:00Z",
        "attributes": {
            f"{prefix}contents.0.message_content.type": "reasoning",
            f"{prefix}contents.0.message_content.text": "weigh",
            f"{prefix}contents.0.message_content.signature": "sig",
            f"{prefix}contents.1.message_content.type": "reasoning",
            f"{prefix}contents.1.message_content.encrypted_content": "x",
            f"{prefix}contents.2.message_content.type": "text",
            f"{prefix}contents.2.message_content.text": "A",
            f"{prefix}tool_calls.0.tool_call.function.name": "f",
            "llm.token_count.prompt": 3,
        },
    }

    (chain,) = import_chains([span])

    assert [each.evidence for each in chain] == [
        "native_reasoning",
        "redacted",
        "observed",
        "observed",
    ]
    assert chain.events[0].metadata["signature"] == "sig"


def test_the_response_in_a_span_tells_reasoning_from_its_summary() -> None:
    prefix = "llm.output_messages.0.message.contents.0.message_content"
    attributes = {
        f"{prefix}.type": "reasoning",
        f"{prefix}.text": "I compared",
        f"{prefix}.encrypted_content": "x",
        "llm.output_messages.1.message.content": "A",
    }
    item = {
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "I compared"}],
        "content": [{"type": "reasoning_text", "text": "weigh"}],
    }
    response = {
        "output.value": json.dumps({"output": [item]}),
        "output.mime_type": "application/json",
    }
    span = {"context": {"trace_id": "t"}, "start_time": "2026-01-31T12:00:00Z"}

    (alone,) = import_chains([{**span, "attributes": attributes}])
    (whole,) = import_chains([{**span, "attributes": {**attributes, **response}}])

    assert (alone.events[0].evidence, alone.events[0].reasoning) == ("summary", "I compared")
    assert [(e.evidence, e.reasoning) for e in whole] == [
        ("native_reasoning", "weigh"),
        ("summary", "I compared"),
    ]


@pytest.mark.parametrize("value", ["[1]", "{", '{"generations": []}', '{"content": "A"}', ""])
def test_another_response_in_a_span_leaves_its_messages(value: str) -> None:
    attributes = {
        "llm.output_messages.0.message.content": "B",
        "output.value": value,
        "output.mime_type": "application/json",
    }
    (chain,) = import_chains([{"context": {"trace_id": "t"}, "attributes": attributes}])

    assert [event.decision for event in chain] == ["B"]


SAMPLE: dict[str, Any] = {
    "id": "q1",
    "epoch": 2,
    "messages": [
        {"role": "user", "content": "?"},
        {
            "role": "assistant",
            "content": [
                {"type": "reasoning", "reasoning": "weigh", "signature": "s"},
                {"type": "reasoning", "reasoning": "gAAA", "redacted": True, "summary": "short"},
                {"type": "text", "text": "A"},
            ],
            "tool_calls": [{"id": "1", "function": "f", "arguments": {}}],
        },
        {"role": "tool", "content": "ok", "tool_call_id": "1"},
    ],
    "scores": {"match": {"value": "C"}},
}
HEADER = {"eval": {"task": "t", "model": "m", "created": "2026-01-31T12:00:00+00:00"}}
INSPECT_EVIDENCE = [
    "observed",
    "native_reasoning",
    "redacted",
    "summary",
    "observed",
    "observed",
    "observed",
]


def test_inspect_logs_are_read_as_json_and_as_eval_files(tmp_path: Path) -> None:
    path = tmp_path / "log.eval"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", json.dumps(HEADER))
        archive.writestr("samples/q1_epoch_2.json", json.dumps(SAMPLE))

    for chains in (import_chains({**HEADER, "samples": [SAMPLE]}), import_chains(path)):
        (chain,) = chains
        assert [each.evidence for each in chain] == INSPECT_EVIDENCE
        assert (chain.item, chain.metadata["epoch"], chain.metadata["model"]) == ("q1", 2, "m")


def test_the_transcript_of_a_log_gives_times_and_tokens() -> None:
    usage = {"input_tokens": 4, "input_tokens_cache_read": 6, "output_tokens": 3}
    message = {"id": "m", "role": "assistant", "content": "A", "tool_calls": [{"id": "t"}]}
    sample = {
        "id": "q1",
        "messages": [message, {"role": "tool", "tool_call_id": "t", "content": "5"}],
        "events": [
            {
                "event": "model",
                "completed": "2026-01-31T12:00:02Z",
                "working_time": 1.5,
                "output": {"choices": [{"message": message}], "usage": usage},
            },
            {"event": "tool", "id": "t", "completed": "2026-01-31T12:00:03Z"},
        ],
    }

    (chain,) = import_chains({**HEADER, "samples": [sample]})

    called, answered = chain.events[-2:]
    assert (called.input_tokens, called.output_tokens, called.latency_ms) == (10, 3, 1500)
    assert [each.timestamp for each in (called, answered)] == [
        "2026-01-31T12:00:02Z",
        "2026-01-31T12:00:03Z",
    ]


def test_a_damaged_eval_file_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "log.eval"
    path.write_bytes(b"PK\x03\x04 not a zip")

    with pytest.raises(InvalidTraceError, match="inspect log convert"):
        import_chains(path)


def _session() -> list[dict[str, Any]]:
    usage = {"input_tokens": 4, "cache_read_input_tokens": 6, "output_tokens": 3}
    base = {"sessionId": "s", "isSidechain": False, "timestamp": "2026-01-31T12:00:00.000Z"}
    thinking = [{"type": "thinking", "thinking": "weigh", "signature": "x"}]
    return [
        {**base, "type": "user", "uuid": "1", "message": {"role": "user", "content": "?"}},
        {
            **base,
            "type": "assistant",
            "uuid": "2",
            "message": {"id": "m", "role": "assistant", "content": thinking, "usage": usage},
        },
        {
            **base,
            "type": "assistant",
            "uuid": "3",
            "message": {
                "id": "m",
                "role": "assistant",
                "content": [{"type": "text", "text": "A"}],
                "usage": usage,
            },
        },
        {
            **base,
            "type": "assistant",
            "isSidechain": True,
            "agentId": "a1",
            "uuid": "4",
            "message": {"id": "n", "role": "assistant", "content": [{"type": "text", "text": "B"}]},
        },
    ]


def test_a_session_counts_each_message_once_and_puts_sub_agents_on_branches(
    tmp_path: Path,
) -> None:
    path = tmp_path / "session.jsonl"
    lines = [json.dumps({"type": "summary", "summary": "t"}), *map(json.dumps, _session()), "{cut"]
    path.write_text("\n".join(lines), encoding="utf-8")

    (chain,) = import_chains(path)

    assert [each.type for each in chain] == [
        "prompt_given",
        "reasoning",
        "answer_given",
        "answer_given",
    ]
    assert sum(each.input_tokens or 0 for each in chain) == 10
    assert chain.events[-1].branch == "a1"
    assert chain.metadata["unreadable_lines"] == 1
    assert import_chains(path) == (chain,)


def test_stated_events_inside_an_answer_are_read_too() -> None:
    answer = "<event type='synthesis'><decision>d</decision><confidence>0.4</confidence></event>"
    step = {"step_id": 1, "source": "agent", "message": answer}

    (chain,) = import_chains({"schema_version": "ATIF-v1.0", "steps": [step]})

    assert [each.decision for each in chain.self_reported()] == ["d"]


def test_own_chains_come_back_as_they_are(tmp_path: Path) -> None:
    chain = parse("<think>w</think>", "c").add(TraceEvent(type="x", decision="d"))
    path = tmp_path / "c.json"
    path.write_text(chain.to_json(), encoding="utf-8")

    assert import_chains(path) == (chain,)


@pytest.mark.parametrize("source", [{}, [], 3, {"a": 1}, None, [1, 2]])
def test_an_unknown_form_is_refused(source: Any) -> None:
    with pytest.raises(InvalidTraceError, match="form"):
        import_chains(source)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["steps", "message", "messages", "content", "type", "attributes", "samples", "eval",
             "spans", "role", "events", "key", "value", "id", "timestamp", "metrics", "name"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=15,
)  # fmt: skip


@given(_JSON)
@pytest.mark.parametrize("form", ["atif", "spans", "inspect", "claude_code"])
def test_any_payload_gives_chains_or_a_refusal(form: Any, payload: Any) -> None:
    if isinstance(payload, dict):
        try:
            import_chains({"schema_version": "ATIF-v1.0", "steps": [], **payload}, form=form)
        except InvalidTraceError:
            return


def test_a_trajectory_has_a_step_also_without_events() -> None:
    empty = Chain(name="c")

    assert len(to_atif(empty)["steps"]) == 1
    assert import_chains(to_atif(empty)) == (empty,)
