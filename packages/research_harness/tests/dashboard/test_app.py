"""The addresses of the dashboard answer with what the files hold."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

pytest.importorskip("starlette")

from research_harness._control.lock import RunLock
from research_harness._control.request_file import read_request
from research_harness._control.session_file import SessionState, SessionStatus, write_status
from research_harness._dashboard.app import Dashboard
from research_harness._dashboard.guard import TOKEN_HEADER
from research_harness._following import tail

from ..following.folders import append, failed, make_folder, row
from .asgi import TOKEN, request

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    dashboard = Dashboard(tmp_path)
    async with dashboard.hub:
        yield dashboard.app(host="127.0.0.1", token=TOKEN)


async def test_the_list_has_each_run_with_its_state(tmp_path: Path, app: Any) -> None:
    append(make_folder(tmp_path / "one"), [row(0)])
    make_folder(tmp_path / "two")
    (tmp_path / "no-run").mkdir()

    found = (await request(app, "/api/runs")).value

    assert set(found["runs"]) == {"one", "two"}
    assert found["runs"]["one"]["state"] == "incomplete"


async def test_a_run_has_its_state_and_paths(tmp_path: Path, app: Any) -> None:
    append(make_folder(tmp_path / "one"), [row(n) for n in range(40)])

    found = (await request(app, "/api/runs/one")).value

    assert found["state"]["rows"] == 40
    assert found["history"]["plain"][-1][0] == 20


@pytest.mark.parametrize(
    "run", ["nothing", "..", "%2e%2e", "..%2fone", ".hidden", "one%00", "no-run"]
)
async def test_what_is_not_a_run_of_the_folder_is_not_found(
    tmp_path: Path, app: Any, run: str
) -> None:
    make_folder(tmp_path / "one")
    (tmp_path / "no-run").mkdir()
    assert (await request(app, f"/api/runs/{unquote(run)}")).status == 404


async def test_rows_come_in_pages_with_filters(tmp_path: Path, app: Any) -> None:
    rows = [failed(n) if n % 10 == 0 else row(n, correct=n % 2 > 0) for n in range(120)]
    append(make_folder(tmp_path / "one"), rows)

    first = (await request(app, "/api/runs/one/rows?limit=50")).value
    second = (await request(app, f"/api/runs/one/rows?limit=200&start={first['next']}")).value
    wrong = (await request(app, "/api/runs/one/rows?kind=wrong&condition=plain&limit=200")).value
    late = (await request(app, "/api/runs/one/rows?text=LATE&limit=200")).value

    assert [each["index"] for each in first["rows"] + second["rows"]] == list(range(120))
    assert "next" not in second
    assert [each["index"] for each in wrong["rows"]] == [n for n in range(0, 120, 2) if n % 10]
    assert [each["index"] for each in late["rows"]] == list(range(0, 120, 10))


async def test_a_kind_that_does_not_exist_is_refused(tmp_path: Path, app: Any) -> None:
    make_folder(tmp_path / "one")

    assert (await request(app, "/api/runs/one/rows?kind=odds")).status == 400


async def test_a_single_answer_has_its_question_and_score(tmp_path: Path, app: Any) -> None:
    folder = make_folder(tmp_path / "one")
    append(folder, [row(0, prediction=HOSTILE, score=0.5), row(1)])
    folder.file("dataset.jsonl").write_text('{"id":"q0","input":"Why?","expected":"so"}\n')

    found = (await request(app, "/api/runs/one/rows/0")).value

    assert found["prediction"] == HOSTILE
    assert (found["score"], found["item"]["input"]) == (0.5, "Why?")
    assert (found["calls"], found["trace"], found["events"]) == ([], None, [])


async def test_one_row_is_shown_before_its_journal_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "CHUNK", 700)
    append(make_folder(tmp_path / "one"), [row(n) for n in range(60)])
    dashboard = Dashboard(tmp_path)
    async with dashboard.hub:
        app = dashboard.app(host="127.0.0.1", token=TOKEN)

        found = (await request(app, "/api/runs/one/rows/50")).value

        assert found["item_id"] == "q25"
        assert dashboard.hub.watched("one").ask(lambda follower: follower.index.length) < 10


async def test_a_row_that_is_not_finished_is_not_found(tmp_path: Path, app: Any) -> None:
    append(make_folder(tmp_path / "one"), [row(0)])

    assert (await request(app, "/api/runs/one/rows/7")).status == 404
    assert (await request(app, f"/api/runs/one/rows/{10**30}")).status == 404


async def _control(app: Any, body: object) -> Any:
    headers = {"content-type": "application/json", TOKEN_HEADER: TOKEN}
    path = "/api/runs/one/control"
    return await request(app, path, method="POST", headers=headers, body=body)


async def test_a_run_that_does_not_go_on_cannot_be_asked(tmp_path: Path, app: Any) -> None:
    folder = make_folder(tmp_path / "one")
    write_status(folder.journal.parent, SessionStatus(session=1, rows=5, concurrency=2))

    found = await _control(app, {"action": "stop"})

    assert found.status == 409
    assert read_request(folder.journal.parent) is None


async def test_requests_add_up_to_what_is_wanted(tmp_path: Path, app: Any) -> None:
    folder = make_folder(tmp_path / "one")
    checkpoints = folder.journal.parent
    write_status(checkpoints, SessionStatus(session=1, rows=5, concurrency=2))
    with RunLock(folder.path):
        await _control(app, {"action": "pause"})
        paused = read_request(checkpoints)
        await _control(app, {"action": "concurrency", "value": 7})
        tuned = read_request(checkpoints)
        await _control(app, {"action": "resume"})
        resumed = read_request(checkpoints)

    assert paused is not None
    assert tuned is not None
    assert resumed is not None
    assert (paused.paused, tuned.paused, resumed.paused) == (True, True, False)
    assert (paused.concurrency, tuned.concurrency, resumed.concurrency) == (None, 7, 7)
    assert paused.number < tuned.number < resumed.number
    assert not resumed.stop


@pytest.mark.parametrize("state", ["finishing", "ended", "interrupted"])
async def test_a_run_whose_rows_have_ended_is_asked_nothing_more(
    tmp_path: Path, app: Any, state: SessionState
) -> None:
    folder = make_folder(tmp_path / "one")
    status = SessionStatus(session=1, rows=5, concurrency=2, state=state)
    write_status(folder.journal.parent, status)
    with RunLock(folder.path):
        found = await _control(app, {"action": "stop"})

    assert found.status == 409
    assert read_request(folder.journal.parent) is None


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"{",
        b"[" * 3_000,
        [],
        {"action": "delete"},
        {"action": ["stop"]},
        {"action": "concurrency"},
        {"action": "concurrency", "value": 0},
        {"action": "concurrency", "value": True},
        {"action": "concurrency", "value": "8"},
    ],
)
async def test_a_request_that_makes_no_sense_is_refused(
    tmp_path: Path, app: Any, body: object
) -> None:
    folder = make_folder(tmp_path / "one")
    write_status(folder.journal.parent, SessionStatus(session=1, rows=5, concurrency=2))
    with RunLock(folder.path):
        assert (await _control(app, body)).status == 409
    assert read_request(folder.journal.parent) is None


async def test_a_body_that_is_too_long_is_refused(tmp_path: Path, app: Any) -> None:
    make_folder(tmp_path / "one")

    assert (await _control(app, b" " * 5_000)).status == 413
