"""Reports of a comparison or a history beside what the terminal shows."""

from pathlib import Path
from typing import Protocol

from .._core.files import write_text
from .errors import echo


class Written(Protocol):
    """What can be written as a report and as JSON."""

    def write(self, path: str | Path) -> Path:
        """Write a report in the format of the file's ending."""

    def to_json(self) -> str:
        """All of it as JSON."""


def write_outputs(found: Written, paths: tuple[str, ...], *, beside_json: bool) -> None:
    """Write a report for each path, and say where it is.

    Args:
        found: What was found.
        paths: The files; the ending names the format.
        beside_json: Whether the terminal shows JSON, so that the notes go to the error stream.
    """
    for path in paths:
        if path.lower().endswith(".json"):
            write_text(Path(path), found.to_json() + "\n")
        else:
            found.write(path)
        echo(f"report: {path}", err=beside_json)
