"""Patterns that are compiled when they are first used, so that an import does not wait for them."""

import re
from typing import Any, cast

_METHODS = ("finditer", "findall", "fullmatch", "match", "search", "split", "sub", "pattern")


class _Later:
    """Stands for a pattern; its methods are those of the compiled one from the first use on."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._given = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(*self._given)
        for each in _METHODS:
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def compiled_later(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern whose methods can be called; it cannot be passed to the functions of ``re``.

    Args:
        pattern: The pattern.
        flags: Its flags.
    """
    return cast("re.Pattern[str]", _Later(pattern, flags))
