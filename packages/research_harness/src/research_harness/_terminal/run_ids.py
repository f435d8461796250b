"""Runs by their ids where paths are taken too."""

from collections.abc import Iterable
from pathlib import Path


def with_run_folders(paths: Iterable[str], output_dir: str) -> tuple[str, ...]:
    """The paths, with the folder of a run in place of its id.

    Args:
        paths: Paths, patterns, and ids of runs; what exists under its own name is a path.
        output_dir: The folder of all runs.
    """
    return tuple(_folder(each, Path(output_dir)) for each in paths)


def _folder(given: str, output_dir: Path) -> str:
    run = output_dir / given
    named = not Path(given).exists() and (run / "checkpoints" / "run.json").is_file()
    return str(run) if named else given
