"""Models that do not exist do what they were told, and models that did answer as they did."""

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ensemble import (
    Constant,
    LogNormal,
    Pareto,
    QuestionError,
    ReplayModel,
    Response,
    Sampling,
    ServerError,
    SimulatedModel,
    ask,
    predict,
    sampling,
)

QUICK = Constant(latency_ms=0)


async def share(model: SimulatedModel, make_item: Callable[..., Any], count: int = 2000) -> float:
    right = 0
    for number in range(count):
        item = make_item(number)
        right += (await model.generate(item, Sampling())).text == item.expected
    return right / count


@pytest.mark.parametrize("accuracy", [0.0, 0.3, 0.9, 1.0])
async def test_a_simulated_model_is_right_as_often_as_it_is_told(
    accuracy: float, make_item: Callable[..., Any]
) -> None:
    found = await share(SimulatedModel("m", accuracy=accuracy, latency=QUICK), make_item)

    # Four standard errors of 2,000 draws.
    assert abs(found - accuracy) <= 4 * math.sqrt(accuracy * (1 - accuracy) / 2000)


async def test_accuracy_may_depend_on_the_question(make_item: Callable[..., Any]) -> None:
    model = SimulatedModel(
        "m", accuracy=lambda question: 1.0 if question.id == "i1" else 0.0, latency=QUICK
    )

    assert (await ask(model, make_item(1))).text == "4"
    assert (await ask(model, make_item(2))).text != "4"


async def test_answers_depend_on_seed_name_question_and_sample_alone(
    make_item: Callable[..., Any],
) -> None:
    async def answers(seed: int = 0, name: str = "m", sample: int = 0) -> list[str]:
        model = SimulatedModel(name, accuracy=0.5, latency=QUICK, seed=seed)
        with sampling(sample=sample):
            return [(await ask(model, make_item(number))).text for number in range(60)]

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
        ("capital?", "Paris", lambda text: text == "not Paris"),
        ("?", "2.5", lambda text: float(text) != 2.5),
    ],
)
async def test_a_wrong_answer_is_of_the_right_kind(
    question: Any, expected: Any, wrong: Callable[[str], bool], make_item: Callable[..., Any]
) -> None:
    model = SimulatedModel("m", accuracy=0.0, latency=QUICK)

    for number in range(30):
        response = await ask(model, make_item(number, question, expected))
        assert wrong(response.text), response.text


async def test_price_tokens_and_source_are_reported(make_item: Callable[..., Any]) -> None:
    model = SimulatedModel("m", latency=QUICK, input_price=1.0, output_price=2.0, output_tokens=10)

    response = await ask(model, make_item(0, "x" * 40))

    assert (response.input_tokens, response.output_tokens) == (10, 10)
    assert response.cost_usd == pytest.approx(30e-6)
    assert response.source == "simulated"


async def test_some_calls_fail_as_often_as_told(make_item: Callable[..., Any]) -> None:
    model = SimulatedModel("m", failure_rate=0.3, latency=QUICK)
    failed = 0
    for number in range(1000):
        try:
            await ask(model, make_item(number))
        except ServerError:
            failed += 1

    assert 240 < failed < 360


async def test_a_bare_text_cannot_be_simulated() -> None:
    with pytest.raises(QuestionError, match="ask it an item"):
        await ask(SimulatedModel("m"), "2+2?")


@pytest.mark.parametrize("options", [{"accuracy": 1.1}, {"failure_rate": -0.1}])
def test_a_probability_out_of_range_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="not between 0 and 1"):
        SimulatedModel("m", **options)  # type: ignore[arg-type]  # wrong on purpose


def test_laws_of_latency_have_their_quantiles() -> None:
    """Medians by definition; P95 of the log-normal is 800 exp(0.8 x 1.6449) = 2982 ms."""
    assert LogNormal(median_ms=800, sigma=0.8).draw_ms(0.5) == pytest.approx(800)
    assert LogNormal(median_ms=800, sigma=0.8).draw_ms(0.95) == pytest.approx(2982.5, rel=1e-3)
    assert Pareto(minimum_ms=500, alpha=2).draw_ms(0.99) == pytest.approx(5000)
    assert Constant(latency_ms=7).draw_ms(0.3) == 7


