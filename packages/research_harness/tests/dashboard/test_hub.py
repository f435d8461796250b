"""What goes wrong with one run is shown for it and costs the others nothing."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from research_harness._core.errors import RunNotFoundError
from research_harness._dashboard import hub as hubs
from research_harness._dashboard.hub import Hub
from research_harness._following.follower import RunFollower

from ..following.folders import append, make_folder, row


async def _until(hub: Hub, run: str, good: Any) -> None:
    watched = hub.watched(run)
    while watched.topic.state is None or not good(watched.topic.state):
        await watched.topic.change(watched.topic.place, 1.0)


async def test_watched_runs_are_brought_up_to_date_in_the_background(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "one")
    append(folder, [row(0)])
    async with Hub(tmp_path) as hub:
        hub.watched("one").topic.watchers = 1
        await _until(hub, "one", lambda state: state["rows"] == 1)
        append(folder, [row(1), row(2)])

        await _until(hub, "one", lambda state: state["rows"] == 3)


async def test_an_error_is_shown_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        append(make_folder(tmp_path / name), [row(0)])
    poll = RunFollower.poll

    def failing(self: RunFollower) -> bool:
        if self.state.folder.id == "one":
            raise OSError(28, "No space left on device")
        return poll(self)

    monkeypatch.setattr(RunFollower, "poll", failing)
    async with Hub(tmp_path) as hub:
        for name in ("one", "two"):
            hub.watched(name).topic.watchers = 1

        await _until(hub, "one", lambda state: "No space left" in state.get("problem", ""))
        await _until(hub, "two", lambda state: state["rows"] == 1)


async def test_runs_that_are_not_watched_are_dropped_when_there_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "_MAX_FOLLOWED", 3)
    for n in range(6):
        make_folder(tmp_path / f"run-{n}")
    hub = Hub(tmp_path)
    kept = hub.watched("run-0")
    kept.topic.watchers = 1
    for n in range(1, 6):
        hub.watched(f"run-{n}")

    assert len(hub._watched) == 3
    assert hub.watched("run-0") is kept


async def test_a_run_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError):
        Hub(tmp_path).watched("nothing")


async def test_a_folder_that_cannot_be_listed_has_no_runs(tmp_path: Path) -> None:
    found = await asyncio.to_thread(Hub(tmp_path / "nothing").listed)

    assert found == {"runs": {}, "left_out": 0}


async def test_a_server_that_ends_does_not_read_a_long_journal_to_its_end(tmp_path: Path) -> None:
    long = "word " * 20_000
    append(make_folder(tmp_path / "one"), [row(n, prediction=long) for n in range(60)])
    async with Hub(tmp_path) as hub:
        watched = hub.watched("one")
        hub.end()
        watched.catch_up()

        assert watched.ask(lambda follower: follower.snapshot())["rows"] == 0
