"""Optional packages, imported where they are needed."""

from importlib import import_module
from typing import Any

from .errors import MissingExtraError


def optional(module: str, *, extra: str, purpose: str) -> Any:
    """A module of an optional package.

    Args:
        module: Its import name.
        extra: The extra of this distribution that installs it.
        purpose: What needs it, as the subject of a sentence.

    Raises:
        MissingExtraError: It is not installed; the message has the command that installs it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(module.partition(".")[0], extra, purpose) from error
