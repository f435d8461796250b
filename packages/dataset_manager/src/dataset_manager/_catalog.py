"""Data sets by name."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from ._arithmetic import arithmetic
from ._dataset import Dataset
from ._errors import UnknownDatasetError, UnknownOptionError
from ._events import emit
from ._gsm8k import load_gsm8k
from ._humaneval import load_humaneval
from ._jsonl import load_jsonl
from ._mmlu import load_mmlu, load_mmlu_stem
from ._sampling import random_sample
from ._sources import Sources, find_sources

_GENERATED = 100
_OPTIONS = ("split", "subset", "grouping")


class Loader(Protocol):
    """Makes a data set; takes the options that it knows, by name."""

    def __call__(self, sources: Sources, **options: Any) -> Dataset:
        """Load the data set."""
        ...


# Each with the options it knows.
_loaders: dict[str, tuple[Callable[..., Dataset], tuple[str, ...]]] = {
    "gsm8k": (load_gsm8k, ("split",)),
    "humaneval": (load_humaneval, ("split",)),
    "mmlu": (load_mmlu, ("split", "subset")),
    "mmlu_stem": (load_mmlu_stem, ("split", "grouping")),
}


def dataset_names() -> tuple[str, ...]:
    """The names that ``load`` knows."""
    return tuple(sorted({*_loaders, "arithmetic"}))


def register(
    name: str, loader: Loader, *, options: tuple[str, ...] = (), replace: bool = False
) -> None:
    """Make a data set of your own known by a name.

    Args:
        name: The name.
        loader: Called with the ``Sources`` and with the options that it takes, by name; one that
            was not given is None.
        options: Which of ``split``, ``subset`` and ``grouping`` it takes.
        replace: Allow a name that is known already.

    Raises:
        ValueError: The name is known already, or an option is none of the three.
    """
    strangers = sorted({*options} - {*_OPTIONS})
    if strangers:
        raise ValueError(
            f"options: {', '.join(strangers)}: only {', '.join(_OPTIONS)} can be taken"
        )
    if name in dataset_names() and not replace:
        raise ValueError(f"data set {name!r} is known already; pass replace=True to replace it")
    _loaders[name] = (loader, options)


async def load(
    name: str | Path,
    *,
    split: str | None = None,
    subset: str | None = None,
    grouping: str | None = None,
    version: str | None = None,
    sample_size: int | None = None,
    seed: int = 0,
    source: str | Path | None = None,
    cache_dir: str | Path | None = None,
    mirror: str | Path | None = None,
    offline: bool | None = None,
) -> Dataset:
    """``load_sync`` in a thread, so that the event loop goes on; takes the same arguments.

    A download that is cancelled stops at its next block and is taken up there the next time.
    """
    import anyio.to_thread  # noqa: PLC0415  # half of the import time of this library

    work = partial(
        load_sync,
        name,
        split=split,
        subset=subset,
        grouping=grouping,
        version=version,
        sample_size=sample_size,
        seed=seed,
        source=source,
        cache_dir=cache_dir,
        mirror=mirror,
        offline=offline,
    )
    return await anyio.to_thread.run_sync(work)


def load_sync(
    name: str | Path,
    *,
    split: str | None = None,
    subset: str | None = None,
    grouping: str | None = None,
    version: str | None = None,
    sample_size: int | None = None,
    seed: int = 0,
    source: str | Path | None = None,
    cache_dir: str | Path | None = None,
    mirror: str | Path | None = None,
    offline: bool | None = None,
) -> Dataset:
    """Load a data set by its name, or a file.

    Args:
        name: ``gsm8k``, ``mmlu``, ``mmlu_stem``, ``humaneval``, ``arithmetic`` (generated), a
            registered name, or the path of a JSONL file.
        split: ``test``, ``train``, ``dev`` or ``val``, as far as the data set has it.
        subset: One subject of MMLU.
        grouping: For ``mmlu_stem``: ``hendrycks`` (18 subjects) or ``lm-eval`` (19).
        version: The version that is expected; another one is an error.
        sample_size: Draw so many items at random; for ``arithmetic``, generate so many.
        seed: Selects the sample.
        source: The path of a JSONL file that the data set is read from.
        cache_dir: The folder of the cache.
        mirror: A folder that holds the benchmark files.
        offline: Whether the network may not be used.

    Returns:
        The data set. Sources are tried in order: cache, mirror, pinned download.

    Raises:
        UnknownDatasetError: No data set has this name.
        UnknownOptionError: It has no such split, subset, grouping or version.
        DatasetFileError: A file cannot be read; names file and line.
        ChecksumError: A file is not the one that was pinned.
        UnavailableError: A file is in no source.
        ValueError: ``sample_size`` is out of range.
    """
    name = str(name)
    began = time.perf_counter_ns()
    about: dict[str, object] = {"dataset": name, "split": split}
    emit("dataset.load.start", {}, about)
    try:
        found = _load(
            name,
            {"split": split, "subset": subset, "grouping": grouping},
            size=sample_size,
            seed=seed,
            source=source,
            sources=find_sources(cache_dir=cache_dir, mirror=mirror, offline=offline),
        )
        if version is not None and version != found.version:
            raise UnknownOptionError(name, "version", version, (found.version,))  # noqa: TRY301  # reported below
        if sample_size is not None and not _is_generated(name, source):
            found = random_sample(found, sample_size, seed=seed)
    except Exception as error:
        measured: dict[str, object] = {"duration_ns": time.perf_counter_ns() - began}
        problem = {"error": str(error), "error_type": type(error).__name__}
        emit("dataset.load.exception", measured, {**about, **problem})
        raise
    measured = {"duration_ns": time.perf_counter_ns() - began, "items": len(found)}
    emit("dataset.load.stop", measured, {**about, "split": found.split, "version": found.version})
    return found


def _load(
    name: str,
    options: dict[str, str | None],
    *,
    size: int | None,
    seed: int,
    source: str | Path | None,
    sources: Sources,
) -> Dataset:
    if source is not None:
        _refuse_others(name, options, ())
        return load_jsonl(Path(source), name=name)
    if _is_generated(name, source):
        _refuse_others(name, options, ())
        return arithmetic(_GENERATED if size is None else size, seed=seed)
    if name in _loaders:
        loader, known = _loaders[name]
        _refuse_others(name, options, known)
        return loader(sources, **{option: options[option] for option in known})
    if name.endswith(".jsonl"):
        _refuse_others(name, options, ())
        return load_jsonl(Path(name))
    raise UnknownDatasetError(name, dataset_names())


def _is_generated(name: str, source: str | Path | None) -> bool:
    """Whether the items are made to order, so that there is nothing to draw a sample from."""
    return name == "arithmetic" and source is None and name not in _loaders


def _refuse_others(name: str, options: dict[str, str | None], known: tuple[str, ...]) -> None:
    """An option that the data set does not have is an error, not a wish that is ignored."""
    for option, value in options.items():
        if value is not None and option not in known:
            raise UnknownOptionError(name, option, value, ())
