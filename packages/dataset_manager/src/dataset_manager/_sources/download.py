"""Downloads: resumed after a break, checked before use, moved into place as a whole."""

import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO

from .._core.canonical import file_hash, git_blob_hash
from .._core.errors import ChecksumError, DownloadError
from .._core.events import Progress
from .._core.loops import pause, seconds_left, stop_if_cancelled
from .._core.replacing import replacing
from .credentials import shown_address
from .http import Answer, TransferError, requested

_TRIES = 5
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0
# A longer wait is not begun: an earlier try would be refused, a later one is up to the caller.
_LONGEST_ASKED = 3600.0
_LOCK_WAIT = 0.1
_MOST_BYTES = 1 << 30  # of a file whose size is not known
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_TEMPORARY = (408, 425, 429, 500, 502, 503, 504)

# The problem, if any, and the seconds to wait before the next try (None: do not try again).
Outcome = tuple[str | None, float | None]


def download(
    url: str,
    target: Path,
    *,
    sha256: str,
    size: int,
    git_blob: str = "",
    token: str | None = None,
    tries: int = _TRIES,
    wait: Callable[[float], None] = pause,
    on_progress: Progress | None = None,
) -> Path:
    """Download a file unless another process is doing so, and return its path.

    A broken connection is resumed (Range, If-Range). Bytes with another hash are discarded.

    Args:
        url: Its address.
        target: The path to write.
        sha256: The hash it must have, in hexadecimal.
        size: How many bytes it must have; more are not read. 0 where only the hash is known.
        git_blob: Git's hash, used where ``sha256`` is empty.
        token: A key for the server; it is not sent on to another one.
        tries: How often to try.
        wait: Waits so many seconds between two tries.
        on_progress: Called after each block with the bytes that are there and ``size``.

    Returns:
        ``target``, whose bytes have the pinned hash.

    Raises:
        DownloadError: It could not be downloaded.
        ChecksumError: What the server sends is not the file that was pinned.
    """
    wanted, hash_of = (sha256, file_hash) if sha256 else (git_blob, git_blob_hash)
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target):
        if target.is_file() and hash_of(target) == wanted:
            return target
        part = target.with_name(f"{target.name}.part")
        _require_own(part, url)
        for attempt in range(1, tries + 1):
            resumed = part.exists() and part.stat().st_size > 0
            problem, seconds = _try_once(url, part, size, token, on_progress)
            if problem is None:
                actual = hash_of(part)
                if actual == wanted:
                    _put_in_place(part, target)
                    return target
                _discard(part)
                if not resumed:
                    raise ChecksumError(shown_address(url), wanted, actual)
                # What an earlier run left behind may have been the wrong half.
                problem, seconds = "the resumed parts have another hash than the file", 0.0
            wait(_delay_of(url, problem, seconds, attempt, tries))
        raise DownloadError(shown_address(url), "never tried", 0)


