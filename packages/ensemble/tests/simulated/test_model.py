"""Simulated models are as accurate as asked, and recorded ones answer as they did."""

import math
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest

from ensemble import (
    Calibrated,
    Constant,
    QuestionError,
    SamplingParameters,
    ServerError,
    SimulatedModel,
    ask,
    sampling,
)

QUICK = Constant(latency_ms=0)


async def share(model: SimulatedModel, make_item: Callable[..., Any], count: int = 2000) -> float:
    right = 0
    for number in range(count):
        item = make_item(number)
        right += (await model.generate(item, SamplingParameters())).text == item.expected
    return right / count


@pytest.mark.parametrize("accuracy", [0.0, 0.3, 0.9, 1.0])
async def test_a_simulated_model_is_right_as_often_as_asked(
    accuracy: float, make_item: Callable[..., Any]
) -> None:
    found = await share(SimulatedModel("m", accuracy=accuracy, latency=QUICK), make_item)

    # Four standard errors of 2,000 draws.
    assert abs(found - accuracy) <= 4 * math.sqrt(accuracy * (1 - accuracy) / 2000)


async def test_accuracy_may_depend_on_the_question(make_item: Callable[..., Any]) -> None:
    model = SimulatedModel(
        "m", accuracy=lambda question: 1.0 if question.id == "i1" else 0.0, latency=QUICK
    )

    assert (await ask(make_item(1), model=model)).text == "4"
    assert (await ask(make_item(2), model=model)).text != "4"


async def test_answers_depend_on_seed_name_question_and_sample_alone(
    make_item: Callable[..., Any],
) -> None:
    async def answers(seed: int = 0, name: str = "m", sample: int = 0) -> list[str]:
        model = SimulatedModel(name, accuracy=0.5, latency=QUICK, seed=seed)
        with sampling(sample=sample):
            return [(await ask(make_item(number), model=model)).text for number in range(60)]

    first = await answers()

    assert first == await answers()
    assert first != await answers(seed=1)
    assert first != await answers(name="n")
    assert first != await answers(sample=1)


@pytest.mark.parametrize(
    ("question", "expected", "wrong"),
    [
        ("2+2?", "4", lambda text: text.lstrip("-").isdigit() and text != "4"),
        ({"question": "?", "choices": ["a", "b", "c"]}, 1, lambda text: text in "AC"),
        (MappingProxyType({"question": "?", "choices": "ab"}), 0, lambda text: text == "B"),
        ({"question": "?", "choices": ["a", "b"]}, "B", lambda text: text == "A"),
        ({"question": "?", "choices": ["cat", "dog"]}, "dog", lambda text: text == "cat"),
        ("capital?", "Paris", lambda text: text.startswith("wrong answer ")),
        ("?", "2.5", lambda text: float(text) != 2.5),
        ("(A) x (B) y", "(B)", lambda text: text in ("(A)", "(C)", "(D)", "(E)")),
        ("?", "nan", lambda text: text.startswith("wrong answer ")),
        ("?", "1,234", lambda text: 1200 < int(text) < 1300 and text != "1234"),
        ("?", "$5", lambda text: text.startswith("$") and text != "$5"),
        ("?", "50%", lambda text: text.endswith("%") and text != "50%"),
        ("?", "1/2", lambda text: float(text) != 0.5),
        ("?", 10**17, lambda text: 0 < abs(int(text) - 10**17) <= 10),
        ("?", True, lambda text: text == "False"),
        ("?", "no", lambda text: text == "yes"),
        ("?", ["4", "four"], lambda text: text not in ("4", "four")),
    ],
)
async def test_a_wrong_answer_is_of_the_right_kind(
    question: Any, expected: Any, wrong: Callable[[str], bool], make_item: Callable[..., Any]
) -> None:
    model = SimulatedModel("m", accuracy=0.0, latency=QUICK)

    for number in range(30):
        response = await ask(make_item(number, question, expected), model=model)
        assert wrong(response.text), response.text


async def test_models_that_err_on_an_open_question_seldom_err_alike(
    make_item: Callable[..., Any],
) -> None:
    panel = [SimulatedModel(f"m{place}", accuracy=0.0, latency=QUICK) for place in range(10)]

    texts = {(await ask(make_item(0, "capital?", "Paris"), model=model)).text for model in panel}

    assert len(texts) >= 9


