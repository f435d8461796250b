"""What can go wrong with decision traces.

TraceError
├── TraceParseError (ValueError)         strict parsing met something odd
├── ChainNotFoundError (FileNotFoundError)  no chain of this id is stored
├── CorruptChainError (ValueError)       a stored chain cannot be read
└── UnsafeIdError (ValueError)           an id that is no plain file name
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._parse import ParseWarning


class TraceError(Exception):
    """The base of every error this library raises on purpose."""


class TraceParseError(TraceError, ValueError):
    """The text is not as it should be; ``warnings`` has every oddity."""

    def __init__(self, warnings: "Sequence[ParseWarning]") -> None:
        self.warnings = tuple(warnings)
        super().__init__("; ".join(str(warning) for warning in warnings))


class ChainNotFoundError(TraceError, FileNotFoundError):
    """No chain of this id is stored."""

    def __init__(self, chain_id: str, folder: Path) -> None:
        self.chain_id = chain_id
        self.folder = folder
        super().__init__(f"no chain {chain_id!r} in {folder}; list() gives those that are there")


class CorruptChainError(TraceError, ValueError):
    """A stored chain cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"{path} is not a readable chain: {reason}")


class UnsafeIdError(TraceError, ValueError):
    """An id that cannot be the name of a file."""

    def __init__(self, chain_id: str) -> None:
        self.chain_id = chain_id
        super().__init__(
            f"chain id {chain_id!r} is no plain file name; use letters, digits, '-', '_' and '.',"
            " at most 100, not beginning with '.'"
        )
