"""The cache holds what was pinned, keeps to its size, and can be looked at and emptied."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import blinker
import pytest

from dataset_manager import (
    ChecksumError,
    Pin,
    Sources,
    UnavailableError,
    UnknownDatasetError,
    clear_cache,
    invalidate_cache,
    list_cached,
    load,
    load_sync,
    make_mirror,
    preload,
    preload_sync,
)
from dataset_manager._core.canonical import git_blob_hash
from dataset_manager._sources import sources as sources_module
from dataset_manager._sources.cache import Cache


def pin(name: str, body: bytes) -> Pin:
    digest = hashlib.sha256(body).hexdigest()
    return Pin(
        name=name, repository="o/r", commit="0" * 40, path=name, sha256=digest, bytes=len(body)
    )


def filled(folder: Path, sizes: dict[str, int], **options: Any) -> tuple[Cache, dict[str, Pin]]:
    cache = Cache(folder, **options)
    made = {}
    for age, (name, size) in enumerate(sizes.items()):
        made[name] = pin(name, name.encode() * size)
        path = cache.path(made[name])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * size)
        Cache(folder).added(made[name])
        os.utime(path, (1_000_000 + age, 1_000_000 + age))
    return cache, made


def test_the_least_recently_used_files_are_dropped_first(tmp_path: Path) -> None:
    cache, made = filled(tmp_path, {"a": 100, "b": 100, "c": 100}, limit_bytes=250)

    assert cache.find(made["a"])[0] is not None  # which makes it the most recently used one
    freed = cache.trim()

    assert freed == 100
    assert [file.name for file in cache.files()] == ["a", "c"]
    assert cache.find(made["b"]) == (None, f"not in {tmp_path}")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_what_is_no_file_of_the_pinned_size_is_damaged_and_is_not_read(tmp_path: Path) -> None:
    cache, made = filled(tmp_path, {"a": 100})
    path = cache.path(made["a"])
    path.unlink()
    with path.open("wb") as file:
        file.truncate(10 << 30)  # to hash it would take a minute
    note = path.with_name(f"{path.name}.json")
    note.unlink()
    os.mkfifo(note)  # to open it would wait for ever

    assert cache.find(made["a"]) == (None, f"{path} is damaged")
    assert [file.name for file in cache.files()] == ["unknown"]

    path.unlink()
    os.mkfifo(path)
    assert cache.find(made["a"]) == (None, f"{path} is damaged")


def test_evicted_files_are_events(tmp_path: Path) -> None:
    cache, _ = filled(tmp_path, {"a": 100, "b": 50}, limit_bytes=60)
    seen = []

    def receive(sender: str, **event: Any) -> None:
        seen.append((sender, event["measurements"], event["metadata"]))

    with blinker.signal("crucible").connected_to(receive):
        cache.trim()
        cache.remove(lambda file: True)

    assert seen == [("dataset.cache.evict", {"bytes": 100}, {"file": "a"})]


def test_a_file_that_is_in_use_is_never_dropped(tmp_path: Path) -> None:
    cache, _ = filled(tmp_path, {"a": 100, "b": 100}, limit_bytes=0, now=lambda: 1_000_100.0)

    assert cache.trim() == 0
    assert Cache(tmp_path, 0, lambda: 1_000_700.0).trim() == 200


def test_a_download_makes_room_for_itself(server: Any, tmp_path: Path) -> None:
    filled(tmp_path, {"old": 50_000})
    server.files = {f"/o/r/{'0' * 40}/new": b"new" * 20_000}
    sources = Sources(cache_dir=tmp_path, github=server.host, cache_limit_bytes=100_000)

    sources.fetch(pin("new", b"new" * 20_000))

    assert [file.name for file in sources.cache.files()] == ["new"]


def test_a_cache_that_cannot_be_written_is_read(tmp_path: Path, monkeypatch: Any) -> None:
    cache, made = filled(tmp_path, {"a": 10})

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Read-only file system")

    monkeypatch.setattr(os, "utime", refuse)
    found, _ = cache.find(made["a"])

    assert found == cache.path(made["a"])


def test_a_cache_folder_that_cannot_be_made_is_an_error(server: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(UnavailableError, match=r"network: .*Not a directory"):
        Sources(cache_dir=tmp_path / "file", github=server.host).fetch(pin("a", b"a"))


def test_the_cache_is_listed_and_emptied_in_part_and_as_a_whole(
    mirror: Path, tmp_path: Path
) -> None:
    files = preload_sync(["humaneval", "mbpp"], cache_dir=tmp_path, mirror=mirror)

    assert {file.name for file in files} == {"humaneval/HumanEval.jsonl.gz", "mbpp/mbpp.jsonl"}
    assert " bytes, " in str(files[0])
    assert files[0].to_dict()["bytes"] == files[0].bytes
    offline = load_sync("mbpp", cache_dir=tmp_path, mirror=tmp_path / "none", offline=True)
    assert len(offline) == 500
    assert invalidate_cache("human_eval", cache_dir=tmp_path) == 44_877
    assert [file.name for file in list_cached(cache_dir=tmp_path)] == ["mbpp/mbpp.jsonl"]
    assert clear_cache(cache_dir=tmp_path) == 563_743
    assert list_cached(cache_dir=tmp_path) == ()
    with pytest.raises(UnknownDatasetError):
        invalidate_cache("gsm9k", cache_dir=tmp_path)


async def test_a_mirror_is_made_for_a_machine_without_a_network(
    mirror: Path, tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    cache = tmp_path / "cache"
    await preload(
        "gsm8k", cache_dir=cache, mirror=mirror, on_progress=lambda *each: seen.append(each)
    )

    made = make_mirror(tmp_path / "m", "gsm8k", cache_dir=tmp_path / "cache", mirror=tmp_path)

    assert sorted(path.name for path in made) == ["test.jsonl", "train.jsonl"]
    assert seen[-1] == (sum(path.stat().st_size for path in made),) * 2
    options: dict[str, Any] = {
        "cache_dir": tmp_path / "none",
        "mirror": tmp_path / "m",
        "offline": True,
    }
    assert len(await load("gsm8k", **options)) == 1319
    made[0].write_bytes(b"changed")
    with pytest.raises(ChecksumError):
        await load("gsm8k", split=made[0].stem, **options)
    make_mirror(tmp_path / "m", "gsm8k", cache_dir=tmp_path / "cache", mirror=tmp_path)
    assert len(await load("gsm8k", **options)) == 1319


def test_humaneval_comes_from_the_installed_package(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "human_eval"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('is not imported')")
    file = package / "data" / "HumanEval.jsonl.gz"
    file.write_bytes((mirror / "humaneval" / "HumanEval.jsonl.gz").read_bytes())
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.delitem(sys.modules, "human_eval", raising=False)
    options: dict[str, Any] = {"cache_dir": tmp_path, "mirror": tmp_path / "none", "offline": True}

    assert len(load_sync("humaneval", **options)) == 164
    file.write_bytes(b"another version")
    with pytest.raises(ChecksumError):
        load_sync("humaneval", **options)


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources_module, "_in_package", lambda *_: None)

    with pytest.raises(UnavailableError, match="package human_eval: is not installed"):
        load_sync("humaneval", cache_dir=tmp_path, mirror=tmp_path, offline=True)


def test_the_size_of_the_cache_may_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CRUCIBLE_CACHE_LIMIT", "5000")
    found = sources_module.find_sources(cache_dir=tmp_path)

    assert found.cache.limit_bytes == 5000
    monkeypatch.setenv("CRUCIBLE_CACHE_LIMIT", "5 GB")
    with pytest.raises(ValueError, match="'5 GB', not a number of bytes"):
        sources_module.find_sources(cache_dir=tmp_path)


def test_a_file_can_be_known_by_the_hash_that_git_gives_it(tmp_path: Path) -> None:
    """The golden value is what ``git hash-object`` prints for this file."""
    path = tmp_path / "f"
    path.write_bytes(b"hello\n")

    assert git_blob_hash(path) == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_several_processes_download_a_file_once(server: Any, tmp_path: Path) -> None:
    body = b"shared" * 20_000
    server.files = {f"/o/r/{'0' * 40}/f": body}
    code = (
        "import sys; from pathlib import Path; from dataset_manager import Pin, Sources;"
        "folder, host, digest, size = sys.argv[1:];"
        "pin = Pin(name='f', repository='o/r', commit='0' * 40, path='f', sha256=digest,"
        " bytes=int(size));"
        "print(Sources(cache_dir=Path(folder), github=host).fetch(pin).stat().st_size)"
    )
    given = (str(tmp_path), server.host, pin("f", body).sha256, str(len(body)))
    processes = [
        subprocess.Popen([sys.executable, "-c", code, *given], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]

    sizes = [process.communicate()[0].strip() for process in processes]

    assert sizes == [str(len(body))] * 3
    assert len(server.paths) == 1


def test_emptying_the_cache_of_others_removes_nothing_behind_a_link(tmp_path: Path) -> None:
    theirs, folder = tmp_path / "theirs", tmp_path / "cache"
    for name in ("Makefile", "ab" + "0" * 62, "name/tree.json"):
        (theirs / name).parent.mkdir(parents=True, exist_ok=True)
        (theirs / name).write_text("kept")
    (folder / "files" / "xy").mkdir(parents=True)
    (folder / "files" / "xy" / "notes").write_text("kept")
    (folder / "files" / "ab").symlink_to(theirs)
    (folder / "files" / "Ma").symlink_to(theirs)
    (folder / "hub").mkdir()
    (folder / "hub" / "owner").symlink_to(theirs)

    invalidate_cache("owner/name", cache_dir=folder)
    clear_cache(cache_dir=folder)

    assert sum(each.is_file() for each in theirs.rglob("*")) == 3
    assert (folder / "files" / "xy" / "notes").exists()


def test_the_note_beside_a_file_is_not_written_through_a_link(tmp_path: Path) -> None:
    theirs, cache, wanted = tmp_path / "theirs", Cache(tmp_path / "cache"), pin("a", b"a")
    theirs.write_text("kept")
    path = cache.path(wanted)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"a")
    path.with_name(f"{path.name}.json").symlink_to(theirs)

    cache.added(wanted)

    assert theirs.read_text() == "kept"
    assert [file.name for file in cache.files()] == ["a"]
