"""The environment of a run: versions, machine and commit, without secrets."""

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._core.system import supported

if TYPE_CHECKING:
    import subprocess

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
    *("-c", "diff.ignoreSubmodules=all"),
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
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "crucible": {name: _version(f"crucible-framework-{name}") for name in _LIBRARIES},
        "numeric": {name: _version(name) for name in ("numpy", "scipy")},
    }


def commit(folder: Path) -> dict[str, Any] | None:
    """The git commit of a folder and whether it has uncommitted changes; None outside git."""
    head = _git(folder, "rev-parse", "HEAD")
    if head is None:
        return None
    if _has_filters(folder):  # git status would start them
        return {"id": head, "dirty": None}
    status = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {"id": head, "dirty": bool(status)}


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


def _version(name: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _packages() -> dict[str, str]:
    """The installed distributions that this process has modules of, and those that compute."""
    from importlib import metadata

    loaded = {name.partition(".")[0] for name in sys.modules}
    found = {name: version for name in _COMPUTING if (version := _version(name)) is not None}
    for module, distributions in _distributions(_import_folders()).items():
        if module in loaded:
            for name in distributions:
                found[name] = metadata.version(name)
    return dict(sorted(found.items()))


def _import_folders() -> tuple[tuple[str, int], ...]:
    """The folders that modules are imported from, each with the time of its last change."""
    found = []
    for name in sys.path:
        with suppress(OSError):
            found.append((name, Path(name or ".").stat().st_mtime_ns))
    return tuple(found)


@lru_cache(maxsize=1)
def _distributions(folders: tuple[tuple[str, int], ...]) -> Mapping[str, Sequence[str]]:  # noqa: ARG001  # they are the key
    """The distributions of each module; half a second, so once until a folder changes."""
    from importlib import metadata

    return metadata.packages_distributions()
