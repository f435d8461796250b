"""Recorded models answer as the real ones did."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ensemble import QuestionError, ReplayModel, Response, ask, predict, sampling


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
