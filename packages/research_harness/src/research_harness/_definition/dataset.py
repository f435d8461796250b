"""What an experiment names as its data set, and loading it."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from .._core.errors import UnknownDatasetOptionError

if TYPE_CHECKING:
    from dataset_manager import FieldMapping


class DatasetOptions(TypedDict, total=False):
    """The options of ``DatasetSpec``: those of ``dataset_manager.load``, and ``unique``."""

    split: str | None
    subset: str | None
    grouping: str | None
    version: str | None
    sample_size: int | None
    stratify_by: str | None
    seed: int
    source: str | Path | None
    format: str | None
    fields: "FieldMapping | None"
    revision: str | None
    files: str | Sequence[str] | None
    cache_dir: str | Path | None
    mirror: str | Path | None
    offline: bool | None
    unique: bool


class DatasetSpec:
    """A data set by name, with the options of ``dataset_manager.load``.

    Args:
        name: A name that ``dataset_manager`` knows, a repository of the Hugging Face hub, or the
            path of a file: JSON, JSON Lines, CSV, TSV or Parquet.
        **options: ``split``, ``subset``, ``version`` and the other options of
            ``dataset_manager.load``. ``unique=True`` drops repeated questions after loading.

    Raises:
        UnknownDatasetOptionError: There is no option of this name.
    """

    def __init__(self, name: str | Path, **options: Unpack[DatasetOptions]) -> None:
        known = DatasetOptions.__annotations__
        for option in options:
            if option not in known:
                raise UnknownDatasetOptionError(option, known)
        self.name: str = str(name)
        self.options: Mapping[str, Any] = MappingProxyType(dict(options))

    def __repr__(self) -> str:
        options = "".join(f", {key}={value!r}" for key, value in self.options.items())
        return f"DatasetSpec({self.name!r}{options})"


def dataset_problems(given: Any) -> list[str]:
    """What is wrong with an experiment's ``dataset``, as far as it shows without loading it."""
    if given is None:
        return [
            "dataset: set a name such as 'gsm8k', a DatasetSpec, a Dataset, a list or a function"
        ]
    if isinstance(given, str | DatasetSpec) or callable(given) or _is_dataset(given):
        return []
    if isinstance(given, tuple) and _is_pair(given):
        return []
    if isinstance(given, Sequence) and given and all(isinstance(each, Mapping) for each in given):
        return []
    return [
        (
            f"dataset: {type(given).__name__} is not a name, a DatasetSpec, a (name, options) pair,"
            " a Dataset, a list of mappings or a function"
        )
    ]


def load_items(given: Any, *, name: str, seed: int, sample_size: int | None) -> Any:
    """The data set of an experiment, drawn to its sample size.

    Args:
        given: The experiment's ``dataset``.
        name: The experiment's name, for a data set that has none.
        seed: Selects the sample.
        sample_size: How many items; None takes all.

    Raises:
        dataset_manager.DatasetError: The data set is unknown, unreachable or damaged.
        TypeError: A function returned something else than a data set.
    """

    def work() -> Any:
        return _load_items(given, name=name, seed=seed, sample_size=sample_size)

    if not _in_running_loop():
        return work()
    # dataset_manager.load_sync refuses to block a running loop; its thread has none.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(copy_context().run, work).result()


def _in_running_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _load_items(given: Any, *, name: str, seed: int, sample_size: int | None) -> Any:
    import dataset_manager

    while callable(given) and not _is_dataset(given):
        given = given()
    if isinstance(given, tuple) and _is_pair(given):
        given = DatasetSpec(given[0], **given[1])
    if isinstance(given, str):
        given = DatasetSpec(given)
    if isinstance(given, DatasetSpec):
        return _load_spec(given, seed=seed, sample_size=sample_size)
    if not _is_dataset(given) and isinstance(given, Sequence):
        given = dataset_manager.Dataset.from_items(
            [_as_item(number, entry) for number, entry in enumerate(given)],
            name=name or "items",
        )
    if not _is_dataset(given):
        raise TypeError(f"dataset: got {type(given).__name__}, which is not a data set")
    return _sampled(given, seed=seed, sample_size=sample_size)


def _load_spec(spec: DatasetSpec, *, seed: int, sample_size: int | None) -> Any:
    import dataset_manager

    options = dict(spec.options)
    unique = options.pop("unique", False)
    options.setdefault("seed", seed)
    if spec.name == "arithmetic" and sample_size is not None:
        # Generated data has no population to draw from: the sample is what is generated.
        options["sample_size"] = sample_size
        return dataset_manager.load_sync(spec.name, **options)
    loaded = dataset_manager.load_sync(spec.name, **options)
    if unique:
        loaded = loaded.unique()
    return _sampled(loaded, seed=seed, sample_size=sample_size)


def _sampled(items: Any, *, seed: int, sample_size: int | None) -> Any:
    import dataset_manager

    if sample_size is None or sample_size >= len(items):
        return items
    return dataset_manager.random_sample(items, sample_size, seed=seed)


def _as_item(number: int, entry: Mapping[str, Any]) -> Any:
    import dataset_manager

    return dataset_manager.item_from_mapping(entry, default_id=f"item_{number}")


def _is_dataset(value: object) -> bool:
    return hasattr(value, "content_hash") and hasattr(value, "scorer")


def _is_pair(value: tuple[Any, ...]) -> bool:
    return len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], Mapping)
