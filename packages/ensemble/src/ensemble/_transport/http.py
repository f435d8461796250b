"""HTTP requests, over aiohttp's connections."""

import asyncio
import json
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from .._core.errors import ConnectionFailedError, MalformedResponseError, ModelError
from .._core.sync import close_at_end
from .auth import Auth, authorization
from .connection_errors import own_error
from .provider_errors import body_error, status_error
from .retry import TimeLimit, retry_after_s, until
from .secrets import Secrets
from .sse import Event, EventReader
from .urls import joined_url, proxy_of

if TYPE_CHECKING:
    import aiohttp
    import yarl

Method = Literal["GET", "POST"]
_JSON = "application/json"
_MAX_BODY_BYTES, _MAX_FILE_BYTES = 64 << 20, 1 << 30
_MAX_HEADER_BYTES, _MAX_HEADERS = 64 << 10, 1000
_MOST_URLS = 16
_CONNECT_S, _KEEP_S = 30.0, 30.0
_encoded = json.JSONEncoder(ensure_ascii=False).encode
_open_sessions: "set[aiohttp.ClientSession]" = set()
_END_S = 0.05  # for the last bytes of a stream, behind its end mark
_HEADERS = {
    "accept": "application/json, text/event-stream",
    "accept-encoding": "gzip, deflate",
    "content-type": _JSON,
    "user-agent": "crucible-ensemble",
}


def load() -> None:
    """Import the HTTP library now, so that its 250 ms are not part of the first latency."""
    import aiohttp  # noqa: F401, PLC0415  # only who makes a client should wait for it


