"""Answers of another form of the interface for batch jobs."""

import json
from typing import Any

import pytest

from ensemble import MalformedResponseError, OpenAIModel
from ensemble._batches.interface import JobState
from ensemble._batches.openai_batches import OpenAIBatches


def interface(content: bytes, monkeypatch: pytest.MonkeyPatch) -> OpenAIBatches:
    model = OpenAIModel("m", api_key="k", base_url="http://127.0.0.1:9/v1")

    async def call(*_: object, **__: object) -> bytes:
        return content

    monkeypatch.setattr(model, "call", call)
    return OpenAIBatches(model, "/v1/chat/completions")


@pytest.mark.parametrize("key", ["errors", "request_counts"])
async def test_a_state_of_another_form_is_an_error_of_ours(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = interface(json.dumps({"status": "completed", key: "text"}).encode(), monkeypatch)

    with pytest.raises(MalformedResponseError, match="another form"):
        await asked.state_of("b")


async def test_a_list_of_jobs_of_another_form_is_an_error_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = interface(b'{"data": [{"metadata": 1.5}]}', monkeypatch)

    with pytest.raises(MalformedResponseError, match="another form"):
        await asked.find("key", 1, 0.0)


async def test_an_end_of_another_form_costs_its_own_request_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines: list[dict[str, Any]] = [
        {"custom_id": "k-0", "error": {"code": []}},
        {"custom_id": "k-1", "response": {"status_code": 200, "body": {"choices": []}}},
    ]
    asked = interface(b"\n".join(json.dumps(line).encode() for line in lines), monkeypatch)

    bad, good = await asked.outcomes("b", JobState("ended", data={"output_file_id": "f"}))

    assert (bad.custom_id, bad.answer) == ("k-0", None)
    assert isinstance(bad.error, MalformedResponseError)
    assert (good.custom_id, good.answer, good.error) == ("k-1", {"choices": []}, None)
