"""Capture in worker processes: each writes a file, which the experiment reads on join."""

import functools
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from .._capture.context import OpenSpan, ScopeFields, current, open_span, scope_fields
from .._core.safe import described
from .._stores.file import FileStore
from .recording import Recording

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What a worker process needs to capture for an experiment; can be pickled.

    Attributes:
        experiment_id: The experiment.
        name: Its name.
        folder: The folder of the workers' event files.
        fields: The scope fields at the handover.
        span_id: The enclosing span.
        options: The filters and the sampling.
        paused: Whether the experiment was paused.
    """

    experiment_id: str
    name: str
    folder: str
    fields: dict[str, Any]
    span_id: int | None
    options: dict[str, Any]
    paused: bool

    def to_dict(self) -> dict[str, object]:
        """The handover as plain values."""
        return asdict(self)

    @contextmanager
    def capturing(self) -> Iterator[Recording]:
        """In the worker: capture what is emitted inside the block.

        If the worker is killed, its events up to the last flush (one second) are kept.
        """
        path = Path(self.folder) / f"{os.getpid():x}-{os.urandom(6).hex()}.arrows"
        # Workers draw from streams of their own: equal draws would not be independent.
        options = {**self.options, "seed": int.from_bytes(os.urandom(7), "big")}
        store = FileStore(path)
        experiment = Recording(self.name, experiment_id=self.experiment_id, store=store, **options)
        experiment.begin()
        if self.paused:
            experiment.pause()
        tokens = (
            (current, current.set(experiment)),
            (scope_fields, scope_fields.set(ScopeFields(self.fields))),
            (open_span, open_span.set(OpenSpan(self.span_id, None, "", None))),
        )
        try:
            yield experiment
        finally:
            for variable, token in tokens:
                variable.reset(token)  # type: ignore[arg-type]  # each with its own token
            experiment.end()


def hand_over(experiment: Recording) -> Handover:
    """Prepare an experiment for capture in worker processes.

    Args:
        experiment: A running experiment.

    Returns:
        A value to pass to a worker, which uses ``with handover.capturing():``. The filters, the
        sampling and a pause hold there too.

    Raises:
        TypeError: ``where=`` or ``sampling=`` cannot be pickled.
    """
    options = experiment.worker_options
    try:
        pickle.dumps(options)
    except Exception as error:
        raise TypeError(
            f"where= or sampling= cannot be sent to a worker process: {described(error)}; define"
            " them at the top of a module"
        ) from error
    if experiment.workers is None:
        experiment.workers = tempfile.mkdtemp(prefix="crucible-telemetry-")
    return Handover(
        experiment_id=experiment.id,
        name=experiment.name,
        folder=experiment.workers,
        fields=dict(scope_fields.get().fields),
        span_id=open_span.get().span_id,
        options=dict(options),
        paused=experiment.status == "paused",
    )


def in_worker(
    experiment: Recording, function: Callable[_Args, _Result]
) -> Callable[_Args, _Result]:
    """Wrap a function so that it captures for an experiment in a worker process.

    Args:
        experiment: A running experiment.
        function: A function that can be pickled.

    Returns:
        The function, for ``pool.submit`` or ``pool.map``.

    Example:
        >>> with recording("pool") as experiment:
        ...     work = in_worker(experiment, record)
        ...     work("worker.stop")  # in a pool: pool.submit(work, "worker.stop").result()
        >>> len(experiment)
        1
    """
    return functools.partial(_run, hand_over(experiment), function)


def join_workers(experiment: Recording) -> int:
    """Take over the events of worker processes, killed ones included; stopping does so too.

    A worker that still runs is left out. Call it again when that has ended, also after the stop.

    Args:
        experiment: The experiment that was handed over.

    Returns:
        The number of events.

    Raises:
        StoreError: The store cannot be written now; the events are kept.
    """
    return experiment.join_workers()


def _run(
    handover: Handover, function: Callable[..., _Result], *args: Any, **options: Any
) -> _Result:
    with handover.capturing():
        return function(*args, **options)
