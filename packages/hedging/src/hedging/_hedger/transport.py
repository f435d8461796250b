"""A transport for httpx, for every client and SDK that is built on it."""

from collections.abc import AsyncIterable, Awaitable, Callable, Collection, Sequence
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Literal, Self, cast

from .._core.errors import (
    AllAttemptsFailedError,
    HedgeTimeoutError,
    MissingExtraError,
    PolicyError,
)
from .hedger import Hedger

if TYPE_CHECKING:
    import httpx

    _Attempt = Callable[[], Awaitable[httpx.Response]]

_SAFE = ("GET", "HEAD", "OPTIONS")
_RETRIED = (408, 425, 429, 500, 502, 503, 504, 529)


def by_path(request: "httpx.Request") -> str:
    """The key of a request: its host and path.

    Args:
        request: A request of httpx.

    Returns:
        Such as ``api.example.com/v1/chat``.
    """
    return f"{request.url.host}{request.url.path}"


def by_model(request: "httpx.Request") -> str:
    """The key of a request to a model: host, path, and the ``model`` of its JSON body.

    Args:
        request: A request of httpx whose body has been read.

    Returns:
        Such as ``api.example.com/v1/chat gpt-4o``.
    """
    import json  # noqa: PLC0415  # as `import hedging` has to be quick

    try:
        model = json.loads(request.content).get("model", "")
    except (ValueError, AttributeError):
        model = ""
    return f"{by_path(request)} {model}".rstrip()


class HedgedTransport:
    """Sends requests with backups: ``httpx.AsyncClient(transport=HedgedTransport())``.

    A response with a status such as 429 or 503 counts as a failure: a backup follows at once unless
    the service asked for a pause, and without a better response this one is given. A single
    request may be sent twice with ``extensions={"hedge": True}``.

    Args:
        hedger: Decides about the backups; a new one when left out.
        transport: Sends the requests; ``httpx.AsyncHTTPTransport()`` when left out.
        backups: Send the backups instead, such as to another region.
        methods: Which methods may be sent twice. Calls of models are ``POST``: add it when a second
            call does no harm.
        key: Names what is called; ``by_path`` does without the body.
        until: What the race is for: ``headers``, after which a body may still be streamed, or
            ``body``, the whole response.

    Raises:
        MissingExtraError: httpx is not installed; it comes with the extra ``http``.
        PolicyError: ``until`` is neither of them.
    """

    def __init__(
        self,
        hedger: Hedger | None = None,
        *,
        transport: "httpx.AsyncBaseTransport | None" = None,
        backups: "Sequence[httpx.AsyncBaseTransport]" = (),
        methods: Collection[str] = _SAFE,
        key: "Callable[[httpx.Request], str]" = by_model,
        until: Literal["headers", "body"] = "headers",
    ) -> None:
        if until not in ("headers", "body"):
            raise PolicyError("until", until, "'headers' or 'body'")
        self._httpx: ModuleType = _library()
        self.hedger: Hedger = hedger or Hedger()
        self._transport: httpx.AsyncBaseTransport = transport or self._httpx.AsyncHTTPTransport()
        self._backups: tuple[httpx.AsyncBaseTransport, ...] = tuple(backups)
        self._methods: frozenset[str] = frozenset(methods)
        self._key: Callable[[httpx.Request], str] = key
        self._until: Literal["headers", "body"] = until

    async def handle_async_request(self, request: "httpx.Request") -> "httpx.Response":
        """Send a request; httpx calls this.

        Args:
            request: The request.

        Returns:
            The response of the attempt that won.
        """
        if not request.extensions.get("hedge", request.method in self._methods):
            return await self._transport.handle_async_request(request)
        await request.aread()
        responses: list[httpx.Response] = []
        chosen: httpx.Response | None = None
        try:
            chosen = await self._race(request, responses)
        finally:
            for response in responses:
                if response is not chosen:
                    await response.aclose()
        return chosen

    async def aclose(self) -> None:
        """Close all connections."""
        for transport in (self._transport, *self._backups):
            await transport.aclose()

    async def __aenter__(self) -> Self:
        for transport in (self._transport, *self._backups):
            await transport.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        for transport in (self._transport, *self._backups):
            await transport.__aexit__(kind, error, traceback)

    async def _race(
        self, request: "httpx.Request", responses: "list[httpx.Response]"
    ) -> "httpx.Response":
        def through(transport: "httpx.AsyncBaseTransport") -> "_Attempt":
            return lambda: self._send(request, transport, responses)

        try:
            result = await self.hedger.request(
                through(self._transport),
                key=self._key(request),
                backups=[through(each) for each in self._backups],
                accept=lambda response: response.status_code not in _RETRIED,
            )
        except AllAttemptsFailedError as failed:
            if responses:
                return responses[0]
            # The error that a client without hedging would raise, for its own retries.
            raise failed.errors[0] from failed
        except HedgeTimeoutError as late:
            raise self._httpx.ReadTimeout(str(late), request=request) from late
        return result.value

    async def _send(
        self,
        request: "httpx.Request",
        transport: "httpx.AsyncBaseTransport",
        responses: "list[httpx.Response]",
    ) -> "httpx.Response":
        copy = self._httpx.Request(
            request.method,
            request.url,
            headers=request.headers,
            stream=self._httpx.ByteStream(request.content),
            extensions=request.extensions,
        )
        response = await transport.handle_async_request(copy)
        if self._until == "body":
            response = await self._read(response)
        responses.append(response)
        return response

    async def _read(self, response: "httpx.Response") -> "httpx.Response":
        """The response with its whole body, still encoded as it came."""
        try:
            body = b"".join([part async for part in cast("AsyncIterable[bytes]", response.stream)])
        finally:
            await response.aclose()
        whole: httpx.Response = self._httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=self._httpx.ByteStream(body),
            extensions=response.extensions,
        )
        return whole


def _library() -> ModuleType:
    try:
        import httpx  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError("HedgedTransport", extra="http", package="httpx") from error
    return httpx
