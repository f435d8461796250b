"""HTTP requests, over connections of aiohttp's pool.

httpx's own pool slows down beyond some 200 connections, and its queue would be measured as latency.
"""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from .._core.errors import (
    AuthenticationError,
    BadRequestError,
    ConnectionFailedError,
    MalformedResponseError,
    ModelError,
    RateLimitError,
    ServerError,
)
from .._core.sync import close_at_end
from .retry import retry_after_s

if TYPE_CHECKING:
    import httpx

_MOST_SHOWN = 300
_KEEP_S = 30.0
_HEADERS = {
    "accept": "application/json, text/event-stream",
    "accept-encoding": "gzip, deflate",
    "content-type": "application/json",
    "user-agent": "crucible-ensemble",
}
_SECRET_HEADER = re.compile(r"auth|key|token|secret|cookie|password", re.IGNORECASE)


def load() -> None:
    """Import the HTTP library now, so that its 250 ms are not part of the first latency."""
    import httpx_aiohttp  # noqa: F401, PLC0415  # only who makes a client should wait for it


class HttpClient:
    """A pool of connections to one provider, for the event loop it is made in.

    Args:
        base_url: Where the interface begins.
        headers: Sent with every request; keys among them are kept out of every message.
        connections: How many at most; further requests wait for one.
    """

    def __init__(self, base_url: str, *, headers: Mapping[str, str], connections: int) -> None:
        import httpx  # noqa: PLC0415  # see load()
        import httpx_aiohttp  # noqa: PLC0415  # see load()

        self.closed = False
        self._secrets = _secrets(headers)
        self._base_url = base_url
        self._headers = httpx.Headers({**_HEADERS, **headers})
        self._urls: dict[str, httpx.URL] = {}
        # Without httpx's own client around it, which takes longer than the rest of a request.
        self._transport = httpx_aiohttp.AiohttpTransport(
            limits=httpx.Limits(max_connections=connections, keepalive_expiry=_KEEP_S)
        )
        close_at_end(self)

    async def post(
        self, path: str, body: Mapping[str, Any], *, timeout_ms: float
    ) -> tuple[Any, Mapping[str, str]]:
        """Send JSON and give the JSON of the answer with its headers.

        Args:
            path: Behind the base URL.
            body: What is sent.
            timeout_ms: The longest it may take until the last byte is there.

        Raises:
            ModelError: The request failed; the class says how.
        """
        with self._own_errors(timeout_ms):
            async with asyncio.timeout(timeout_ms / 1000), self._sent(path, body) as answer:
                await answer.aread()
        if not answer.is_success:
            raise self._failure(answer.status_code, answer.text, answer.headers)
        try:
            return answer.json(), answer.headers
        except (ValueError, RecursionError):
            text = self._clean(answer.text)
            raise MalformedResponseError(f"the answer is not JSON: {text!r}") from None

    @asynccontextmanager
    async def events(
        self, path: str, body: Mapping[str, Any], *, timeout_ms: float
    ) -> AsyncGenerator[AsyncIterator[Any], None]:
        """Send JSON and give the JSON of each event that comes back (server-sent events).

        Args:
            path: Behind the base URL.
            body: What is sent.
            timeout_ms: The longest it may take until the last event is there.

        Raises:
            ModelError: The request failed; the class says how.
        """
        end = asyncio.get_running_loop().time() + timeout_ms / 1000
        async with AsyncExitStack() as opened:
            with self._own_errors(timeout_ms):
                async with asyncio.timeout_at(end):
                    answer = await opened.enter_async_context(self._sent(path, body))
                    if not answer.is_success:
                        await answer.aread()
            if not answer.is_success:
                raise self._failure(answer.status_code, answer.text, answer.headers)
            yield self._events(answer, end, timeout_ms)

    @asynccontextmanager
    async def _sent(
        self, path: str, body: Mapping[str, Any]
    ) -> AsyncGenerator["httpx.Response", None]:
        import httpx  # noqa: PLC0415  # loaded when the client was made

        if path not in self._urls:
            self._urls[path] = httpx.URL(self._base_url.rstrip("/") + path)
        # Half a surrogate pair has no UTF-8; its escape, \\ud800, is what JSON writes too.
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")
        request = httpx.Request("POST", self._urls[path], headers=self._headers, content=content)
        answer = await self._transport.handle_async_request(request)
        try:
            yield answer
        finally:
            await answer.aclose()

    async def _events(self, answer: Any, end: float, timeout_ms: float) -> AsyncIterator[Any]:
        lines, data = answer.aiter_lines(), ""
        while True:
            with self._own_errors(timeout_ms):
                async with asyncio.timeout_at(end):
                    line = await anext(lines, None)
            if line is not None and line.startswith("data:"):
                data += line[5:].strip()
            elif data and not line:
                if data == "[DONE]":
                    return
                try:
                    yield json.loads(data)
                except (ValueError, RecursionError):
                    text = self._clean(data)
                    raise MalformedResponseError(
                        f"a piece of the stream is not JSON: {text!r}"
                    ) from None
                data = ""
            if line is None:
                return

    @contextmanager
    def _own_errors(self, timeout_ms: float) -> Iterator[None]:
        """Errors of the HTTP library as those of this one, without keys in them."""
        import httpx  # noqa: PLC0415  # loaded when the client was made

        try:
            yield
        except (TimeoutError, httpx.TimeoutException):
            raise ConnectionFailedError(f"no answer in time, {timeout_ms:.0f} ms") from None
        except httpx.DecodingError as error:
            raise MalformedResponseError(self._clean(f"the answer is garbled: {error}")) from None
        except httpx.RequestError as error:
            kind = type(error).__name__
            raise ConnectionFailedError(self._clean(f"{kind}: {error}")) from None

    async def close(self) -> None:
        """Close all connections."""
        self.closed = True
        await self._transport.aclose()

    def _failure(self, status: int, text: str, headers: Mapping[str, str]) -> ModelError:
        message = f"the provider answers {status}: {self._clean(text)}"
        return failure_kind(status)(message, status=status, retry_after_s=retry_after_s(headers))

    def _clean(self, text: str) -> str:
        # The keys go before the text is cut: half a key is a secret as well.
        for secret in self._secrets:
            text = text.replace(secret, "[key]")
        return text[:_MOST_SHOWN]


def failure_kind(status: int) -> type[ModelError]:
    """The class of a failure with this HTTP status."""
    if status in (401, 403):
        return AuthenticationError
    if status == 429:
        return RateLimitError
    if status >= 500 or status in (408, 409, 425):
        return ServerError
    return BadRequestError


def _secrets(headers: Mapping[str, str]) -> list[str]:
    """The secrets in headers, the longest first."""
    values = {value for name, value in headers.items() if _SECRET_HEADER.search(name)}
    parts = {value.rpartition(" ")[2] for value in values}
    return sorted(filter(None, values | parts), key=len, reverse=True)
