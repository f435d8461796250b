"""Where the bytes of a benchmark come from: the cache, a mirror folder, or a pinned download."""

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

from ._download import download, file_hash
from ._errors import ChecksumError, UnavailableError
from ._events import emit

_HOST = "https://raw.githubusercontent.com"
_TRUE = ("1", "true", "yes", "on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One file, pinned to the byte.

    Attributes:
        name: Its place in a mirror folder.
        repository: The public repository it comes from.
        commit: The commit, 40 hexadecimal digits.
        path: Its path there.
        sha256: The hash of its bytes.
        bytes: How many there are.
    """

    name: str
    repository: str
    commit: str
    path: str
    sha256: str
    bytes: int

    @property
    def url(self) -> str:
        """Where to download it."""
        return f"{_HOST}/{self.repository}/{self.commit}/{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where to look for files, in this order: cache, mirror, network.

    Attributes:
        cache_dir: The folder of the cache.
        mirror: A folder that holds the files under the names of their pins; None for none.
        offline: Whether the network may not be used.
    """

    cache_dir: Path
    mirror: Path | None = None
    offline: bool = False

    def fetch(self, pin: Pin) -> Path:
        """The path of a file whose bytes are those that were pinned.

        Raises:
            ChecksumError: The mirror or the server has other bytes under this name.
            UnavailableError: No source has the file.
        """
        tried = []
        cached = self.cache_dir / "files" / pin.sha256[:2] / pin.sha256
        if cached.is_file():
            if file_hash(cached) == pin.sha256:
                emit("dataset.cache.hit", {"bytes": pin.bytes}, {"file": pin.name})
                return cached
            tried.append(f"cache: {cached} is damaged")
        else:
            tried.append(f"cache: nothing in {self.cache_dir}")
        emit("dataset.cache.miss", {}, {"file": pin.name})
        if self.mirror is not None:
            mirrored = self.mirror / pin.name
            if mirrored.is_file():
                return _checked(mirrored, pin)
            tried.append(f"mirror: no {pin.name} in {self.mirror}")
        else:
            tried.append("mirror: CRUCIBLE_MIRROR is not set")
        if self.offline:
            raise UnavailableError(pin.name, [*tried, "network: offline mode"])
        try:
            return download(pin.url, cached, sha256=pin.sha256, size=pin.bytes)
        except ChecksumError:
            raise
        except OSError as error:
            raise UnavailableError(pin.name, [*tried, f"network: {error}"]) from error


def find_sources(
    *, cache_dir: str | Path | None, mirror: str | Path | None, offline: bool | None
) -> Sources:
    """Sources as asked for, else as the environment says, else the user's cache folder.

    Args:
        cache_dir: The folder of the cache; ``CRUCIBLE_CACHE`` otherwise.
        mirror: The mirror folder; ``CRUCIBLE_MIRROR`` otherwise.
        offline: Whether the network may not be used; ``CRUCIBLE_OFFLINE`` otherwise.
    """
    cache = cache_dir or os.environ.get("CRUCIBLE_CACHE")
    if not cache:
        import platformdirs  # noqa: PLC0415  # only the default needs it

        cache = platformdirs.user_cache_path("crucible_framework") / "datasets"
    place = mirror or os.environ.get("CRUCIBLE_MIRROR")
    if offline is None:
        offline = os.environ.get("CRUCIBLE_OFFLINE", "").lower() in _TRUE
    return Sources(cache_dir=Path(cache), mirror=Path(place) if place else None, offline=offline)


@lru_cache(maxsize=1)
def pins() -> dict[str, Pin]:
    """All pinned files by their place in a mirror folder."""
    text = (
        resources.files(__package__ or "dataset_manager").joinpath("pins.json").read_text("utf-8")
    )
    return {name: Pin(name=name, **values) for name, values in json.loads(text).items()}


def _checked(path: Path, pin: Pin) -> Path:
    actual = file_hash(path)
    if actual != pin.sha256:
        raise ChecksumError(path, pin.sha256, actual)
    return path
