"""Substitution: a caller may put another model in the place of each one that is asked."""

import contextvars
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .models import Model

Substitute = Callable[[Model], Model]

_substitute: contextvars.ContextVar[Substitute | None] = contextvars.ContextVar(
    "ensemble_substitute", default=None
)


@contextmanager
def substituting_models(substitute: Substitute) -> Iterator[None]:
    """Ask other models inside the block, such as recorded answers in place of a provider.

    It follows tasks and threads that are started inside the block. The innermost block counts.

    Args:
        substitute: Called with the model of each call before it is admitted; gives the model that
            is asked in its place, which may be the same. An error that it raises ends the call.

    Yields:
        Nothing; the block runs.

    Example:
        >>> from ensemble import as_model, ask_sync, substituting_models
        >>> def other(item):
        ...     return "five"
        >>> with substituting_models(lambda model: as_model(other)):
        ...     ask_sync("2+2?", model=lambda item: "4").text
        'five'
    """
    token = _substitute.set(substitute)
    try:
        yield
    finally:
        _substitute.reset(token)


def substituted(model: Model) -> Model:
    """The model that is asked in the place of this one."""
    substitute = _substitute.get()
    return model if substitute is None else substitute(model)
