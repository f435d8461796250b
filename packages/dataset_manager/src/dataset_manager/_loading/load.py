"""Load a data set by its name, from a file, or from a repository."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, Unpack

from .._benchmarks.arithmetic import arithmetic
from .._benchmarks.registry import resolved
from .._core.errors import InvalidItemsError, UnknownDatasetError, UnknownOptionError
from .._core.events import Progress, emit
from .._core.loops import limit_of_scopes, refuse_running_loop, time_limit
from .._data.dataset import Dataset
from .._data.fields import FieldMapping
from .._data.files import read_file
from .._data.readers import FileFormat, format_of
from .._sampling.samples import random_sample, stratified_sample
from .._sources.sources import Sources, find_sources
from .catalog import dataset_names, is_known, load_known, refuse_others
from .hub import is_repository, load_hub

_GENERATED = 100
# The options that choose what is loaded; a loader refuses those that it does not take.
_FILE = ("format", "fields", "encoding", "allow_empty")
_CHOICES = ("split", "subset", "grouping", *_FILE, "revision", "files")


class LoadOptions(TypedDict, total=False):
    """The options of ``load``; ``load_sync`` describes them."""

    split: str | None
    subset: str | None
    grouping: str | None
    version: str | None
    sample_size: int | None
    stratify_by: str | None
    seed: int
    source: str | Path | None
    format: FileFormat | None
    fields: FieldMapping | None
    encoding: str | None
    allow_empty: bool
    revision: str | None
    files: str | Sequence[str] | None
    cache_dir: str | Path | None
    mirror: str | Path | None
    offline: bool | None
    timeout_ms: float | None
    on_progress: Progress | None


async def load(name: str | Path, **options: Unpack[LoadOptions]) -> Dataset:
    """``load_sync`` in a thread, so that the event loop is not blocked; takes the same arguments.

    A download that is cancelled stops at its next block and is resumed there the next time. The
    deadline of a scope of anyio around the call counts as ``timeout_ms`` does.

    Args:
        name: A name of ``dataset_names()``, the path of a file, or ``owner/name`` of a repository.
        **options: As ``load_sync`` takes them.

    Returns:
        The data set.

    Raises:
        DatasetError: As ``load_sync``.
    """
    import anyio.to_thread  # noqa: PLC0415  # half of the import time of this library

    with time_limit(limit_of_scopes()):
        return await anyio.to_thread.run_sync(partial(load_now, name, **options))


def load_sync(
    name: str | Path,
    *,
    split: str | None = None,
    subset: str | None = None,
    grouping: str | None = None,
    version: str | None = None,
    sample_size: int | None = None,
    stratify_by: str | None = None,
    seed: int = 0,
    source: str | Path | None = None,
    format: FileFormat | None = None,
    fields: FieldMapping | None = None,
    encoding: str | None = None,
    allow_empty: bool = False,
    revision: str | None = None,
    files: str | Sequence[str] | None = None,
    cache_dir: str | Path | None = None,
    mirror: str | Path | None = None,
    offline: bool | None = None,
    timeout_ms: float | None = None,
    on_progress: Progress | None = None,
) -> Dataset:
    """Load a data set by its name, a file, or a repository of Hugging Face.

    Args:
        name: A name of ``dataset_names()``, the path of a file, or ``owner/name`` of a repository.
        split: ``test``, ``train``, ``dev`` or ``validation``, as far as the data set has it.
        subset: One part of it: a subject of MMLU, a task of BIG-Bench Hard, a configuration.
        grouping: For ``mmlu_stem``: ``hendrycks`` (18 subjects) or ``lm-eval`` (19).
        version: The version that is expected; another one is an error.
        sample_size: How many items to draw at random; for ``arithmetic``, how many to generate.
        stratify_by: Draw them in proportion to the values of this field.
        seed: Selects the sample.
        source: The path of a file that the data set is read from.
        format: Of a file: ``jsonl``, ``json``, ``csv``, ``tsv`` or ``parquet``.
        fields: Of a file or a repository: which field is what.
        encoding: Of a file: the encoding of its text; UTF-8, or what its byte order mark says,
            when None.
        allow_empty: Of a file: whether one without a record is an empty data set, not an error.
        revision: Of a repository: the commit, 40 hexadecimal digits.
        files: Of a repository: patterns of the files to read.
        cache_dir: The folder of the cache.
        mirror: A folder that holds the benchmark files.
        offline: Whether the network may not be used.
        timeout_ms: The longest time for downloads, in milliseconds. A wait that a server requests
            and that would end later is not begun.
        on_progress: Called during a download with the bytes that are there and those of the file.

    Returns:
        The data set. Sources are tried in order: cache, mirror, installed package, pinned download.

    Example:
        >>> load_sync("arithmetic", sample_size=3, seed=7)
        <Dataset arithmetic, 3 items, SHA-256 ..., SYNTHETIC>

    Raises:
        UnknownDatasetError: No data set has this name.
        UnknownOptionError: It has no such split, subset, grouping or version.
        RevisionError: A repository was named without a commit.
        DatasetFileError: A file cannot be read; names file and line.
        ChecksumError: A file is not the one that was pinned.
        UnavailableError: No source has a file.
        ValueError: ``sample_size`` is out of range, or ``stratify_by`` is given without it.
        RunningLoopError: An event loop is running in this thread; await ``load``.
    """
    refuse_running_loop("load")
    return load_now(
        name,
        split=split,
        subset=subset,
        grouping=grouping,
        version=version,
        sample_size=sample_size,
        stratify_by=stratify_by,
        seed=seed,
        source=source,
        format=format,
        fields=fields,
        encoding=encoding,
        allow_empty=allow_empty,
        revision=revision,
        files=files,
        cache_dir=cache_dir,
        mirror=mirror,
        offline=offline,
        timeout_ms=timeout_ms,
        on_progress=on_progress,
    )


def load_now(name: str | Path, **options: Unpack[LoadOptions]) -> Dataset:
    """``load_sync`` in any thread, with its events on the bus."""
    name = resolved(str(name))
    began = time.perf_counter_ns()
    about: dict[str, object] = {"dataset": name, "split": options.get("split")}
    emit("dataset.load.start", {}, about)
    try:
        with time_limit(_seconds(options.get("timeout_ms"))):
            found = _loaded(name, options)
    except Exception as error:
        measured: dict[str, object] = {"duration_ns": time.perf_counter_ns() - began}
        problem = {"error": str(error), "error_type": type(error).__name__}
        emit("dataset.load.exception", measured, {**about, **problem})
        raise
    measured = {"duration_ns": time.perf_counter_ns() - began, "items": len(found)}
    emit("dataset.load.stop", measured, {**about, "split": found.split, "version": found.version})
    return found


def given_dataset(dataset: Dataset | str | Path) -> Dataset:
    """A data set as a caller gave it, or by its name.

    Args:
        dataset: The data set, or its name or path, under which it is loaded.

    Raises:
        InvalidItemsError: It is neither.
        DatasetError: The data set of this name cannot be loaded.
    """
    if isinstance(dataset, Dataset):
        return dataset
    if isinstance(dataset, str | Path):
        return load_now(dataset)
    raise InvalidItemsError(
        f"dataset is of type {type(dataset).__name__}; give a name, a path or a Dataset, which"
        " Dataset.from_items(items, name=...) makes of a list of items"
    )


async def load_all(
    names: Sequence[str | Path], **options: Unpack[LoadOptions]
) -> dict[str, Dataset]:
    """Several data sets at once.

    Args:
        names: What ``load`` takes as a name, for each data set.
        **options: As ``load_sync`` takes them; the same for all.

    Returns:
        The data sets by name, in the order of ``names``.

    Raises:
        DatasetError: As ``load_sync``; the first error ends the other loads.
    """
    import anyio  # noqa: PLC0415  # half of the import time of this library

    found: dict[str, Dataset] = {}

    async def one(name: str | Path) -> None:
        found[str(name)] = await load(name, **options)

    try:
        async with anyio.create_task_group() as group:
            for name in names:
                group.start_soon(one, name)
    except ExceptionGroup as problems:
        raise problems.exceptions[0] from None
    return {str(name): found[str(name)] for name in names}


def _seconds(timeout_ms: float | None) -> float | None:
    if timeout_ms is not None and not timeout_ms > 0:
        raise ValueError(f"timeout_ms: {timeout_ms!r} is not a number of milliseconds above 0")
    return None if timeout_ms is None else timeout_ms / 1000


def _loaded(name: str, options: LoadOptions) -> Dataset:
    seed, size = options.get("seed", 0), options.get("sample_size")
    source, stratify_by = options.get("source"), options.get("stratify_by")
    chosen: dict[str, Any] = {each: options.get(each) or None for each in _CHOICES}
    sources = find_sources(
        cache_dir=options.get("cache_dir"),
        mirror=options.get("mirror"),
        offline=options.get("offline"),
        on_progress=options.get("on_progress"),
    )
    generated = _GENERATED if size is None else size
    found = _found(name, source, chosen, sources, lambda: arithmetic(generated, seed=seed))
    found = _checked(found, name, options.get("version"))
    drawn = None if _is_generated(name, source) else size
    return _sample(found, drawn, stratify_by, seed)


def _found(
    name: str,
    source: str | Path | None,
    asked: dict[str, Any],
    sources: Sources,
    generate: Callable[[], Dataset],
) -> Dataset:
    """The data set of a name; an option that it does not take is an error."""
    path = _path_of(name, source)
    if path is not None:
        refuse_others(name, asked, _FILE)
        called = name if source is not None else None
        chosen = {each: asked[each] for each in ("format", "fields", "encoding")}
        empty = bool(asked["allow_empty"])
        return read_file(Dataset, path, name=called, allow_empty=empty, **chosen)
    if is_repository(name) and not is_known(name):
        taken = ("split", "subset", "revision", "files", "fields")
        refuse_others(name, asked, taken)
        return load_hub(sources, name, **{option: asked[option] for option in taken})
    if _is_generated(name, source):
        refuse_others(name, asked, ())
        return generate()
    if not is_known(name):
        raise UnknownDatasetError(name, dataset_names())
    return load_known(name, sources, asked)


def _path_of(name: str, source: str | Path | None) -> Path | None:
    """The path of the file; None where a data set is named."""
    if source is not None:
        return Path(source)
    path = Path(name)
    return path if not is_known(name) and (format_of(path) or _is_file(path)) else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # the name is longer than that of any file
        return False


def _is_generated(name: str, source: str | Path | None) -> bool:
    """Whether the items are generated, so that no sample is drawn from them."""
    return name == "arithmetic" and source is None and not is_known(name)


def _checked(found: Dataset, name: str, version: str | None) -> Dataset:
    if version is not None and version != found.version:
        raise UnknownOptionError(version, (found.version,), dataset=name, option="version")
    return found


def _sample(found: Dataset, size: int | None, stratify_by: str | None, seed: int) -> Dataset:
    if size is None:
        if stratify_by is not None:
            raise ValueError("stratify_by: no sample is drawn; pass sample_size as well")
        return found
    if stratify_by is None:
        return random_sample(found, size, seed=seed)
    return stratified_sample(found, size, by=stratify_by, seed=seed)
