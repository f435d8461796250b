"""Repositories of data sets on Hugging Face, by id and commit.

A commit names a tree of files, and the tree names each file by its hash. The list of a tree is
requested once and kept in the cache, so every later load checks its files against the same hashes.
"""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from .._core.errors import (
    DatasetFileError,
    RevisionError,
    UnknownOptionError,
)
from .._data.dataset import Dataset
from .._data.fields import FieldMapping
from .._data.files import items_of
from .._data.item import Item
from .._data.readers import format_of, read_records
from .._sources.commits import file_list
from .._sources.pins import Pin
from .._sources.sources import Sources

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_REVISION = re.compile(r"[0-9a-f]{40}")
_SPLITS = {
    "test": ("test",),
    "train": ("train",),
    "validation": ("validation", "valid", "val", "dev"),
}
_DESCRIPTIONS = ("dataset_infos.json", "dataset_dict.json", "state.json")


def is_repository(name: str) -> bool:
    """Whether a name is that of a repository, ``owner/name``."""
    return _REPOSITORY.fullmatch(name) is not None


def load_hub(
    sources: Sources,
    repository: str,
    *,
    revision: str | None,
    split: str | None = None,
    subset: str | None = None,
    files: str | Sequence[str] | None = None,
    fields: FieldMapping | None = None,
) -> Dataset:
    """A data set of a repository.

    Args:
        sources: Where to look for its files.
        repository: ``owner/name``.
        revision: The commit, 40 hexadecimal digits.
        split: Files whose path has this word; the only split, else ``test`` when left out.
        subset: Files below this folder (what Hugging Face calls a configuration).
        files: The files instead, as patterns of their paths.
        fields: Which field is what.

    Raises:
        RevisionError: The revision is not a commit.
        UnknownOptionError: No file fits.
        UnavailableError: No source has the list of files, or a file.
        DatasetFileError: A file cannot be read, or a record is not an item.
    """
    if revision is None or not _REVISION.fullmatch(revision):
        raise RevisionError(repository, revision)
    tree = file_list(sources, repository, revision)
    data = [pin for pin in tree if _is_data(PurePosixPath(pin.path))]
    split, wanted = _wanted(repository, data, split, subset, files)
    items = list(_items(sources, wanted, repository.partition("/")[2], fields))
    about = {
        "source": f"https://huggingface.co/datasets/{repository}",
        "revision": revision,
        "subset": subset,
        "files": {pin.path: pin.digest for pin in wanted},
    }
    return Dataset(
        items,
        name=repository,
        version=revision,
        split=split,
        metadata={name: value for name, value in about.items() if value is not None},
    )


def _wanted(
    repository: str,
    data: list[Pin],
    split: str | None,
    subset: str | None,
    files: str | Sequence[str] | None,
) -> tuple[str, list[Pin]]:
    """The split and its files in order."""
    paths = tuple(pin.path for pin in data)
    if files is not None:
        patterns = (files,) if isinstance(files, str) else tuple(files)
        chosen = [pin for pin in data if any(fnmatchcase(pin.path, each) for each in patterns)]
        if not chosen:
            raise UnknownOptionError(files, paths, dataset=repository, option="files")
        return split or "", sorted(chosen, key=lambda pin: pin.path)
    below = _below(repository, data, subset)
    by_split = {
        name: [pin for pin in below if _says(pin.path, words)] for name, words in _SPLITS.items()
    }
    there = {name: found for name, found in by_split.items() if found}
    if split is None:
        split = next(iter(there), "")
        chosen = there.get(split, below)
    else:
        chosen = [pin for pin in below if _says(pin.path, _SPLITS.get(split, (split,)))]
    if not chosen:
        raise UnknownOptionError(split, tuple(there) or paths, dataset=repository, option="split")
    kind = min((format_of(PurePosixPath(pin.path)) or "" for pin in chosen), key=_preference)
    same = [pin for pin in chosen if format_of(PurePosixPath(pin.path)) == kind]
    return split, sorted(same, key=lambda pin: pin.path)


def _below(repository: str, data: list[Pin], subset: str | None) -> list[Pin]:
    folders = sorted({pin.path.partition("/")[0] for pin in data if "/" in pin.path} - {"data"})
    if subset is not None:
        found = [pin for pin in data if subset in PurePosixPath(pin.path).parts[:-1]]
        if not found:
            raise UnknownOptionError(subset, folders, dataset=repository, option="subset")
        return found
    loose = [pin for pin in data if pin.path.partition("/")[0] not in folders]
    if not loose and len(folders) > 1:
        raise UnknownOptionError(subset, folders, dataset=repository, option="subset")
    return loose or data


def _is_data(path: PurePosixPath) -> bool:
    return format_of(path) is not None and path.name not in _DESCRIPTIONS


def _preference(kind: str) -> int:
    order = ("parquet", "jsonl", "json", "csv", "tsv", "arrow")
    return order.index(kind) if kind in order else len(order)


def _says(path: str, words: Sequence[str]) -> bool:
    """Whether a path has one of these words as a part of its own."""
    return any(re.search(rf"(^|[/_.\-]){re.escape(word)}([/_.\-]|$)", path) for word in words)


def _items(
    sources: Sources, wanted: Sequence[Pin], name: str, fields: FieldMapping | None
) -> Iterator[Item]:
    for shard, pin in enumerate(wanted):
        path = sources.fetch(pin)
        kind = format_of(PurePosixPath(pin.path))
        packed = ".gz" if pin.path.endswith(".gz") else ""
        begin = name if len(wanted) == 1 else f"{name}_{shard}"
        try:
            yield from items_of(read_records(path, f"{kind}{packed}"), path, begin, fields)
        except DatasetFileError as error:
            raise DatasetFileError(Path(pin.path), error.problem, error.line) from error
