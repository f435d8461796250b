"""The reproducibility record of an experiment: code, packages, system, seeds and hashes."""

import json
import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from .._core import tables
from .._core.chunk import SCHEMA_VERSION
from .._stores.plain_files import open_plain
from .git import git_state
from .recording import Recording

_HEAD = ("field", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproducibilityRecord:
    """What is needed to run an experiment again.

    Attributes:
        experiment: Its description.
        commit: The git commit of the code folder; None outside of a repository.
        dirty: Whether files differ from the commit; None when it is unknown, such as for a
            repository whose own settings name a filter program, which is not run.
        diff_hash: SHA-256 of the differences; None without any.
        packages: Installed distributions and their versions.
        python: Version and implementation.
        system: Operating system, kernel, machine, processors, memory in bytes.
        seeds: As given.
        config_hash: SHA-256 of the configuration, as JSON with sorted keys.
        config: The configuration.
        data_hashes: SHA-256 of data files, by path.
        models: The number of requests of each model, by the version in its answers if known.
        schema_version: Of the events.
    """

    experiment: Mapping[str, Any]
    commit: str | None
    dirty: bool | None
    diff_hash: str | None
    packages: Mapping[str, str]
    python: str
    system: Mapping[str, Any]
    seeds: Mapping[str, int]
    config_hash: str
    config: Mapping[str, Any]
    data_hashes: Mapping[str, str]
    models: Mapping[str, int]
    schema_version: str = field(default=SCHEMA_VERSION)

    def _repr_html_(self) -> str:
        return tables.html(_HEAD, self._rows())

    def to_markdown(self) -> str:
        """One row for each field, as a Markdown table; packages are counted."""
        return tables.markdown(_HEAD, self._rows())

    def _rows(self) -> list[tuple[str, str]]:
        values = {name: getattr(self, name) for name in self.__slots__}
        shown = {
            **values,
            "experiment": f"{self.experiment['name']} ({self.experiment['id']})",
            "packages": f"{len(self.packages)} packages",
        }
        return [(name.replace("_", " "), _shown(value)) for name, value in shown.items()]

    def to_json(self) -> str:
        """The record as JSON."""
        return tables.json_text(self.to_dict())

    def to_dict(self) -> dict[str, object]:
        """The record as plain values."""
        return asdict(self)

    def differences(self, other: "ReproducibilityRecord") -> dict[str, tuple[Any, Any]]:
        """The fields in which another record differs.

        Args:
            other: The record of another run.

        Returns:
            For each differing field, the value here and the value there.
        """
        names = [name for name in self.__slots__ if name != "experiment"]
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in names}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    def __str__(self) -> str:
        dirty = " with changes" if self.dirty else ""
        commit = "no commit" if self.commit is None else f"commit {self.commit[:12]}{dirty}"
        packages = f"{len(self.packages)} packages"
        return f"{commit}, Python {self.python}, {self.system['os']}, {packages}"


def reproducibility_record(
    experiment: Recording,
    *,
    seeds: Mapping[str, int] | None = None,
    config: Mapping[str, object] | None = None,
    data: tuple[str | os.PathLike[str], ...] = (),
    folder: str | os.PathLike[str] = ".",
) -> ReproducibilityRecord:
    """Record what is needed to run an experiment again. No environment variable is read.

    Args:
        experiment: The experiment.
        seeds: The seeds it used, by name.
        config: Its configuration: values that JSON can hold.
        data: Files to hash.
        folder: The folder of the code.

    Returns:
        The record.

    Raises:
        FileNotFoundError: A data file does not exist.

    Example:
        >>> with recording("pilot") as experiment:
        ...     record("a.stop", {"duration_ns": 5})
        >>> reproducibility_record(experiment, seeds={"sampling": 7}).seeds
        {'sampling': 7}
    """
    code = git_state(folder)
    settings = dict(config or {})
    packed = json.dumps(settings, sort_keys=True, default=repr)
    return ReproducibilityRecord(
        experiment=experiment.description(),
        commit=code.commit,
        dirty=code.dirty,
        diff_hash=code.diff_hash,
        packages=_packages(),
        python=f"{platform.python_version()} {sys.implementation.name}",
        system=_system(),
        seeds=dict(seeds or {}),
        config_hash=_hash(packed.encode()),
        config=json.loads(packed),
        data_hashes={str(path): _file_hash(Path(path)) for path in data},
        models=_models(experiment),
    )


def _packages() -> dict[str, str]:
    from importlib.metadata import distributions  # noqa: PLC0415  # imports email and zipfile

    named = {each.metadata["Name"]: each.version for each in distributions()}
    return {name: named[name] for name in sorted(named, key=str.casefold)}


def _system() -> dict[str, Any]:
    pages = os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "os": platform.system(),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "memory_bytes": pages * os.sysconf("SC_PAGE_SIZE") if pages else None,
    }


def _models(experiment: Recording) -> dict[str, int]:
    found: dict[str, int] = {}
    for event in experiment:
        version = event.attributes.get("model_version") or event.attributes.get("api_model_id")
        name = version or event.model
        if name is not None and event.success is not None:
            found[str(name)] = found.get(str(name), 0) + 1
    return dict(sorted(found.items()))


def _file_hash(path: Path) -> str:
    digest = sha256()
    with open_plain(path) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {each}" for key, each in value.items()) or "-"
    return "-" if value is None else str(value)
