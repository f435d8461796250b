"""What breaks a run from outside its rows, as one error that says what is safe and what to do."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .._core.errors import HarnessError, JournalError, OutputError
from .._core.text import error_text, type_name, typed


class BrokenRunError(HarnessError, RuntimeError):
    """Something outside of the rows ended a run; those on disk are safe, so resume it.

    Code of the experiment may have stopped the event loop, lowered a limit of the process, or
    changed a module that others need.

    Attributes:
        folder: The folder of the run.
    """

    def __init__(self, folder: Path, what: str) -> None:
        self.folder: Path = folder
        again = resume_command(folder)
        super().__init__(f"{what}; nothing is lost of the rows on disk, go on with: {again}")


def resume_command(folder: Path) -> str:
    """The command that goes on with a run, as it is typed into a shell.

    Args:
        folder: The folder of the run.
    """
    return typed("crucible", "resume", str(folder))


@contextmanager
def naming_what_breaks(
    folder: Path, what: Callable[[], str], *, cancelled: bool = False
) -> Iterator[None]:
    """Turn errors that are not of this library into ``BrokenRunError``.

    Files that cannot be written are errors of this library. They say too how to go on.

    Args:
        folder: The folder of the run.
        what: Says what could not be done.
        cancelled: Whether a cancellation comes from the experiment too, as it does where the loop
            is the run's own.

    Raises:
        BrokenRunError: Something else than an error of this library was raised.
    """
    try:
        yield
    except (JournalError, OutputError) as error:
        error.way_on = error.way_on or f"{what()}; go on with: {resume_command(folder)}"
        raise
    except HarnessError:
        raise
    except asyncio.CancelledError as error:
        if not cancelled:
            raise
        raise BrokenRunError(folder, f"{what()}: its tasks were cancelled") from error
    except Exception as error:
        raise BrokenRunError(
            folder, f"{what()}: {type_name(error)}: {error_text(error)}"
        ) from error
