"""What breaks a run from outside its rows, as one error that says what is safe and what to do."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from .._core.errors import HarnessError, JournalError, OutputError
from .._core.text import error_text, printable, type_name, typed


class BrokenRunError(HarnessError, RuntimeError):
    """Something outside of the rows ended a run; those on disk are safe, so resume it.

    Code of the experiment may have stopped the event loop, lowered a limit of the process, or
    changed a module that others need.

    Attributes:
        folder: The folder of the run.
    """

    def __init__(self, folder: Path, what: str) -> None:
        self.folder: Path = folder
        again = _way_on(folder)
        super().__init__(f"{what}; nothing is lost of the rows on disk, go on with: {again}")


def resume_command(folder: Path) -> str:
    """The command that goes on with a run, as it is typed into a shell.

    Args:
        folder: The folder of the run.
    """
    return typed("crucible", "resume", str(folder))


_typed: ContextVar[str] = ContextVar("typed", default="")


@contextmanager
def going_on_with(command: str) -> Iterator[None]:
    """Say of a run that ends inside this block that this command goes on with it.

    Args:
        command: The command, as it is typed into a shell.
    """
    token = _typed.set(command)
    try:
        yield
    finally:
        _typed.reset(token)


def _way_on(folder: Path) -> str:
    return _typed.get() or resume_command(folder)


@contextmanager
def naming_what_breaks(
    folder: Path, what: Callable[[], str], *, cancelled: bool = False
) -> Iterator[None]:
    """Turn errors that are not of this library into ``BrokenRunError``.

    Files that cannot be written are errors of this library. They say too how to go on. So does a
    ``KeyboardInterrupt``: the command is its attribute ``again``.

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
    except KeyboardInterrupt as error:
        error.add_note(f"{what()}, in {folder}")
        error.again = _way_on(folder)  # type: ignore[attr-defined]  # for the command line
        raise
    except SystemExit as error:  # a signal, or a callback of the experiment in the loop
        ended = BrokenRunError(folder, f"{what()}: SystemExit: {error_text(error)}")
        logging.getLogger("crucible").warning(printable(str(ended)))
        raise
    except (JournalError, OutputError) as error:
        error.way_on = error.way_on or f"{what()}; go on with: {_way_on(folder)}"
        raise
    except HarnessError:
        raise
    except asyncio.CancelledError as error:
        if not cancelled:
            raise
        raise BrokenRunError(folder, f"{what()}: its tasks were cancelled") from error
    except Exception as error:
        text = f"{what()}: {type_name(error)}: {error_text(error)}"
        raise BrokenRunError(folder, text) from error
