"""Files fetched before they are needed, and folders of them for places without a network."""

import shutil
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from .._benchmarks.registry import resolved
from .._sources.cache import CachedFile
from .._sources.pins import Pin
from .._sources.sources import Sources, find_sources
from .catalog import dataset_info
from .hub import file_list, is_repository


def list_cached(*, cache_dir: str | Path | None = None) -> tuple[CachedFile, ...]:
    """The files in the cache, the most recently used first."""
    return find_sources(cache_dir=cache_dir).cache.files()


def clear_cache(*, cache_dir: str | Path | None = None) -> int:
    """Drop all files of the cache; gives the bytes that were freed."""
    cache = find_sources(cache_dir=cache_dir).cache
    shutil.rmtree(cache.folder / "hub", ignore_errors=True)
    return cache.remove(lambda _: True)


def invalidate_cache(name: str, *, cache_dir: str | Path | None = None) -> int:
    """Drop the files of one data set from the cache; gives the bytes that were freed.

    Args:
        name: A benchmark, or ``owner/name`` of a repository, in all its revisions.
        cache_dir: The folder of the cache.

    Raises:
        UnknownDatasetError: No data set has this name.
    """
    cache = find_sources(cache_dir=cache_dir).cache
    if is_repository(name):
        freed = cache.remove(lambda file: file.name.startswith(f"hub/{name}/"))
        shutil.rmtree(cache.folder / "hub" / name, ignore_errors=True)
        return freed
    names = {pin.name for pin in dataset_info(name).pins}
    return cache.remove(lambda file: file.name in names)


async def preload(
    names: str | Iterable[str],
    *,
    revision: str | None = None,
    cache_dir: str | Path | None = None,
    mirror: str | Path | None = None,
) -> tuple[CachedFile, ...]:
    """``preload_sync`` in a thread, so that the event loop goes on; takes the same arguments."""
    import anyio.to_thread  # noqa: PLC0415  # half of the import time of this library

    work = partial(preload_sync, names, revision=revision, cache_dir=cache_dir, mirror=mirror)
    return await anyio.to_thread.run_sync(work)


def preload_sync(
    names: str | Iterable[str],
    *,
    revision: str | None = None,
    cache_dir: str | Path | None = None,
    mirror: str | Path | None = None,
) -> tuple[CachedFile, ...]:
    """Put all files of some data sets into the cache, so that they load without a network.

    Args:
        names: Benchmarks, or ``owner/name`` of a repository.
        revision: The commit of a repository.
        cache_dir: The folder of the cache.
        mirror: A folder that holds the files; they are copied from there where it has them.

    Returns:
        The files in the cache.

    Raises:
        UnknownDatasetError: No data set has one of these names.
        ChecksumError: A file is not the one that was pinned.
        UnavailableError: A file is in no source.
    """
    sources = find_sources(cache_dir=cache_dir, mirror=mirror)
    for pin in _pins_of(names, sources, revision):
        path = sources.fetch(pin)
        target = sources.cache.path(pin)
        if path != target:
            _copy(path, target)
            sources.cache.added(pin)
    return sources.cache.files()


def make_mirror(
    folder: str | Path,
    names: str | Iterable[str],
    *,
    revision: str | None = None,
    cache_dir: str | Path | None = None,
    mirror: str | Path | None = None,
) -> tuple[Path, ...]:
    """Write a folder that ``CRUCIBLE_MIRROR`` can name on a machine without a network.

    Args:
        folder: Where it goes; files that are there and right are left alone.
        names: Benchmarks, or ``owner/name`` of a repository.
        revision: The commit of a repository.
        cache_dir: The folder of the cache.
        mirror: Another mirror that the files may come from.

    Returns:
        The files of the mirror.

    Raises:
        UnknownDatasetError: No data set has one of these names.
        ChecksumError: A file is not the one that was pinned.
        UnavailableError: A file is in no source.
    """
    sources = find_sources(cache_dir=cache_dir, mirror=mirror)
    written = []
    for pin in _pins_of(names, sources, revision):
        target = Path(folder) / pin.name
        if not target.is_file() or pin.digest_of(target) != pin.digest:
            _copy(sources.fetch(pin), target)
        written.append(target)
    for name in _names(names):
        if is_repository(name):
            tree = f"hub/{name}/{revision}/tree.json"
            kept = next(
                place / tree
                for place in (sources.cache_dir, sources.mirror)
                if place is not None and (place / tree).is_file()
            )
            _copy(kept, Path(folder) / tree)
            written.append(Path(folder) / tree)
    return tuple(written)


def _pins_of(names: str | Iterable[str], sources: Sources, revision: str | None) -> list[Pin]:
    found: dict[str, Pin] = {}
    for name in _names(names):
        repository = is_repository(name)
        pins = file_list(sources, name, revision or "") if repository else dataset_info(name).pins
        found |= {pin.name: pin for pin in pins}
    return list(found.values())


def _names(names: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(resolved(name) for name in ((names,) if isinstance(names, str) else names))


def _copy(source: Path, target: Path) -> None:
    """A file that is there is there as a whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{target.name}.copy")
    shutil.copyfile(source, temporary)
    temporary.replace(target)