async def test_accuracy_may_go_by_difficulty(make_item: Callable[..., Any]) -> None:
    model = SimulatedModel("m", accuracy={"easy": 1.0, "hard": 0.0}, latency=QUICK)

    assert (await ask(make_item(1, difficulty="easy"), model=model)).text == "4"
    assert (await ask(make_item(1, difficulty="hard"), model=model)).text != "4"
    with pytest.raises(QuestionError, match=r"difficulty None, known are \['easy', 'hard'\]"):
        await ask(make_item(1), model=model)


async def test_a_calibrated_confidence_means_what_it_says(make_item: Callable[..., Any]) -> None:
    """Of the answers with confidence p the share p is right, within four standard errors."""
    stating = SimulatedModel("m", accuracy=0.7, latency=QUICK, confidence=Calibrated())
    silent = SimulatedModel("m", accuracy=0.7, latency=QUICK)
    bins: dict[int, list[tuple[float, bool]]] = {}
    for number in range(4000):
        item = make_item(number)
        response = await stating.generate(item, SamplingParameters())
        assert response.text == (await silent.generate(item, SamplingParameters())).text
        assert response.confidence is not None
        entry = (response.confidence, response.text == item.expected)
        bins.setdefault(int(response.confidence * 5), []).append(entry)

    assert set(bins) == {0, 1, 2, 3, 4}
    for entries in bins.values():
        mean = sum(confidence for confidence, _ in entries) / len(entries)
        share = sum(right for _, right in entries) / len(entries)
        assert abs(share - mean) <= 4 * math.sqrt(mean * (1 - mean) / len(entries))


async def test_a_model_that_is_always_right_is_always_sure(make_item: Callable[..., Any]) -> None:
    model = SimulatedModel("m", accuracy=1.0, latency=QUICK, confidence=Calibrated())

    assert (await ask(make_item(), model=model)).confidence == 1.0


async def test_a_price_per_call_comes_on_top(make_item: Callable[..., Any]) -> None:
    model = SimulatedModel("m", latency=QUICK, cost_per_call=0.01, output_price=1.0)

    assert (await ask(make_item(), model=model)).cost_usd == pytest.approx(0.01 + 50e-6)


async def test_price_tokens_and_source_are_reported(make_item: Callable[..., Any]) -> None:
    model = SimulatedModel("m", latency=QUICK, input_price=1.0, output_price=2.0, output_tokens=10)

    response = await ask(make_item(0, "x" * 40), model=model)

    assert (response.input_tokens, response.output_tokens) == (10, 10)
    assert response.cost_usd == pytest.approx(30e-6)
    assert response.source == "simulated"


async def test_some_calls_fail_as_often_as_asked(make_item: Callable[..., Any]) -> None:
    model = SimulatedModel("m", failure_rate=0.3, latency=QUICK)
    failed = 0
    for number in range(1000):
        try:
            await ask(make_item(number), model=model)
        except ServerError:
            failed += 1

    assert 240 < failed < 360


async def test_a_bare_text_and_messages_have_a_simulated_answer() -> None:
    model = SimulatedModel("m", accuracy=1.0, latency=QUICK, output_price=1.0)

    bare = await ask("2+2?", model=model)
    chat = await ask([{"role": "user", "content": "2+2?"}], model=model)

    assert bare.text == chat.text == "simulated answer"
    assert bare.source == "simulated"
    assert bare.cost_usd is not None


async def test_simulated_models_err_on_bare_texts_as_often_as_on_questions() -> None:
    model = SimulatedModel("m", accuracy=0.8, latency=QUICK)

    answers = [(await ask(f"question {number}", model=model)).text for number in range(500)]

    assert 360 < answers.count("simulated answer") < 440


@pytest.mark.parametrize(
    "options", [{"accuracy": 1.1}, {"failure_rate": -0.1}, {"accuracy": {"easy": float("nan")}}]
)
def test_a_probability_out_of_range_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not between 0 and 1"):
        SimulatedModel("m", **options)
