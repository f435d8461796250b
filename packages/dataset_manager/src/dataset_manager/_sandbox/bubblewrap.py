"""Bubblewrap around a program, where it is installed and works: a read-only system."""

import functools
import shutil
import subprocess

# Without a session of its own: all of it is ended as one process group.
_OPTIONS = (
    *("--unshare-all", "--die-with-parent", "--cap-drop", "ALL"),
    *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
)


def wrapped(folder: str) -> tuple[str, ...]:
    """The command prefix under which a program can write to one folder only.

    Returns:
        An empty tuple where bubblewrap is not installed or not permitted.
    """
    program = _program()
    return (program, *_OPTIONS, "--bind", folder, folder, "--chdir", folder) if program else ()


@functools.cache
def _program() -> str | None:
    found = shutil.which("bwrap")
    if found is None:
        return None
    try:
        trial = subprocess.run([found, *_OPTIONS, "true"], capture_output=True, timeout=10)  # noqa: S603, PLW1510  # our own options; its code is looked at
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found if trial.returncode == 0 else None
