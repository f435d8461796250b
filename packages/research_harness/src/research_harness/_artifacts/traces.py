"""The chains that conditions return: one line each in ``traces/traces.jsonl``, off the loop."""

import contextvars
import hashlib
import json
import logging
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any, Self

from .._core.secrets import redacted_text
from .._core.text import error_text, type_name
from .._engine.threads import DaemonThreads
from .._plan.plan import Trial
from .folder import RunFolder

TRACES = "traces/traces.jsonl"
_WAIT_SECONDS = 60.0


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
    key = json.dumps([run, condition, item_id, repeat])
    return hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()[:32]


class TraceWriter:
    """Writes chains in a thread of its own; use it as a context manager.

    Args:
        folder: The run.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._run = folder.id
        self._path: Path = folder.file(TRACES)
        self._threads = DaemonThreads(1, "traces")
        self._last: Future[None] | None = None

    def save(self, trace: Any, trial: Trial) -> None:
        """Have a chain written under the id of its row; what is not a chain costs no row.

        Args:
            trace: What the condition returned as its trace.
            trial: The row's trial.
        """
        context = contextvars.copy_context()
        self._last = self._threads.submit(context.run, self._save, trace, trial)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._last is not None:
            wait([self._last], timeout=_WAIT_SECONDS)
            if not self._last.done():
                _warn(f"traces were not all written within {_WAIT_SECONDS:g} s: {self._path}")
        self._threads.shutdown()

    def _save(self, trace: Any, trial: Trial) -> None:
        import causal_trace

        try:
            own = trace.for_row(
                row_id(self._run, trial),
                experiment=self._run,
                condition=trial.condition.name,
                item=trial.item.id,
                repeat=trial.repeat,
            )
            text = redacted_text(json.dumps(own.to_dict()))
            causal_trace.TraceLog(self._path).save(causal_trace.chain_from_dict(json.loads(text)))
        except BaseException as error:  # noqa: BLE001  # a foreign trace may raise anything
            _warn(f"a trace was not stored: {type_name(error)}: {error_text(error)}")


def _warn(text: str) -> None:
    logging.getLogger("crucible").warning(text)
