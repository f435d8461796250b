"""Decoded values of any shape, under each form."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from causal_trace import Chain, ImportForm, TraceError, import_chains


@pytest.mark.parametrize(
    "payload",
    [1, 1.5, None, True, ["x"], [], [1], {}, [[]], [None], {"a": 1}, [{"a": 1}],
     {"samples": 1, "eval": 2}, {"steps": {}, "schema_version": 1}, {"entity": []},
     {"resourceSpans": [1]}],
)  # fmt: skip
@pytest.mark.parametrize("form", [*get_args(ImportForm), None])
def test_a_payload_of_another_shape_is_an_error_of_the_library_or_gives_chains(
    payload: Any, form: Any
) -> None:
    with suppress(TraceError):
        assert all(isinstance(each, Chain) for each in import_chains(payload, form=form))


@pytest.mark.parametrize(
    "number", [10**400, 10**5_000, -(10**30), 1e308], ids=["400", "5000", "negative", "float"]
)
def test_a_time_that_is_no_time_of_a_calendar_is_unknown(number: float) -> None:
    step = {"step_id": 1, "source": "agent", "message": "A", "timestamp": number}
    line = {"type": "user", "sessionId": "s", "timestamp": number, "message": {"content": "A"}}

    for payload in ({"schema_version": "ATIF-v1.6", "steps": [step]}, line):
        (chain,) = import_chains(payload)
        assert chain.events[0].metadata["time_unknown"]


@pytest.mark.parametrize("written", ["\u00b2", "--5", "9" * 5_000, "1.5", True])
def test_an_attribute_of_a_span_that_is_no_whole_number_is_none(written: Any) -> None:
    tokens = {"key": "gen_ai.usage.output_tokens", "value": {"intValue": written}}
    text = {"stringValue": '[{"role": "assistant", "parts": [{"type": "text", "content": "A"}]}]'}
    output = {"key": "gen_ai.output.messages", "value": text}

    (chain,) = import_chains({"traceId": "t", "spanId": "s", "attributes": [tokens, output]})

    assert chain.events[0].output_tokens is None


def test_decoded_lines_of_a_session_are_one_chain() -> None:
    thought = {"content": [{"type": "thinking", "thinking": "weigh"}]}
    lines = [
        {"type": "user", "sessionId": "s", "message": {"content": "Q"}},
        {"type": "assistant", "sessionId": "s", "message": thought, "at": datetime.now(UTC)},
        5,
    ]

    (chain,) = import_chains(lines)

    assert [each.evidence for each in chain] == ["observed", "native_reasoning"]
    assert chain.metadata["unreadable_lines"] == 1
