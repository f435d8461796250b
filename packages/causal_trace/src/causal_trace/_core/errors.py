"""What can go wrong with decision traces.

TraceError
├── InvalidTraceError (ValueError)       an event or chain that cannot be
├── TraceParseError (ValueError)         strict parsing met something odd
├── ChainNotFoundError (FileNotFoundError)  no chain of this id is stored
├── CorruptChainError (ValueError)       a stored chain cannot be read
└── UnsafeIdError (ValueError)           an id that is no plain file name
"""

from collections.abc import Sequence
from pathlib import Path

from .parse_warning import ParseWarning

_SHOWN = 5


class TraceError(Exception):
    """The base of every error this library raises on purpose."""


class InvalidTraceError(TraceError, ValueError):
    """An event or a chain cannot be as it was given."""

    def __init__(self, what: str, problem: str) -> None:
        self.what = what
        self.problem = problem
        super().__init__(f"{what}: {problem}")


class TraceParseError(TraceError, ValueError):
    """The text is not as it should be; ``warnings`` has every oddity."""

    def __init__(self, warnings: Sequence[ParseWarning]) -> None:
        self.warnings = tuple(warnings)
        listed = "; ".join(f"{each} ({each.remedy})" for each in self.warnings[:_SHOWN])
        more = len(self.warnings) - _SHOWN
        super().__init__(listed + (f"; and {more} more" if more > 0 else ""))


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
