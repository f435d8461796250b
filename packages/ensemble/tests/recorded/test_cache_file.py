"""The file of a cache stays whole, whichever process writes or is killed."""

import asyncio
import json
import os
import pickle
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ensemble import (
    CacheFileError,
    FunctionModel,
    HedgedModel,
    OpenAIModel,
    Response,
    ResponseCache,
    ask,
    ask_sync,
)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ResponseCache]:
    with ResponseCache(tmp_path / "answers.sqlite") as opened:
        yield opened


async def test_a_cache_goes_to_another_process_as_its_file(
    cache: ResponseCache, panel: Callable[..., list[Any]]
) -> None:
    await ask("2+2?", model=cache.wrap(panel("4")[0]))

    with pickle.loads(pickle.dumps(cache)) as again:  # noqa: S301  # made here
        assert len(again) == 1


FORK = """
import os
from ensemble import ResponseCache

cache = ResponseCache({path!r})
child = os.fork()
if child:
    os.waitpid(child, 0)
print(len(cache), flush=True)
"""
WRITER = """
import asyncio, sys
from ensemble import Response, ResponseCache, ask

path, name, shared = sys.argv[1:]

class Model:
    name = "m"
    async def generate(self, query, sampling):
        return Response(text=name, model="m")

async def main():
    cache = ResponseCache(path)
    model = cache.wrap(Model())
    number = 0
    while True:
        await ask(f"{name} {number}", model=model)
        print(number, flush=True)  # what is printed is kept
        response = await ask(f"shared {number % 50}", model=model)
        number += 1

asyncio.run(main())
"""


def _killed(writer: "subprocess.Popen[str]", after: int) -> int:
    """Kill a writer after some answers; the number of the last one that it printed."""
    with writer:
        assert writer.stdout is not None
        printed = "".join(writer.stdout.readline() for _ in range(after))
        writer.kill()
        return int((printed + writer.stdout.read()).split("\n")[-2])


