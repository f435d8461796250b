"""Files in one canonical form, written whole or not at all."""

import contextlib
import itertools
import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, AnyStr

from .errors import MissingExtraError, OutputError, RunNotFoundError
from .secrets import redacted_text
from .system import read_file, require_file, sync_file

PART = ".part"
MAX_VALUES = 100_000
MAX_PARTS = 100
MAX_LINE = 64 * 2**20
_MAX_JSON_BYTES = 256 * 2**20


def write_json(path: Path, value: Any) -> None:
    """Write JSON in one canonical form, through a temporary file."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a text file through a temporary file."""
    with replacing(path) as temporary:
        temporary.write_bytes(redacted_text(text).encode())


def copy_file(source: Path, target: Path) -> None:
    """Copy a file through a temporary file.

    Args:
        source: The file.
        target: What is made or replaced.
    """
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Name the file that another library could not write.

    Args:
        path: The file.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file that takes the place of another when it is complete.

    Args:
        path: The file that is to be made or replaced.

    Raises:
        OutputError: It cannot be written; what was there before is untouched.
    """
    temporary: Path | None = None
    try:
        # A random name that did not exist before: what others put there is not written through.
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        with temporary.open("rb+") as file:
            sync_file(file.fileno())
        temporary.replace(path)
        temporary = None
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(path, error.strerror or str(error)) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()


def read_json(path: Path) -> Any:
    """Read a JSON file of a run.

    Raises:
        RunNotFoundError: The file is not there.
        OutputError: It is not JSON.
    """
    try:
        return json.loads(read_file(path, most=_MAX_JSON_BYTES).decode("utf-8"))
    except FileNotFoundError as error:
        missing = f"{path} is missing: it is not the folder of a run, or a part of it was deleted"
        raise RunNotFoundError(path, reason=missing) from error
    except (OSError, ValueError, RecursionError) as error:
        raise OutputError(path, f"it is not JSON ({error})", reading=True) from error


def is_there(path: Path) -> bool:
    """Whether a file is there, which ``Path.is_file`` denies of a pipe in its place.

    Args:
        path: The file, which others may have made.

    Raises:
        OutputError: Something else is in its place; names it.
    """
    try:
        require_file(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        if os.path.islink(path):  # noqa: PTH114  # a name with NUL is no link
            raise OutputError(path, "it is a link to nothing", reading=True) from None
        return False
    except OSError as error:
        raise OutputError(path, error.strerror or str(error), reading=True) from error
    return True


def bounded_lines(file: IO[AnyStr], path: Path) -> Iterator[AnyStr]:
    """The lines of an open file, which others may have made.

    Args:
        file: The file.
        path: Its path, which errors name.

    Raises:
        OutputError: A line is longer than 64 MiB; no row, answer or event is as long.
    """
    while line := file.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            reason = f"it has a line of more than {MAX_LINE:,} characters"
            raise OutputError(path, reason, reading=True)
        yield line


def read_yaml(text: str) -> Any:
    """The values of a text in YAML.

    An alias stands for its whole anchor, so that a page of them can mean more than a memory holds.

    Raises:
        ValueError: With all aliases written out there are more than 100,000 values, or a value
            holds itself.
        MissingExtraError: The package for YAML is not installed.
        yaml.YAMLError: It is not YAML.
    """
    try:
        import yaml
    except ImportError as error:
        raise MissingExtraError("yaml", "pyyaml") from error

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    # Counted while it is read: to make half a million values takes longer than all that follows.
    events = itertools.islice(yaml.parse(text, Loader=loader), 2 * MAX_VALUES + 1)
    if sum(1 for _ in events) > 2 * MAX_VALUES:
        raise ValueError(f"it has more than {MAX_VALUES:,} values")
    value = yaml.safe_load(text)
    if _written_out(value, {}) > MAX_VALUES:
        raise ValueError(f"it has more than {MAX_VALUES:,} values, or one that holds itself")
    return value


def read_toml(text: str) -> dict[str, Any]:
    """The values of a text in TOML.

    The time that a key takes grows with the square of its parts.

    Raises:
        ValueError: It is not TOML, or a key has more than 100 parts.
    """
    import tomllib

    for line in text.splitlines():
        if line.count(".") > MAX_PARTS and _parts_of_a_key(line) > MAX_PARTS:
            raise ValueError(f"it has a key of more than {MAX_PARTS} parts")
    return tomllib.loads(text)


def _parts_of_a_key(line: str) -> int:
    """The most points that stand between words without a space, which TOML allows beside them."""
    words = re.sub(r"[ \t]+", " ", line).replace(" .", ".").replace(". ", ".").split(" ")
    return max(each.count(".") - each.count(",") for each in words)


def _written_out(value: object, known: dict[int, float]) -> float:
    """How many values there are, those of each alias counted again."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        known[id(value)] = math.inf  # until it is known: a value that holds itself has no end
        inner = [*value, *value.values()] if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_written_out(each, known) for each in inner)
    return known[id(value)]
