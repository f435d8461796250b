"""The registry: a description of each benchmark, and a search."""

import json
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib import resources
from typing import Any

from .._core.shown import shown
from .._sources.pins import Pin, pins


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetInfo:
    """The description of a data set, available before it is loaded.

    Attributes:
        name: The name that ``load`` takes.
        title: What its authors call it.
        description: One sentence.
        domain: What it is about: ``math``, ``code``, ``general_knowledge``, ...
        task_type: ``multiple_choice_qa``, ``math_word_problems``, ``code_generation``, ...
        splits: The number of items of each split; the first one is the default.
        subsets: The parts that can be loaded on their own.
        subset_counts: How many items some of them have.
        license: The licence of the data.
        citation: What to cite.
        source: Where its authors publish it.
        version: Which version this is.
        scorer: How its answers are scored; None without a scorer.
        few_shot_split: The split that examples are taken from; None without one.
        languages: The languages of its questions.
        tags: More words to find it by.
        note: Peculiarities of the files.
        tried: Whether its real files were read when this version was made; else its loader was
            tried on records in their form.
        files: The pinned files of each split, by their paths in a mirror.
    """

    name: str
    title: str = ""
    description: str = ""
    domain: str = "general"
    task_type: str = "question_answering"
    splits: Mapping[str, int] = field(default_factory=dict)
    subsets: tuple[str, ...] = ()
    subset_counts: Mapping[str, int] = field(default_factory=dict)
    license: str = "unknown"
    citation: str = ""
    source: str = ""
    version: str = "1"
    scorer: str | None = None
    few_shot_split: str | None = None
    languages: tuple[str, ...] = ("en",)
    tags: tuple[str, ...] = ()
    note: str = ""
    tried: bool = True
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def items(self) -> int:
        """How many items all splits have together."""
        return sum(self.splits.values())

    @property
    def default_split(self) -> str:
        """The split that is loaded when none is named."""
        return next(iter(self.splits), "")

    @property
    def pins(self) -> tuple[Pin, ...]:
        """The pinned files of all splits."""
        names = dict.fromkeys(name for split in self.splits for name in self.files.get(split, ()))
        return tuple(pins()[name] for name in names)

    @property
    def revisions(self) -> tuple[str, ...]:
        """The commits that the files are pinned to, as ``repository@commit``."""
        pinned = (f"{pin.repository}@{pin.commit}" for pin in self.pins if pin.commit)
        return tuple(dict.fromkeys(pinned))

    @property
    def sha256(self) -> dict[str, str]:
        """The hash of each file; empty for a file whose hash comes with the list of its commit."""
        return {pin.name: pin.sha256 for pin in self.pins}

    @property
    def pinned_by(self) -> str:
        """What files are checked against: ``sha256``, or ``commit`` where a hash is unknown."""
        if not self.pins:
            return ""
        return "sha256" if all(pin.sha256 for pin in self.pins) else "commit"

    def provenance(self) -> dict[str, Any]:
        """Source, licence, citation, domain and task type, as a data set carries them."""
        return {
            "source": self.source,
            "license": self.license,
            "citation": self.citation,
            "domain": self.domain,
            "task_type": self.task_type,
        }

    def described(self) -> dict[str, Any]:
        """The old name of ``provenance``."""
        text = "DatasetInfo.described is now DatasetInfo.provenance"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        return self.provenance()

    def to_dict(self) -> dict[str, Any]:
        """The entry as plain values, with the hash of each file."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "domain": self.domain,
            "task_type": self.task_type,
            "items": self.items,
            "splits": dict(self.splits),
            "subsets": list(self.subsets),
            "license": self.license,
            "citation": self.citation,
            "source": self.source,
            "version": self.version,
            "scorer": self.scorer,
            "few_shot_split": self.few_shot_split,
            "languages": list(self.languages),
            "tags": list(self.tags),
            "note": self.note,
            "tried": self.tried,
            "pinned_by": self.pinned_by,
            "revisions": list(self.revisions),
            "sha256": self.sha256,
        }

    @shown
    def __str__(self) -> str:
        splits = ", ".join(f"{name} {count:,}" for name, count in self.splits.items())
        counted = f" ({splits})" if splits else ""
        return f"{self.name}{counted}: {self.description} {self.license}. {self.citation}".strip()


_registered: dict[str, DatasetInfo] = {}


def known_infos() -> dict[str, DatasetInfo]:
    """The entries of all data sets that are built in or were registered with one."""
    return {**_builtin()[0], **_registered}


def add_info(info: DatasetInfo) -> None:
    """Add the entry of a registered data set."""
    _registered[info.name] = info


def drop_info(name: str) -> None:
    """Remove the entry of a data set that was registered again without one."""
    _registered.pop(name, None)


def resolved(name: str) -> str:
    """The name that an alias stands for, such as ``human_eval`` for ``humaneval``."""
    return _builtin()[1].get(name, name)


def search_datasets(
    text: str = "",
    *,
    domain: str | None = None,
    task_type: str | None = None,
    license: str | None = None,
    tag: str | None = None,
    language: str | None = None,
) -> tuple[DatasetInfo, ...]:
    """The entries that fit, in alphabetical order; all of them without an argument.

    Args:
        text: Words that must all occur in the name, title, description, tags, domain or subsets.
        domain: The domain.
        task_type: The type of task.
        license: The licence.
        tag: One of its tags.
        language: One of its languages.

    Returns:
        The entries that match every argument.
    """
    asked: list[tuple[str | None, Callable[[DatasetInfo], Iterable[str]]]] = [
        (domain, lambda info: (info.domain,)),
        (task_type, lambda info: (info.task_type,)),
        (license, lambda info: (info.license,)),
        (tag, lambda info: info.tags),
        (language, lambda info: info.languages),
    ]
    return tuple(
        info
        for _, info in sorted(known_infos().items())
        if all(word in _words(info) for word in text.lower().split())
        and all(
            value is None or value.lower() in (each.lower() for each in values(info))
            for value, values in asked
        )
    )


def _words(info: DatasetInfo) -> str:
    parts = (info.name, info.title, info.description, info.domain, info.task_type)
    return " ".join((*parts, *info.tags, *info.subsets)).lower()


@lru_cache(maxsize=1)
def _builtin() -> tuple[dict[str, DatasetInfo], dict[str, str]]:
    file = resources.files(__package__).joinpath("benchmarks.json")
    content = json.loads(file.read_text("utf-8"))
    entries = {name: _entry(name, values) for name, values in content["benchmarks"].items()}
    return entries, content["aliases"]


def _entry(name: str, values: dict[str, Any]) -> DatasetInfo:
    files = {
        split: tuple(pin for pin in pins() if any(fnmatchcase(pin, each) for each in patterns))
        for split, patterns in values.pop("files").items()
    }
    for each in ("subsets", "tags", "languages"):
        if each in values:
            values[each] = tuple(values[each])
    return DatasetInfo(name=name, files=files, **values)
