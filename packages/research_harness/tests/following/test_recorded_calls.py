"""The calls of one row, found in a log that grows, is closed, or is compressed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from research_harness._artifacts.folder import RunFolder
from research_harness._core.parts import compress, rotate
from research_harness._engine.journal import JournalWriter
from research_harness._engine.response_log import ResponseLogWriter
from research_harness._following.browsing import whole_row
from research_harness._following.recorded_calls import RecordedCalls
from research_harness._outcome.row import Row

from .folders import failed, followed, make_folder, row


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return make_folder(tmp_path)


@pytest.fixture
def calls(folder: RunFolder) -> Iterator[RecordedCalls]:
    found = RecordedCalls(folder.responses)
    yield found
    found.close()


def asked(folder: RunFolder, *rows: Row, prompt: str = "What is 2 + 2?") -> None:
    with JournalWriter(folder.journal, ResponseLogWriter(folder.responses)) as journal:
        for each in rows:
            call = {"model": "m", "prompt": prompt, "answer": f"answer {each.index}"}
            journal.append(each, [call])


def texts(calls: RecordedCalls, each: Row) -> list[tuple[str | None, str | None]]:
    return [(found.prompt, found.answer) for found in calls.of(each)]


def test_a_row_of_a_growing_log_has_its_calls(folder: RunFolder, calls: RecordedCalls) -> None:
    assert calls.of(row(0)) == []
    asked(folder, row(0))
    assert texts(calls, row(0)) == [("What is 2 + 2?", "answer 0")]
    asked(folder, row(1))
    assert texts(calls, row(1)) == [("What is 2 + 2?", "answer 1")]
    assert calls.of(row(2)) == []


@pytest.mark.parametrize("packed", [False, True], ids=["closed", "compressed"])
def test_a_row_of_a_closed_part_has_its_calls(
    folder: RunFolder, calls: RecordedCalls, *, packed: bool
) -> None:
    asked(folder, row(0), row(1))
    closed = rotate(folder.responses)
    assert closed is not None
    if packed:
        compress(closed)
    assert texts(calls, row(0)) == [("What is 2 + 2?", "answer 0")]
    asked(folder, row(2), prompt="Another?")
    assert texts(calls, row(2)) == [("Another?", "answer 2")]
    assert texts(calls, row(1)) == [("What is 2 + 2?", "answer 1")]


def test_a_text_of_an_earlier_part_is_found(folder: RunFolder, calls: RecordedCalls) -> None:
    call = {"model": "m", "prompt": "asked in both", "answer": "yes"}
    log = ResponseLogWriter(folder.responses)
    log.add(row(0), [call])
    log.write()
    closed = log.rotate(1)
    assert closed is not None
    compress(closed)
    log.add(row(1), [call])
    log.write()
    log.close()

    assert b"asked in both" not in folder.responses.read_bytes()
    assert texts(calls, row(1)) == [("asked in both", "yes")]


def test_the_last_calls_of_a_row_that_was_run_again_count(
    folder: RunFolder, calls: RecordedCalls
) -> None:
    asked(folder, failed(0), prompt="first try")
    rotate(folder.responses)
    asked(folder, row(0), prompt="second try")

    assert texts(calls, row(0)) == [("second try", "answer 0")]


def test_a_single_answer_of_a_run_whose_log_was_closed_shows_its_calls(folder: RunFolder) -> None:
    asked(folder, row(0))
    closed = rotate(folder.responses)
    assert closed is not None
    compress(closed)
    follower = followed(folder)

    shown = whole_row(follower, 0)
    follower.close()

    assert shown is not None
    assert [call["prompt"] for call in shown["calls"]] == ["What is 2 + 2?"]
