"""Which requests are answered: those of the page itself, from this machine or with the token.

A page of another site can have a browser send requests here. It cannot set headers of its own
without being asked for (CORS, which is never granted), and the browser adds ``Origin`` and
``Sec-Fetch-Site``. By DNS rebinding its own name can lead here; ``Host`` then holds that name.
"""

import hmac
import ipaddress
import platform
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

_Message = MutableMapping[str, Any]
_Send = Callable[[_Message], Awaitable[None]]
_Receive = Callable[[], Awaitable[_Message]]
_App = Callable[[_Message, _Receive, _Send], Awaitable[None]]

TOKEN_HEADER = "x-crucible-token"  # noqa: S105  # the name of a header
_SAFE = ("GET", "HEAD")
_SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """Refuses requests before anything is looked up; an ASGI application around another.

    Args:
        app: The application.
        host: The host that the server is bound to.
        token: What a request has to bring to change something, and on a host that other machines
            reach to read anything but the empty page.
        policy: The content security policy.
    """

    def __init__(self, app: _App, *, host: str, token: str, policy: str) -> None:
        self._app = app
        self._host = host.strip("[]").lower()
        self._open = is_loopback(host)
        self._token = token.encode()
        self._headers = {**_SECURITY, "content-security-policy": policy}

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def send_safely(message: _Message) -> None:
            if message["type"] == "http.response.start":
                own = [(k.encode(), v.encode()) for k, v in self._headers.items()]
                known = {name for name, _ in own}
                kept = [each for each in message["headers"] if each[0].lower() not in known]
                message = {**message, "headers": [*kept, *own]}
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send_safely)
        else:
            await _refuse(send_safely, *refusal)

    def _refusal(self, scope: _Message) -> tuple[int, str] | None:
        """The status and the reason of a refusal; None for a request that is answered."""
        headers = _single(scope["headers"])
        if headers is None:
            return 400, "a header is there twice"
        name = _host_name(headers.get("host", ""))
        if name is None or not self._knows(name):
            return 421, "this server is not called so; open it by the address that it printed"
        if _is_foreign(headers, scope["path"]):
            return 403, "requests of other sites are refused"
        changing = scope["method"] not in _SAFE
        if changing and headers.get("content-type", "").split(";")[0] != "application/json":
            return 415, "send application/json"
        if (changing or not (self._open or scope["path"] == "/")) and not self._has_token(headers):
            return 401, f"send the token that the server printed, in the header {TOKEN_HEADER}"
        return None

    def _knows(self, name: str) -> bool:
        """Whether a name of this server; a name of someone else's may lead here by DNS."""
        if self._open:
            return is_loopback(name)
        if name in {"localhost", self._host, platform.node().lower()}:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _has_token(self, headers: dict[str, str]) -> bool:
        given = headers.get(TOKEN_HEADER, "").encode("latin-1", "replace")
        return bool(self._token) and hmac.compare_digest(given, self._token)


def _single(headers: list[tuple[bytes, bytes]]) -> dict[str, str] | None:
    """The headers by name; None when one that decides is there twice."""
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.decode("latin-1").lower()
        if key in found and key in {"host", "origin", "sec-fetch-site", TOKEN_HEADER}:
            return None
        found[key] = value.decode("latin-1")
    return found


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname if host and "@" not in host else None
    except ValueError:
        return None


def _is_foreign(headers: dict[str, str], path: str) -> bool:
    """Whether a page of another site has sent a request; to open the page by a link is fine."""
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != headers.get("host"):
        return True
    site = headers.get("sec-fetch-site", "none")
    opened = path == "/" and headers.get("sec-fetch-mode", "navigate") == "navigate"
    return site not in {"none", "same-origin"} and not opened


async def _refuse(send: _Send, status: int, reason: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})
