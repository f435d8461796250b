"""A run does what its watchers ask, and its results stay complete."""

import asyncio
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from dataset_manager import Item
from research_harness import (
    Ceilings,
    Experiment,
    SetupError,
    condition,
    resume_sync,
    run_sync,
    verify,
)
from research_harness._browse.runs import list_runs
from research_harness._control.request_file import Request, write_request
from research_harness._control.run_control import RunControl
from research_harness._control.session_file import SessionStatus, read_status
from research_harness._engine.journal import Journal
from research_harness._scheduling.queue import TrialQueue

ITEMS = [{"id": f"q{n}", "input": str(n), "answer": str(n)} for n in range(30)]


class Watched(Experiment):
    name = "Watched"
    dataset = ITEMS
    scorer = "text"
    metrics = ("accuracy",)
    formats = ()
    concurrency = 6
    asked: ClassVar[Any] = None

    @condition
    async def plain(self, item: Item) -> str:
        """Says the number, and asks for something at the fifth item."""
        await type(self).asked(item)
        return str(item.input)


def _until_followed(checkpoints: Path, number: int) -> None:
    """Wait for the run's own thread; it looks five times a second."""
    pause = threading.Event()
    while (status := read_status(checkpoints)) is None or status.request < number:
        pause.wait(0.02)


class Asking:
    """At the fifth item that is begun a watcher asks for something; from then on rows wait for it.

    Args:
        checkpoints: Of the run.
        request: What is asked for.
    """

    def __init__(self, checkpoints: Path, request: Request) -> None:
        self.begun = 0
        self.followed = False
        self._checkpoints = checkpoints
        self._request = request

    async def __call__(self, _: Item) -> None:
        self.begun += 1
        if self.begun == 5:
            write_request(self._checkpoints, self._request)
        if self.begun >= 5 and not self.followed:
            await asyncio.to_thread(_until_followed, self._checkpoints, self._request.number)
            self.followed = True
        await asyncio.sleep(0)


@pytest.mark.slow
@pytest.mark.parametrize("virtual", [False, True])
def test_a_run_that_is_stopped_is_incomplete_and_goes_on_when_resumed(
    tmp_path: Path, virtual: bool
) -> None:
    checkpoints = tmp_path / "one" / "checkpoints"

    class Stopped(Watched):
        virtual_time = virtual
        concurrency = 2
        asked = Asking(checkpoints, Request(number=1, stop=True))

    result = run_sync(Stopped, output_dir=tmp_path, run_id="one")
    rows = sum(1 for _ in Journal(checkpoints / "journal.jsonl"))

    assert result.analysis["state"] != "complete"
    assert "watcher" in str(result.analysis["stopped"])
    assert 5 <= rows < 30

    again = resume_sync("one", Stopped, output_dir=tmp_path)

    assert again.analysis["state"] == "complete"
    assert again.analysis["rows"] == 30


@pytest.mark.slow
@pytest.mark.parametrize("virtual", [False, True])
def test_a_run_that_is_paused_begins_nothing_until_it_is_resumed(
    tmp_path: Path, virtual: bool
) -> None:
    checkpoints = tmp_path / "one" / "checkpoints"
    ask = Asking(checkpoints, Request(number=1, paused=True))

    class Paused(Watched):
        virtual_time = virtual
        concurrency = 2
        ceilings = Ceilings(max_idle_ms=None if virtual else 600_000)
        asked = ask

    at_resume: list[int] = []

    def go_on() -> None:
        _until_followed(checkpoints, 1)
        at_resume.append(ask.begun)
        write_request(checkpoints, Request(number=2))

    watcher = threading.Thread(target=go_on, daemon=True)
    watcher.start()
    result = run_sync(Paused, output_dir=tmp_path, run_id="one")
    watcher.join()

    assert result.analysis["state"] == "complete"
    assert ask.begun == 30
    assert at_resume[0] < 30
    status = read_status(checkpoints)
    assert status is not None
    assert (status.state, status.request) == ("ended", 2)


def test_fewer_rows_at_a_time(tmp_path: Path) -> None:
    ask = Asking(tmp_path / "one" / "checkpoints", Request(number=1, concurrency=1))
    at_begin: list[int] = []
    under_way = 0

    async def counted(item: Item) -> None:
        nonlocal under_way
        under_way += 1
        if ask.followed:
            at_begin.append(under_way)
        try:
            await ask(item)
        finally:
            under_way -= 1

    class Tuned(Watched):
        asked = staticmethod(counted)

    result = run_sync(Tuned, output_dir=tmp_path, run_id="one")

    assert result.analysis["state"] == "complete"
    assert len(at_begin) >= 15
    assert set(at_begin[6:]) == {1}


