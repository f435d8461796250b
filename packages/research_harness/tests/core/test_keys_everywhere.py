"""A key that a condition puts into an error or an answer, in any form, is in no file of the run."""

import base64
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest

from dataset_manager import Dataset, Item
from research_harness import Experiment, condition, run_sync

HIDDEN = "/hidden+word"
KEY = f"own-{HIDDEN}-0123456789abcdef"
FORMS: tuple[Callable[[str], str], ...] = (
    lambda key: key,
    lambda key: f"Authorization: Bearer {key}",
    lambda key: f"https://user:{key}@host/v1?key={key}",
    lambda key: json.dumps({"headers": {"x-api-key": key}}),
    lambda key: repr({"x-api-key": key.encode()}),
    lambda key: f"\n{key}\r\n",
    lambda key: quote(key, safe=""),
    lambda key: key.replace("-", "\\u002d"),
    lambda key: "".join(f"\\u{ord(each):04X}" for each in key),
    lambda key: json.dumps("".join(f"\\u{ord(each):04x}" for each in key)),
    lambda key: base64.b64encode(f"user:{key}".encode()).decode(),
    lambda key: base64.urlsafe_b64encode(f"{key}:".encode()).decode(),
    lambda key: "x" * 480 + key + "y" * 80,
)
# What would be left of the key in each form.
LEFT = (
    "hidden+word",
    quote(HIDDEN, safe=""),
    "u0068\\u0069\\u0064",
    *(base64.b64encode(b"hidden+word-0123"[start:])[:12].decode() for start in range(3)),
)


class OddError(Exception):
    """An error whose text and representation are its own."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def fail(chance: random.Random) -> None:
    def form() -> str:
        return chance.choice(FORMS)(KEY)

    kind: Callable[[str], Exception] = chance.choice((RuntimeError, OddError, KeyError, OSError))
    error = kind(form())
    if chance.random() < 0.4:
        error.add_note(form())
    which = chance.randrange(4)
    if which == 0:
        raise error from ValueError(form())
    if which == 1:
        raise ExceptionGroup(form(), [error, RuntimeError(form())])
    if which == 2:
        raise UnicodeDecodeError("utf-8", form().encode(), 0, 1, form())
    raise error


class Leaking(Experiment):
    name = "Leaking"
    dataset = Dataset(
        [Item(id=str(each), input="q", expected="4") for each in range(500)],
        name="d",
        version="1",
        scorer="exact_match",
    )
    metrics = ("accuracy",)

    @condition
    async def errors(self, item: Any) -> object:
        fail(random.Random(f"error {item.id}"))
        return "4"

    @condition
    async def answers(self, item: Any) -> object:
        chance = random.Random(f"answer {item.id}")
        if chance.random() < 0.5:
            fail(chance)
        return chance.choice(FORMS)(KEY)


def text_of(path: Path) -> str:
    """The text of a file, each escape with one backslash, however often it was escaped."""
    return re.sub(r"\\+", r"\\", contents(path))


def contents(path: Path) -> str:
    if path.suffix != ".parquet":
        return path.read_text("utf-8", "replace")
    return "\n".join(str(each.to_pylist()) for each in pq.read_table(path).columns)


@pytest.mark.slow
def test_no_file_of_a_run_holds_a_key_that_a_thousand_errors_and_answers_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OWN_API_KEY", KEY)

    result = run_sync(Leaking, output_dir=tmp_path, run_id="r")

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert result.rows == 1000
    assert len(files) > 12
    source = "config.json"  # it holds this file, which is not the key
    found = {
        (path.name, left)
        for path in files
        for left in LEFT
        if path.name != source and left in text_of(path)
    }
    assert found == set()
    assert not any(left in str(result) + caplog.text for left in LEFT)
