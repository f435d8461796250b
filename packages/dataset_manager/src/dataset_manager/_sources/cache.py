"""The cache: files under their hashes, checked on every read, evicted least recently used.

Any number of processes may share a folder: files are put in place whole, and one that was used in
the last minutes is never dropped. A folder that cannot be written is read all the same.
"""

import json
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._core.bounds import open_plain
from .._core.errors import DatasetFileError
from .._core.events import emit
from .._core.replacing import replacing
from .._core.shown import shown
from .pins import Pin

_IN_USE_S = 600.0
_MOST_NOTE = 1 << 20
_HASH = re.compile(r"(git-)?[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedFile:
    """A file in the cache.

    Attributes:
        name: The file of a benchmark or of a repository.
        digest: Its hash.
        bytes: Its size.
        used_at: When it was used last, in seconds since 1970.
    """

    name: str
    digest: str
    bytes: int
    used_at: float

    @shown
    def __str__(self) -> str:
        day = time.strftime("%Y-%m-%d", time.gmtime(self.used_at))
        return f"{self.name}, {self.bytes:,} bytes, {self.digest[:12]}, used {day}"

    def to_dict(self) -> dict[str, Any]:
        """The file as plain values."""
        return {
            "name": self.name,
            "digest": self.digest,
            "bytes": self.bytes,
            "used_at": self.used_at,
        }


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of files under their hashes.

    Attributes:
        folder: Its path.
        limit_bytes: The largest size of all files together; None means unlimited.
        now: The clock, in seconds since 1970.
    """

    folder: Path
    limit_bytes: int | None = None
    now: Callable[[], float] = time.time

    def path(self, pin: Pin) -> Path:
        """Where the file of a pin is, or would be."""
        return self._place(pin.digest)

    def _place(self, digest: str) -> Path:
        return self.folder / "files" / digest.removeprefix("git-")[:2] / digest

    def find(self, pin: Pin) -> tuple[Path | None, str]:
        """The file of a pin, or the reason why it was not found."""
        path = self.path(pin)
        try:
            about = path.stat()
            # Others may share the folder: a pipe never ends, and a sparse file takes a minute.
            is_whole = stat.S_ISREG(about.st_mode) and about.st_size == pin.bytes
            actual = pin.digest_of(path) if is_whole else ""
        except FileNotFoundError:
            return self._missed(pin, f"not in {self.folder}")
        except OSError as error:
            return self._missed(pin, f"{path} cannot be read ({error.strerror})")
        except DatasetFileError as error:
            return self._missed(pin, str(error))
        if actual != pin.digest:
            return self._missed(pin, f"{path} is damaged")
        self._touch(path)
        emit("dataset.cache.hit", {"bytes": pin.bytes}, {"file": pin.name})
        return path, ""

    def _missed(self, pin: Pin, why: str) -> tuple[None, str]:
        emit("dataset.cache.miss", {}, {"file": pin.name})
        return None, why

    def _touch(self, path: Path) -> None:
        import os  # noqa: PLC0415  # beside its only use

        with suppress(OSError):  # a folder that cannot be written has no order of use
            os.utime(path, (self.now(), self.now()))

    def added(self, pin: Pin) -> None:
        """Note the name of a file that was put in place, and make room for it."""
        path = self.path(pin)
        self._touch(path)
        note = path.with_name(f"{path.name}.json")
        with suppress(OSError), replacing(note) as temporary:
            temporary.write_text(json.dumps({"name": pin.name, "from": pin.repository}), "utf-8")
        self.trim(keep=pin.digest)

    def files(self) -> tuple[CachedFile, ...]:
        """The files, the most recently used first."""
        found = []
        for path in self._paths():
            with suppress(FileNotFoundError):  # another process may have dropped it just now
                about = path.stat()
                found.append(
                    CachedFile(
                        name=_name(path),
                        digest=path.name,
                        bytes=about.st_size,
                        used_at=about.st_mtime,
                    )
                )
        return tuple(sorted(found, key=lambda file: (-file.used_at, file.name)))

    def _paths(self) -> Iterator[Path]:
        # A hash has no dot; notes, locks and halves of downloads have one.
        for path in (self.folder / "files").glob("*/*"):
            # A link, or a name that is no hash, is not of this cache, and is never removed.
            own = _HASH.fullmatch(path.name) and path == self._place(path.name)
            if own and not path.is_symlink() and not path.parent.is_symlink() and path.is_file():
                yield path

    def trim(self, *, keep: str = "") -> int:
        """Remove the least recently used files until the limit is kept; returns the bytes freed.

        Files that were used in the last ten minutes stay, so that no other process loses one
        between finding and reading it.
        """
        if self.limit_bytes is None:
            return 0
        files, freed = self.files(), 0
        total = sum(file.bytes for file in files)
        for file in reversed(files):
            if total - freed <= self.limit_bytes:
                break
            if file.digest != keep and self.now() - file.used_at > _IN_USE_S:
                freed += self._evict(file)
        return freed

    def _evict(self, file: CachedFile) -> int:
        freed = self._drop(file)
        if freed:  # otherwise another process removed it, and sends the event
            emit("dataset.cache.evict", {"bytes": freed}, {"file": file.name})
        return freed

    def remove(self, wanted: Callable[[CachedFile], bool]) -> int:
        """Remove files; returns the bytes that were freed."""
        return sum(self._drop(file) for file in self.files() if wanted(file))

    def _drop(self, file: CachedFile) -> int:
        path = self._place(file.digest)
        try:
            path.unlink()
        except FileNotFoundError:
            return 0
        path.with_name(f"{path.name}.json").unlink(missing_ok=True)
        return file.bytes


def _name(path: Path) -> str:
    place = path.with_name(f"{path.name}.json")
    try:
        with open_plain(place) as file:  # others may share the folder
            return str(json.loads(file.read(_MOST_NOTE))["name"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "unknown"
