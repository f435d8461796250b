"""API keys from the environment, or from a ``.env`` file in the working folder."""

import os
from collections.abc import Sequence
from pathlib import Path


def find_key(names: Sequence[str]) -> str | None:
    """The first of these variables that is set; the environment goes before ``.env``."""
    written = _read_env(Path(".env"))
    for values in (os.environ, written):
        for name in names:
            if values.get(name):
                return values[name]
    return None


def _read_env(path: Path) -> dict[str, str]:
    """The variables of a ``.env`` file: ``NAME=value`` lines, with ``export`` and quotes or not."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
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
