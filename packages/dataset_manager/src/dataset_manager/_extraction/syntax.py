"""Syntax trees of programs, also where threads read several at once."""

import ast

_TRIES = 100


def parsed(source: str) -> ast.Module:
    """The syntax tree of a program.

    In Python 3.11.7 threads that do this at once disturb each other where the garbage collector
    runs Python code meanwhile: a ``SystemError`` about the depth of the tree, which says nothing of
    the program.

    Args:
        source: The program.

    Raises:
        SyntaxError: It is no program.
        ValueError: It has a null character.
    """
    for _ in range(_TRIES):
        try:
            return ast.parse(source)
        except SystemError:
            continue
    return ast.parse(source)
