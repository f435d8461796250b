"""``checkpoints/request.json``: what a watcher asks a run to do.

A request states what is wanted, not what to change: whether rows may begin, how many at a time,
whether the session shall end. So it may be read twice, and the last one counts. The session that
begins removes the requests to the one before.
"""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeGuard

from .._core.errors import HarnessError
from .._core.files import read_json, write_json

REQUEST = "request.json"
MAX_CONCURRENCY = 10_000
_MAX_NUMBER = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a run is asked to do.

    Attributes:
        number: Greater than that of the request before.
        paused: Whether no further row is to begin for now.
        stop: Whether the session shall end once the rows under way are done.
        concurrency: How many rows to run at a time; None leaves it as it is.
    """

    number: int
    paused: bool = False
    stop: bool = False
    concurrency: int | None = None


def write_request(folder: Path, request: Request) -> None:
    """Write a request.

    Args:
        folder: The folder ``checkpoints`` of the run.
        request: The request.

    Raises:
        OutputError: The file cannot be written.
    """
    write_json(folder / REQUEST, asdict(request))


def read_request(folder: Path) -> Request | None:
    """The last request; None when there is no request, or none that makes sense.

    Args:
        folder: The folder ``checkpoints`` of the run.
    """
    try:
        found: Any = read_json(folder / REQUEST)
    except (HarnessError, OSError):
        return None
    if not isinstance(found, Mapping):
        return None
    number, limit = found.get("number"), found.get("concurrency")
    if not _is_whole(number, 1, _MAX_NUMBER):
        return None
    if limit is not None and not _is_whole(limit, 1, MAX_CONCURRENCY):
        return None
    return Request(
        number=number,
        paused=found.get("paused") is True,
        stop=found.get("stop") is True,
        concurrency=limit,
    )


def remove_requests(folder: Path) -> None:
    """Remove requests to an earlier session.

    Args:
        folder: The folder ``checkpoints`` of the run.
    """
    with contextlib.suppress(FileNotFoundError):
        os.unlink(folder / REQUEST)  # noqa: PTH108  # a link is removed, not followed


def _is_whole(value: object, least: int, most: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
