"""Why a row failed: the world outside was not there, or the answer was not usable."""

import asyncio

from .._outcome.row import Failure

# Errors of clients that are not imported here, by the names of their classes or base classes.
_WORLD_NAMES = frozenset(
    {
        # ensemble
        "RateLimitError",
        "ServerError",
        "ConnectionFailedError",
        "CircuitOpenError",
        "BatchJobError",
        # openai, anthropic, google
        "APIConnectionError",
        "APITimeoutError",
        "InternalServerError",
        "OverloadedError",
        "ServiceUnavailable",
        "ServiceUnavailableError",
        "TooManyRequests",
        "ResourceExhausted",
        "DeadlineExceeded",
        # httpx, aiohttp, requests, urllib3
        "TransportError",
        "ClientConnectionError",
        "ServerDisconnectedError",
        "ClientConnectorError",
        "ConnectTimeout",
        "ReadTimeout",
        "HTTPServerError",
        "MaxRetryError",
        "NewConnectionError",
    }
)
_MAX_DEPTH = 5
_BUSY = frozenset({408, 425, 429, *range(500, 600)})


def failure_of(error: BaseException) -> Failure:
    """Why a condition that raised made its row fail.

    Args:
        error: What the condition raised.

    Returns:
        ``world`` for a connection that was refused or broke, a service that is overloaded or
        limits its rate, and an open circuit; ``time`` for a time limit inside the condition; else
        ``answer``. Of an error that holds others (all models failed, a group), ``world`` only if
        all of them are.
    """
    try:
        if _is_world(error, _MAX_DEPTH):
            return "world"
        return "time" if isinstance(error, TimeoutError) else "answer"
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  # attributes of a foreign error may raise anything
        return "answer"


def _is_world(error: BaseException, depth: int) -> bool:
    if depth == 0:
        return False
    if isinstance(error, ConnectionError | asyncio.IncompleteReadError):
        return True
    inner = _inner(error)
    if inner:
        return all(_is_world(each, depth - 1) for each in inner)
    if any(kind.__name__ in _WORLD_NAMES for kind in type(error).__mro__):
        return True
    if _status(error) in _BUSY:
        return True
    cause = error.__cause__
    return cause is not None and _is_world(cause, depth - 1)


def _inner(error: BaseException) -> list[BaseException]:
    """The errors that this one holds: those of a group, or of models that all failed."""
    if isinstance(error, BaseExceptionGroup):
        return list(error.exceptions)
    held = getattr(error, "errors", None)
    values = list(held.values()) if isinstance(held, dict) else held
    if isinstance(values, list | tuple):
        return [each for each in values if isinstance(each, BaseException)]
    return []


def _status(error: BaseException) -> object:
    for name in ("status_code", "status", "code"):
        value = getattr(error, name, None)
        if type(value) is int:
            return value
    return None
