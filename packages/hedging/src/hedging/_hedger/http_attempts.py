"""The attempts of one HTTP request: copies of it, sent, and their responses judged."""

import asyncio
from typing import Any, Literal

from .._core.errors import AllAttemptsFailedError
from .._core.failures import original_error
from .._core.result import Hedged
from .._core.scripts import running_loop
from .._race.attempt_number import attempt_number
from .._race.disposal import dispose_of
from .._race.own_calls import OwnCall
from .._race.pool_guard import Steps, close_guarded, followed, send, send_guarded
from .http_library import after_first_chunk, library_of, with_whole_body

Until = Literal["headers", "first_chunk", "body"]
_RETRIED = (408, 425, 429, 500, 502, 503, 504, 529)


class RefusedError(Exception):
    """A response that another attempt may better; it has the response, for its headers."""

    def __init__(self, response: Any) -> None:
        super().__init__(f"status {response.status_code}")
        self.response = response


class HttpAttempts:
    """Makes the attempts of one request.

    Args:
        request: The request, whose body has been read.
        until: What an attempt waits for.
    """

    def __init__(self, request: Any, until: Until) -> None:
        self.library: Any = library_of(request)
        self._request: Any = request
        self._until: Until = until
        self._refused: list[Any] = []
        self._is_over: bool = False
        limits = request.extensions.get("timeout") or {}
        longest = max((each for each in limits.values() if each is not None), default=None)
        unlimited = limits.get("read", 0) is None
        self._deadline: float | None = (
            None if longest is None or unlimited else running_loop().time() + longest
        )

    def through(self, transport: Any, *, elsewhere: bool = False) -> "HttpAttempt":
        """An attempt through a transport; ``elsewhere`` when it calls another service."""
        return HttpAttempt(self, transport, transport if elsewhere else self)

    async def send(self, attempt: "HttpAttempt") -> Any:
        """One attempt: its response, or an error when another attempt may do better."""
        number = attempt_number()
        if not number or self._deadline is None:
            response = await self._judged(await attempt.send(self._copy(number)))
        else:
            try:
                async with asyncio.timeout_at(self._deadline):
                    sent = await send_guarded(attempt.transport, self._copy(number))
                    response = await self._judged(sent)
            except TimeoutError as late:
                text = "no backup answered within the time limit of the client"
                raise self.library.ReadTimeout(text, request=self._request) from late
        if response.status_code not in _RETRIED:
            return response
        if self._is_over:
            await close_guarded(response)
        self._refused.append(response)
        raise RefusedError(response)

    async def _judged(self, response: Any) -> Any:
        if response.status_code in _RETRIED:
            return response
        # The headers of an event stream come before the service has done anything.
        is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
        if self._until == "headers" and not is_stream:
            return response
        if self._until != "body":
            return await after_first_chunk(self.library, response)
        return await with_whole_body(self.library, response)

    def _copy(self, number: int) -> Any:
        # Making one anew takes longer than the race, and copy.copy leaves out the body.
        original = self._request
        copied = object.__new__(type(original))
        copied.__dict__.update(original.__dict__)
        copied.headers = original.headers.copy()
        copied.headers["x-attempt"] = str(number)
        return copied

    def best(self, failed: AllAttemptsFailedError) -> Any:
        """The first response of attempts that all failed.

        Raises:
            Exception: None answered: the error that a client without hedging would raise.
        """
        if not self._refused:
            error = original_error(failed)
            raise error if error is not failed else failed.errors[0]
        response = self._refused.pop(0)
        note(response, failed, attempts=len(failed.errors))
        return response

    def close_refused(self) -> None:
        """Close the responses that are not given, those that come later included.

        It does not wait for them: cancelled there, the caller would lose the response it is given.
        """
        self._is_over = True
        for response in self._refused:
            dispose_of(response, close)


class HttpAttempt(OwnCall):
    """One call of a race.

    Attributes:
        service: What it calls; attempts of one service share the pause that it asks for.
        transport: Sends it.
    """

    __slots__ = ("_attempts", "_steps", "service", "transport")

    def __init__(self, attempts: HttpAttempts, transport: Any, service: object) -> None:
        self._attempts = attempts
        self._steps: Steps | None = None
        self.transport = transport
        self.service = service

    async def __call__(self) -> Any:
        """Send the attempt."""
        return await self._attempts.send(self)

    async def send(self, request: Any) -> Any:
        """The response to a request that only its race cancels, if it may be cancelled."""
        if hasattr(self.transport, "_pool"):
            self._steps = followed(request, self.transport)
        try:
            return await send(self.transport, request)
        finally:
            self._steps = None

    def is_waiting(self) -> bool:
        """Whether the pool has no connection for it so far."""
        return self._steps is not None and not self._steps.begun

    def may_be_cancelled(self) -> bool:
        """Whether it is inside of a step; otherwise it gives up by itself at its next one."""
        steps = self._steps
        if steps is None or steps.inside:
            return True
        steps.given_up = True
        return False


def note(
    response: Any, result: Hedged[Any] | AllAttemptsFailedError, *, attempts: int | None = None
) -> None:
    """Add what was done for a response to its extensions."""
    if isinstance(result, Hedged):
        attempts, winner = len(result.attempts), result.winner
    else:
        winner = None
    about = {"attempts": attempts, "winner": winner, "reason": result.reason}
    response.extensions = {**response.extensions, "hedging": about}


async def close(response: Any) -> None:
    """Close a response that is not given."""
    await response.aclose()
