"""What git says about a folder, without running what the folder's own settings name.

The configuration of a repository can name programs: monitors, hooks, filters, drivers of diffs,
transports. A folder from somebody else may hold any of them (CVE-2022-24765, CVE-2022-39253).
"""

import os
import subprocess
from dataclasses import dataclass
from hashlib import sha256

_TIMEOUT_S = 30
_SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.untrackedCache": "false",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
    "submodule.recurse": "false",
}
_GIT = (
    *("git", "--no-pager", "--no-optional-locks"),
    *(part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")),
)
# A missing object of a partial clone is not fetched, which could start a program as well.
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
}
_KEPT = ("GIT_CEILING_DIRECTORIES", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM",
         "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH")  # fmt: skip
# Programs that read the files of the folder; neither status nor diff can leave them out.
_PROGRAMS = r"^(filter\..*\.(clean|smudge|process)|lfs\.extension\..*)$"
_OWN_SCOPES = ("local", "worktree", "unknown")
_WITHOUT_SUBMODULES = "--ignore-submodules=dirty"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitState:
    """The state of a code folder.

    Attributes:
        commit: The commit; None outside of a repository.
        dirty: Whether files differ from the commit; None when it is unknown.
        diff_hash: SHA-256 of the differences; None without any.
    """

    commit: str | None = None
    dirty: bool | None = None
    diff_hash: str | None = None


def git_state(folder: str | os.PathLike[str]) -> GitState:
    """The commit of a folder, and whether files differ from it.

    No program is started that the settings of the repository name. Where these name a program that
    reads the files (a filter), ``dirty`` is unknown. Changes inside of submodules do not count.

    Args:
        folder: The folder of the code.

    Returns:
        Its state; empty outside of a repository or without git.
    """
    head = _git(folder, "rev-parse", "--verify", "HEAD")
    if not head or not _reads_files_alone(folder):
        return GitState(commit=head or None)
    changes = _git(folder, "status", "--porcelain", _WITHOUT_SUBMODULES)
    if not changes:
        return GitState(commit=head, dirty=None if changes is None else False)
    plain = ("--no-ext-diff", "--no-textconv", "--no-color", _WITHOUT_SUBMODULES)
    diff = _git(folder, "diff", *plain, "HEAD")
    hashed = None if diff is None else sha256(f"{changes}\n{diff}".encode()).hexdigest()
    return GitState(commit=head, dirty=True, diff_hash=hashed)


def _reads_files_alone(folder: str | os.PathLike[str]) -> bool:
    """Whether git needs no program of the repository to compare its files."""
    listed = ("config", "--show-scope", "--includes", "--name-only", "--get-regexp", _PROGRAMS)
    done = _run(folder, *listed)
    if done is None or done.returncode not in (0, 1):  # 1: no setting matches
        return False
    return not any(line.startswith(_OWN_SCOPES) for line in done.stdout.splitlines())


def _git(folder: str | os.PathLike[str], *command: str) -> str | None:
    done = _run(folder, *command)
    return None if done is None or done.returncode else done.stdout.strip()


def _run(
    folder: str | os.PathLike[str], *command: str
) -> "subprocess.CompletedProcess[str] | None":
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    try:
        return subprocess.run(  # noqa: S603  # a fixed program with our own arguments
            [*_GIT, "-C", os.fspath(folder), *command],
            env=kept | _ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
