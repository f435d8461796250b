"""A download that ends: resumed after a cut, checked before use, put in place at once."""

import time
from collections.abc import Callable
from hashlib import sha256 as hash_sha256
from pathlib import Path
from typing import Any

from ._errors import ChecksumError

_TRIES = 5
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0
_TIMEOUT = 60.0
_TEMPORARY = (408, 425, 429, 500, 502, 503, 504)


class DownloadError(OSError):
    """A file could not be downloaded."""


def download(
    url: str,
    target: Path,
    *,
    sha256: str,
    tries: int = _TRIES,
    wait: Callable[[float], None] = time.sleep,
) -> Path:
    """Download a file unless another process does so just now, and give its path.

    A cut connection is taken up where it broke (Range, If-Range). Bytes with another hash are
    thrown away and never put in place.

    Args:
        url: Where it is.
        target: Where it goes.
        sha256: The hash it must have, in hexadecimal.
        tries: How often to try.
        wait: Waits so many seconds between two tries.

    Raises:
        DownloadError: It cannot be had.
        ChecksumError: What the server sends is not the file that was pinned.
    """
    import filelock  # noqa: PLC0415  # only a download needs it

    target.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{target}.lock"):
        if target.is_file() and file_hash(target) == sha256:
            return target
        part = target.with_name(f"{target.name}.part")
        for attempt in range(1, tries + 1):
            problem, pause = _try_once(url, part)
            if problem is None:
                break
            if pause is None or attempt == tries:
                raise DownloadError(f"{url}: {problem} (tried {attempt} times)")
            wait(min(pause or _FIRST_WAIT * 2 ** (attempt - 1), _LONGEST_WAIT))
        actual = file_hash(part)
        if actual != sha256:
            part.unlink()
            _tag_file(part).unlink(missing_ok=True)
            raise ChecksumError(url, sha256, actual)
        part.replace(target)
        _tag_file(part).unlink(missing_ok=True)
        return target


def _try_once(url: str, part: Path) -> tuple[str | None, float | None]:
    """One attempt: what went wrong (None for nothing), and how long to wait (None for never)."""
    import httpx  # noqa: PLC0415  # only a download needs it

    have = part.stat().st_size if part.exists() else 0
    tag = _tag_file(part).read_text("utf-8") if _tag_file(part).exists() else ""
    headers = {"Accept-Encoding": "identity"}
    if have and tag:
        headers |= {"Range": f"bytes={have}-", "If-Range": tag}
    try:
        with httpx.stream(
            "GET", url, headers=headers, timeout=_TIMEOUT, follow_redirects=True
        ) as answer:
            if answer.status_code in _TEMPORARY:
                return f"the server answers {answer.status_code}", _retry_after(answer)
            if answer.status_code not in (200, 206):
                return f"the server answers {answer.status_code}", None
            _receive(answer, part, resume=answer.status_code == 206)
    except httpx.HTTPError as error:
        return f"{type(error).__name__}: {error}", 0.0
    return None, 0.0


def _receive(answer: Any, part: Path, *, resume: bool) -> None:
    tag = answer.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        _tag_file(part).write_text(tag, "utf-8")
    with part.open("ab" if resume else "wb") as file:
        for block in answer.iter_raw():
            file.write(block)


def _retry_after(answer: Any) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else 0.0


def _tag_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.etag")


def file_hash(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    found = hash_sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()
