"""Logs of Inspect, in the form that its version 0.3.285 writes."""

import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import DatasetFileError, PredictionError, evaluate, read_log


def sample(name: Any, answer: str, value: Any = "C", **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "epoch": 1,
        "input": f"question {name}",
        "target": "4",
        "output": {
            "model": "m/one",
            "choices": [{"message": {"role": "assistant", "content": answer}}],
            "completion": answer,
        },
        "scores": {"match": {"value": value}, "second": {"value": 0.25}},
        "metadata": {"topic": "sums"},
        "model_usage": {
            "m/one": {"input_tokens": 10, "output_tokens": 3, "total_cost": 0.5},
            "m/judge": {"input_tokens": 1, "output_tokens": 1},
        },
        "total_time": 2.5,
        "working_time": 1.25,
        **more,
    }


_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
SAMPLES = [sample("a", "The answer is 4"), sample(2, "5", "I"), sample("a", "4", epoch=2)]
EVAL = {"task": "sums", "model": "m/one", "dataset": {"sample_ids": ["a", 2]}}


def packed(path: Path, members: dict[str, Any]) -> Path:
    """A zip whose members are packed with Zstandard (method 93), which zipfile cannot write."""
    zstandard = pytest.importorskip("zstandard")
    body, directory = b"", b""
    for name, value in members.items():
        content = json.dumps(value).encode()
        data = zstandard.ZstdCompressor().compress(content)
        title = name.encode()
        sizes = (zlib.crc32(content), len(data), len(content), len(title))
        directory += _ENTRY.pack(b"PK\1\2", 63, 63, 0, 93, 0, 33, *sizes, 0, 0, 0, 0, 0, len(body))
        directory += title
        # The extra field of four bytes is one that only the local header has.
        body += _LOCAL.pack(b"PK\3\4", 63, 0, 93, 0, 33, *sizes, 4) + title + bytes(4) + data
    counts = (len(members), len(members), len(directory), len(body))
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, *counts, 0)
    path.write_bytes(body + directory + end)
    return path


def inspect_members() -> dict[str, Any]:
    return {
        "header.json": {"version": 2, "status": "success", "eval": EVAL},
        **{f"samples/{one['id']}_epoch_{one['epoch']}.json": one for one in SAMPLES},
        "summaries.json": [],
    }


def test_an_inspect_log_gives_questions_answers_and_their_cost(tmp_path: Path) -> None:
    log = read_log(packed(tmp_path / "l.eval", inspect_members()))

    first = log.rows[0]
    assert (log.name, log.format, log.models, log.epochs) == ("sums", "inspect", ("m/one",), (1, 2))
    assert (first.id, first.input, first.expected, first.prediction) == (
        "a",
        "question a",
        "4",
        "The answer is 4",
    )
    assert (first.score, log.rows[1].score) == (1.0, 0.0)
    assert (first.input_tokens, first.output_tokens, first.cost_usd) == (11, 4, 0.5)
    assert first.latency_ms == 1250.0
    assert first.metadata == {"topic": "sums"}
    assert "3 answers, 2 items, models m/one, 2 epochs, mean score 0.6667 of 3" in str(log)


def test_a_log_is_scored_again_as_any_predictions_are(tmp_path: Path) -> None:
    log = read_log(packed(tmp_path / "l.eval", inspect_members())).select(epoch=1)

    result = evaluate(log.predictions(), dataset=log.dataset())

    assert log.dataset().scorer == "number"
    assert result.vector() == [1, 0] == [row.score for row in log]


def test_several_answers_to_a_question_must_be_selected_first(tmp_path: Path) -> None:
    log = read_log(packed(tmp_path / "l.eval", inspect_members()))

    with pytest.raises(PredictionError, match=r"several answers for 'a': select .* epoch \(1, 2\)"):
        log.predictions()
    with pytest.raises(PredictionError, match="no rows for model='other'"):
        log.select(model="other")


def test_the_json_form_of_a_log_is_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "l.json"
    path.write_text(json.dumps({"version": 2, "eval": EVAL, "samples": SAMPLES}))
    plain = tmp_path / "old.eval"
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in inspect_members().items():
            archive.writestr(name, json.dumps(value))

    logs = [
        read_log(path),
        read_log(plain),
        read_log(packed(tmp_path / "n.eval", inspect_members())),
    ]

    assert logs[0].to_records() == logs[1].to_records() == logs[2].to_records()


def test_conversations_choices_attachments_and_failures_are_read(tmp_path: Path) -> None:
    said = [
        {"role": "system", "content": "be brief"},
        {
            "role": "user",
            "content": [{"type": "text", "text": "attachment://ff"}, {"type": "image"}],
        },
    ]
    failed = {"output": {"choices": [], "completion": ""}, "error": {"message": "no tokens"}}
    members = {
        "_journal/start.json": {"eval": EVAL},
        "samples/1.json": sample(
            1,
            "B",
            input=said,
            attachments={"ff": "Capital?"},
            choices=["Lyon", "Paris"],
            target="B",
        ),
        "samples/2.json": sample(2, "", scores={}, model_usage={}, **failed),
    }

    log = read_log(packed(tmp_path / "l.eval", members))

    broken, asked = log.rows
    assert asked.input == {"question": "Capital?", "choices": ["Lyon", "Paris"]}
    assert (broken.prediction, broken.score, broken.error) == (None, None, "no tokens")
    assert (broken.input_tokens, broken.cost_usd) == (None, None)
    assert "1 failed" in str(log)
    assert (log.status, log.complete) == ("started", False)


def test_one_of_several_scores_can_be_taken(tmp_path: Path) -> None:
    path = packed(tmp_path / "l.eval", inspect_members())

    assert read_log(path, score="second").rows[0].score == 0.25
    with pytest.raises(
        DatasetFileError, match=r"sample 'a' has no score 'third' \(match, second\)"
    ):
        read_log(path, score="third")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda content: content[:200], "is not an Inspect log"),
        (lambda content: content.replace(b"header.json", b"headex.json"), "neither header nor"),
        (lambda content: content[:70] + b"\xff" * 8 + content[78:], "header.json is damaged"),
        (lambda _: b"", "is not an Inspect log"),
    ],
)
def test_a_damaged_log_is_an_error_that_names_the_damage(
    tmp_path: Path, damage: Any, message: str
) -> None:
    path = packed(tmp_path / "l.eval", inspect_members())
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(DatasetFileError, match=message):
        read_log(path)


def test_pyarrow_unpacks_a_log_where_zstandard_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow", reason="the other way to unpack Zstandard")
    path = packed(tmp_path / "l.eval", inspect_members())
    damaged = tmp_path / "damaged.eval"
    content = bytearray(path.read_bytes())
    content[60:80] = bytes(20)
    damaged.write_bytes(content)
    found = read_log(path).rows
    monkeypatch.setattr(
        "dataset_manager._readers.archive.find_spec",
        lambda name: None if name == "zstandard" else object(),
    )

    assert read_log(path).rows == found
    with pytest.raises(DatasetFileError):
        read_log(damaged)
