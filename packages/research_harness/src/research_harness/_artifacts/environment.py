"""The environment of a run: versions, machine and commit, without secrets."""

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._core.system import supported

if TYPE_CHECKING:
    import subprocess
    from importlib import metadata

_LIBRARIES = (
    "bench",
    "causal-trace",
    "dataset-manager",
    "ensemble",
    "hedging",
    "reporter",
    "research-harness",
    "telemetry-research",
)
# What computes the analysis; it is loaded after the last row.
_COMPUTING = ("msgspec", "numpy", "pyarrow", "scipy")
_GIT_SECONDS = 5
# The settings of a repository can name programs that git starts; none of them is.
_HARMLESS = (
    "--no-optional-locks",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "diff.external="),
    *("-c", "core.untrackedCache=false"),
    *("-c", "submodule.recurse=false"),
    *("-c", "protocol.allow=never"),
    *("-c", "safe.bareRepository=explicit"),
)
# A missing object of a partial clone is not fetched, which could start a program as well.
_OFFLINE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0"}
_PROGRAMS = ("--get-regexp", r"^(filter|diff|lfs)\..*\.")
_OWN_SCOPES = ("local", "worktree", "unknown")  # of the folder, not of its user
# Where the caller's git looks and what it starts must not become the folder's.
_MISLEADING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")


def environment(folder: Path) -> dict[str, Any]:
    """The content of ``environment.json``.

    Args:
        folder: The folder of the experiment's source, whose commit is recorded.
    """
    return {
        "recorded_at": datetime.now(UTC).isoformat(timespec="seconds"),
        **versions(),
        "implementation": platform.python_implementation(),
        "release": platform.release(),
        "cpu_count": os.cpu_count(),
        "packages": _packages(),
        "commit": commit(folder),
        "files": supported(),
    }


def versions() -> dict[str, Any]:
    """What decides over the last digit of a number that is computed."""
    folders = tuple(_import_folders())
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "crucible": {name: _version(folders, f"crucible-framework-{name}") for name in _LIBRARIES},
        "numeric": {name: _version(folders, name) for name in ("numpy", "scipy")},
    }


def other_versions(recorded: Mapping[str, Any]) -> list[str]:
    """Where versions or machines differ, in words; without any, the numbers are the very same.

    Args:
        recorded: The content of ``environment.json``.
    """
    found = []
    for key, now in versions().items():
        before = recorded.get(key)
        if isinstance(now, dict):
            known = before if isinstance(before, dict) else {}
            pairs = [(name, known.get(name), now[name]) for name in now]
        else:
            pairs = [(key, before, now)]
        found += [
            f"{name} {str(was)[:40]}, not {is_now}" for name, was, is_now in pairs if was != is_now
        ]
    return found


def commit(folder: Path) -> dict[str, Any] | None:
    """The git commit of a folder and whether it has uncommitted changes; None outside git."""
    here = folder.resolve()
    if not any((each / ".git").exists() for each in (here, *here.parents)):
        return None
    if _has_filters(folder):  # git status would start them
        head = _git(folder, "rev-parse", "HEAD")
        return None if head is None else {"id": head, "dirty": None}
    # A submodule has settings of its own, with filters that git would start in it.
    kinds = ("--branch", "--untracked-files=no", "--ignore-submodules=dirty")
    status = _git(folder, "status", "--porcelain=v2", *kinds)
    lines = (status or "").splitlines()
    head = next((each.split()[-1] for each in lines if each.startswith("# branch.oid ")), "")
    if head in ("", "(initial)"):
        return None
    return {"id": head, "dirty": not all(each.startswith("# ") for each in lines)}


def _has_filters(folder: Path) -> bool:
    """Whether the repository's own settings name programs that read its files."""
    done = _run(folder, "config", "--show-scope", "--includes", "--name-only", *_PROGRAMS)
    if done is None or done.returncode not in (0, 1):  # 1: no setting matches
        return True
    return any(line.startswith(_OWN_SCOPES) for line in done.stdout.splitlines())


def _git(folder: Path, *arguments: str) -> str | None:
    done = _run(folder, *arguments)
    return None if done is None or done.returncode else done.stdout.strip()


def _run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str] | None":
    import subprocess

    try:
        return subprocess.run(  # noqa: S603  # fixed program and arguments
            ["git", *_HARMLESS, "-C", str(folder), *arguments],  # noqa: S607  # the user's own git
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_GIT_SECONDS,
            check=False,
            env={
                **{name: value for name, value in os.environ.items() if name not in _MISLEADING},
                **_OFFLINE,
            },
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


@lru_cache(maxsize=64)
def _version(
    folders: tuple[tuple[str, int], ...],  # noqa: ARG001  # a part of the key
    name: str,
) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _packages() -> dict[str, str]:
    """The installed distributions that this process has modules of, and those that compute."""
    loaded = {name.partition(".")[0] for name in sys.modules}
    folders = tuple(_import_folders())
    known = {name: _version(folders, name) for name in _COMPUTING}
    found = {name: version for name, version in known.items() if version is not None}
    for folder in folders:
        for modules, distribution in _distributions(*folder):
            if not loaded.isdisjoint(modules):
                name, version = _named(distribution)
                found.setdefault(name, version)
    return dict(sorted(found.items()))


def _import_folders() -> Iterator[tuple[str, int]]:
    """The folders that modules are imported from, each with the time of its last change."""
    for name in sys.path:
        with suppress(OSError):
            yield name, Path(name or ".").stat().st_mtime_ns


@lru_cache(maxsize=64)
def _distributions(
    folder: str,
    changed_at: int,  # noqa: ARG001  # a part of the key
) -> "list[tuple[set[str], metadata.Distribution]]":
    """The distributions of a folder, each with the modules that it brings."""
    from importlib import metadata

    return [(_modules(each), each) for each in metadata.distributions(path=[folder])]


@lru_cache(maxsize=1024)
def _named(distribution: "metadata.Distribution") -> tuple[str, str]:
    return distribution.name, distribution.version


def _modules(distribution: "metadata.Distribution") -> set[str]:
    """The modules and packages at the top of a distribution.

    ``metadata.packages_distributions`` makes a path of each installed file and parses all
    metadata: a second for a hundred distributions.
    """
    stated = distribution.read_text("top_level.txt")
    if stated:
        return set(stated.split())
    record = distribution.read_text("RECORD")
    if record:
        return {_top(line.partition(",")[0]) for line in record.splitlines()}
    return _modules_of_egg(distribution)


def _modules_of_egg(distribution: "metadata.Distribution") -> set[str]:
    """The modules of an installation by distutils or an old setuptools, which has no RECORD.

    Its files are named from the folder ``.egg-info`` (``installed-files.txt``), or from that of the
    sources; a single file ``.egg-info`` names none, and then its name is taken.
    """
    installed = (distribution.read_text("installed-files.txt") or "").splitlines()
    sources = (distribution.read_text("SOURCES.txt") or "").splitlines()
    above = [line[3:] for line in installed if line.startswith("../")]
    found = {_top(line.removeprefix("src/")) for line in above or sources}
    found = found or {str(distribution.name).replace("-", "_")}
    return {each for each in found if each and _is_module(distribution, each)}


def _is_module(distribution: "metadata.Distribution", name: str) -> bool:
    names = (f"{name}/__init__.py", f"{name}.py")
    return any(Path(str(distribution.locate_file(each))).is_file() for each in names)


def _top(file: str) -> str:
    """The package or module at the top that a file belongs to; empty for another file."""
    from inspect import getmodulename

    top, below, _ = file.partition("/")
    return top if below else getmodulename(file) or ""
