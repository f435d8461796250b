"""Authorization that changes with time or with the request: tokens, and signatures of httpx."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from .._core.errors import AuthenticationError, EnsembleError, MissingExtraError

Token = Callable[[], str | Awaitable[str]]
Auth = Token | Any
"""A function that gives a bearer token, async or not, or an ``httpx.Auth`` object."""


async def authorization(
    auth: Auth, method: str, url: str, headers: Mapping[str, str], content: bytes
) -> dict[str, str]:
    """The headers of one request.

    Args:
        auth: A function that gives a bearer token, or an ``httpx.Auth`` object.
        method: Such as ``POST``; signatures cover it.
        url: Where it is sent.
        headers: Those it has already.
        content: The body.

    Raises:
        AuthenticationError: No token came, or one that cannot be sent, or no request.
    """
    try:
        if hasattr(auth, "auth_flow"):
            return await _signed(auth, method, url, headers, content)
        token = auth()
        if inspect.isawaitable(token):
            token = await token
    except EnsembleError:
        raise
    except Exception as error:  # whatever it raises; its text may hold a token  # noqa: BLE001
        kind = type(error).__name__
        raise AuthenticationError(f"auth: it gave no token, it raised {kind}") from None
    if not isinstance(token, str) or not token.strip():
        raise AuthenticationError("auth: the function gave no token; give a text")
    if not (token.strip().isascii() and token.strip().isprintable()):
        raise AuthenticationError("auth: the token has a character that cannot be sent in a header")
    return {"authorization": f"Bearer {token.strip()}"}


async def _signed(
    auth: Any, method: str, url: str, headers: Mapping[str, str], content: bytes
) -> dict[str, str]:
    """The headers after the first step of an ``httpx.Auth``, such as a signature of AWS."""
    try:
        import httpx  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError("httpx", "httpx") from error
    request = httpx.Request(method, url, headers=dict(headers), content=content)
    found = await _first_step(auth, request)
    if found is None:
        raise AuthenticationError("auth: the object gave no request")
    if (found.method, found.url) != (request.method, request.url):
        raise AuthenticationError(
            f"auth: {type(auth).__name__} asks for its token by a request of its own, which is not"
            " sent here; give a function that gives the token"
        )
    return {name: found.headers[name] for name in found.headers if name != "content-length"}


async def _first_step(auth: Any, request: Any) -> Any:
    """The request as the object sends it at first; None where it sends none."""
    try:
        flow = auth.async_auth_flow(request)
        try:
            return await anext(flow, None)
        finally:
            await flow.aclose()
    except (NotImplementedError, RuntimeError):  # an object for blocking clients alone
        blocking = auth.sync_auth_flow(request)
        try:
            return next(blocking, None)
        finally:
            blocking.close()
