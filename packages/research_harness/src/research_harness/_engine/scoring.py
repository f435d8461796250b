"""Scoring of answers, off the event loop and outside the row's own time."""

import asyncio
import contextvars
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .._core.text import error_text, safe_text, type_name
from .threads import DaemonThreads

# Scorers that compare short texts; what they cost is less than a change of threads.
_QUICK = frozenset({"boolean", "choice", "exact_match", "number", "text"})
_QUICK_CHARACTERS = 2_000
_EXTRACTIONS = 40


class ScoringError(RuntimeError):
    """The scorer failed on an answer; the answer itself is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the scorer made of one answer.

    Attributes:
        correct: Whether the answer is right.
        value: The scorer's value.
        extraction: How the answer was found in the text.
        error: Why there is no score; None where there is one.
    """

    correct: bool = False
    value: float = 0.0
    extraction: str = ""
    error: ScoringError | None = None


class Scoring:
    """Scores answers with one scorer.

    Args:
        score: Scores a prediction against an item.
        scorer: The scorer's name.
        threads: Where scorers run that take time; None scores at once, as simulated time needs.
        timeout_ms: The longest one answer may take to be scored.
    """

    def __init__(
        self,
        score: Callable[[Any, Any], Any],
        *,
        scorer: str,
        threads: DaemonThreads | None,
        timeout_ms: float | None,
    ) -> None:
        self._score = score
        self._scorer = safe_text(scorer, limit=80)
        self._threads = threads
        self._timeout = None if timeout_ms is None else timeout_ms / 1000

    async def mark(self, prediction: Any, item: Any) -> Mark:
        """Score one answer; a scorer that raises or hangs gives a mark with an error.

        Args:
            prediction: The answer, in plain values.
            item: The item it answers.
        """
        if self._threads is None or self._is_quick(prediction):
            return self.mark_now(prediction, item)
        loop = asyncio.get_running_loop()
        started: asyncio.Future[None] = loop.create_future()
        context = contextvars.copy_context()

        def work() -> Mark:
            loop.call_soon_threadsafe(_set, started)
            return context.run(self.mark_now, prediction, item)

        future = asyncio.ensure_future(loop.run_in_executor(self._threads, work))
        await started  # the time in the queue is not the scorer's
        await asyncio.wait({future}, timeout=self._timeout)
        if future.done():
            return future.result()
        self._threads.abandon()
        return self._failed(f"did not end within {(self._timeout or 0) * 1000:g} ms")

    def mark_now(self, prediction: Any, item: Any) -> Mark:
        """Score one answer in this thread.

        Args:
            prediction: The answer, in plain values.
            item: The item it answers.
        """
        try:
            return _read(self._score(prediction, item))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  # a foreign scorer may raise anything
            return self._failed(f"raised {type_name(error)}: {error_text(error)}")

    def _is_quick(self, prediction: Any) -> bool:
        if self._scorer not in _QUICK:
            return False
        return not isinstance(prediction, str | list | dict) or (
            isinstance(prediction, str) and len(prediction) <= _QUICK_CHARACTERS
        )

    def _failed(self, reason: str) -> Mark:
        return Mark(error=ScoringError(f"the scorer {self._scorer!r} {reason}"))


def _set(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _read(score: Any) -> Mark:
    value = float(score.value)
    if not math.isfinite(value):
        raise ValueError(f"the score is {value}")
    extraction = safe_text(score.outcome, limit=_EXTRACTIONS)
    return Mark(correct=bool(score.correct), value=value, extraction=extraction)