def test_more_rows_at_a_time(tmp_path: Path) -> None:
    ask = Asking(tmp_path / "one" / "checkpoints", Request(number=1, concurrency=12))
    under_way = 0
    twelve = asyncio.Event()

    async def waiting(item: Item) -> None:
        nonlocal under_way
        await ask(item)
        if not ask.followed or ask.begun <= 11:
            return
        under_way += 1
        if under_way == 12:
            twelve.set()
        await twelve.wait()
        under_way -= 1

    class Tuned(Watched):
        asked = staticmethod(waiting)

    result = run_sync(Tuned, output_dir=tmp_path, run_id="one")

    assert twelve.is_set()
    assert result.analysis["state"] == "complete"


def test_requests_to_an_earlier_session_are_not_followed(tmp_path: Path) -> None:
    checkpoints = tmp_path / "one" / "checkpoints"

    class Stopped(Watched):
        concurrency = 2
        asked = Asking(checkpoints, Request(number=9, stop=True))

    run_sync(Stopped, output_dir=tmp_path, run_id="one")
    assert (checkpoints / "request.json").exists()
    result = resume_sync("one", Stopped, output_dir=tmp_path)

    assert result.analysis["state"] == "complete"


async def test_the_queue_keeps_workers_waiting_until_there_is_room() -> None:
    room = 1
    trials: Any = iter([SimpleNamespace(index=0, condition=SimpleNamespace(name="a"))] * 3)
    queue = TrialQueue(
        trials,
        clock=asyncio.get_running_loop().time,
        stopped=lambda: False,
        may_begin=lambda under_way: under_way < room,
    )

    assert await queue.next() is not None
    second = asyncio.ensure_future(queue.next())
    await asyncio.sleep(0)
    assert not second.done()
    room = 2
    queue.wake()

    assert await second is not None


async def test_an_older_request_than_the_last_is_passed_over(tmp_path: Path) -> None:
    control = RunControl(tmp_path, SessionStatus(session=1, rows=9, concurrency=4, request=7))
    control.follow(Request(number=7, paused=True))
    assert not control.paused

    control.follow(Request(number=8, paused=True, concurrency=2))
    assert (control.paused, control.may_begin(0), control.concurrency) == (True, False, 2)

    control.follow(Request(number=9))
    assert [control.may_begin(n) for n in (0, 1, 2, 3)] == [True, True, False, False]
    assert read_status(tmp_path) == SessionStatus(session=1, rows=9, concurrency=2, request=9)


def test_a_session_that_was_interrupted_says_so_until_a_resume_has_ended(tmp_path: Path) -> None:
    class Interrupted(Watched):
        virtual_time = True
        begun = 0

        @condition
        async def plain(self, item: Item) -> str:
            """Is interrupted at the twelfth item."""
            Interrupted.begun += 1
            await asyncio.sleep(Interrupted.begun)
            if Interrupted.begun == 12:
                raise KeyboardInterrupt
            return str(item.input)

    with pytest.raises(KeyboardInterrupt):
        run_sync(Interrupted, output_dir=tmp_path, run_id="one")

    status = read_status(tmp_path / "one" / "checkpoints")
    (listed,) = list_runs(tmp_path)
    assert status is not None
    assert status.state == "interrupted"
    assert (listed.state, listed.planned_rows) == ("incomplete", 30)
    assert 0 < listed.rows < 30

    again = resume_sync("one", Interrupted, output_dir=tmp_path)

    status = read_status(tmp_path / "one" / "checkpoints")
    assert again.complete
    assert status is not None
    assert (status.session, status.state) == (2, "ended")
    assert verify("one", output_dir=tmp_path).agree


def test_a_session_whose_setup_failed_was_interrupted(tmp_path: Path) -> None:
    class Unready(Watched):
        async def setup(self) -> None:
            raise ConnectionError

    with pytest.raises(SetupError):
        run_sync(Unready, output_dir=tmp_path, run_id="one")

    status = read_status(tmp_path / "one" / "checkpoints")
    assert status is not None
    assert status.state == "interrupted"
