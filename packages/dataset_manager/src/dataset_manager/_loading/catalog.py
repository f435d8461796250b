"""The catalog: loaders that are built in, registered, or plugged in."""

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol

from .._benchmarks.arc import load_arc_challenge, load_arc_easy
from .._benchmarks.bbh import load_bbh
from .._benchmarks.choice.gpqa import load_gpqa
from .._benchmarks.choice.hellaswag import load_hellaswag
from .._benchmarks.choice.mmlu_redux import load_mmlu_redux
from .._benchmarks.choice.winogrande import load_winogrande
from .._benchmarks.gsm8k import load_gsm8k
from .._benchmarks.humaneval import load_humaneval
from .._benchmarks.mbpp import load_mbpp
from .._benchmarks.mmlu import load_mmlu, load_mmlu_stem
from .._benchmarks.mmlu_pro import load_mmlu_pro
from .._benchmarks.open.competition_math import load_math
from .._benchmarks.open.drop import load_drop
from .._benchmarks.open.evalplus import load_humaneval_plus, load_mbpp_plus
from .._benchmarks.open.ifeval import load_ifeval
from .._benchmarks.open.mgsm import load_mgsm
from .._benchmarks.open.squad import load_squad
from .._benchmarks.registry import DatasetInfo, add_info, drop_info, known_infos, resolved
from .._benchmarks.truthfulqa import load_truthfulqa
from .._core.errors import UnknownDatasetError, UnknownOptionError
from .._data.dataset import Dataset
from .._sources.sources import Sources

ENTRY_POINTS = "crucible.datasets"
OPTIONS = ("split", "subset", "grouping")


class Loader(Protocol):
    """Makes a data set; takes the options that it knows, by name."""

    def __call__(self, sources: Sources, *args: Any, **options: Any) -> Dataset:
        """Load the data set."""
        ...


# Each with the options it knows.
_loaders: dict[str, tuple[Callable[..., Dataset], tuple[str, ...]]] = {
    "arc_challenge": (load_arc_challenge, ("split",)),
    "arc_easy": (load_arc_easy, ("split",)),
    "bbh": (load_bbh, ("split", "subset")),
    "drop": (load_drop, ("split",)),
    "gpqa": (load_gpqa, ("split",)),
    "gsm8k": (load_gsm8k, ("split",)),
    "hellaswag": (load_hellaswag, ("split",)),
    "humaneval": (load_humaneval, ("split",)),
    "humaneval_plus": (load_humaneval_plus, ("split",)),
    "ifeval": (load_ifeval, ("split",)),
    "math": (load_math, ("split", "subset")),
    "mbpp": (load_mbpp, ("split",)),
    "mbpp_plus": (load_mbpp_plus, ("split",)),
    "mgsm": (load_mgsm, ("split", "subset")),
    "mmlu": (load_mmlu, ("split", "subset")),
    "mmlu_pro": (load_mmlu_pro, ("split", "subset")),
    "mmlu_redux": (load_mmlu_redux, ("split", "subset")),
    "mmlu_stem": (load_mmlu_stem, ("split", "grouping")),
    "squad": (load_squad, ("split",)),
    "truthfulqa": (load_truthfulqa, ("split", "subset")),
    "winogrande": (load_winogrande, ("split",)),
}


def dataset_names() -> tuple[str, ...]:
    """The names that ``load`` knows.

    Returns:
        The names in alphabetical order.
    """
    return tuple(sorted({*_loaders, *_plugins(), "arithmetic"}))


def dataset_info(name: str) -> DatasetInfo:
    """The description of a data set, available before it is loaded.

    Args:
        name: A name of ``dataset_names()``, or an alias.

    Returns:
        The entry of the registry.

    Raises:
        UnknownDatasetError: No data set has this name, or it was registered without an entry.
    """
    name = resolved(name)
    if name not in known_infos() and name in _plugins():
        plug_in(name)
    if name not in known_infos():
        raise UnknownDatasetError(name, known_infos())
    return known_infos()[name]


def register_dataset(
    name: str,
    loader: Loader,
    *,
    options: tuple[str, ...] = (),
    info: DatasetInfo | None = None,
    replace: bool = False,
) -> None:
    """Register a loader, so that ``load`` finds your data set by name.

    A package registers its data sets without a call, by an entry point in the group
    ``crucible.datasets``: the name, and the loader. Its options are those that the loader takes by
    name, its entry is the loader's attribute ``info``.

    Args:
        name: The name.
        loader: Called with the ``Sources`` and with the options that it takes, by name; one that
            was not given is None.
        options: Which of ``split``, ``subset`` and ``grouping`` it takes.
        info: Its entry in the registry, for ``dataset_info`` and ``search_datasets``.
        replace: Replace the one that has this name.

    Raises:
        ValueError: The name is registered already, that of the entry differs, or an option is
            none of the three.
    """
    strangers = sorted({*options} - {*OPTIONS})
    if strangers:
        raise ValueError(f"options: {', '.join(strangers)}: only {', '.join(OPTIONS)} can be taken")
    if name in dataset_names() and not replace:
        raise ValueError(
            f"name: a data set {name!r} is registered already; pass replace=True to replace it"
        )
    if info is not None and info.name != name:
        raise ValueError(f"info: its name is {info.name!r}, not {name!r}")
    _set(name, loader, options, info)


def _set(
    name: str, loader: Callable[..., Dataset], options: tuple[str, ...], info: DatasetInfo | None
) -> None:
    _loaders[name] = (loader, options)
    if info is None:
        drop_info(name)
    else:
        add_info(info)


def is_known(name: str) -> bool:
    """Whether a loader has this name."""
    return name in _loaders or name in _plugins()


def load_known(name: str, sources: Sources, options: Mapping[str, Any]) -> Dataset:
    """The data set that the loader of this name makes.

    Raises:
        UnknownOptionError: It does not take an option that was given.
    """
    if name not in _loaders:
        plug_in(name)
    loader, known = _loaders[name]
    refuse_others(name, options, known)
    return loader(sources, **{option: options[option] for option in known})


def refuse_others(name: str, options: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Refuse an option that the data set does not take, so that none is ignored."""
    for option, value in options.items():
        if value is not None and option not in known:
            raise UnknownOptionError(value, (), dataset=name, option=option)


def plug_in(name: str) -> None:
    """Load the plug-in of this name."""
    loader = _plugins()[name].load()
    taken = tuple(each for each in inspect.signature(loader).parameters if each in OPTIONS)
    _set(name, loader, taken, getattr(loader, "info", None))


@lru_cache(maxsize=1)
def _plugins() -> dict[str, Any]:
    from importlib.metadata import entry_points  # noqa: PLC0415  # slow, and few need it

    return {each.name: each for each in entry_points(group=ENTRY_POINTS)}