async def test_a_recording_is_given_again_by_question_and_sample(
    make_item: Callable[..., Any],
) -> None:
    model = ReplayModel(
        "m", {"i0": "4", "i1": ["a", "b"], "i2": None, "i3": Response(text="r", model="old")}
    )

    assert (await ask(model, make_item(0))).text == "4"
    assert (await ask(model, make_item(0))).source == "recorded"
    assert (await ask(model, make_item(0))).latency_ms is None
    with sampling(sample=1):
        assert (await ask(model, make_item(1))).text == "b"
    assert (await ask(model, make_item(2))).text == ""
    assert (await ask(model, make_item(3))).model == "old"
    assert model.texts(["i0", "i1", "i2", "i3"]) == {"i0": "4", "i1": "a", "i2": None, "i3": "r"}


async def test_what_was_not_recorded_is_said(make_item: Callable[..., Any]) -> None:
    model = ReplayModel("m", {"i1": ["a"]})

    with pytest.raises(QuestionError, match=r"no answer to 'i0' \(it has 1, such as 'i1'\)"):
        await ask(model, make_item(0))
    with sampling(sample=1), pytest.raises(QuestionError, match="has 1 samples for 'i1'"):
        await ask(model, make_item(1))
    with pytest.raises(QuestionError, match="by the question's id"):
        await ask(model, "2+2?")


def test_recordings_are_read_from_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text('{"id": 1, "text": "a"}\n\n{"id": 1, "text": "b"}\n{"id": 2, "text": "c"}\n')

    model = ReplayModel.from_jsonl(path)

    assert (model.name, len(model)) == ("m", 2)
    assert model.texts(["1"], sample=1) == {"1": "b"}
    path.write_text('{"id": 1, "text": "a"}\n{"id": 2}\n')
    with pytest.raises(ValueError, match=r"m\.jsonl, line 2"):
        ReplayModel.from_jsonl(path)


async def test_the_recorded_trio_on_gsm8k_has_the_known_majority(
    mirror: Path, make_item: Callable[..., Any]
) -> None:
    """Plurality .9500, best single .9424: counted from the same files by a short script."""
    folder = mirror / "zeroeval-gsm8k" / "gsm"
    names = ("gpt-4o-mini-2024-07-18", "claude-3-haiku-20240307", "gemini-1.5-flash")
    models = [ReplayModel.from_zeroeval(folder / f"{name}.json", id_format="i{}") for name in names]
    lines = (mirror / "gsm8k" / "test.jsonl").read_text().splitlines()
    golds = [json.loads(line)["answer"].rpartition("####")[2].strip() for line in lines]

    right = {"vote": 0, "single": 0}
    for number, gold in enumerate(golds):
        result = await predict(make_item(number), models=models, normalize="number")
        expected = gold.replace(",", "")
        right["vote"] += result.key == expected
        right["single"] += result.responses[0].key == expected

    assert round(right["vote"] / 1319, 4) == 0.95
    assert round(right["single"] / 1319, 4) == 0.9424


async def test_the_letters_of_ten_models_are_joined_with_their_questions(
    mirror: Path, make_item: Callable[..., Any]
) -> None:
    subject = "abstract_algebra"
    path = mirror / "mmlu" / "final-2021" / "test" / f"{subject}_test.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    items = [
        make_item(number, {"question": row[0], "choices": row[1:5]}, int(row[5]), subject=subject)
        for number, row in enumerate(rows)
    ]
    folder = mirror / "mmlu-helm-10models" / "original_helm_combined"

    models = ReplayModel.panel_from_helm(folder, items)
    results = [
        await predict(item, models=list(models.values()), normalize="choice") for item in items
    ]

    assert len(models) == 10
    assert all(len(model) == 100 for model in models.values())
    assert all(sum(result.votes.values()) <= 10 for result in results)
    with pytest.raises(QuestionError, match="no answers to 'i999'"):
        ReplayModel.panel_from_helm(
            folder, [make_item(999, {"question": "new?", "choices": ["a"]}, 0, subject=subject)]
        )
