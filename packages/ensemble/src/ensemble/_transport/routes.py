"""Routes: another way for the requests of provider clients, such as batch jobs."""

import contextvars
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .._core.models import SamplingParameters
from .._core.queries import Query
from .._core.responses import Response

Route = Callable[[Any, Query, SamplingParameters], Awaitable[Response]]

_route: contextvars.ContextVar[Route | None] = contextvars.ContextVar(
    "ensemble_route", default=None
)


@contextmanager
def routing(route: Route) -> Iterator[None]:
    """Send the requests of provider clients inside the block by another way.

    Args:
        route: Awaited with the client, the item and the parameters; gives the response.
    """
    token = _route.set(route)
    try:
        yield
    finally:
        _route.reset(token)


def current_route() -> Route | None:
    """The way that requests take; None for the direct one."""
    return _route.get()
