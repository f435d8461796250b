"""Text that people see cannot act on a terminal or change the direction of reading."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import dataset_manager
from dataset_manager import (
    Dataset,
    DatasetError,
    DatasetFileError,
    EvaluationResult,
    Item,
    Leaderboard,
    UnknownDatasetError,
    evaluate,
    find_leaks,
    group_table,
    leaderboard,
    read_log,
    score,
)
from dataset_manager._core.shown import printable

# An OSC that writes to the clipboard, a CSI that clears the screen, an override of direction.
HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\u202eabc\u2066\x9b"
ACTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# Its text is what a model is asked, and must stay as it is.
NOT_SHOWN = {"Item"}


def results() -> tuple[Dataset, EvaluationResult, Leaderboard]:
    items = [Item(HOSTILE, f"q {HOSTILE}", HOSTILE, {HOSTILE: HOSTILE, "topic": HOSTILE})]
    data = Dataset(items, name=HOSTILE, split=HOSTILE, scorer="exact_match")
    result = evaluate({HOSTILE: HOSTILE}, dataset=data, model_name=HOSTILE)
    return data, result, leaderboard([result], title=HOSTILE)


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    data, result, board = results()
    groups = group_table(result, data, by="topic")
    path = folder / "log.jsonl"
    path.write_text('{"id": "\\u001b[2J", "prediction": "4", "expected": "4", "model": "\\u202ea"}')
    log = read_log(path)
    yield "EvaluationResult", str(result)
    yield "its HTML", result._repr_html_()
    yield "Leaderboard", str(board)
    yield "its Markdown", board.to_markdown()
    yield "its page", board.to_html(items=True)
    yield "its CSV", board.to_csv(items=True) + board.to_csv()
    yield "Dataset", f"{data} {data!r}"
    yield "its HTML", data._repr_html_()
    yield "DataCard", str(data.card())
    yield "GroupTable", f"{groups} {groups.to_markdown()} {groups._repr_html_()}"
    yield "PredictionLog", f"{log} {log.rescore(scorer='number')}"
    yield "LeakReport", str(find_leaks(data, data.replace(name="other")))
    yield "Score", str(score(HOSTILE, data[0], scorer="exact_match"))
    yield "errors", f"{UnknownDatasetError(HOSTILE, [HOSTILE])} {DatasetFileError(path, HOSTILE)}"


def test_no_text_of_a_result_acts_on_a_terminal(tmp_path: Path) -> None:
    acting = {name: found[0] for name, text in texts(tmp_path) if (found := ACTS.search(text))}

    assert acting == {}


def test_values_and_exact_files_keep_every_character() -> None:
    data, result, board = results()

    assert data[0].id == result.items[0].prediction == HOSTILE
    assert result.model_name == HOSTILE
    assert EvaluationResult.from_dict(result.to_dict()) == result
    assert "\\u001b]52" in board.to_jsonl()
    assert result.correct == 1


def test_every_public_class_with_a_text_of_its_own_makes_it_printable() -> None:
    own = {
        name: vars(value)["__str__"]
        for name in dataset_manager.__all__
        if inspect.isclass(value := getattr(dataset_manager, name)) and "__str__" in vars(value)
    }

    assert set(own) > NOT_SHOWN
    door = "dataset_manager._core.shown"
    assert {name for name, text in own.items() if text.__module__ != door} == NOT_SHOWN


def test_every_error_makes_its_text_printable() -> None:
    errors = [
        value
        for name in dataset_manager.__all__
        if inspect.isclass(value := getattr(dataset_manager, name))
        and issubclass(value, DatasetError)
    ]

    assert len(errors) > 10
    assert all(error.__str__ is DatasetError.__str__ for error in errors)


@given(st.text())
def test_a_printable_text_has_no_character_that_acts(text: str) -> None:
    shown = printable(text)

    assert not ACTS.search(shown)
    assert printable(shown) == shown
    if not ACTS.search(text) and "\ufeff" not in text:
        assert shown == text
