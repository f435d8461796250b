"""Files in one canonical form, written whole or not at all."""

import json
import os
from pathlib import Path
from typing import Any

from .errors import OutputError, RunNotFoundError


def write_json(path: Path, value: Any) -> None:
    """Write JSON in one canonical form, through a temporary file."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a text file through a temporary file."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error


def read_json(path: Path) -> Any:
    """Read a JSON file of a run.

    Raises:
        RunNotFoundError: The file is not there.
        OutputError: It is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunNotFoundError(path) from error
    except (OSError, ValueError) as error:
        raise OutputError(path, f"is not readable JSON ({error})") from error
