"""Faults that other engines met: lost state, workers that outlive their driver, missing rows."""

import asyncio
import pickle
import random
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from research_harness import (
    Condition,
    Outcome,
    WorkersError,
    WorkerSession,
    resume_sync,
    run,
    run_sync,
)
from research_harness._executors.messages import (
    Begin,
    Cancel,
    Cancelled,
    Closed,
    Finished,
    for_driver,
    for_worker,
    packed,
)
from research_harness._executors.ray_cluster import WorkerActor

from .conftest import FakeExecutor, FakeLink, Sums, files_of, indexes, right


def all_files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_an_actor_that_is_restarted_without_its_checkpoint_changes_no_file(
    tmp_path: Path, fake_executor: type[FakeExecutor]
) -> None:
    chance, restarts = random.Random(3), 0

    def forgets() -> bool:
        nonlocal restarts
        forgotten = chance.random() < 0.1
        restarts += forgotten
        return forgotten

    here = run_sync(Sums, output_dir=tmp_path / "here", run_id="a")
    executor = fake_executor(2, forgets=forgets)
    there = run_sync(Sums, output_dir=tmp_path / "there", run_id="a", executor=executor)

    assert restarts > 0
    assert files_of(there.folder) == files_of(here.folder)
    assert sorted(indexes(there.folder)) == list(range(40))


async def test_an_actor_of_ray_that_was_started_anew_takes_and_gives_nothing() -> None:
    actor = WorkerActor()  # what a restart makes: no driver has greeted it

    with pytest.raises(RuntimeError, match="restarted"):
        await actor.put(packed([]))
    with pytest.raises(RuntimeError, match="restarted"):
        await actor.get()


GATE: dict[str, asyncio.Event] = {}
TRIES: dict[str, int] = {}
HELD = ("q3", "q20", "q39")


class HeldBack(Sums):
    """The first try of some rows ends only when a gate opens."""

    def all_conditions(self) -> Any:
        return (Condition(name="right", function=_held_back),)


async def _held_back(item: Any) -> Outcome:
    TRIES[item.id] = TRIES.get(item.id, 0) + 1
    if TRIES[item.id] == 1 and item.id in HELD:
        await GATE["open"].wait()
    return await right(item)


class _Detached(FakeExecutor):
    """Its workers go on when their connection has ended."""

    async def start(self, *, alone: bool) -> FakeLink:
        link = await super().start(alone=alone)

        async def cut() -> None:
            link._ended.set()

        link.kill = cut  # type: ignore[method-assign]
        return link


@pytest.mark.slow
async def test_a_detached_actor_that_goes_on_after_the_run_writes_to_no_place(
    tmp_path: Path, fake_executor: type[FakeExecutor]
) -> None:
    GATE["open"] = asyncio.Event()
    TRIES.clear()
    ended: set[str] = set()

    def ends_its_worker(begin: Begin) -> bool:
        item = pickle.loads(begin.item).id  # noqa: S301  # its own
        first = item in HELD and item not in ended
        ended.add(item)
        return first

    executor = _Detached(2, ends_its_worker=ends_its_worker)
    there = await run(HeldBack, output_dir=tmp_path, run_id="a", executor=executor)
    before = all_files(tmp_path)
    late = {link: list(link.session._tasks.values()) for link in executor.links}
    GATE["open"].set()
    for link, tasks in late.items():
        if tasks:
            await asyncio.wait(tasks)
            assert any(isinstance(x, Finished) for x in for_driver(await link.session.give()))
        await link.session.abandon()

    assert sum(map(len, late.values())) == len(HELD)
    assert all_files(tmp_path) == before
    assert there.complete
    assert sorted(indexes(there.folder)) == list(range(40))


class _Relabelled(FakeExecutor):
    """A worker whose first row says that it is another one."""

    done = False

    async def start(self, *, alone: bool) -> FakeLink:
        link = await super().start(alone=alone)
        receive = link.receive

        async def wrong() -> bytes:
            return packed([self._wrong(each) for each in for_driver(await receive())])

        link.receive = wrong  # type: ignore[method-assign]
        return link

    def _wrong(self, message: Any) -> Any:
        if self.done or not isinstance(message, Finished):
            return message
        self.done = True
        row = msgspec.json.decode(message.row)
        return msgspec.structs.replace(message, row=msgspec.json.encode({**row, "index": 39}))


@pytest.mark.slow
def test_a_row_that_comes_back_as_another_is_not_kept_and_found_when_resumed(
    tmp_path: Path, fake_executor: type[FakeExecutor]
) -> None:
    with pytest.raises(WorkersError, match="came back as row 39"):
        run_sync(Sums, output_dir=tmp_path, run_id="a", executor=_Relabelled(2))
    kept = indexes(tmp_path / "a")
    assert len(kept) == len(set(kept)) < 40

    there = resume_sync("a", Sums, output_dir=tmp_path, executor=fake_executor(2))

    assert there.complete
    assert sorted(indexes(there.folder)) == list(range(40))


class _Misnamed(FakeExecutor):
    """The first row of a worker names a condition that the worker does not know."""

    done = False

    async def start(self, *, alone: bool) -> FakeLink:
        link = await super().start(alone=alone)
        send = link.send

        async def wrong(data: bytes) -> None:
            await send(packed([self._wrong(each) for each in for_worker(data)]))

        link.send = wrong  # type: ignore[method-assign]
        return link

    def _wrong(self, message: Any) -> Any:
        if self.done or not isinstance(message, Begin):
            return message
        self.done = True
        return msgspec.structs.replace(message, condition="unknown")


@pytest.mark.slow
def test_a_row_that_a_worker_cannot_begin_is_run_by_another(
    tmp_path: Path, fake_executor: type[FakeExecutor], caplog: pytest.LogCaptureFixture
) -> None:
    result = run_sync(Sums, output_dir=tmp_path, run_id="a", executor=_Misnamed(2))

    assert "a row could not be run: KeyError" in caplog.text
    assert result.complete
    assert result.failures == 0
    assert sorted(indexes(result.folder)) == list(range(40))


async def test_a_row_that_is_cancelled_before_it_begins_is_answered() -> None:
    session = WorkerSession()
    session._rows = cast("Any", object())  # it is open; the row does not get so far
    begin = Begin(
        ticket=7, attempt=1, index=0, condition="c", item=b"", repeat=0, seed=0, arm="",
        block="", period=0, limited=False,
    )  # fmt: skip
    session.take(packed([begin, Cancel(7)]))
    session._rows = None
    await session.abandon()

    assert for_driver(await session.give()) == [Cancelled(7), Closed()]