def _delay_of(url: str, problem: str, asked: float | None, attempt: int, tries: int) -> float:
    """The seconds until the next try.

    Raises:
        DownloadError: This was the last try, or the caller's time ends before the next one.
    """
    if asked is None or attempt == tries:
        raise DownloadError(shown_address(url), problem, attempt)
    delay, left = _delay(asked, attempt), seconds_left()
    if delay >= left:
        ends = f"the next try would be in {delay:g} s, the time limit is in {max(left, 0):.3g} s"
        raise DownloadError(shown_address(url), f"{problem}; {ends}", attempt)
    return delay


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Keep other processes from this file; a load that waits for one of them can be cancelled."""
    import filelock  # noqa: PLC0415  # only a download needs it

    lock = filelock.FileLock(f"{target}.lock")
    while not lock.is_locked:
        stop_if_cancelled()
        with suppress(filelock.Timeout):
            lock.acquire(timeout=_LOCK_WAIT)
    try:
        yield
    finally:
        lock.release()


def _try_once(
    url: str, part: Path, size: int, token: str | None, on_progress: Progress | None
) -> Outcome:
    have = part.stat().st_size if part.exists() else 0
    if size and have == size:
        return None, None  # a run that was killed had everything but the check
    tag = _tag_file(part).read_text("utf-8") if _tag_file(part).exists() else ""
    headers = {"Accept-Encoding": "identity", **authorization(token)}
    if have and tag:
        headers |= {"Range": f"bytes={have}-", "If-Range": tag}
    try:
        with requested(url, headers) as answer:
            return _take(answer, part, have, size, on_progress)
    except TransferError as error:
        return str(error), 0.0


def _take(
    answer: Answer, part: Path, have: int, size: int, on_progress: Progress | None
) -> Outcome:
    status = answer.status_code
    if status in _TEMPORARY:
        return _busy(answer)
    resume = status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
    if status == 416 or (status == 206 and not resume):
        _discard(part)
        return "the server sent another part than the requested one", 0.0
    if status not in (200, 206):
        return f"the server answers {status}", None
    if not resume:
        _discard(part)
    _remember_tag(answer, part)
    return _receive(answer, part, resume=resume, size=size, on_progress=on_progress)


def _receive(
    answer: Answer, part: Path, *, resume: bool, size: int, on_progress: Progress | None
) -> Outcome:
    have = part.stat().st_size if resume else 0
    with _opened(part, resume=resume) as file:
        for block in answer.blocks():
            stop_if_cancelled()
            if seconds_left() <= 0:
                return f"the time limit passed after {have} of {size} bytes", None
            have += file.write(block)
            if have > (size or _MOST_BYTES):
                break
            if on_progress is not None:
                on_progress(have, size)
    if have < size:
        return f"the server sent {have} of {size} bytes", 0.0
    return None, None


def _require_own(part: Path, url: str) -> None:
    """Refuse to go on with a download that leads elsewhere: a link that others put there.

    Raises:
        DownloadError: What was begun is a link, or another name of a file elsewhere.
    """
    for path in (part, _tag_file(part)):
        with suppress(FileNotFoundError):
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
                problem = f"{path} is not a plain file of its own; remove it"
                raise DownloadError(shown_address(url), problem, 0)


def _opened(part: Path, *, resume: bool) -> IO[bytes]:
    """The file to write to, which is new, or the one that was begun; links are not followed."""
    begun = os.O_APPEND if resume else os.O_CREAT | os.O_EXCL
    flags = os.O_WRONLY | begun | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(part, flags, 0o666), "ab" if resume else "wb")


def _remember_tag(answer: Answer, part: Path) -> None:
    """Only a strong tag promises the same bytes, so only that one can be resumed with."""
    tag = answer.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        with replacing(_tag_file(part)) as temporary:
            temporary.write_text(tag, "utf-8")


def _busy(answer: Answer) -> tuple[str, float | None]:
    """The problem of a server that may answer later, and its wait; None where that is too long."""
    problem, seconds = f"the server answers {answer.status_code}", _retry_after(answer)
    if seconds <= _LONGEST_ASKED:
        return problem, seconds
    asked = answer.headers["Retry-After"][:80]
    return (
        f"{problem} and sends Retry-After: {asked}, over {_LONGEST_ASKED:.0f} seconds ahead",
        None,
    )


def _retry_after(answer: Answer) -> float:
    """The seconds of Retry-After, given as a number or as a date; 0 without one."""
    text = answer.headers.get("Retry-After", "")
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        date = parsedate_to_datetime(text)
        # HTTP has one zone only, whatever a date without one may mean elsewhere.
        known = date if date.tzinfo else date.replace(tzinfo=UTC)
        return max(0.0, known.timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _put_in_place(part: Path, target: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(target)
    _tag_file(part).unlink(missing_ok=True)


def _discard(part: Path) -> None:
    part.unlink(missing_ok=True)
    _tag_file(part).unlink(missing_ok=True)


def _tag_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.etag")


def ask(
    url: str,
    *,
    token: str | None = None,
    tries: int = _TRIES,
    wait: Callable[[float], None] = pause,
) -> Answer:
    """The response to a short request, repeated while that may help.

    Raises:
        DownloadError: No try succeeded.
    """
    problem = "never tried"
    for attempt in range(1, tries + 1):
        seconds: float | None = 0.0
        try:
            with requested(url, authorization(token)) as answer:
                if answer.status_code == 200:
                    return answer.read()
            hint = (
                "; set HF_TOKEN if the repository needs a token"
                if answer.status_code in (401, 403)
                else ""
            )
            problem = f"the server answers {answer.status_code}{hint}"
            seconds = None
            if answer.status_code in _TEMPORARY:
                problem, seconds = _busy(answer)
        except TransferError as error:
            problem = str(error)
        wait(_delay_of(url, problem, seconds, attempt, tries))
    raise DownloadError(shown_address(url), problem, 0)


def _delay(asked: float, attempt: int) -> float:
    """The whole wait that the server requests, else twice as long after each try."""
    return asked or min(_FIRST_WAIT * 2 ** (attempt - 1), _LONGEST_WAIT)


def authorization(token: str | None) -> dict[str, str]:
    """The header that carries a key; it is dropped when a request is sent on to another server."""
    return {"Authorization": f"Bearer {token}"} if token else {}
