"""Chat messages arrive whole, or are refused with the place."""

from typing import Any

import pytest

from ensemble import BadRequestError, Price, SamplingParameters
from ensemble._core.queries import prompt_messages, rephrased
from ensemble._providers.anthropic import AnthropicModel
from ensemble._providers.gemini import GeminiModel
from ensemble._providers.openai import OpenAIModel
from ensemble._providers.openai_responses import OpenAIResponsesModel

IMAGE: dict[str, Any] = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
VIDEO = {"type": "video", "video": "AAAA"}
TOOLS: list[dict[str, Any]] = [
    {"role": "user", "content": "weather?"},
    {"role": "assistant", "content": None, "tool_calls": [{"id": "t1", "type": "function"}]},
    {"role": "tool", "tool_call_id": "t1", "content": "sunny"},
]


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, IMAGE]}],
        TOOLS,
        [{"role": "user", "name": "bob", "content": "hi"}],
        [{"role": "developer", "content": "be brief"}, {"role": "user", "content": ""}],
    ],
)
def test_openai_is_sent_what_was_given(messages: list[dict[str, Any]]) -> None:
    model = OpenAIModel("m", api_key="k")

    _, body = model.request_of(prompt_messages(messages), SamplingParameters())

    assert body["messages"] == messages


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({"role": "user", "content": None}, r"messages\[1\]: there is no content"),
        ({"role": "user"}, r"messages\[1\]: there is no content"),
        ({"role": "user", "content": 7}, r"messages\[1\]\.content: a int"),
        ({"role": "user", "content": ["x"]}, r"messages\[1\]\.content\[0\]"),
        ({"role": 3, "content": "x"}, r"messages\[1\]: the role"),
        ({"role": "user", "content": "x", "at": {1}}, r"messages\[1\]: it is not JSON"),
        ("hello", r"messages\[1\]: a str"),
    ],
)
def test_what_is_not_a_message_is_refused_with_its_place(message: Any, place: str) -> None:
    with pytest.raises(BadRequestError, match=place):
        prompt_messages([{"role": "user", "content": "hi"}, message])


@pytest.mark.parametrize("kind", [AnthropicModel, GeminiModel])
@pytest.mark.parametrize(
    ("messages", "place"),
    [
        ([{"role": "user", "content": [VIDEO]}], r"messages\[0\]\.content\[0\]: .*'video'"),
        (TOOLS, r"messages\[1\]\.tool_calls\[0\]: a call needs a function with a name"),
        ([{"role": "critic", "content": "hi"}], r"messages\[0\]: the role 'critic'"),
        ([{"role": "user", "name": "bob", "content": "hi"}], r"messages\[0\]: 'name'"),
    ],
)
def test_what_a_dialect_cannot_send_is_refused(kind: Any, messages: Any, place: str) -> None:
    model = kind("m", api_key="k")

    with pytest.raises(BadRequestError, match=place):
        model.request_of(prompt_messages(messages), SamplingParameters())


@pytest.mark.parametrize("role", ["system", "developer"])
def test_the_text_of_the_system_has_its_own_field(role: str) -> None:
    parts = [{"type": "text", "text": "4"}, {"type": "text", "text": "2?"}]
    messages = prompt_messages(
        [{"role": role, "content": "be brief"}, {"role": "user", "content": parts}]
    )

    _, ours = AnthropicModel("m", api_key="k").request_of(messages, SamplingParameters())
    _, other = GeminiModel("m", api_key="k").request_of(messages, SamplingParameters())

    assert (ours["system"], ours["messages"]) == ("be brief", [{"role": "user", "content": "42?"}])
    assert other["systemInstruction"] == {"parts": [{"text": "be brief"}]}
    assert other["contents"] == [{"role": "user", "parts": [{"text": "4"}, {"text": "2?"}]}]


def test_a_prompt_changes_among_images() -> None:
    messages: Any = [{"role": "user", "content": [{"type": "text", "text": "a?"}, IMAGE]}]

    changed: Any = rephrased(messages, str.upper)

    assert changed == [{"role": "user", "content": [{"type": "text", "text": "A?"}, IMAGE]}]


CALL = {"id": "t1", "type": "function", "function": {"name": "sum", "arguments": '{"a": 1}'}}
CALLED: list[dict[str, Any]] = [
    {"role": "user", "content": [{"type": "text", "text": "?"}, IMAGE]},
    {"role": "assistant", "content": "I add.", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "t1", "content": "2"},
]


def test_images_calls_and_results_have_anthropics_form() -> None:
    _, body = AnthropicModel("m", api_key="k").request_of(CALLED, SamplingParameters())

    asked, called, result = body["messages"]
    source = {"type": "base64", "media_type": "image/png", "data": "AAAA"}
    assert asked["content"] == [{"type": "text", "text": "?"}, {"type": "image", "source": source}]
    assert called["content"] == [
        {"type": "text", "text": "I add."},
        {"type": "tool_use", "id": "t1", "name": "sum", "input": {"a": 1}},
    ]
    assert result == {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "2"}],
    }


