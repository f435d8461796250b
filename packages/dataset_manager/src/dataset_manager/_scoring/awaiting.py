"""Scorers that are awaited, such as one that asks a model as judge."""

from collections.abc import Awaitable
from typing import Any, cast

from .._data.item import Item, fitting_scorer
from .scorers import function_of, named_score
from .verdict import Score


async def score_async(prediction: Any, item: Item, *, scorer: str | None = None) -> Score:
    """Score one prediction, and await a scorer that is an async function.

    Args:
        prediction: The model's answer: a text, a number, or None where it is missing.
        item: The question.
        scorer: One of ``scorer_names()``; when left out, the one that ``score`` takes.

    Returns:
        The score, with the outcome of extraction.

    Raises:
        UnknownScorerError: No scorer has this name.
        TypeError: A registered scorer returned something else than a ``Score``.

    Example:
        >>> import asyncio
        >>> from dataset_manager import Item, score_async
        >>> item = Item(id="1", input="How much is 2 + 3?", expected=5)
        >>> asyncio.run(score_async("It is 5.", item)).correct
        True
    """
    name = fitting_scorer((item,)) if scorer is None else scorer
    found: Any = function_of(name)(prediction, item)
    if hasattr(found, "__await__"):
        found = await cast("Awaitable[Any]", found)
    return named_score(name, found)


def is_async_scorer(name: str) -> bool:
    """Whether the scorer of this name is an async function, which ``score_async`` awaits.

    Args:
        name: One of ``scorer_names()``.

    Returns:
        True for an ``async def``, a ``functools.partial`` of one, and an object whose ``__call__``
        is one.

    Raises:
        UnknownScorerError: No scorer has this name.
    """
    import inspect  # noqa: PLC0415  # a part of the import time that most users do not need

    function = function_of(name)
    call = getattr(type(function), "__call__", None)  # noqa: B004  # the method, not whether it is there
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)
