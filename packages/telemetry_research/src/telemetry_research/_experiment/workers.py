"""Capture in worker processes: each writes a file, and the experiment takes it over on join."""

import functools
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from .._capture.context import OpenSpan, ScopeFields, current, open_span, scope_fields
from .._stores.file import FileStore
from .experiment import Experiment

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Handover:
    """What a worker process needs to capture for an experiment; can be pickled.

    Attributes:
        experiment_id: Whose events they are.
        name: Its name.
        folder: Where workers leave their events until they are joined.
        fields: The scope that the work was handed over in.
        span_id: The span around it.
    """

    experiment_id: str
    name: str
    folder: str
    fields: dict[str, Any]
    span_id: int | None

    @contextmanager
    def capturing(self) -> Iterator[Experiment]:
        """In the worker: capture what is emitted inside, safe up to the last second if it dies."""
        path = Path(self.folder) / f"{os.getpid():x}-{os.urandom(6).hex()}.arrows"
        experiment = Experiment(self.name, experiment_id=self.experiment_id, store=FileStore(path))
        experiment.begin()
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


def hand_over(experiment: Experiment) -> Handover:
    """What a worker process needs to capture for this experiment."""
    if experiment.workers is None:
        experiment.workers = tempfile.mkdtemp(prefix="crucible-telemetry-")
    return Handover(
        experiment_id=experiment.id,
        name=experiment.name,
        folder=experiment.workers,
        fields=dict(scope_fields.get().fields),
        span_id=open_span.get().span_id,
    )


def in_worker(
    experiment: Experiment, function: Callable[_Args, _Result]
) -> Callable[_Args, _Result]:
    """The same function, capturing for an experiment wherever a process pool runs it.

    Args:
        experiment: Whose events they are.
        function: Something that can be pickled.
    """
    return functools.partial(_run, hand_over(experiment), function)


def join_workers(experiment: Experiment) -> int:
    """Take over what worker processes have captured, also those that died. Stopping does it too.

    Returns:
        How many events there were.
    """
    return experiment.join_workers()


def _run(
    handover: Handover, function: Callable[..., _Result], *args: Any, **options: Any
) -> _Result:
    with handover.capturing():
        return function(*args, **options)
