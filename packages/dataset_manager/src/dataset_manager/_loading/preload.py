"""Fill the cache ahead of a run, and write mirrors for machines without a network."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from .._benchmarks.registry import resolved
from .._core.events import Progress
from .._core.loops import limit_of_scopes, refuse_running_loop, time_limit
from .._core.replacing import replacing
from .._sources.cache import CachedFile
from .._sources.commits import file_list, tree_name, with_hash
from .._sources.pins import Pin
from .._sources.sources import Sources, find_sources
from .catalog import dataset_info
from .hub import is_repository


def list_cached(*, cache_dir: str | Path | None = None) -> tuple[CachedFile, ...]:
    """The files in the cache, the most recently used first.

    Args:
        cache_dir: The folder of the cache.

    Returns:
        The files with name, hash, size and time of last use.
    """
    return find_sources(cache_dir=cache_dir).cache.files()


def clear_cache(*, cache_dir: str | Path | None = None) -> int:
    """Remove all files from the cache.

    Args:
        cache_dir: The folder of the cache.

    Returns:
        The number of bytes that were freed.
    """
    cache = find_sources(cache_dir=cache_dir).cache
    shutil.rmtree(cache.folder / "hub", ignore_errors=True)
    return cache.remove(lambda _: True)


def invalidate_cache(name: str, *, cache_dir: str | Path | None = None) -> int:
    """Remove the files of one data set from the cache.

    Args:
        name: A benchmark, or ``owner/name`` of a repository, in all its revisions.
        cache_dir: The folder of the cache.

    Returns:
        The number of bytes that were freed.

    Raises:
        UnknownDatasetError: No data set has this name.
    """
    cache = find_sources(cache_dir=cache_dir).cache
    if is_repository(name):
        freed = cache.remove(lambda file: file.name.startswith(f"hub/{name}/"))
        folder = cache.folder / "hub" / name
        if folder.resolve() == cache.folder.resolve() / "hub" / name:  # not behind a link
            shutil.rmtree(folder, ignore_errors=True)
        return freed
    names = {pin.name for pin in dataset_info(name).pins}
    return cache.remove(lambda file: file.name in names)


async def preload(
    names: str | Iterable[str],
    *,
    revision: str | None = None,
    cache_dir: str | Path | None = None,
    mirror: str | Path | None = None,
    on_progress: Progress | None = None,
) -> tuple[CachedFile, ...]:
    """``preload_sync`` in a thread, so that the event loop is not blocked.

    A wait that a server requests is not begun where a scope of anyio ends the call before it.

    Args:
        names: Benchmarks, or ``owner/name`` of a repository.
        revision: The commit of a repository.
        cache_dir: The folder of the cache.
        mirror: A folder of files that are copied where it has them.
        on_progress: Called with the bytes that are there and those of all files.

    Returns:
        The files in the cache.

    Raises:
        DatasetError: As ``preload_sync``.
    """
    import anyio.to_thread  # noqa: PLC0415  # half of the import time of this library

    work = partial(_preload, names, revision, cache_dir, mirror, on_progress)
    with time_limit(limit_of_scopes()):
        return await anyio.to_thread.run_sync(work)


def preload_sync(
    names: str | Iterable[str],
    *,
    revision: str | None = None,
    cache_dir: str | Path | None = None,
    mirror: str | Path | None = None,
    on_progress: Progress | None = None,
) -> tuple[CachedFile, ...]:
    """Put all files of some data sets into the cache, so that they load without a network.

    Args:
        names: Benchmarks, or ``owner/name`` of a repository.
        revision: The commit of a repository.
        cache_dir: The folder of the cache.
        mirror: A folder of files that are copied where it has them.
        on_progress: Called with the bytes that are there and those of all files.

    Returns:
        The files in the cache.

    Raises:
        UnknownDatasetError: No data set has one of these names.
        ChecksumError: A file is not the one that was pinned.
        UnavailableError: No source has a file.
        RunningLoopError: An event loop is running in this thread; await ``preload``.
    """
    refuse_running_loop("preload")
    return _preload(names, revision, cache_dir, mirror, on_progress)


def _preload(
    names: str | Iterable[str],
    revision: str | None,
    cache_dir: str | Path | None,
    mirror: str | Path | None,
    on_progress: Progress | None,
) -> tuple[CachedFile, ...]:
    sources = find_sources(cache_dir=cache_dir, mirror=mirror)
    for pin, path in _fetched(_pins_of(names, sources, revision), sources, on_progress):
        target = sources.cache.path(pin)
        if path != target:
            _copy(path, target)
            sources.cache.added(pin)
    return sources.cache.files()


def _fetched(
    pins: Sequence[Pin], sources: Sources, on_progress: Progress | None
) -> Iterator[tuple[Pin, Path]]:
    """Each file from its source, with the progress over all of them."""
    done, total = 0, sum(pin.bytes for pin in pins)

    def counted(part: int, _: int) -> None:
        if on_progress is not None:
            on_progress(done + part, total)

    following = replace(sources, on_progress=counted)
    for pin in pins:
        yield pin, following.fetch(pin)
        counted(pin.bytes, pin.bytes)
        done += pin.bytes


def make_mirror(
    folder: str | Path,
    names: str | Iterable[str],
    *,
    revision: str | None = None,
    cache_dir: str | Path | None = None,
    mirror: str | Path | None = None,
    on_progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write a folder that ``CRUCIBLE_MIRROR`` can name on a machine without a network.

    Args:
        folder: The folder to write; files that are there with the pinned bytes are kept.
        names: Benchmarks, or ``owner/name`` of a repository.
        revision: The commit of a repository.
        cache_dir: The folder of the cache.
        mirror: Another mirror that the files may come from.
        on_progress: Called with the bytes that are there and those of all files.

    Returns:
        The files of the mirror.

    Raises:
        UnknownDatasetError: No data set has one of these names.
        ChecksumError: A file is not the one that was pinned.
        UnavailableError: No source has a file.
    """
    sources = find_sources(cache_dir=cache_dir, mirror=mirror)
    targets = {pin: Path(folder) / pin.name for pin in _pins_of(names, sources, revision)}
    lacking = [pin for pin, path in targets.items() if not _holds(path, pin)]
    for pin, path in _fetched(lacking, sources, on_progress):
        _copy(path, targets[pin])
    written = list(targets.values())
    for tree in _trees(names, revision):
        kept = next(
            each / tree
            for each in (sources.cache_dir, sources.mirror)
            if each is not None and (each / tree).is_file()
        )
        _copy(kept, Path(folder) / tree)
        written.append(Path(folder) / tree)
    return tuple(written)


def _trees(names: str | Iterable[str], revision: str | None) -> list[str]:
    """The lists of commits that are needed to check the files of some data sets."""
    found: dict[str, None] = {}
    for name in _names(names):
        if is_repository(name):
            found[tree_name(name, revision or "")] = None
            continue
        for pin in dataset_info(name).pins:
            if not pin.digest_known:
                found[tree_name(pin.repository, pin.commit)] = None
    return list(found)


def _pins_of(names: str | Iterable[str], sources: Sources, revision: str | None) -> list[Pin]:
    found: dict[str, Pin] = {}
    for name in _names(names):
        repository = is_repository(name)
        pins = file_list(sources, name, revision or "") if repository else dataset_info(name).pins
        found |= {pin.name: with_hash(sources, pin) for pin in pins}
    return list(found.values())


def _holds(path: Path, pin: Pin) -> bool:
    return path.is_file() and pin.digest_of(path) == pin.digest


def _names(names: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(resolved(name) for name in ((names,) if isinstance(names, str) else names))


def _copy(source: Path, target: Path) -> None:
    """Copy a file so that the target is never half written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)
