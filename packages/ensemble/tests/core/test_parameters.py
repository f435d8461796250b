"""What enters is checked where it enters, before anything is sent."""

from typing import Any

import pytest

from ensemble import (
    AuthenticationError,
    BadRequestError,
    ConfidenceThreshold,
    Limits,
    OpenAIModel,
    OpenAIResponsesModel,
    Price,
    SamplingParameters,
    VoteOutcome,
    VoteTable,
    ask,
    aurc,
    calibrate,
    calibration_error,
    risk_coverage,
)
from ensemble._core.queries import prompt_messages

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("temperature", (NAN, INF, -1, "hot", True)),
        ("top_p", (NAN, 1.5, -0.1, "1")),
        ("max_tokens", (NAN, 0, -5, 10.5, "10", True)),
        ("seed", (NAN, 1.5, "1", True)),
        ("reasoning_tokens", (NAN, -1, "10")),
        ("top_logprobs", (NAN, -1, 2.5)),
        ("system", (5, ["be brief"])),
        ("stop", (5, [1], {"a"})),
        ("response_format", ("xml", 5, {"type": {1}})),
        ("tools", ({"name": "f"}, ["f"], [{"name": "f", "parameters": {1}}])),
        ("extra", ([1], {"a": NAN}, {"a": {1}})),
    ],
)
async def test_a_parameter_that_cannot_be_sent_is_refused_before_the_call(
    name: str, values: tuple[Any, ...]
) -> None:
    for value in values:
        with pytest.raises(ValueError, match=f"^{name}: .* cannot be sent; give "):
            await ask("?", model=lambda _: pytest.fail("asked"), **{name: value})


def test_parameters_that_can_be_sent_are_taken() -> None:
    SamplingParameters(temperature=0, top_p=1, max_tokens=1, seed=-1, stop=("a", "b"), extra={})


@pytest.mark.parametrize("item", [5, None, b"x", {"role": "user"}, [], (), iter([{"role": "u"}])])
def test_an_item_that_is_no_sequence_of_messages_is_refused(item: Any) -> None:
    with pytest.raises(BadRequestError, match=r"cannot be sent|is empty"):
        prompt_messages(item)


def test_a_message_that_json_does_not_know_is_refused() -> None:
    with pytest.raises(BadRequestError, match=r"messages\[0\]: it is not JSON"):
        prompt_messages([{"role": "user", "content": "x", "weight": NAN}])


def test_an_empty_text_is_sent_in_every_interface() -> None:
    model = OpenAIResponsesModel("gpt-5", api_key="k")

    _, body = model.request_of([{"role": "user", "content": ""}], SamplingParameters())

    assert body["input"] == [{"role": "user", "content": ""}]


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:99999/v1", "http://h:port/v1"])
def test_an_address_that_is_none_is_refused_when_the_model_is_made(url: str) -> None:
    with pytest.raises(ValueError, match=r"^base_url: it is not an address"):
        OpenAIModel("m", base_url=url, api_key="k")


@pytest.mark.parametrize(
    "settings",
    [
        {"timeout_ms": NAN},
        {"timeout_ms": 0},
        {"timeout_ms": None},
        {"deadline_ms": "5"},
        {"deadline_ms": -1},
        {"max_retries": -1},
        {"max_retries": 1.5},
    ],
)
def test_limits_of_time_and_retries_are_checked(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(settings))):
        OpenAIModel("m", api_key="k", **settings)


@pytest.mark.parametrize("value", [NAN, None, "5", 0, -1])
def test_the_calls_in_flight_are_a_number(value: Any) -> None:
    with pytest.raises(ValueError, match="max_concurrency"):
        Limits(max_concurrency=value)


@pytest.mark.parametrize("value", [NAN, INF, 2, -0.1, "0.5"])
def test_a_confidence_that_is_no_probability_is_refused_everywhere(value: Any) -> None:
    given: Any = [0.5, value, 0.7]
    correct = [True, False, True]

    for entry in (
        lambda: calibrate(given, correct),
        lambda: calibration_error(given, correct),
        lambda: ConfidenceThreshold(threshold=value),
        lambda: VoteOutcome(key="a", confidence=value),
        lambda: VoteOutcome(key="a", probability=value),
        lambda: VoteTable(models=["a"], votes=[["x"]], gold=["x"], confidences=[[value]]),
    ):
        with pytest.raises(ValueError, match=r"confidence of .* is not a probability"):
            entry()


def test_an_order_needs_finite_numbers() -> None:
    for measure in (risk_coverage, aurc):
        with pytest.raises(ValueError, match="not a finite number"):
            measure([0.5, NAN], [True, False])
    assert aurc([9, 8], [True, False]) == pytest.approx(0.25)


@pytest.mark.parametrize("value", [NAN, INF, "1"])
def test_a_score_that_is_not_a_finite_number_is_refused(value: Any) -> None:
    with pytest.raises((ValueError, TypeError), match=r"finite number|real number"):
        VoteOutcome(key="a", scores={"a": value})


@pytest.mark.parametrize("value", [NAN, INF, -0.1, "1"])
def test_a_cost_that_is_none_is_refused_with_its_cell(value: Any) -> None:
    with pytest.raises(ValueError, match=r"a at costs\[0\]\[0\]"):
        VoteTable(models=["a"], votes=[["x"]], gold=["x"], costs=[[value]])


def _raising() -> str:
    raise KeyError("token-that-must-not-be-seen")


@pytest.mark.parametrize("auth", [_raising, lambda: None, lambda: "a\nb", lambda: "\u201ctoken"])
async def test_a_token_that_does_not_come_is_an_error_of_authentication(auth: Any) -> None:
    async with OpenAIModel(
        "m", base_url="http://127.0.0.1:9/v1", auth=auth, price=Price()
    ) as model:
        with pytest.raises(AuthenticationError, match=r"^auth: ") as caught:
            await ask("?", model=model)

    assert "must-not-be-seen" not in f"{caught.value!r} {caught.value.__cause__!r}"
