"""The chains that conditions return: one line each in ``traces/traces.jsonl``, off the loop."""

import asyncio
import contextvars
import functools
import hashlib
import json
import logging
import threading
from concurrent.futures import Future, wait
from json.encoder import encode_basestring_ascii
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Self

from .._core.errors import JournalError
from .._core.secrets import redacted_text
from .._core.text import error_text, type_name
from .._engine.threads import DaemonThreads
from .._plan.plan import Trial
from .folder import RunFolder

TRACES = "traces/traces.jsonl"
_WAIT_SECONDS = 60.0
_TOGETHER = 256


def row_id(run: str, trial: Trial) -> str:
    """The id of a row: the same in every session of a run.

    Args:
        run: The run's id.
        trial: The row's trial.

    Returns:
        32 hexadecimal digits.
    """
    return row_key(run, trial.condition.name, trial.item.id, trial.repeat)


def row_key(run: str, condition: str, item_id: str, repeat: int) -> str:
    """``row_id`` of a row that is read again, by its columns."""
    of_condition = _key_of_condition(run, condition).copy()
    of_condition.update(f"{encode_basestring_ascii(item_id)}, {repeat}]".encode())
    return of_condition.hexdigest()[:32]


@functools.lru_cache(maxsize=1_024)
def _key_of_condition(run: str, condition: str) -> "hashlib._Hash":
    """The hash of the JSON of ``[run, condition, item, repeat]``, as far as the condition."""
    return hashlib.sha256(f"{json.dumps([run, condition])[:-1]}, ".encode())


class TraceWriter:
    """Writes chains in a thread of its own; use it as a context manager.

    All chains that wait are written together, so that a disk that is slow to sync is asked seldom.

    Args:
        folder: The run.
        simulated: Whether the event loop is one of simulated time, which does not wait for threads.

    Raises:
        JournalError: At its end: chains could not be written.
    """

    def __init__(self, folder: RunFolder, *, simulated: bool = False) -> None:
        self._run = folder.id
        self._path: Path = folder.file(TRACES)
        self._simulated = simulated
        self._threads = DaemonThreads(1, "traces")
        self._waiting: SimpleQueue[_Waiting] = SimpleQueue()
        self._saved: dict[int, Future[None]] = {}  # of chains that are not on the disk
        self._lock = threading.Lock()
        self._last: Future[None] | None = None
        self._written = 0
        self._failure: JournalError | None = None

    @property
    def waiting(self) -> int:
        """How many chains are not on the disk."""
        return len(self._saved)

    def save(self, trace: Any, trial: Trial) -> None:
        """Have a chain written under the id of its row; what is not a chain costs no row.

        Args:
            trace: What the condition returned as its trace.
            trial: The row's trial.

        Raises:
            JournalError: Earlier chains could not be written.
        """
        if self._failure is not None:
            raise self._failure
        done: Future[None] = Future()
        with self._lock:
            self._saved[trial.index] = self._last = done
        self._waiting.put(_Waiting(trace, trial, contextvars.copy_context(), done))
        self._threads.submit(self._write)

    async def stored(self, trial: Trial) -> None:
        """Wait until the chain of a row, if it has one, is on the disk.

        Args:
            trial: The row's trial.

        Raises:
            JournalError: It could not be written.
        """
        with self._lock:
            done = self._saved.pop(trial.index, None)
        if done is None:
            return
        if self._simulated:
            wait([done])
        await asyncio.shield(asyncio.wrap_future(done))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        while self._last is not None and not self._last.done():
            before = self._written
            wait([self._last], timeout=_WAIT_SECONDS)
            if self._written == before and not self._last.done():
                _warn(f"no trace was written for {_WAIT_SECONDS:g} s, and some wait: {self._path}")
                break
        self._threads.shutdown()
        if kind is None and self._failure is not None:
            raise self._failure

    def _write(self) -> None:
        """Write all chains that wait; nothing when an earlier call has taken them along."""
        import causal_trace

        waiting: list[_Waiting] = []
        while len(waiting) < _TOGETHER:
            try:
                waiting.append(self._waiting.get_nowait())
            except Empty:
                break
        chains = [found for each in waiting if (found := self._chain_of(each)) is not None]
        try:
            if chains:
                waiting[0].context.run(causal_trace.TraceLog(self._path).save_all, chains)
        except BaseException as error:  # noqa: BLE001  # the rows that wait have to hear of it
            text = f"traces were not written: {error_text(error)}"
            self._failure = JournalError(self._path, text)
            for each in waiting:
                each.done.set_exception(self._failure)
        else:
            self._written += len(waiting)
            self._forget(waiting)
            for each in waiting:
                each.done.set_result(None)

    def _forget(self, written: "list[_Waiting]") -> None:
        """Drop the futures of chains on the disk; no row may wait, as after it was cancelled."""
        with self._lock:
            for each in written:
                if self._saved.get(each.trial.index) is each.done:
                    del self._saved[each.trial.index]

    def _chain_of(self, waiting: "_Waiting") -> Any:
        """The chain under the id of its row, without secrets; None for what is no chain."""
        import causal_trace

        trial = waiting.trial
        try:
            own = waiting.trace.for_row(
                row_id(self._run, trial),
                experiment=self._run,
                condition=trial.condition.name,
                item=trial.item.id,
                repeat=trial.repeat,
            )
            text = redacted_text(json.dumps(own.to_dict()))
            return causal_trace.chain_from_dict(json.loads(text))
        except BaseException as error:  # noqa: BLE001  # a foreign trace may raise anything
            _warn(f"a trace was not stored: {type_name(error)}: {error_text(error)}")
            return None


class _Waiting(NamedTuple):
    """A chain that is to be written, and its future."""

    trace: Any
    trial: Trial
    context: contextvars.Context
    done: "Future[None]"


def _warn(text: str) -> None:
    logging.getLogger("crucible").warning(text)
