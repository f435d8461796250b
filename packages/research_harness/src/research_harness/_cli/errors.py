"""Errors that a user can correct, shown as one message with an exit status."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from .._core.errors import HarnessError
from .._core.secrets import redacted_text
from .._core.text import printable

Result = TypeVar("Result")
_BAD_INPUT = 2
_INTERRUPTED = 130


def reported(command: Callable[..., Result]) -> Callable[..., Result]:
    """Show the errors that a user can correct as one message instead of a traceback."""

    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> Result:
        try:
            return command(*arguments, **options)
        except Exception as error:
            if isinstance(error, HarnessError) or _is_ours(error):
                click.echo(f"error: {printable(redacted_text(str(error)))}", err=True)
                sys.exit(_BAD_INPUT)
            raise

    return wrapped


def _is_ours(error: Exception) -> bool:
    """Whether one of the seven libraries raised it on purpose."""
    ours = {
        "bench",
        "causal_trace",
        "dataset_manager",
        "ensemble",
        "hedging",
        "reporter",
        "telemetry_research",
    }
    return any(kind.__module__.partition(".")[0] in ours for kind in type(error).__mro__)


def interruptible(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except KeyboardInterrupt as error:
        notes = getattr(error, "__notes__", [])
        click.echo("\n".join(["interrupted", *notes]), err=True)
        click.echo("go on with: crucible resume <that folder>", err=True)
        sys.exit(_INTERRUPTED)
