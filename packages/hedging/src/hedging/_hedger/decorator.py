"""Hedging as a decorator."""

from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec

from .._limits.policy import Policy
from .hedger import Hedger

Parameters = ParamSpec("Parameters")


def hedged(
    policy: Policy | None = None, *, key: str | None = None, **options: Any
) -> Callable[[Callable[Parameters, Any]], Callable[Parameters, Awaitable[Any]]]:
    """A decorator: each call of the function is a request with backups.

    Args:
        policy: How much is allowed.
        key: What is called; the function's name when left out.
        **options: The further arguments of ``Hedger``.
    """
    hedger = Hedger(policy, **options)

    def decorate(function: Callable[Parameters, Any]) -> Callable[Parameters, Awaitable[Any]]:
        wrapped = hedger.wrap(function, key=key)
        wrapped.hedger = hedger  # type: ignore[attr-defined]  # for its statistics
        return wrapped

    return decorate
