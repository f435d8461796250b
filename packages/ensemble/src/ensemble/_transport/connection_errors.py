"""What went wrong on the way to a provider and back, each kind by its name and remedy."""

import asyncio
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

from .._core.errors import ConnectionFailedError, MalformedResponseError, ModelError
from .retry import TimeLimit


def own_error(
    error: Exception, base_url: str, limit: TimeLimit, hidden: Callable[[str], str]
) -> ModelError:
    """An error of the HTTP library as one of this library.

    Args:
        error: The error.
        base_url: Where the interface begins.
        limit: The limits of time.
        hidden: Takes keys out of a text.

    Returns:
        The error to raise.
    """
    import aiohttp  # noqa: PLC0415  # loaded when the client was made

    address = urlsplit(base_url)
    place = f"{address.hostname}:{address.port or {'https': 443}.get(address.scheme, 80)}"
    text = hidden(str(error)) or type(error).__name__
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return ConnectionFailedError(
            f"{place} took no connection in time; is the address right, and a firewall open?",
            reason="connect_timeout",
        )
    if isinstance(error, TimeoutError):
        return _timed_out(error, place, limit)
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return _tls(error, place, text)
    if isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
        return ConnectionFailedError(f"the proxy on the way to {place} failed: {text}")
    if isinstance(error, aiohttp.ClientConnectorError | ConnectionRefusedError):
        return _not_connected(error, place, text)
    return _unreadable(error, place) or _broken(error, place, text)


def _not_connected(error: Exception, place: str, text: str) -> ModelError:
    import aiohttp  # noqa: PLC0415  # loaded when the client was made

    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return ConnectionFailedError(
            f"cannot connect to {place}: no host has this name, or it cannot be resolved;"
            " is base_url right, and is the network up?",
            reason="unknown_host",
        )
    return ConnectionFailedError(
        f"cannot connect to {place}: connection refused or not possible ({text});"
        " is the server started, and is base_url right?",
        reason="refused",
    )


def _broken(error: Exception, place: str, text: str) -> ModelError:
    import aiohttp  # noqa: PLC0415  # loaded when the client was made

    if isinstance(error, ConnectionResetError | aiohttp.ClientOSError):
        return ConnectionFailedError(
            f"the connection to {place} was reset: the provider, or something on the way, broke it",
            reason="reset",
        )
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return ConnectionFailedError(
            f"{place} hung up: it closed the connection without an answer", reason="hung_up"
        )
    if isinstance(error, aiohttp.ClientPayloadError):
        if "decompress" in text.lower() or "content-encoding" in text.lower():
            cause: BaseException | None = error.__cause__ or error.__context__
            if "incomplete" not in f"{text}{cause}".lower():
                return MalformedResponseError(f"the answer cannot be decompressed: {text}")
        return ConnectionFailedError(
            f"{place} hung up in the middle of the answer: {text}", reason="hung_up"
        )
    if isinstance(error, aiohttp.ClientResponseError | asyncio.LimitOverrunError | ValueError):
        # Its text may quote the request with its headers: only the kind is shown.
        return MalformedResponseError(
            f"the answer of {place} is not HTTP as it should be ({type(error).__name__})"
        )
    return ConnectionFailedError(f"the connection to {place} failed ({type(error).__name__})")


def _unreadable(error: BaseException | None, place: str) -> ModelError | None:
    """The error of an answer whose form of compression the HTTP library lacks; else None."""
    while error is not None:
        if type(error).__name__ == "ContentEncodingError":  # a class without a public name
            return MalformedResponseError(
                f"the answer of {place} is compressed in a form that was not asked for"
                f" ({getattr(error, 'message', '')}); pip install"
                " 'crucible-framework-ensemble[compression]' reads it"
            ).final()
        error = error.__cause__ or error.__context__
    return None


def _timed_out(error: Exception, place: str, limit: TimeLimit) -> ModelError:
    import aiohttp  # noqa: PLC0415  # loaded when the client was made

    if isinstance(error, aiohttp.SocketTimeoutError):
        return ConnectionFailedError(
            f"no answer in time: {place} was silent for {limit.silence_ms:.0f} ms;"
            " allow more by timeout_ms",
            reason="silence",
        )
    return ConnectionFailedError(
        f"no answer in time from {place}: the deadline passed; allow more by deadline_ms",
        reason="deadline",
    )


def _tls(error: Exception, place: str, text: str) -> ModelError:
    import aiohttp  # noqa: PLC0415  # loaded when the client was made

    certificate = isinstance(error, aiohttp.ClientConnectorCertificateError) or (
        "certificate" in text.lower()
    )
    remedy = (
        "its certificate is not trusted; something on the way may read what is sent"
        if certificate
        else "does the server speak TLS? Try http:// for a server on this machine"
    )
    return ConnectionFailedError(
        f"cannot connect to {place} by TLS: {remedy} ({text})", reason="tls"
    ).final()
