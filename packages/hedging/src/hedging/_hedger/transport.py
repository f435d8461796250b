"""A transport for httpx and httpx2, for every client and SDK that is built on them."""

from collections.abc import Callable, Collection, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, get_args

from .._core.errors import AllAttemptsFailedError, HedgeTimeoutError, PolicyError
from .._race.pool_guard import send
from .hedger import Hedger
from .http_attempts import HttpAttempts, Until, close, note
from .http_keys import by_model, calls_a_model
from .http_library import (
    default_library,
    library_of,
    with_guarded_closing,
    with_own_connections,
)

if TYPE_CHECKING:
    import httpx

_SAFE = ("GET", "HEAD", "OPTIONS")


class HedgedTransport:
    """Sends requests with backups: ``httpx.AsyncClient(transport=HedgedTransport())``.

    A response with a status such as 429 or 503 counts as a failure: a backup follows at once unless
    the service asked for a pause, and without a better response this one is given. A single
    request may be sent twice with ``extensions={"hedge": True}``. Each attempt has its number in
    the header ``x-attempt``, 0 for the primary. The response has ``extensions["hedging"]``: the
    number of attempts, the one that won, and the reason why no backup was sent.

    The time limits of the client hold for each attempt, and a backup has to answer before the
    longest of them has passed since the start of the request; the policy's ``timeout_ms`` limits
    all attempts together.

    Args:
        hedger: Decides about the backups; a new one when left out.
        transport: Sends the requests; the library's ``AsyncHTTPTransport()`` when left out.
        backups: Send the backups instead, such as to another region. When left out, backups have
            connections of their own, with the settings and limits of ``transport``.
        methods: Which methods may be sent twice.
        model_calls: Whether calls of models may be sent twice as well: ``POST`` to the paths of the
            known providers, such as ``/chat/completions`` and ``/messages``.
        key: Names what is called; ``by_path`` does without the body.
        until: What the race is for: ``headers``, after which a body may still be streamed, the
            ``first_chunk`` of the body, or the whole ``body``. Event streams, whose headers come
            early, race to their first chunk in place of their headers.

    Raises:
        MissingExtraError: Neither httpx, which comes with the extra ``http``, nor httpx2 is there.
        PolicyError: ``until`` is none of them.
    """

    def __init__(
        self,
        hedger: Hedger | None = None,
        *,
        transport: "httpx.AsyncBaseTransport | None" = None,
        backups: "Sequence[httpx.AsyncBaseTransport]" = (),
        methods: Collection[str] = _SAFE,
        model_calls: bool = False,
        key: "Callable[[httpx.Request], str]" = by_model,
        until: Until = "headers",
    ) -> None:
        if until not in get_args(Until):
            raise PolicyError("until", until, "'headers', 'first_chunk' or 'body'")
        # The default transport is made now, since reading its certificates takes long.
        self._default: Any = None
        if transport is None:
            self._default = default_library()
            transport = self._default.AsyncHTTPTransport()
        self.hedger: Hedger = hedger or Hedger()
        self._transport: Any = transport
        self._backups: tuple[Any, ...] = tuple(backups)
        self._twin: Any = None
        self._add_connections()
        self._methods: frozenset[str] = frozenset(methods)
        self._model_calls: bool = model_calls
        self._key: Callable[[httpx.Request], str] = key
        self._until: Until = until

    async def handle_async_request(self, request: "httpx.Request") -> "httpx.Response":
        """Send a request; the client calls this.

        Args:
            request: The request.

        Returns:
            The response of the attempt that won, of the library that the request is from.
        """
        if self._default not in (None, library := library_of(request)):
            self._default, self._transport = library, library.AsyncHTTPTransport()
            self._add_connections()
        if not request.extensions.get("hedge", self._may_repeat(request)):
            response: httpx.Response = with_guarded_closing(await send(self._transport, request))
            return response
        await request.aread()
        attempts = HttpAttempts(request, self._until)
        try:
            response = with_guarded_closing(await self._race(request, attempts))
        finally:
            attempts.close_refused()
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        for transport in self._transports():
            await transport.aclose()

    async def __aenter__(self) -> Self:
        for transport in self._transports():
            await transport.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        for transport in self._transports():
            await transport.__aexit__(kind, error, traceback)

    def _transports(self) -> list[Any]:
        every = (self._transport, self._twin, *self._backups)
        return [each for each in every if each is not None]

    def _add_connections(self) -> None:
        """Give backups connections of their own, unless they have a transport."""
        if not self._backups:
            self._twin = with_own_connections(self._transport)

    def _may_repeat(self, request: "httpx.Request") -> bool:
        return request.method in self._methods or (self._model_calls and calls_a_model(request))

    async def _race(self, request: "httpx.Request", attempts: "HttpAttempts") -> "httpx.Response":
        hedges = self.hedger.policy.max_hedges
        own = [self._twin] * hedges if self._twin is not None else self._backups
        elsewhere = self._twin is None
        try:
            result = await self.hedger.request(
                attempts.through(self._transport),
                key=self._key(request),
                backups=[attempts.through(each, elsewhere=elsewhere) for each in own],
                dispose=close,
            )
        except AllAttemptsFailedError as failed:
            best: httpx.Response = attempts.best(failed)
            return best
        except HedgeTimeoutError as late:
            raise attempts.library.ReadTimeout(str(late), request=request) from late
        won: httpx.Response = result.value
        note(won, result)
        return won
