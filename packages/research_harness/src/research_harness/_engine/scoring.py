"""Scoring of answers, off the event loop and outside the row's own time."""

import asyncio
import contextvars
import math
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

import msgspec

from .._core.text import error_text, safe_text, type_name
from .barrier import guarded
from .threads import DaemonThreads

# Scorers that compare short texts; what they cost is less than a change of threads.
_QUICK = frozenset({"boolean", "choice", "exact_match", "number", "text"})
_QUICK_CHARACTERS = 2_000
# What scorers say of nearly all answers, which needs no look at whether it can be written.
_OUTCOMES = frozenset({"found", "cut", "ambiguous", "refused", "empty", "not_found"})
_EXTRACTIONS = 40


class ScoringError(RuntimeError):
    """The scorer failed on an answer; the answer itself is kept."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What the scorers made of one answer.

    Attributes:
        correct: Whether the answer is right.
        value: The scorer's value.
        extraction: How the answer was found in the text.
        further: The values of further scorers, by their names.
        unscored: The further scorers that failed, each with its error.
        error: Why there is no score; None where there is one.
    """

    correct: bool = False
    value: float = 0.0
    extraction: str = ""
    further: dict[str, float] = {}
    unscored: dict[str, str] = {}
    error: ScoringError | None = None


class Scoring:
    """Scores answers with one scorer, and with further ones whose values are kept beside.

    Args:
        scorer: The name of the scorer.
        further: The names of further scorers.
        threads: Where scorers run that take time; None scores at once, as simulated time needs.
        timeout_ms: The longest one answer may take to be scored by one scorer.
        concurrency: How many answers async scorers may have at the same time; None sets no limit.
    """

    def __init__(
        self,
        scorer: str,
        *,
        further: Sequence[str] = (),
        threads: DaemonThreads | None = None,
        timeout_ms: float | None = None,
        concurrency: int | None = None,
    ) -> None:
        self._scorer = scorer
        self._further = tuple(further)
        self._threads = threads
        self._all = (scorer, *self._further)
        self._async: dict[str, bool] = {}
        self._timeout = None if timeout_ms is None else timeout_ms / 1000
        self._free: AbstractAsyncContextManager[Any] = (
            nullcontext() if concurrency is None else asyncio.Semaphore(concurrency)
        )

    def awaits(self) -> bool:
        """Whether a scorer is an async function."""
        return any(map(self._is_async, self._all))

    def mark_quickly(self, prediction: Any, item: Any) -> Mark | None:
        """Score one answer at once; None where a scorer takes time or waits.

        Args:
            prediction: The answer, in plain values.
            item: The item it answers.
        """
        for name in self._all:
            if self._is_async(name) or not _is_quick(name, prediction):
                return None
        return self.mark_now(prediction, item)

    async def mark(self, prediction: Any, item: Any) -> Mark:
        """Score one answer; a scorer that raises or hangs gives a mark with an error.

        Args:
            prediction: The answer, in plain values.
            item: The item it answers.
        """
        found = await self._by(self._scorer, prediction, item)
        for name in self._further:
            found = _with(found, name, await self._by(name, prediction, item))
        return found

    def mark_now(self, prediction: Any, item: Any) -> Mark:
        """Score one answer in this thread.

        Args:
            prediction: The answer, in plain values.
            item: The item it answers.
        """
        found = _now(self._scorer, prediction, item)
        for name in self._further:
            found = _with(found, name, _now(name, prediction, item))
        return found

    async def _by(self, scorer: str, prediction: Any, item: Any) -> Mark:
        if self._is_async(scorer):
            async with self._free:  # the time in the queue is not the scorer's
                return await self._awaited(scorer, prediction, item)
        if _is_quick(scorer, prediction):
            return _now(scorer, prediction, item)
        if self._threads is None:  # what it sets in its context is not for the rows that follow
            return contextvars.copy_context().run(_now, scorer, prediction, item)
        return await self._in_thread(self._threads, scorer, prediction, item)

    def _is_async(self, scorer: str) -> bool:
        if scorer not in self._async:  # asked once: a row is to cost microseconds
            import dataset_manager

            self._async[scorer] = dataset_manager.is_async_scorer(scorer)
        return self._async[scorer]

    async def _awaited(self, scorer: str, prediction: Any, item: Any) -> Mark:
        import dataset_manager

        async def watch(task: asyncio.Task[Any]) -> None:
            await asyncio.wait({task}, timeout=self._timeout)

        answer = await guarded(
            lambda: dataset_manager.score_async(prediction, item, scorer=scorer),
            watch=watch,
            clock=asyncio.get_running_loop().time,
            name=f"scorer {safe_text(scorer, limit=80)!r}, item {item.id!r}",
        )
        if answer.cut_off:
            return _failed(scorer, self._late())
        return _mark(scorer, answer.value, answer.error)

    async def _in_thread(
        self, threads: DaemonThreads, scorer: str, prediction: Any, item: Any
    ) -> Mark:
        loop = asyncio.get_running_loop()
        started: asyncio.Future[None] = loop.create_future()
        context = contextvars.copy_context()

        def work() -> Mark:
            loop.call_soon_threadsafe(_set, started)
            return context.run(_now, scorer, prediction, item)

        future = asyncio.ensure_future(loop.run_in_executor(threads, work))
        await started  # the time in the queue is not the scorer's
        await asyncio.wait({future}, timeout=self._timeout)
        if future.done():
            return future.result()
        threads.abandon()
        return _failed(scorer, self._late())

    def _late(self) -> str:
        return f"did not end within {(self._timeout or 0) * 1000:g} ms"


def _now(scorer: str, prediction: Any, item: Any) -> Mark:
    """The mark of one scorer, in this thread."""
    import dataset_manager

    try:
        found = dataset_manager.score(prediction, item, scorer=scorer)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # a foreign scorer may raise anything
        return _mark(scorer, None, error)
    return _mark(scorer, found, None)


def _mark(scorer: str, score: Any, error: BaseException | None) -> Mark:
    """What a scorer returned or raised, as a mark."""
    try:
        if error is None:
            return _read(score)
    except KeyboardInterrupt:
        raise
    except BaseException as unreadable:  # noqa: BLE001  # foreign values may raise anything
        error = unreadable
    return _failed(scorer, f"raised {type_name(error)}: {error_text(error)}")


def _with(found: Mark, name: str, further: Mark) -> Mark:
    """A mark with the value of a further scorer, or with why it has none."""
    if further.error is not None:
        unscored = {**found.unscored, name: str(further.error)}
        return msgspec.structs.replace(found, unscored=unscored)
    return msgspec.structs.replace(found, further={**found.further, name: further.value})


def _is_quick(scorer: str, prediction: Any) -> bool:
    if scorer not in _QUICK:
        return False
    if isinstance(prediction, str):
        return len(prediction) <= _QUICK_CHARACTERS
    return not isinstance(prediction, list | dict)


def _failed(scorer: str, reason: str) -> Mark:
    return Mark(error=ScoringError(f"the scorer {safe_text(scorer, limit=80)!r} {reason}"))


def _set(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _read(score: Any) -> Mark:
    value = float(score.value)
    if not math.isfinite(value):
        raise ValueError(f"the score is {value}")
    extraction: object = score.outcome
    if type(extraction) is not str or extraction not in _OUTCOMES:
        extraction = safe_text(extraction, limit=_EXTRACTIONS)
    return Mark(correct=bool(score.correct), value=value, extraction=extraction)
