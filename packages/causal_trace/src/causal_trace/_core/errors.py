"""Errors of events, chains, texts and stored files.

TraceError
├── InvalidTraceError (ValueError)       an event or chain with a value that is not allowed
├── TraceParseError (ValueError)         malformed markup, when parsing is strict
├── ChainNotFoundError (LookupError, FileNotFoundError)  an id that is not stored
├── CorruptChainError (ValueError)       a stored file that does not hold a chain
├── UnsafeIdError (ValueError)           an id that cannot be a file name
├── RunningLoopError (RuntimeError)      a function that waits, called inside an event loop
├── MissingExtraError (ImportError)      an extra that is not installed
└── UnknownFormatError (LookupError)     a format that does not exist
"""

from collections.abc import Sequence
from pathlib import Path

from .parse_warning import ParseWarning
from .shown import shown

_MAX_LISTED = 5


class TraceError(Exception):
    """The base of every error that this library raises on purpose."""

    @shown
    def __str__(self) -> str:
        return super().__str__()


class InvalidTraceError(TraceError, ValueError):
    """An event or a chain has a value that is not allowed.

    Attributes:
        what: ``event`` or ``chain``.
        problem: The field, what is wrong with it, and what is allowed.
    """

    what: str
    problem: str

    def __init__(self, what: str, problem: str) -> None:
        self.what = what
        self.problem = problem
        super().__init__(f"{what}: {problem}")


class TraceParseError(TraceError, ValueError):
    """A text has malformed markup, and parsing was strict.

    Attributes:
        warnings: All warnings; the message lists the first five.
    """

    warnings: tuple[ParseWarning, ...]

    def __init__(self, warnings: Sequence[ParseWarning]) -> None:
        self.warnings = tuple(warnings)
        listed = "; ".join(f"{each} ({each.remedy})" for each in self.warnings[:_MAX_LISTED])
        more = len(self.warnings) - _MAX_LISTED
        super().__init__(listed + (f"; and {more} more" if more > 0 else ""))


class ChainNotFoundError(TraceError, LookupError, FileNotFoundError):
    """No chain with this id is stored.

    Attributes:
        chain_id: The id.
        folder: The folder of the store.
    """

    chain_id: str
    folder: Path

    def __init__(self, chain_id: str, folder: Path) -> None:
        self.chain_id = chain_id
        self.folder = folder
        super().__init__(f"no chain {chain_id!r} in {folder}; list() returns the stored chains")


class CorruptChainError(TraceError, ValueError):
    """A stored file does not hold a chain.

    Attributes:
        path: The file.
    """

    path: Path

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"{path} does not hold a readable chain: {reason}")


class UnsafeIdError(TraceError, ValueError):
    """An id cannot be the name of a file.

    Attributes:
        chain_id: The id.
    """

    chain_id: str

    def __init__(self, chain_id: str) -> None:
        self.chain_id = chain_id
        super().__init__(
            f"chain id {chain_id!r} cannot be a file name; use at most 100 letters, digits,"
            " '-', '_' and '.', with the first not '.', that no system takes for another file or a"
            " device"
        )


class RunningLoopError(TraceError, RuntimeError):
    """A function for programs without an event loop was called inside of one.

    Attributes:
        name: The name of the function to await instead.
    """

    name: str

    def __init__(self, name: str) -> None:
        self.name = name
        text = f"{name}_sync cannot run inside a running event loop; use `await {name}(...)`"
        super().__init__(text)

    @classmethod
    def check(cls, name: str) -> None:
        """Raise the error if an event loop is running.

        Raises:
            RunningLoopError: An event loop is running.
        """
        import asyncio  # noqa: PLC0415  # slow to import

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return
        raise cls(name)


class MissingExtraError(TraceError, ImportError):
    """An extra is not installed.

    Attributes:
        extra: The extra.
        package: The package that is missing.
    """

    extra: str
    package: str

    def __init__(self, extra: str, package: str) -> None:
        self.extra = extra
        self.package = package
        line = f'pip install "crucible-framework-causal-trace[{extra}]"'
        super().__init__(f"{package} is not installed; run: {line}")


class UnknownFormatError(TraceError, LookupError):
    """A format does not exist.

    Attributes:
        name: The name that was given.
        known: All names.
    """

    name: str
    known: tuple[str, ...]

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name = name
        self.known = tuple(known)
        from difflib import get_close_matches  # noqa: PLC0415  # slow to import

        near = get_close_matches(name, self.known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        super().__init__(f"format {name!r} is unknown{hint} Known: {', '.join(self.known)}")
