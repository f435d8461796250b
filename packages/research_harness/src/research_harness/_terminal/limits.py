"""The options of ceilings, which ``run``, ``resume`` and ``retry`` share."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_POSITIVE = click.FloatRange(min=0, min_open=True)
_OPTIONS = (
    ("--max-cost-usd", _POSITIVE, "The most that the whole run may cost, in dollars."),
    ("--max-tokens", click.IntRange(min=1), "The most tokens of the whole run."),
    ("--max-calls", click.IntRange(min=1), "The most requests of the whole run."),
    ("--max-time-ms", _POSITIVE, "The longest time of the whole run, in milliseconds."),
)


def ceiling_options(command: Command) -> Command:
    """Add the options of ceilings to a command."""
    for name, kind, text in reversed(_OPTIONS):
        command = click.option(name, type=kind, help=text)(command)
    return command


def ceilings_of(given: Mapping[str, float | None]) -> dict[str, float]:
    """The ceilings that were given, which replace those of the experiment one by one."""
    return {name: value for name, value in given.items() if value is not None}
