"""Recorded models answer as the real ones did."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ensemble import (
    MissingRecordError,
    Price,
    QuestionError,
    ReplayModel,
    Response,
    ask,
    predict,
    sampling,
)


async def test_a_recording_is_given_again_by_question_and_sample(
    make_item: Callable[..., Any],
) -> None:
    model = ReplayModel(
        "m", {"i0": "4", "i1": ["a", "b"], "i2": None, "i3": Response(text="r", model="old")}
    )

    assert (await ask(make_item(0), model=model)).text == "4"
    assert (await ask(make_item(0), model=model)).source == "recorded"
    assert (await ask(make_item(0), model=model)).latency_ms is None
    with sampling(sample=1):
        assert (await ask(make_item(1), model=model)).text == "b"
    assert (await ask(make_item(2), model=model)).text == ""
    assert (await ask(make_item(3), model=model)).text == "r"
    assert model.texts(["i0", "i1", "i2", "i3"]) == {"i0": "4", "i1": "a", "i2": None, "i3": "r"}


async def test_a_recorded_response_is_no_live_one(make_item: Callable[..., Any]) -> None:
    then = Response(text="4", model="old", latency_ms=812.5, model_version="v1", cost_usd=0.02)
    drawn = Response(text="4", model="old", source="simulated")
    model = ReplayModel("m", {"i0": then, "i1": drawn})

    live, simulated = [await ask(make_item(number), model=model) for number in (0, 1)]

    assert (live.source, live.model, live.model_version) == ("recorded", "m", "v1")
    assert (live.latency_ms, live.cost_usd) == (812.5, 0.02)
    assert simulated.source == "simulated"


async def test_a_vote_of_recordings_takes_as_long_as_the_slowest_took(
    make_item: Callable[..., Any],
) -> None:
    slow = ReplayModel("slow", {"i0": Response(text="4", model="slow", latency_ms=900.0)})
    quick = ReplayModel("quick", {"i0": Response(text="4", model="quick", latency_ms=100.0)})
    silent = ReplayModel("silent", {"i0": "4"})

    assert (await predict(make_item(), models=[quick, slow, silent])).latency_ms == 900.0
    assert (await predict(make_item(), models=[silent])).latency_ms is None


async def test_a_price_makes_recorded_tokens_a_cost(make_item: Callable[..., Any]) -> None:
    counted = Response(text="4", model="m", input_tokens=100, output_tokens=50)
    price = Price(input_per_million=0.10, output_per_million=0.30)
    model = ReplayModel("m", {"i0": counted, "i1": "4"}, price=price)

    assert (await ask(make_item(0), model=model)).cost_usd == pytest.approx(2.5e-5)
    assert (await ask(make_item(1), model=model)).cost_usd is None


def test_a_file_that_is_no_recording_is_said(tmp_path: Path, make_item: Callable[..., Any]) -> None:
    (tmp_path / "m.json").write_text('[{"id": "gsm8k#1", "output": ["4"]}, {"id": "gsm8k#2"}]')
    (tmp_path / "algebra.csv").write_text("question,choices\n?,os.system\n")
    item = make_item(0, {"question": "?", "choices": ["a"]}, 0, subject="algebra")

    with pytest.raises(ValueError, match=r"m\.json, record 1: .*'output'"):
        ReplayModel.from_zeroeval(tmp_path / "m.json")
    with pytest.raises(ValueError, match=r"algebra\.csv: no columns"):
        ReplayModel.panel_from_helm(tmp_path, [item])


def test_letters_lose_their_blank_and_other_cells_stay_as_they_are(
    tmp_path: Path, make_item: Callable[..., Any]
) -> None:
    (tmp_path / "algebra.csv").write_text(
        "question,choices,m1,m2\n\" 1+1? \",\"['1', ' 2']\", B, I think\n"
    )
    item = make_item(0, {"question": "1+1?", "choices": ["1", "2"]}, 1, subject="algebra")

    panel = ReplayModel.panel_from_helm(tmp_path, [item])

    assert panel["m1"].texts(["i0"]) == {"i0": "B"}
    assert panel["m2"].texts(["i0"]) == {"i0": " I think"}


@pytest.mark.parametrize(
    ("question", "metadata", "message"),
    [("1+1?", {"subject": "x"}, "no mapping"), ({"question": "?", "choices": []}, {}, "subject")],
)
def test_a_question_that_cannot_be_joined_is_said(
    question: Any,
    metadata: dict[str, Any],
    message: str,
    tmp_path: Path,
    make_item: Callable[..., Any],
) -> None:
    (tmp_path / "x.csv").write_text("question,choices,m1\n")

    with pytest.raises(QuestionError, match=message):
        ReplayModel.panel_from_helm(tmp_path, [make_item(0, question, 0, **metadata)])


def test_a_sample_number_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        sampling(sample=-1)


async def test_what_was_not_recorded_is_said(make_item: Callable[..., Any]) -> None:
    model = ReplayModel("m", {"i1": ["a"]})

    with pytest.raises(QuestionError, match=r"no answer to 'i0' \(it has 1, such as 'i1'\)"):
        await ask(make_item(0), model=model)
    with sampling(sample=1), pytest.raises(QuestionError, match="has 1 samples for 'i1'"):
        await ask(make_item(1), model=model)
    with pytest.raises(QuestionError, match="by the question's id"):
        await ask("2+2?", model=model)


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


@pytest.mark.slow
async def test_the_recorded_ten_on_all_of_mmlu_have_the_known_majority(
    mirror: Path, make_item: Callable[..., Any]
) -> None:
    """Best single .8504 (claude-3-opus), plurality of the ten .8516: counted from the same files.

    Equal questions count once; ties go to the first column.
    """
    items = list(mmlu_questions(mirror, make_item))
    panel = ReplayModel.panel_from_helm(mirror / "mmlu-helm-10models/original_helm_combined", items)

    assert (len(items), len(panel)) == (14_015, 10)
    right = {"vote": 0, **dict.fromkeys(panel, 0)}
    for item in items:
        result = await predict(item, models=list(panel.values()), normalize="choice")
        expected = "ABCD"[item.expected]
        right["vote"] += result.key == expected
        for record in result.responses:
            right[record.model] += record.key == expected
    accuracy = {name: count / len(items) for name, count in right.items()}

    assert abs(accuracy.pop("vote") - 0.8516) <= 0.002
    assert round(max(accuracy.values()), 4) == 0.8504


def mmlu_questions(mirror: Path, make_item: Callable[..., Any]) -> Iterator[Any]:
    """The questions of all subjects, each once."""
    seen = set()
    for path in sorted((mirror / "mmlu/final-2021/test").glob("*_test.csv")):
        subject = path.name.removesuffix("_test.csv")
        with path.open(newline="", encoding="utf-8") as file:
            for row in list(csv.reader(file))[1:]:
                known = (subject, *(cell.strip() for cell in row[:5]))
                if known not in seen:
                    seen.add(known)
                    asked = {"question": row[0], "choices": row[1:5]}
                    yield make_item(len(seen), asked, int(row[5]), subject=subject)


async def test_what_is_missing_fails_the_member_and_not_the_vote(
    make_item: Callable[..., Any],
) -> None:
    models = [ReplayModel("whole", {"i0": "4"}), ReplayModel("part", {})]

    result = await predict(make_item(), models=models)

    assert (result.answer, result.successes, result.failures) == ("4", 1, 1)
    assert result.responses[1].error_type == "MissingRecordError"
    with pytest.raises(MissingRecordError) as missing:
        await ask(make_item(), model=models[1])
    assert isinstance(missing.value, LookupError)
    assert (missing.value.model, missing.value.question, missing.value.sample) == ("part", "i0", 0)


async def test_a_table_of_calls_is_a_panel(tmp_path: Path, make_item: Callable[..., Any]) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(
        "who,q,said,latency,cost_usd,sample\n"
        'a,i0,"4, I think",1.25,0.01,1\n'
        "a,i0,5,1.5,,0\n"
        "b,i0,,0.5,0.02,0\n"
    )

    found = ReplayModel.panel_from_csv(
        path, model_field="who", id_field="q", text_field="said", fields={"latency_s": "latency"}
    )
    first = await ask(make_item(), model=found["a"])
    with sampling(sample=1):
        second = await ask(make_item(), model=found["a"])
    silent = await ask(make_item(), model=found["b"])

    assert (first.text, first.latency_ms, first.cost_usd) == ("5", 1500.0, None)
    assert (second.text, second.cost_usd, second.source) == ("4, I think", 0.01, "recorded")
    assert (silent.text, silent.cost_usd) == ("", 0.02)


def test_a_column_a_model_is_a_panel_too(tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_text("id,gold,m1,m2\n1,A,A,B\n2,C,,C\n")

    found = ReplayModel.panel_from_table(path, models=["m1", "m2"])

    assert found["m1"].texts("12") == {"1": "A", "2": None}
    assert found["m2"].texts("12") == {"1": "B", "2": "C"}


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("id,text\n1,a\n", {}, r"line 2: has no 'model'"),
        ("model,id\nm,1\n", {}, r"line 2: has no 'text'"),
        ("model,id,text\nm,,a\n", {}, r"line 2: has no 'id'"),
        ("model,id,text,cost_usd\nm,1,a,cheap\n", {}, r"line 2: .*'cheap'"),
        ("model,id,text,sample\nm,1,a,0\nm,1,b,0\n", {}, r"line 3: sample 0 of '1' is there"),
        ("model,id,text\n", {"fields": {"price": "x"}}, "'price' is not one of latency_ms"),
        ('model,id,text\nm,1,"a\n', {}, "unexpected end of data"),
    ],
)
def test_a_row_that_is_no_answer_is_named(
    text: str, options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(text)

    with pytest.raises(ValueError, match=message):
        ReplayModel.panel_from_csv(path, **options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"id": 1, "text": "a"}\nx\n', "line 2: not a JSON object"),
        ("[1]\n", "line 1: not a JSON object"),
        ('{"id": 1, "text": 4}\n', "line 1: the answer is 4, no text"),
    ],
)
def test_a_line_that_is_no_answer_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text(text)

    with pytest.raises(ValueError, match=message):
        ReplayModel.from_jsonl(path)


async def test_real_calls_have_their_latency_and_cost(
    mirror: Path, make_item: Callable[..., Any]
) -> None:
    """LLMDrift on primes: accuracies .518, .680, .840, .502 and the first call, from the file."""
    path = mirror / "latency-llmdrift" / "PRIME_FULL_EVAL.csv"
    found = ReplayModel.panel_from_llmdrift(path)
    with path.open(encoding="utf-8", newline="") as file:
        gold = {row["id"]: row["ref_answer"].lower() for row in csv.DictReader(file)}

    first = await ask(replace(make_item(), id="0"), model=found["gpt-3.5-turbo-0301"])
    assert (first.latency_ms, first.cost_usd, first.output_tokens) == (4291.575, 0.000374, 156)
    shares = []
    for model in found.values():
        said = {
            each: re.findall(r"\[(yes|no)\]", (text or "").lower())[-1:]
            for each, text in model.texts(gold).items()
        }
        shares.append(sum(said[each] == [gold[each]] for each in gold) / len(gold))
    assert shares == pytest.approx([0.518, 0.680, 0.840, 0.502], abs=0.002)


def test_the_systems_of_2021_are_read_by_their_place(mirror: Path) -> None:
    found = ReplayModel.panel_from_gsm8k(mirror / "gsm8k" / "example_model_solutions.jsonl")

    assert list(found) == [
        "6b_finetuning",
        "6b_verification",
        "175b_finetuning",
        "175b_verification",
    ]
    assert {len(model) for model in found.values()} == {1319}
    (text,) = found["6b_finetuning"].texts(["gsm8k_test_0"]).values()
    assert (text or "").endswith("A: 26")
