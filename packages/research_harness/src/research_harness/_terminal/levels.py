"""The option ``--set``: levels of parameters, each combination of which is a condition."""

import json
import math
from collections.abc import Callable
from typing import Any, TypeVar

import click

from .offers import complete_levels

Command = TypeVar("Command", bound=Callable[..., Any])


def levels_option(command: Command) -> Command:
    """Add the option of levels to a command."""
    return click.option(
        "--set",
        "levels",
        multiple=True,
        metavar="NAME=LEVEL,...",
        callback=_levels,
        shell_complete=complete_levels,
        help="Make each condition with this keyword for each level: temperature=0,0.5,1.",
    )(command)


def _levels(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, list[Any]]:
    """The levels of each parameter; numbers, true, false and null are read as such."""
    found: dict[str, list[Any]] = {}
    for each in given:
        name, is_there, texts = each.partition("=")
        if not is_there or not name.isidentifier() or not texts:
            raise click.BadParameter(f"{each!r} is not NAME=LEVEL, such as temperature=0,0.5,1")
        if name in found:
            raise click.BadParameter(f"{name} is given twice; write its levels with commas")
        found[name] = _values(texts)
    return found


def _values(texts: str) -> list[Any]:
    """A list in JSON, whose texts may hold commas, or levels with commas between them."""
    if texts.startswith("["):
        try:
            found: list[Any] = _json(texts)
        except ValueError as error:
            raise click.BadParameter(f"{texts!r} is not a list in JSON: {error}") from error
        return found
    return [_value(text) for text in texts.split(",")]


def _value(text: str) -> Any:
    try:
        found = _json(text)
    except ValueError:
        return text
    return text if isinstance(found, dict | list) else found


def _json(text: str) -> Any:
    """A value in JSON, which has no NaN and no infinity."""
    return json.loads(text, parse_constant=_finite, parse_float=_finite)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is not a finite number")
    return value
