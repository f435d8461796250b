"""The variables of a ``.env`` file."""

from pathlib import Path

from .system import read_file

_MAX_BYTES = 2**20


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of a file of ``NAME=value`` lines, with ``export`` and quotes or not.

    Args:
        path: The file; one that is absent or cannot be read has no variables.
    """
    values: dict[str, str] = {}
    for line in env_lines(path):
        name, sign, value = line.strip().removeprefix("export ").partition("=")
        if sign and name.strip() and not name.startswith("#"):
            values[name.strip()] = _unquoted(value.strip())
    return values


def env_lines(path: Path, errors: str = "strict") -> list[str]:
    """The lines of a ``.env`` file, which others may have made, with the folder around it.

    Args:
        path: The file; a pipe or a device, which never ends, and a file above 1 MiB have no lines.
        errors: What happens to bytes that are not UTF-8; with ``strict`` there are no lines.
    """
    try:
        return read_file(path, most=_MAX_BYTES).decode("utf-8", errors).splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def _unquoted(value: str) -> str:
    if value[:1] in ("'", '"'):
        return value[1:].partition(value[0])[0]
    return value.partition(" #")[0].rstrip()