def test_images_calls_and_results_have_geminis_form() -> None:
    _, body = GeminiModel("m", api_key="k").request_of(CALLED, SamplingParameters())

    asked, called, result = (each["parts"] for each in body["contents"])
    assert asked == [{"text": "?"}, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]
    assert called == [
        {"text": "I add."},
        {"functionCall": {"name": "sum", "args": {"a": 1}}},
    ]
    assert result == [{"functionResponse": {"name": "sum", "response": {"result": 2}}}]


def test_images_calls_and_results_are_items_of_the_responses_interface() -> None:
    model = OpenAIResponsesModel("gpt-5", api_key="k")

    _, body = model.request_of(
        [{"role": "system", "content": "be brief"}, *CALLED], SamplingParameters()
    )

    system, asked, said, called, result = body["input"]
    assert system == {"role": "developer", "content": [{"type": "input_text", "text": "be brief"}]}
    assert asked["content"][1] == {"type": "input_image", "image_url": IMAGE["image_url"]["url"]}
    assert said == {"role": "assistant", "content": [{"type": "output_text", "text": "I add."}]}
    assert (called["call_id"], called["arguments"]) == ("t1", '{"a": 1}')
    assert result == {"type": "function_call_output", "call_id": "t1", "output": "2"}


def test_a_result_without_its_call_is_refused() -> None:
    with pytest.raises(BadRequestError, match=r"messages\[0\]: no call before it has the id 't9'"):
        GeminiModel("m", api_key="k").request_of(
            [{"role": "tool", "tool_call_id": "t9", "content": "2"}], SamplingParameters()
        )


DETAILED = {
    "type": "image_url",
    "image_url": {"url": "data:image/png;base64,aaaa", "detail": "low"},
}
WITH_CALL: list[dict[str, Any]] = [
    {"role": "user", "content": "u"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        ],
    },
]


def body_of(model: Any, messages: Any, sampling: SamplingParameters | None = None) -> Any:
    asked = model("m", api_key="k", price=Price()).asked(messages, sampling or SamplingParameters())
    return asked.body


def test_the_detail_of_an_image_is_sent_or_refused() -> None:
    messages = [{"role": "user", "content": [DETAILED]}]

    assert body_of(OpenAIResponsesModel, messages)["input"][0]["content"][0]["detail"] == "low"
    for model in (AnthropicModel, GeminiModel):
        with pytest.raises(BadRequestError, match=r"messages\[0\].content\[0\]: the detail 'low'"):
            body_of(model, messages)


def test_an_image_in_a_result_goes_to_the_responses_interface_as_a_part() -> None:
    result = {
        "role": "tool",
        "tool_call_id": "c",
        "content": [{"type": "text", "text": "t"}, DETAILED],
    }

    output = body_of(OpenAIResponsesModel, [*WITH_CALL, result])["input"][-1]["output"]

    assert [part["type"] for part in output] == ["input_text", "input_image"]


def test_a_mark_of_anthropics_cache_stays_with_its_part_and_is_refused_elsewhere() -> None:
    mark = {"type": "ephemeral"}
    messages = [{"role": "user", "content": [{"type": "text", "text": "t", "cache_control": mark}]}]

    sent = body_of(AnthropicModel, messages)["messages"][0]["content"]

    assert sent == [{"type": "text", "text": "t", "cache_control": mark}]
    for model in (OpenAIResponsesModel, GeminiModel):
        with pytest.raises(BadRequestError, match=r"content\[0\]: 'cache_control' cannot be sent"):
            body_of(model, messages)


@pytest.mark.parametrize("model", [OpenAIResponsesModel, AnthropicModel, GeminiModel])
def test_empty_fields_of_another_librarys_message_are_read_over(model: Any) -> None:
    said: Any = {
        "role": "assistant",
        "content": "a",
        "refusal": None,
        "audio": None,
        "annotations": [],
    }

    assert "'a'" in str(body_of(model, [{"role": "user", "content": "u"}, said]))


def test_a_refusal_is_a_content() -> None:
    said: Any = {"role": "assistant", "content": None, "refusal": "no"}

    assert body_of(OpenAIModel, [{"role": "user", "content": "u"}, said])["messages"][1] == said


MARK = {"type": "ephemeral"}


@pytest.mark.parametrize("role", ["system", "developer"])
def test_marks_of_anthropics_cache_in_the_system_are_sent_as_blocks(role: str) -> None:
    messages: list[Any] = [
        {"role": role, "content": "first"},
        {"role": role, "content": [{"type": "text", "text": "long", "cache_control": MARK}]},
        {"role": "user", "content": "u"},
    ]

    assert body_of(AnthropicModel, messages)["system"] == [
        {"type": "text", "text": "first"},
        {"type": "text", "text": "long", "cache_control": MARK},
    ]
    assert body_of(AnthropicModel, [messages[0], messages[2]])["system"] == "first"


