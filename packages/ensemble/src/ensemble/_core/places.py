"""Where files of SQLite are made."""

from pathlib import Path

from .errors import CacheFileError


def prepare_place(path: str) -> None:
    """Make the folder of a file; a link in place of the file is refused.

    Raises:
        CacheFileError: It is a link, or the folder cannot be made.
    """
    if Path(path).is_symlink():
        raise CacheFileError(path, "it is a symbolic link; give the file that it names")
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CacheFileError(path, f"its folder cannot be made ({error})") from error
