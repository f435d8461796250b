"""Admission of calls: a caller may hold back, refuse or redirect each call before it is sent."""

import contextvars
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from .costs.ledger import Try
from .models import Model, SamplingParameters
from .observers import waiting
from .queries import Query
from .responses import Response

OnEnd = Callable[[Sequence[Try], Response | None, BaseException | None], None]
Admit = Callable[[Model, Query, SamplingParameters], Awaitable[OnEnd]]

_gates: contextvars.ContextVar[tuple[Admit, ...]] = contextvars.ContextVar(
    "ensemble_gates", default=()
)

Substitute = Callable[[Model], Model]
_substitute: contextvars.ContextVar[Substitute | None] = contextvars.ContextVar(
    "ensemble_substitute", default=None
)


@contextmanager
def admitting_calls(admit: Admit) -> Iterator[None]:
    """Decide about each call to a model inside the block before it is sent.

    It follows tasks and threads that are started inside the block; a gate that is used from
    several threads is asked in each of them.

    Args:
        admit: Awaited with the model, the item and the parameters before each call. It may wait, so
            that the call waits, or raise, so that it is not made. It gives a function that is
            called once when the call has ended, with the requests that were sent for it, the
            answer (None without one) and the error; both are None for a call that was cancelled.

    Yields:
        Nothing; the block runs.

    Example:
        >>> from ensemble import admitting_calls, ask_sync
        >>> seen = []
        >>> async def admit(model, item, sampling):
        ...     seen.append(model.name)
        ...     return lambda tries, response, error: seen.append(response.text)
        >>> with admitting_calls(admit):
        ...     answer = ask_sync("2+2?", model=lambda item: "4")
        >>> seen
        ['<lambda>', '4']
    """
    token = _gates.set((*_gates.get(), admit))
    try:
        yield
    finally:
        _gates.reset(token)


async def admitted(model: Model, item: Query, sampling: SamplingParameters) -> OnEnd | None:
    """Wait until all gates admit a call; gives what is to be called at its end, if anything.

    Raises:
        Exception: What a gate raised; the call must not be made.
    """
    gates = _gates.get()
    if not gates:
        return None
    ends: list[OnEnd] = []
    try:
        with waiting(model.name, to_be_admitted=True):
            for admit in gates:
                ends += [await admit(model, item, sampling)]
    except BaseException as error:
        for end in ends:
            end((), None, error)
        raise

    def ended(tries: Sequence[Try], response: Response | None, error: BaseException | None) -> None:
        for end in ends:
            end(tries, response, error)

    return ended


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
