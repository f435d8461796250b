"""API keys from the environment, or from a ``.env`` file in the working folder."""

import os
from collections.abc import Sequence
from pathlib import Path

from .._catalogue.plain_files import open_plain

_MAX_BYTES = 2**20


def find_key(names: Sequence[str]) -> str | None:
    """The first of these variables that is not blank; the environment goes before ``.env``."""
    written = _read_env(Path(".env"))
    for values in (os.environ, written):
        for name in names:
            if values.get(name, "").strip():
                return values[name]
    return None


def _read_env(path: Path) -> dict[str, str]:
    """The variables of a ``.env`` file: ``NAME=value`` lines, with ``export`` and quotes or not."""
    try:
        with open_plain(path, _MAX_BYTES) as file:  # others may have made the folder
            lines = file.read(_MAX_BYTES).decode().splitlines()
    except (OSError, ValueError):
        return {}
    values = {}
    for line in lines:
        name, sign, value = line.strip().removeprefix("export ").partition("=")
        if sign and not name.startswith("#"):
            values[name.strip()] = _unquoted(value.strip())
    return values


def _unquoted(value: str) -> str:
    if value[:1] in ("'", '"'):
        return value[1:].partition(value[0])[0]
    return value.partition(" #")[0].rstrip()