class HttpClient:
    """A pool of connections to one provider, for the event loop it is made in.

    Args:
        base_url: Where the interface begins.
        headers: Sent with every request; keys among them are kept out of every message.
        connections: How many at most; further requests wait for one.
        auth: Gives the authorization of each request.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str],
        connections: int,
        auth: Auth | None = None,
    ) -> None:
        import aiohttp  # noqa: PLC0415  # see load()

        self.closed = False
        self._secrets = Secrets(headers, base_url)
        self._base_url = base_url
        self._urls: dict[str, yarl.URL] = {}
        self._timeouts: dict[float, aiohttp.ClientTimeout] = {}
        self._headers = {**_HEADERS, **{name.lower(): text for name, text in headers.items()}}
        self._proxy = proxy_of(base_url)
        self._auth = auth
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=_KEEP_S),
            headers=self._headers,
            max_line_size=_MAX_HEADER_BYTES,
            max_field_size=_MAX_HEADER_BYTES,
            max_headers=_MAX_HEADERS,
        )
        self._until_loop_ends = _closed_with_loop(self)
        close_at_end(self)

    async def post(
        self, path: str, body: Mapping[str, Any], *, limit: TimeLimit
    ) -> tuple[Any, Mapping[str, str]]:
        """Send JSON and give the JSON of the answer with its headers.

        Args:
            path: Behind the base URL.
            body: What is sent.
            limit: The longest silence, and when it is broken off.

        Raises:
            ModelError: The request failed; the class says how.
        """
        answer, content = await self._exchanged("POST", path, json_bytes(body), _JSON, limit)
        return self._json(answer, content), answer.headers

    async def send(
        self,
        method: Method,
        path: str,
        content: bytes = b"",
        *,
        limit: TimeLimit,
        content_type: str = _JSON,
    ) -> bytes:
        """Send anything and give the body of the answer, such as a file of a batch job.

        Args:
            method: ``GET`` or ``POST``.
            path: Behind the base URL.
            content: The body.
            limit: The longest silence, and when it is broken off.
            content_type: What the body is.

        Raises:
            ModelError: The request failed; the class says how.
        """
        _, found = await self._exchanged(
            method, path, content, content_type, limit, most=_MAX_FILE_BYTES
        )
        return found

    async def _exchanged(
        self,
        method: Method,
        path: str,
        content: bytes,
        content_type: str,
        limit: TimeLimit,
        *,
        most: int = _MAX_BODY_BYTES,
    ) -> tuple["aiohttp.ClientResponse", bytes]:
        """The answer and its body, of a request that went well."""
        with self._own_errors(limit):
            async with until(limit.end):
                answer = await self._request(method, path, content, content_type, limit)
                try:
                    found = await _content(answer, limit, most)
                finally:
                    answer.release()
        if not 200 <= answer.status < 300:
            raise self._failure(answer, found)
        return answer, found

    @asynccontextmanager
    async def events(
        self, path: str, body: Mapping[str, Any], *, limit: TimeLimit
    ) -> AsyncGenerator[AsyncIterator[Event], None]:
        """Send JSON and give the events that come back (server-sent events).

        An answer that is JSON instead of a stream is one event with the name ``whole``.

        Args:
            path: Behind the base URL.
            body: What is sent.
            limit: The longest silence, and when it is broken off.

        Raises:
            ModelError: The request failed; the class says how.
        """
        with self._own_errors(limit):
            async with until(limit.end):
                answer = await self._request("POST", path, json_bytes(body), _JSON, limit)
        try:
            if not 200 <= answer.status < 300:
                with self._own_errors(limit):
                    async with until(limit.end):
                        content = await _content(answer, limit, _MAX_BODY_BYTES)
                raise self._failure(answer, content)
            events = self._events(answer, limit)
            try:
                yield events
            finally:
                await events.aclose()
        finally:
            answer.release()

    async def _request(
        self, method: Method, path: str, content: bytes, content_type: str, limit: TimeLimit
    ) -> "aiohttp.ClientResponse":
        silence_s = limit.silence_ms / 1000
        url = self._urls.get(path)
        if url is None:
            url = joined_url(self._base_url, path)
            if len(self._urls) < _MOST_URLS:  # those of files and jobs are asked for once
                self._urls[path] = url
        headers = None if content_type == _JSON else {"content-type": content_type}
        if self._auth is not None:
            headers = {**self._headers, **(headers or {})}
            more = await authorization(self._auth, method, str(url), headers, content)
            self._secrets.add(more)
            headers |= more
        silence = asyncio.timeout(silence_s)  # a header in drops is not an answer
        try:
            async with silence:
                return await self._session.request(
                    method,
                    url,
                    data=content or None,
                    headers=headers,  # over those of the session
                    allow_redirects=False,
                    proxy=self._proxy,
                    timeout=self._timeout(silence_s),
                )
        except TimeoutError as error:
            raise _timed_out(silence, error) from None

    def _timeout(self, silence_s: float) -> "aiohttp.ClientTimeout":
        import aiohttp  # noqa: PLC0415  # loaded when the client was made

        found = self._timeouts.get(silence_s)
        if found is None:
            # Silence is watched here: a timer for what is waited for, not for each packet.
            found = self._timeouts[silence_s] = aiohttp.ClientTimeout(
                total=None, sock_connect=min(_CONNECT_S, silence_s)
            )
        return found

    async def _events(
        self, answer: "aiohttp.ClientResponse", limit: TimeLimit
    ) -> AsyncGenerator[Event, None]:
        reader = EventReader()
        while not reader.ended:
            with self._own_errors(limit):
                async with until(limit.end):
                    chunk = await _chunk(answer, limit.silence_ms / 1000)
            if not chunk:
                break
            for event in reader.read(chunk):
                yield event
        for event in reader.finish():
            yield event
        if reader.ended:
            yield Event("end", None)
            await _drained(answer)
        elif not reader.is_stream:
            yield Event("whole", self._json(answer, reader.unread()))

    def _json(self, answer: "aiohttp.ClientResponse", content: bytes) -> Any:
        if not content or content.isspace():
            raise MalformedResponseError(
                f"the provider answers {answer.status} without a body", status=answer.status
            )
        try:
            return _json_of(content, answer)
        except (ValueError, RecursionError, LookupError):
            text = self._secrets.hidden(content.decode("utf-8", "replace"))
        kind = (answer.headers.get("content-type") or "").lower()
        is_page = "html" in kind or text.lstrip().startswith("<")
        error = MalformedResponseError(
            f"the answer is {'HTML' if is_page else 'no JSON'}, not what"
            f" {urlsplit(self._base_url).hostname} promises;"
            f" does base_url lead to the interface? It begins: {text!r}"
        )
        error.retryable = is_page  # of a proxy, while what stands behind it is started again
        raise error

    def _own_errors(self, limit: TimeLimit) -> "_OwnErrors":
        """Errors of the HTTP library as those of this one, without keys in them."""
        return _OwnErrors(self, limit)

    def own_error(self, error: Exception, limit: TimeLimit) -> ModelError:
        """An error of the HTTP library as one of this library."""
        if self.closed:
            text = "the model was closed while it was asked"
            return ConnectionFailedError(text, reason="hung_up").final()
        return own_error(error, self._base_url, limit, self._secrets.hidden)

    async def close(self) -> None:
        """Close all connections."""
        self.closed = True
        await self._session.close()
        with suppress(RuntimeError):  # it is what closes the client
            await self._until_loop_ends.aclose()

    def _failure(self, answer: "aiohttp.ClientResponse", content: bytes) -> ModelError:
        text = content.decode("utf-8-sig", "replace")
        return status_error(
            answer.status, text, retry_after_s(answer.headers), answer.headers, self._secrets.hidden
        )

    def body_error(self, data: Any) -> ModelError | None:
        """The error that an answer with status 200 holds, if it holds one."""
        return body_error(data, self._secrets.hidden)


class _OwnErrors:
    __slots__ = ("_client", "_limit")

    def __init__(self, client: HttpClient, limit: TimeLimit) -> None:
        self._client, self._limit = client, limit

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, ModelError):
            raise self._client.own_error(error, self._limit) from None


def _json_of(content: bytes, answer: "aiohttp.ClientResponse") -> Any:
    """The JSON of a body: UTF-8 by RFC 8259, whatever its header says, where it can be read so."""
    try:
        return json.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except UnicodeDecodeError:
        if answer.charset is None:
            raise
        return json.loads(content.decode(answer.charset))


def json_bytes(value: Any) -> bytes:
    """A value as the JSON that is sent."""
    # Half a surrogate pair has no UTF-8; its escape, \\ud800, is what JSON writes too.
    return _encoded(value).encode("utf-8", "backslashreplace")


async def _content(answer: "aiohttp.ClientResponse", limit: TimeLimit, most: int) -> bytes:
    found = await _chunk(answer, limit.silence_ms / 1000)
    if len(found) <= most and answer.content.at_eof():  # most answers come in one piece
        return found
    joined, chunk = bytearray(), found
    while chunk:
        joined += chunk
        if len(joined) > most:
            raise MalformedResponseError(f"the answer is longer than {most} bytes")
        chunk = await _chunk(answer, limit.silence_ms / 1000)
    return bytes(joined)


async def _chunk(answer: "aiohttp.ClientResponse", silence_s: float) -> bytes:
    """What has come of the body; empty at its end."""
    content = answer.content
    if content.is_eof():  # nothing is waited for
        return await content.readany()
    silence = asyncio.timeout(silence_s)
    try:
        async with silence:
            return await content.readany()
    except TimeoutError as error:
        raise _timed_out(silence, error) from None


def _timed_out(silence: asyncio.Timeout, error: TimeoutError) -> TimeoutError:
    """The error of a wait that took too long: of silence, of a deadline, or of connecting."""
    import aiohttp  # noqa: PLC0415  # loaded when the client was made

    return aiohttp.SocketTimeoutError() if silence.expired() else error


async def _drained(answer: "aiohttp.ClientResponse") -> None:
    """Read what is left behind the end, so that the connection can be used again."""
    with suppress(Exception):  # the answer is whole already
        async with asyncio.timeout(_END_S):
            await answer.content.readany()


def _closed_with_loop(client: HttpClient) -> AsyncGenerator[None, None]:
    """An asynchronous generator that is closed with its loop, and the connections by it.

    ``asyncio.run`` closes it. A client that is forgotten drops it, and the loop closes it then.
    """
    session, of_client = client._session, weakref.ref(client)  # noqa: SLF001  # part of the client
    # A session that nothing else holds is collected, with a warning, before it can be closed.
    ended = [each for each in tuple(_open_sessions) if each._loop.is_closed()]  # noqa: SLF001  # no public name
    _open_sessions.difference_update(ended)
    _open_sessions.add(session)

    async def waiting() -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            found = of_client()
            if found is not None:
                found.closed = True
            _open_sessions.discard(session)
            await session.close()

    generator = waiting()
    with suppress(StopIteration):
        generator.__anext__().send(None)
    return generator
