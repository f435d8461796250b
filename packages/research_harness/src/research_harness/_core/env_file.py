"""The variables of a ``.env`` file."""

from pathlib import Path


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of a file of ``NAME=value`` lines, with ``export`` and quotes or not.

    Args:
        path: The file; one that is absent or cannot be read has no variables.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    values: dict[str, str] = {}
    for line in lines:
        name, sign, value = line.strip().removeprefix("export ").partition("=")
        if sign and name.strip() and not name.startswith("#"):
            values[name.strip()] = _unquoted(value.strip())
    return values


def _unquoted(value: str) -> str:
    if value[:1] in ("'", '"'):
        return value[1:].partition(value[0])[0]
    return value.partition(" #")[0].rstrip()