@pytest.mark.parametrize("role", ["system", "user", "assistant"])
def test_a_mark_of_a_whole_message_is_that_of_its_last_block(role: str) -> None:
    marked: Any = {"role": role, "content": "t", "cache_control": MARK}
    body = body_of(AnthropicModel, [marked, {"role": "user", "content": "u"}])
    sent = body["system"] if role == "system" else body["messages"][0]["content"]

    assert sent == [{"type": "text", "text": "t", "cache_control": MARK}]
    for model in (OpenAIResponsesModel, GeminiModel):
        with pytest.raises(BadRequestError, match=r"messages\[0\]: 'cache_control' cannot be sent"):
            body_of(model, [marked])


def test_a_mark_of_a_result_stays_with_the_result() -> None:
    result: Any = {"role": "tool", "tool_call_id": "c", "content": "4", "cache_control": MARK}

    (block,) = body_of(AnthropicModel, [*WITH_CALL, result])["messages"][-1]["content"]

    assert block["cache_control"] == MARK


FILE: Any = {"type": "file", "file": {"file_id": "files/f1"}}
FLAT: Any = {"type": "input_file", "file_id": "files/f1"}
AT_PROVIDER: Any = {"type": "input_image", "file_id": "files/f1"}


@pytest.mark.parametrize(
    ("model", "part", "sent"),
    [
        (OpenAIModel, FILE, FILE),
        (OpenAIResponsesModel, FILE, FLAT),
        (OpenAIResponsesModel, FLAT, FLAT),
        (OpenAIResponsesModel, AT_PROVIDER, AT_PROVIDER),
        (
            AnthropicModel,
            FILE,
            {"type": "document", "source": {"type": "file", "file_id": "files/f1"}},
        ),
        (
            AnthropicModel,
            AT_PROVIDER,
            {"type": "image", "source": {"type": "file", "file_id": "files/f1"}},
        ),
    ],
    ids=["chat", "responses", "responses flat", "responses image", "anthropic", "anthropic image"],
)
def test_a_file_at_the_provider_is_sent_by_its_id(model: Any, part: Any, sent: Any) -> None:
    body = body_of(model, [{"role": "user", "content": [part]}])
    message = (body.get("messages") or body.get("input"))[0]

    assert message["content"] == [sent]


def test_gemini_takes_the_name_or_the_address_of_a_file_and_no_other_id() -> None:
    def sent(file: dict[str, Any]) -> Any:
        item: Any = [{"role": "user", "content": [{"type": "file", "file": file}]}]
        return body_of(GeminiModel, item)["contents"][0]["parts"][0]["fileData"]

    assert sent({"file_id": "files/f1"}) == {
        "fileUri": "https://generativelanguage.googleapis.com/v1beta/files/f1"
    }
    assert sent({"file_id": "gs://b/f", "format": "application/pdf"}) == {
        "mimeType": "application/pdf",
        "fileUri": "gs://b/f",
    }
    with pytest.raises(BadRequestError, match=r"messages\[0\].content\[0\]: 'file-1' is no file"):
        sent({"file_id": "file-1"})


@pytest.mark.parametrize("model", [OpenAIResponsesModel, AnthropicModel, GeminiModel])
@pytest.mark.parametrize(
    "part",
    [
        {"type": "file", "file": {"file_data": "JVBER", "filename": "a"}},
        {"type": "file", "file": {"file_id": "files/f1", "pages": 3}},
        {"type": "image_url", "image_url": {"url": "https://x/a.png", "crop": "top"}},
        {"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav", "rate": 8}},
    ],
    ids=["base64 of no known kind", "field of a file", "field of an image", "field of audio"],
)
def test_what_a_part_holds_is_sent_or_refused_with_the_place(model: Any, part: Any) -> None:
    with pytest.raises(BadRequestError, match=r"messages\[0\].content\[0\]: "):
        body_of(model, [{"role": "user", "content": [part]}])


@pytest.mark.parametrize("model", [OpenAIResponsesModel, AnthropicModel, GeminiModel])
def test_base64_alone_is_data_where_the_name_says_of_what_kind(model: Any) -> None:
    file = {"file_data": "JVBER", "filename": "a.pdf"}

    sent = str(body_of(model, [{"role": "user", "content": [{"type": "file", "file": file}]}]))

    assert "JVBER" in sent
    assert "application/pdf" in sent


def test_a_mark_beside_a_function_is_sent_with_the_tool() -> None:
    tool = {"type": "function", "function": {"name": "f"}, "cache_control": MARK}
    sampling = SamplingParameters(tools=[tool])

    (sent,) = body_of(AnthropicModel, [{"role": "user", "content": "u"}], sampling)["tools"]

    assert sent["cache_control"] == MARK
