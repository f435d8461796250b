"""Files come from the cache, a mirror or the network, and are never other than those pinned."""

import hashlib
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import blinker
import filelock
import pytest

from dataset_manager import ChecksumError, Dataset, Item, Pin, Sources, UnavailableError, load
from dataset_manager._loading.catalog import _loaders
from dataset_manager._sources.sources import find_sources, pins

BODY = bytes(range(256)) * 400
HASH = hashlib.sha256(BODY).hexdigest()


def pin(name: str = "set/file.txt") -> Pin:
    return Pin(name=name, repository="o/r", commit="0" * 40, path="f", sha256=HASH, bytes=len(BODY))


def mirrored(folder: Path, body: bytes = BODY) -> Path:
    path = folder / "set" / "file.txt"
    path.parent.mkdir(parents=True)
    path.write_bytes(body)
    return path


def test_the_cache_goes_first_and_a_damaged_file_in_it_is_not_used(tmp_path: Path) -> None:
    sources = Sources(cache_dir=tmp_path / "cache", mirror=tmp_path / "mirror", offline=True)
    in_mirror = mirrored(tmp_path / "mirror")
    cached = tmp_path / "cache" / "files" / HASH[:2] / HASH
    cached.parent.mkdir(parents=True)

    cached.write_bytes(BODY)
    first = sources.fetch(pin())
    cached.write_bytes(BODY[:-1])
    second = sources.fetch(pin())

    assert (first, second) == (cached, in_mirror)


def test_a_mirror_with_other_bytes_is_an_error(tmp_path: Path) -> None:
    mirrored(tmp_path, BODY + b"x")

    with pytest.raises(ChecksumError, match=r"file\.txt has SHA-256"):
        Sources(cache_dir=tmp_path / "cache", mirror=tmp_path, offline=True).fetch(pin())


def test_when_no_source_has_it_the_error_lists_all_that_were_tried(tmp_path: Path) -> None:
    with pytest.raises(
        UnavailableError, match=r"(?s)cache: not in.*mirror: no set.*offline.*CRUCIBLE_MIRROR"
    ):
        Sources(cache_dir=tmp_path / "cache", mirror=tmp_path, offline=True).fetch(pin())


def test_hits_and_misses_are_on_the_bus(tmp_path: Path) -> None:
    seen: list[str] = []

    def receive(name: str, **_: object) -> None:
        seen.append(name)

    mirrored(tmp_path)
    with blinker.signal("crucible").connected_to(receive):
        Sources(cache_dir=tmp_path / "cache", mirror=tmp_path).fetch(pin())

    assert seen == ["dataset.cache.miss"]


def test_the_environment_names_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRUCIBLE_CACHE", str(tmp_path / "c"))
    monkeypatch.setenv("CRUCIBLE_MIRROR", str(tmp_path / "m"))
    monkeypatch.setenv("CRUCIBLE_OFFLINE", "1")

    sources = find_sources(cache_dir=None, mirror=None, offline=None)

    assert sources == Sources(cache_dir=tmp_path / "c", mirror=tmp_path / "m", offline=True)


def test_every_pin_names_a_commit_and_a_hash() -> None:
    for found in pins().values():
        assert len(found.commit) == 40 or (found.host == "web" and len(found.sha256) == 64)
        assert len(found.sha256) == 64 or found.host == "huggingface"
        assert found.commit in Sources(cache_dir=Path("c")).url(found)


@pytest.fixture
def served(server: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("dataset_manager._sources.sources._GITHUB", server.host)
    return server


def test_what_is_downloaded_once_comes_from_the_cache_afterwards(
    served: Any, tmp_path: Path
) -> None:
    sources = Sources(cache_dir=tmp_path, github=served.host)

    first = sources.fetch(pin())
    second = Sources(cache_dir=tmp_path, offline=True).fetch(pin())

    assert first == second
    assert first.read_bytes() == BODY
    assert len(served.ranges) == 1


def test_a_damaged_file_in_the_cache_is_replaced(served: Any, tmp_path: Path) -> None:
    sources = Sources(cache_dir=tmp_path, github=served.host)
    path = sources.fetch(pin())
    path.write_bytes(BODY[:-1])

    assert sources.fetch(pin()).read_bytes() == BODY


def test_a_server_with_wrong_bytes_and_one_that_is_down_are_different_errors(
    served: Any, tmp_path: Path
) -> None:
    sources = Sources(cache_dir=tmp_path, github=served.host)

    served.script = ["lie"]
    with pytest.raises(ChecksumError, match="is pinned"):
        sources.fetch(pin())
    served.script = ["404"]
    with pytest.raises(UnavailableError, match=r"network: .* answers 404"):
        sources.fetch(pin())


async def test_a_cancelled_load_stops_waiting_at_once(
    served: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server asks for a pause of ten minutes."""

    def loader(sources: Sources, **options: Any) -> Dataset:
        sources.fetch(pin())
        raise AssertionError("the file was not to be had")

    served.script = ["503 600"] * 9
    monkeypatch.setitem(_loaders, "slow", (loader, ()))
    began = time.monotonic()

    async with anyio.create_task_group() as group:
        group.start_soon(partial(load, "slow", cache_dir=tmp_path))
        await anyio.to_thread.run_sync(served.asked.wait)
        group.cancel_scope.cancel()

    assert time.monotonic() - began < 300
    assert len(served.ranges) == 1


async def test_loads_at_the_same_time_download_a_file_once(
    served: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loader(sources: Sources, **options: Any) -> Dataset:
        return Dataset([Item("a", str(sources.fetch(pin())), "x")], name="shared")

    monkeypatch.setitem(_loaders, "shared", (loader, ()))

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(partial(load, "shared", cache_dir=tmp_path))

    assert len(served.ranges) == 1


async def test_a_load_that_waits_for_another_process_can_be_cancelled(
    served: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def loader(sources: Sources, **options: Any) -> Dataset:
        begun.set()
        sources.fetch(pin())
        raise AssertionError("the file is locked")

    monkeypatch.setitem(_loaders, "locked", (loader, ()))
    folder = tmp_path / "files" / HASH[:2]
    folder.mkdir(parents=True)

    with filelock.FileLock(folder / f"{HASH}.lock"):
        async with anyio.create_task_group() as group:
            group.start_soon(partial(load, "locked", cache_dir=tmp_path))
            await anyio.to_thread.run_sync(begun.wait)
            group.cancel_scope.cancel()

    assert served.ranges == []
