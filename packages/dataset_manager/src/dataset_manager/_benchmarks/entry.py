"""The parts that all loaders of benchmarks share."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError, UnknownOptionError
from .._data.dataset import Dataset
from .._data.item import Item
from .._data.readers import read_records
from .._scoring.by_form import NAME as BY_FORM
from .._scoring.by_form import make_known
from .._sources.pins import Pin
from .._sources.sources import Sources
from .checks import checked
from .registry import DatasetInfo, known_infos


def entry(name: str, split: str | None, subset: str | None = None) -> tuple[DatasetInfo, str]:
    """The entry of a benchmark and the split to load.

    Raises:
        UnknownOptionError: It has no such split or subset.
    """
    info = known_infos()[name]
    split = split or info.default_split
    if split not in info.splits:
        raise UnknownOptionError(split, tuple(info.splits), dataset=name, option="split")
    if subset is not None and subset not in info.subsets:
        raise UnknownOptionError(subset, info.subsets, dataset=name, option="subset")
    return info, split


def benchmark(
    info: DatasetInfo,
    items: Iterable[Item],
    files: Iterable[Pin],
    *,
    split: str,
    scorer: str | None = None,
    **metadata: Any,
) -> Dataset:
    """The data set of a benchmark, with the provenance of its entry and its files.

    Args:
        info: Its entry.
        items: Its items.
        files: The files they come from.
        split: The split.
        scorer: The scorer, where it is not that of the entry.
        metadata: Further notes; those that are None are dropped.
    """
    scorer = scorer or info.scorer
    if scorer == BY_FORM:
        make_known()
    used = tuple(files)
    noted = {
        **info.provenance(),
        "carrier": ", ".join(dict.fromkeys(pin.repository for pin in used)),
        "revision": ", ".join(dict.fromkeys(pin.commit for pin in used)),
        "sha256": used[0].sha256 if len(used) == 1 else {pin.name: pin.sha256 for pin in used},
    }
    noted |= {name: value for name, value in metadata.items() if value is not None}
    return Dataset(
        checked(items, used, scorer),
        name=info.name,
        version=info.version,
        split=split,
        scorer=scorer,
        metadata=noted,
    )


def rows_of(sources: Sources, pin: Pin, kind: str) -> list[dict[str, Any]]:
    """The records of a pinned file, whose name in the cache does not show its format.

    Args:
        sources: Where to look for it.
        pin: The file.
        kind: Its format.
    """
    return [record for _, record in read_records(sources.fetch(pin), kind)]


def check_count(info: DatasetInfo, split: str, found: int, pin: Pin) -> None:
    """Refuse a file with another number of rows than its entry says.

    Raises:
        DatasetFileError: It has more or fewer.
    """
    if found != info.splits[split]:
        raise DatasetFileError(Path(pin.name), f"has {found} rows, not {info.splits[split]}")
