"""The question before a run that may cost something, on a terminal only."""

import sys
from collections.abc import Callable
from typing import Any

import click

from .errors import echo

yes_option = click.option("--yes", is_flag=True, help="Do not ask before the run on a terminal.")


def confirm_run(make_preview: Callable[[], Any], *, simulated: bool, yes: bool) -> None:
    """Show what a run would do and ask whether it may; outside of a terminal nothing is asked.

    Args:
        make_preview: Gives what the run would do.
        simulated: Whether it runs under simulated time, and so costs nothing.
        yes: Whether the user has agreed already.

    Raises:
        click.Abort: The user does not agree.
    """
    if yes or simulated or not _is_terminal():
        return
    preview = make_preview()
    echo(str(preview), err=True)
    if preview.ceilings.get("max_cost_usd") is None:
        echo("  no ceiling in dollars is set (--max-cost-usd)", err=True)
    click.confirm("Run it?", abort=True, err=True)


def _is_terminal() -> bool:
    """Whether somebody can answer; a pipe, a job or a closed input cannot."""
    try:
        return sys.stdin.isatty() and sys.stderr.isatty()
    except (AttributeError, ValueError):  # no input at all, or a closed one
        return False
