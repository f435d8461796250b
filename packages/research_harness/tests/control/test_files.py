"""The two small files between a run and its watchers survive whatever is in them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from research_harness._control.request_file import (
    REQUEST,
    Request,
    read_request,
    remove_requests,
    write_request,
)
from research_harness._control.session_file import (
    SESSION,
    SessionState,
    SessionStatus,
    end_status,
    read_status,
    write_status,
)


def test_a_request_is_read_as_it_was_written(tmp_path: Path) -> None:
    request = Request(number=3, paused=True, concurrency=8)
    write_request(tmp_path, request)

    assert read_request(tmp_path) == request


def test_removed_requests_are_gone_and_may_be_removed_twice(tmp_path: Path) -> None:
    write_request(tmp_path, Request(number=1, stop=True))
    remove_requests(tmp_path)
    remove_requests(tmp_path)

    assert read_request(tmp_path) is None


@pytest.mark.parametrize(
    "found",
    [
        "",
        "{",
        "[]",
        "null",
        '{"number": true}',
        '{"number": 0}',
        '{"number": 1, "concurrency": 0}',
        '{"number": 1, "concurrency": "8"}',
        '{"number": 1, "concurrency": 1e9}',
        '{"number": 1e400}',
    ],
)
def test_a_request_that_makes_no_sense_asks_for_nothing(tmp_path: Path, found: str) -> None:
    (tmp_path / REQUEST).write_text(found)

    assert read_request(tmp_path) is None


def test_what_is_not_true_neither_pauses_nor_stops(tmp_path: Path) -> None:
    (tmp_path / REQUEST).write_text('{"number": 4, "paused": "yes", "stop": 1}')

    assert read_request(tmp_path) == Request(number=4)


def test_a_status_is_read_as_it_was_written(tmp_path: Path) -> None:
    status = SessionStatus(session=2, rows=100, concurrency=8, max_cost_usd=1.5, state="paused")
    write_status(tmp_path, status)

    assert read_status(tmp_path) == status


@pytest.mark.parametrize(
    ("said", "end", "then"),
    [
        ("running", "interrupted", "interrupted"),
        ("finishing", "interrupted", "interrupted"),
        ("finishing", "ended", "ended"),
        ("running", "ended", "running"),
        ("interrupted", "ended", "interrupted"),
        ("ended", "interrupted", "ended"),
    ],
)
def test_a_session_says_once_how_it_ended(
    tmp_path: Path, said: SessionState, end: SessionState, then: SessionState
) -> None:
    status = SessionStatus(session=1, rows=5, concurrency=2, state=said)
    write_status(tmp_path, status)

    end_status(tmp_path, end)

    assert read_status(tmp_path) == replace(status, state=then)


def test_where_no_session_said_anything_its_end_writes_nothing(tmp_path: Path) -> None:
    end_status(tmp_path, "interrupted")

    assert list(tmp_path.iterdir()) == []


def test_a_status_of_another_form_is_passed_over_or_mended(tmp_path: Path) -> None:
    (tmp_path / SESSION).write_text("[1]")
    assert read_status(tmp_path) is None

    given = {
        "session": 1,
        "rows": 5,
        "concurrency": 2,
        "state": "asleep",
        "max_cost_usd": "1",
        "x": 1,
    }
    (tmp_path / SESSION).write_text(json.dumps(given))
    assert read_status(tmp_path) == SessionStatus(session=1, rows=5, concurrency=2)
