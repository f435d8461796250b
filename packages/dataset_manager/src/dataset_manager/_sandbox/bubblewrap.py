"""Bubblewrap around programs, where it is installed and works: a read-only system."""

import functools
import shutil
import subprocess

# Without a session of its own: all of it is ended as one process group. Under another name than
# root, which could not have namespaces within.
_NOBODY = "65534"
_OPTIONS = (
    *("--unshare-all", "--die-with-parent", "--cap-drop", "ALL"),
    *("--uid", _NOBODY, "--gid", _NOBODY),
    *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
)
# Versions before 0.5 do not know it.
_SIZED = ("--size", "65536", "--tmpfs")


def around_all() -> tuple[str, ...]:
    """The command prefix for programs that get namespaces and folders of their own within.

    Returns:
        An empty tuple where bubblewrap is not installed or not permitted.
    """
    program = _program()
    return (program, *_OPTIONS) if program else ()


def around_one(folder: str, disk_bytes: int) -> tuple[str, ...]:
    """The command prefix for one program, which can write to one folder only, kept in memory.

    Returns:
        An empty tuple where bubblewrap is not installed or not permitted.
    """
    own = ("--size", str(disk_bytes), "--tmpfs", folder, "--chdir", folder)
    around = around_all()
    return (*around, *own) if around else ()


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
