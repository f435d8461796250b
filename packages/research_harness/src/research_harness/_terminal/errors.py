"""Errors as one message with an exit status; ``--debug`` shows where they come from."""

import sys
import traceback
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

import click

from .._control.broken import going_on_with
from .._core.errors import HarnessError
from .._core.secrets import redacted_text
from .._core.text import error_text, printable, type_name, typed_again
from .signals import INTERRUPTED, ending_signals

Result = TypeVar("Result")
_TYPED = f"{__name__}.typed"
_BAD_INPUT = 2
INCOMPLETE = 3  # rows of the run are missing


def reported(command: Callable[..., Result]) -> Callable[..., Result]:
    """Show errors as one message instead of a traceback, and add the option ``--debug``."""

    @click.option("--debug", is_flag=True, help="Show the whole traceback of an error.")
    @wraps(command)
    def wrapped(*arguments: Any, debug: bool, **options: Any) -> Result:
        try:
            return command(*arguments, **options)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            raise  # the reader of a pipe, such as head, has ended: click ends without a word
        except KeyboardInterrupt:
            echo("interrupted", err=True)
            sys.exit(INTERRUPTED)
        except Exception as error:  # noqa: BLE001  # a traceback does not say what to do
            if debug:
                echo("".join(traceback.format_exception(error)), err=True)
            echo(f"error: {_message(error)}", err=True)
            if not debug and not _is_ours(error):
                echo("--debug shows the whole traceback", err=True)
            sys.exit(_BAD_INPUT)

    return wrapped


def echo(text: str, *, err: bool = False) -> None:
    """Print a text without known keys and without what a terminal acts on."""
    click.echo(printable(redacted_text(text)), err=err)


def _message(error: Exception) -> str:
    """What happened and, for an error of the user's own code, where."""
    from .._definition.load import error_location

    if _is_ours(error):
        return str(error)
    where = error_location(error)
    return f"{f'{where}: ' if where else ''}{type_name(error)}: {error_text(error)}"


def _is_ours(error: Exception) -> bool:
    """Whether this library or one of the seven others raised it on purpose."""
    ours = {
        "bench",
        "causal_trace",
        "dataset_manager",
        "ensemble",
        "hedging",
        "reporter",
        "telemetry_research",
    }
    return isinstance(error, HarnessError) or any(
        kind.__module__.partition(".")[0] in ours for kind in type(error).__mro__
    )


def remember_typed(context: click.Context, words: Sequence[str]) -> None:
    """Keep the words of a command line for ``interruptible``.

    Args:
        context: The command.
        words: What stands behind its name.
    """
    context.meta[_TYPED] = typed_again(["crucible", *words])


def interruptible(work: Callable[[], Any], *, again: bool = False) -> Any:
    """Run work; an interruption ends with the command that goes on with it.

    Args:
        work: What the command does.
        again: The command goes on when it is typed again; otherwise ``crucible resume`` does once
            there is a run.
    """
    context = click.get_current_context(silent=True)
    typed = context.meta.get(_TYPED, "") if context is not None else ""
    with ending_signals() as came, going_on_with(typed if again else ""):
        try:
            return work()
        except KeyboardInterrupt as error:
            notes = getattr(error, "__notes__", [])
            what = f"ended by {came[0].name}" if came else "interrupted"
            command = getattr(error, "again", "") or typed
            echo("\n".join([what, *notes]), err=True)
            if command:
                echo(f"go on with: {command}", err=True)
            sys.exit(128 + came[0] if came else INTERRUPTED)
        except SystemExit as error:
            sys.exit(error.code or INCOMPLETE)  # an exit with 0 has not finished the run
