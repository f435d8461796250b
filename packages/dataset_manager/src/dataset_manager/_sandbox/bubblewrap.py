"""Bubblewrap around a program, where it is installed and works: a read-only system."""

import functools
import shutil
import subprocess

# Without a session of its own: all of it is ended as one process group.
_OPTIONS = (
    *("--unshare-all", "--die-with-parent", "--cap-drop", "ALL"),
    *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
)
# Versions before 0.5 do not know it.
_SIZED = ("--size", "65536", "--tmpfs")


def wrapped(folder: str, disk_bytes: int) -> tuple[str, ...]:
    """The command prefix under which a program can write to one folder only, kept in memory.

    Returns:
        An empty tuple where bubblewrap is not installed or not permitted.
    """
    program = _program()
    own = ("--size", str(disk_bytes), "--tmpfs", folder, "--chdir", folder)
    return (program, *_OPTIONS, *own) if program else ()


@functools.cache
def _program() -> str | None:
    found = shutil.which("bwrap")
    if found is None:
        return None
    try:
        command = [found, *_OPTIONS, *_SIZED, "/mnt", "true"]
        trial = subprocess.run(command, capture_output=True, timeout=10)  # noqa: S603, PLW1510  # our own options; its code is looked at
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found if trial.returncode == 0 else None
