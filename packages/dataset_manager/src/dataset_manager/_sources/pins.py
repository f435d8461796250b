"""Files of benchmarks, pinned to the byte."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Literal

from .._core.canonical import file_hash, git_blob_hash
from .._core.errors import ChecksumError

Host = Literal["github", "huggingface", "web"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One file, pinned to the byte.

    Attributes:
        name: Its path in a mirror folder.
        repository: The public repository it comes from; an address for a file of the web.
        commit: The commit, 40 hexadecimal digits; empty for a file of the web.
        path: Its path there.
        sha256: The hash of its bytes; empty where only git's hash, or the commit, is known.
        bytes: How many there are; 0 where that is not known.
        host: Where the repository is.
        git_blob: Git's hash of the file (SHA-1), used where ``sha256`` is empty. Without either,
            the list of the commit gives the hash; it is requested once and kept.
    """

    name: str
    repository: str
    commit: str
    path: str
    sha256: str = ""
    bytes: int = 0
    host: Host = "github"
    git_blob: str = ""

    def to_dict(self) -> dict[str, object]:
        """The pin as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def digest_known(self) -> bool:
        """Whether the hash is known without the list of the commit."""
        return bool(self.sha256 or self.git_blob)

    @property
    def digest(self) -> str:
        """The hash that names the file: SHA-256, or ``git-`` and git's."""
        return self.sha256 or f"git-{self.git_blob}"

    def digest_of(self, path: Path) -> str:
        """The hash of a file, of the kind that this pin has.

        Args:
            path: The file.

        Returns:
            The hash in hexadecimal.
        """
        return file_hash(path) if self.sha256 else f"git-{git_blob_hash(path)}"

    def check(self, path: Path) -> Path:
        """The path, when its bytes are those that were pinned.

        Args:
            path: The file to check.

        Returns:
            The path.

        Raises:
            ChecksumError: They are not.
        """
        actual = self.digest_of(path)
        if actual != self.digest:
            raise ChecksumError(path, self.digest, actual)
        return path


@lru_cache(maxsize=1)
def pins() -> dict[str, Pin]:
    """All pinned files by their path in a mirror folder."""
    text = resources.files(__package__).joinpath("pins.json").read_text("utf-8")
    return {name: Pin(name=name, **values) for name, values in json.loads(text).items()}