def test_processes_that_are_killed_leave_a_whole_file(tmp_path: Path) -> None:
    """Three write at once and are killed in the middle; all that they had printed is there."""
    path = tmp_path / "answers.sqlite"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), f"w{number}", ""],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    chance = random.Random(1)
    printed = [_killed(writer, after=chance.randrange(100, 200)) for writer in writers]

    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    with ResponseCache(path) as cache:
        prompts = {record.prompt: record.response.text for record in cache}
    for number, last in enumerate(printed):
        assert all(f"w{number} {each}" in prompts for each in range(last + 1))
    shared = {prompts[f"shared {number}"] for number in range(50)}
    assert shared <= {"w0", "w1", "w2"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
async def test_a_forked_child_opens_the_file_for_itself(
    cache: ResponseCache, panel: Callable[..., list[Any]]
) -> None:
    await ask("2+2?", model=cache.wrap(panel("4")[0]))

    command = [sys.executable, "-c", FORK.format(path=cache.path)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: ASYNC221  # it takes a moment

    assert (found.stdout.split(), found.stderr) == (["1", "1"], "")
    await ask("2+3?", model=cache.wrap(panel("5")[0]))
    assert len(cache) == 2


async def test_of_two_that_ask_the_same_the_quicker_one_is_heard(
    cache: ResponseCache, tmp_path: Path
) -> None:
    """Two open the file, as two processes do: one answer for both, and each pays its own call."""
    go = asyncio.Event()

    async def slow(_: str) -> Response:
        await go.wait()
        return Response(text="late", model="m", cost_usd=0.02)

    async def quick(_: str) -> Response:
        return Response(text="early", model="m", cost_usd=0.01)

    with ResponseCache(tmp_path / "answers.sqlite") as other:
        waiting = asyncio.create_task(
            ask("2+2?", model=other.wrap(FunctionModel("m", slow), version="1"))
        )
        await asyncio.sleep(0)
        first = await ask("2+2?", model=cache.wrap(FunctionModel("m", quick), version="1"))
        go.set()
        second = await waiting

    assert first.text == second.text == "early"
    assert (first.cost_usd, second.cost_usd) == (0.01, 0.02)


def test_a_hedged_model_hedges_behind_the_cache(
    cache: ResponseCache, in_simulated_time: Callable[..., Any]
) -> None:
    pytest.importorskip("hedging")
    delays = iter((1000, 10))

    async def uneven(_: str) -> Response:
        await asyncio.sleep(next(delays) / 1000)
        return Response(text="4", model="m")

    hedged = HedgedModel(FunctionModel("m", uneven), delay_ms=50)

    response = in_simulated_time(ask("2+2?", model=cache.wrap(hedged)))

    assert response.latency_ms == pytest.approx(60)


async def test_a_writer_waits_for_its_turn(
    cache: ResponseCache, tmp_path: Path, panel: Callable[..., list[Any]]
) -> None:
    blocker = sqlite3.connect(tmp_path / "answers.sqlite", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    asking = asyncio.create_task(ask("2+2?", model=cache.wrap(panel("4")[0])))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not asking.done()

    blocker.execute("COMMIT")
    blocker.close()

    assert (await asking).text == "4"
    assert len(cache) == 1


def contents(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir())


async def test_no_key_and_no_header_is_in_the_file(server: Any, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    async with OpenAIModel(
        "gpt-4o-mini",
        base_url=server.url + "?token=secret-in-address",
        api_key="secret-key",
        headers={"x-organisation": "secret-header"},
    ) as inner:
        with ResponseCache(path) as cache:
            response = await ask("2+2?", model=cache.wrap(inner))
            on_disk = contents(tmp_path)
            cache.export_jsonl(tmp_path / "out.jsonl")

    assert response.text == "4"
    assert b"gpt-4o-mini" in on_disk
    for text in (on_disk, (tmp_path / "out.jsonl").read_bytes()):
        assert b"secret" not in text
        assert b"authorization" not in text.lower()


async def test_an_import_that_fails_in_the_middle_adds_nothing(
    cache: ResponseCache, tmp_path: Path, panel: Callable[..., list[Any]]
) -> None:
    await ask("2+2?", model=cache.wrap(panel("4")[0]))
    path = tmp_path / "answers.jsonl"
    cache.export_jsonl(path)
    good = json.loads(path.read_text())
    path.write_text(json.dumps({**good, "key": "k"}) + "\n" + json.dumps({**good, "key": None}))

    with pytest.raises(CacheFileError, match=r"line 2 is not an exported answer \(key is None"):
        cache.import_jsonl(path)

    assert len(cache) == 1
    await ask("2+3?", model=cache.wrap(panel("5")[0]))  # and it goes on
    assert len(cache) == 2


async def test_a_number_that_no_database_holds_is_an_error_with_its_line(
    cache: ResponseCache, tmp_path: Path, panel: Callable[..., list[Any]]
) -> None:
    await ask("2+2?", model=cache.wrap(panel("4")[0]))
    path = tmp_path / "answers.jsonl"
    cache.export_jsonl(path)
    good = json.loads(path.read_text())
    path.write_text(json.dumps({**good, "key": "k", "recorded_at": 1 << 63}))

    with pytest.raises(CacheFileError, match=r"line 1 is not an exported answer \(a number"):
        cache.import_jsonl(path)

    assert len(cache) == 1


@pytest.mark.parametrize("field", ["key", "model", "prompt", "question"])
def test_half_a_pair_that_no_database_holds_is_an_error_with_its_line(
    cache: ResponseCache, tmp_path: Path, panel: Callable[..., list[Any]], field: str
) -> None:
    ask_sync("2+2?", model=cache.wrap(panel("4")[0]))
    path = tmp_path / "answers.jsonl"
    cache.export_jsonl(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), field: "\ud800"}))

    with pytest.raises(CacheFileError, match="line 1 is not an exported answer"):
        cache.import_jsonl(path)

    assert len(cache) == 1


def test_something_else_is_no_cache(tmp_path: Path) -> None:
    text, other, later = (tmp_path / name for name in ("a.txt", "b.db", "c.db"))
    text.write_text("this is not a database, whatever its name may be" * 50)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE accounts (id INTEGER)")
    connection.close()
    with sqlite3.connect(later) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()

    for path in (text, other, later):
        before = path.read_bytes()
        with pytest.raises(CacheFileError, match=path.name):
            ResponseCache(path)
        assert path.read_bytes() == before


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TRIGGER t AFTER INSERT ON responses BEGIN UPDATE responses SET response = 'x'; END",
        "CREATE VIEW v AS SELECT * FROM responses",
        "CREATE TABLE more (id INTEGER)",
        "CREATE INDEX i ON responses (abs(sample))",
    ],
)
def test_a_cache_with_anything_beside_its_table_is_refused(tmp_path: Path, schema: str) -> None:
    path = tmp_path / "cache.db"
    ResponseCache(path).close()
    connection = sqlite3.connect(path)
    connection.execute(schema)
    connection.commit()
    connection.close()

    with pytest.raises(CacheFileError, match="more than the table of responses"):
        ResponseCache(path)


async def test_a_damaged_row_and_a_folder_that_cannot_be_made_are_errors_of_the_file(
    tmp_path: Path,
) -> None:
    path = tmp_path / "rows.sqlite"
    with ResponseCache(path) as cache:
        model = cache.wrap(FunctionModel("m", lambda _: "4"))
        await ask("2+2?", model=model)
        cache.close()
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE responses SET response = '{\"text\": '")
        connection.close()
        with pytest.raises(CacheFileError, match="a row is damaged"):
            await ask("2+2?", model=model)
        with pytest.raises(CacheFileError, match="a row is damaged"):
            list(cache)
    (tmp_path / "file").write_text("")
    with pytest.raises(CacheFileError, match="folder cannot be made"):
        ResponseCache(tmp_path / "file" / "inside" / "x.sqlite")


async def ask_many(model: Any) -> None:
    for number in range(20):
        await ask(str(number), model=model)


async def test_a_full_disk_is_an_error_of_the_file_and_keeps_what_was_written(
    tmp_path: Path,
) -> None:
    path = tmp_path / "answers.sqlite"
    with ResponseCache(path) as cache:
        model = cache.wrap(FunctionModel("m", lambda _: "x" * 5000))
        await ask("first", model=model)
        connection = cache._file._connected()  # as a disk that holds no more
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

        with pytest.raises(CacheFileError, match="full; free space, or choose another path"):
            await ask_many(model)

    with ResponseCache(path) as again:
        assert "first" in {record.prompt for record in again}


def test_a_file_that_cannot_be_opened_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(CacheFileError, match="write the file and its folder"):
        len(ResponseCache(tmp_path))  # a folder
