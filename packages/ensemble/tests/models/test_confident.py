"""A confidence for every model, and what is said where none comes."""

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensemble import (
    BadRequestError,
    Cascade,
    ConfidentModel,
    FunctionModel,
    Price,
    Query,
    Response,
    ResponseCache,
    SamplingParameters,
    TokenLogprob,
    ask,
    collect,
    predict,
    request_cost,
    stream,
)
from ensemble._models.confident import _from_words


class Stating:
    """Answers by the number of the sample, and notes what it was asked."""

    def __init__(self, *texts: Any, name: str = "m", **fields: Any) -> None:
        self.name = name
        self.texts = texts
        self.fields = {"cost_usd": 1.0, **fields}
        self.asked: list[tuple[str, SamplingParameters]] = []

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        self.asked.append((str(query), sampling))
        text = self.texts[sampling.sample % len(self.texts)]
        if isinstance(text, Exception):
            raise text
        return Response(text=text, model=self.name, **self.fields)


async def test_the_probabilities_of_tokens_are_a_confidence() -> None:
    tokens = (TokenLogprob("4", math.log(0.9)), TokenLogprob(".", math.log(0.4)))
    model = Stating("4.", logprobs=tokens)

    response = await ask("2+2?", model=model, confidence="logprob")

    assert response.confidence == pytest.approx(math.sqrt(0.9 * 0.4))
    assert model.asked[0][1].logprobs
    assert (await ask("2+2?", model=Stating("4"), confidence="logprob")).confidence is None


async def test_a_model_is_asked_for_its_confidence_and_the_line_is_taken_out() -> None:
    model = Stating("It is 4.\n\n**Confidence:** 85%")

    response = await ask("2+2?", model=model, confidence="verbalized")

    assert (response.text, response.confidence) == ("It is 4.", 0.85)
    assert model.asked[0][0].startswith("2+2?")
    assert "Confidence: N%" in model.asked[0][0]


@pytest.mark.parametrize(
    ("line", "confidence"),
    [
        ("Confidence: 85%", 0.85),
        ("confidence 7.5 %", 0.075),
        ("- Confidence level: 0.6", 0.6),
        ("Confidence: 9/10", 0.9),
        ("Confidence: 85", 0.85),
        ("(Confidence: 100%)", 1.0),
        ("Confidence: 1", None),  # all, or one in a hundred
        ("Confidence: 0", 0.0),
        ("Confidence: 120%", None),
        ("Confidence: 3/0", None),
        ("Confidence: high", None),
        ("My confidence in 85% of cases is good.", None),
    ],
)
def test_a_confidence_is_read_where_it_is_clear(line: str, confidence: float | None) -> None:
    response = _from_words(Response(text=f"4\n{line}", model="m"))

    assert response.confidence == confidence


@given(st.text(max_size=80))
def test_any_text_gives_a_probability_or_none(text: str) -> None:
    response = _from_words(Response(text=text, model="m"))

    assert response.confidence is None or 0 <= response.confidence <= 1


async def test_the_share_of_samples_is_a_confidence_and_all_are_paid() -> None:
    model = Stating("4", "5", "The answer is 4", "4", "six")

    response = await ask(
        "2+2?", model=ConfidentModel(model, "sampling", samples=5, normalize="number")
    )

    assert (response.text, response.confidence, response.cost_usd) == ("4", 0.6, 5.0)
    assert [sampling.sample for _, sampling in model.asked] == [0, 1, 2, 3, 4]


async def test_failed_samples_leave_the_others_and_all_failed_fail() -> None:
    some = ConfidentModel(Stating("4", ValueError("no")), "sampling", samples=2)
    none = ConfidentModel(Stating(ValueError("no")), "sampling", samples=2)

    response = await ask("2+2?", model=some)

    assert (response.confidence, response.cost_usd) == (1.0, None)
    with pytest.raises(ValueError, match="no"):
        await ask("2+2?", model=none)


async def test_methods_that_cannot_work_are_refused() -> None:
    with pytest.raises(BadRequestError, match="temperature 0"):
        await ask("?", model=Stating("4"), confidence="sampling", temperature=0)
    with pytest.raises(BadRequestError, match="plain text"):
        await ask("?", model=Stating("4"), confidence="verbalized", response_format="json")
    with pytest.raises(ValueError, match="not one of"):
        ConfidentModel(Stating("4"), "guess")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="below 2"):
        ConfidentModel(Stating("4"), "sampling", samples=1)


async def test_a_cascade_stops_by_the_confidence_that_it_asks_for() -> None:
    small = Stating("4\nConfidence: 95%", name="small")
    large = Stating("4\nConfidence: 99%", name="large")

    result = await predict(
        "2+2?",
        models=[small, large],
        execution=Cascade(threshold=0.9),
        confidence="verbalized",
        normalize="number",
    )

    assert result.models == ("small",)
    assert (result.answer, result.confidence) == ("4", 0.95)
    assert result.warnings == ()


@pytest.mark.parametrize(
    "options",
    [
        {"execution": "cascade"},
        {"strategy": "weighted"},
        {"strategy": "best_confidence"},
        {"tie_break": "confidence"},
    ],
)
async def test_a_prediction_by_confidences_that_do_not_come_says_so(
    options: dict[str, Any],
) -> None:
    with pytest.warns(UserWarning, match="no model gave one: pass confidence="):
        result = await predict("2+2?", models=[Stating("4"), Stating("5", name="n")], **options)

    assert "goes by confidences" in result.warnings[0]
    assert result.to_dict()["warnings"] == list(result.warnings)


async def test_a_weight_given_by_name_needs_no_confidence() -> None:
    options: Any = {"strategy": ("weighted", {"weights": {"m": 2.0}})}

    assert (await predict("2+2?", models=[Stating("4")], **options)).warnings == ()


async def test_a_table_has_the_confidences(make_item: Any) -> None:
    table = await collect(
        [make_item(0)],
        models=[Stating("4\nConfidence: 70%")],
        normalize="number",
        confidence="verbalized",
    )

    assert table.confidences == [[0.7]]


async def test_methods_have_keys_of_their_own_in_a_cache(tmp_path: Path) -> None:
    model = Stating("4\nConfidence: 70%", logprobs=(TokenLogprob("4", math.log(0.5)),))
    with ResponseCache(tmp_path / "answers.sqlite") as cache:
        found = [
            await ask("?", model=cache.wrap(ConfidentModel(model, method)))
            for method in ("logprob", "verbalized", "sampling")
        ]

    assert [round(each.confidence or 0, 2) for each in found] == [0.5, 0.7, 1.0]


async def test_costs_are_those_of_all_samples() -> None:
    model = FunctionModel("f", lambda _: "4", price=Price(per_request=0.5))

    assert request_cost("?", model=model, confidence="sampling").worst_call_usd == 2.5
    assert request_cost("?", model=model, confidence="logprob").worst_call_usd == 0.5


async def test_an_answer_in_pieces_has_its_confidence_at_the_end() -> None:
    tokens = (TokenLogprob("4", math.log(0.9)),)
    for method, expected in (("logprob", 0.9), ("verbalized", 0.7)):
        model = ConfidentModel(
            Stating("4\nConfidence: 70%", logprobs=tokens),
            method,  # type: ignore[arg-type]
        )
        answer = stream("?", model=model)
        async for _ in answer:
            pass
        assert answer.response is not None
        assert answer.response.confidence == pytest.approx(expected)
