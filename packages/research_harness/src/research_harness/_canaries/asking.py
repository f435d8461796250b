"""Asks the fixed requests at the start, in the middle and at the end of a session."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from .._core.errors import CeilingReachedError
from .._core.text import error_text, type_name
from .canaries import Canaries
from .log import CanaryRecord, Moment, append_canaries, read_canaries

OnProgress = Callable[[int, int], None]
Request = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
_MAX_ANSWER = 500


@asynccontextmanager
async def asking_canaries(
    canaries: Canaries | None,
    path: Path,
    request: Request,
    *,
    session: int,
    done: int,
    total: int,
    on_progress: OnProgress | None,
    stopped: Callable[[], bool],
    on_warning: Callable[[str], None],
) -> AsyncIterator[OnProgress | None]:
    """Ask before and after the block, and beside its rows once half of them are done.

    Args:
        canaries: What to ask; None asks nothing.
        path: The file of the answers.
        request: Makes one request under the ceilings of the run; gives None where there is no room.
        session: The number of the session, from 1.
        done: How many rows earlier sessions finished.
        total: How many rows there are.
        on_progress: The caller's function for rows done and rows in all.
        stopped: Whether the run was stopped before its last row, so that the end is not asked.
        on_warning: Called with a text when answers cannot be kept.
    """
    if canaries is None or done >= total:
        yield on_progress
        return
    rounds = _Rounds(canaries, path, request, session, on_warning)
    middle: list[asyncio.Task[None]] = []

    def progress(now: int, planned: int) -> None:
        if not middle and 2 * done < planned <= 2 * now < 2 * planned:
            middle.append(asyncio.create_task(rounds.ask("middle"), name="canaries"))
        if on_progress is not None:
            on_progress(now, planned)

    await rounds.ask("start" if session == 1 else "resume")
    try:
        yield progress
        await asyncio.gather(*middle)
        if not stopped():
            await rounds.ask("end")
    finally:
        for task in middle:
            task.cancel()
        await asyncio.gather(*middle, return_exceptions=True)


class _Rounds:
    """Asks all requests of a moment and keeps the answers."""

    def __init__(
        self,
        canaries: Canaries,
        path: Path,
        request: Request,
        session: int,
        on_warning: Callable[[str], None],
    ) -> None:
        self._canaries = canaries
        self._path = path
        self._under_ceilings = request
        self._session = session
        self._warn = on_warning

    async def ask(self, moment: Moment) -> None:
        """Ask and keep; a request that fails is recorded, and a full disk is a warning.

        Requests for which the ceilings of the run have no room are not made.
        """
        try:
            begin = 1 if read_canaries(self._path) else 0  # number 0 is the reference
            room = asyncio.Semaphore(self._canaries.max_concurrency)
            asked = [
                self._request(room, moment, model, prompt, number)
                for number in range(begin, self._canaries.repeats + 1)
                for prompt in range(len(self._canaries.prompts))
                for model in self._canaries.models
            ]
            found = [each for each in await asyncio.gather(*asked) if each is not None]
            if len(found) < len(asked):
                self._warn(
                    f"{len(asked) - len(found)} requests of the canaries ({moment}) were not made:"
                    " a ceiling of the run is reached"
                )
            if found:
                append_canaries(self._path, found)
        except OSError as error:
            self._warn(f"the answers of the canaries cannot be kept: {error_text(error)}")

    async def _request(
        self, room: asyncio.Semaphore, moment: Moment, model: Any, prompt: int, number: int
    ) -> CanaryRecord | None:
        text = self._canaries.prompts[prompt]
        async with room:
            asked_us = time.time_ns() // 1000
            found = await self._under_ceilings(lambda: self._answer(model, text, number))
        if found is None:
            return None
        return CanaryRecord(
            session=self._session,
            moment=moment,
            model=str(model.name),
            prompt=prompt,
            prompt_sha256=_sha256(text),
            number=number,
            asked_us=asked_us,
            **found,
        )

    async def _answer(self, model: Any, text: str, number: int) -> dict[str, Any]:
        """The answer's part of a record."""
        import ensemble

        try:
            with ensemble.sampling(sample=number):
                response = await ensemble.ask(
                    text, model=model, timeout_ms=self._canaries.timeout_ms
                )
            answer = str(response.text).strip()
            cost, version = response.cost_usd, response.model_version
        except (KeyboardInterrupt, asyncio.CancelledError, CeilingReachedError):
            raise
        except BaseException as error:  # noqa: BLE001  # a model may raise anything
            return {"error": f"{type_name(error)}: {error_text(error)}"}
        return {
            "answer": answer[:_MAX_ANSWER],
            "answer_sha256": _sha256(answer),
            "characters": len(answer),
            "cost_usd": cost,
            "model_version": version,
        }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
