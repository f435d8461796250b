"""The experiments of this process: start, stop, find and remove them."""

import atexit
import os
import warnings
from typing import Unpack, get_args

from .._capture.context import NO_SPAN, current, open_span
from .._capture.receiver import leave_bus
from .._capture.unscoped import unscoped
from .._core.errors import ExperimentNotFoundError, require_choice
from .._core.renamed import durations_in_ms
from .._core.safe import described
from .lifetime import Status
from .options import RecordingOptions
from .recording import Recording

_known: dict[str, Recording] = {}
_unlisted: set[Recording] = set()


def current_experiment() -> Recording | None:
    """The experiment that stores the events of the running code.

    Returns:
        The innermost experiment of this task or thread; None outside of any.
    """
    found = current.get()
    return found if isinstance(found, Recording) else None


class recording:  # noqa: N801  # used as a function: `with recording("name") as experiment:`
    """Capture every event that is emitted inside the block, in its tasks and threads.

    Works with ``with`` and ``async with``. Blocks may be nested: an event belongs to the innermost
    experiment. When the task that has entered the block is over, as that of an async fixture may
    be, the experiment takes the events that have none, unless another experiment runs.

    Args:
        name: A name for the experiment.
        listed: Whether other code of this process finds it, by its id or in the list.
        options: Those of ``Recording``, such as ``condition``, ``tags``, ``store``, ``include``,
            ``exclude``, ``sampling`` and ``seed``.

    Raises:
        ValueError: The name is empty.
        OSError: The store cannot be opened.

    Example:
        >>> with recording("pilot", condition="baseline") as experiment:
        ...     record("retrieval.stop", {"duration_ns": 5})
        >>> len(experiment)
        1
    """

    @durations_in_ms(flush_interval_s="flush_interval_ms")
    def __init__(
        self, name: str, *, listed: bool = True, **options: Unpack[RecordingOptions]
    ) -> None:
        self._experiment = Recording(name, **options)
        self._listed = listed

    def __enter__(self) -> Recording:
        _begin(self._experiment, listed=self._listed)
        _enter(self._experiment)
        return self._experiment

    def __exit__(self, *_: object) -> None:
        _leave(self._experiment)
        try:
            self._experiment.end()
        finally:
            _unlisted.discard(self._experiment)

    async def __aenter__(self) -> Recording:
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        self.__exit__()


@durations_in_ms(flush_interval_s="flush_interval_ms")
def start_experiment(name: str, **options: Unpack[RecordingOptions]) -> Recording:
    """Begin to capture what the running code emits from here on, in its tasks and threads.

    Args:
        name: A name for the experiment.
        options: Those of ``Recording``, as for ``recording``.

    Returns:
        The experiment, which ``stop_experiment`` stops.

    Raises:
        ValueError: The name is empty.
        OSError: The store cannot be opened.

    Example:
        >>> experiment = start_experiment("pilot", tags=["demo"])
        >>> record("retrieval.stop", {"duration_ns": 5})
        >>> stop_experiment(experiment).status
        'stopped'
    """
    experiment = Recording(name, **options)
    _begin(experiment)
    _enter(experiment)
    return experiment


def stop_experiment(experiment: Recording) -> Recording:
    """Stop capturing; the events stay. A second stop does nothing.

    The experiment it was started in, if any, continues.

    Args:
        experiment: The one to stop.

    Returns:
        The same experiment.

    Raises:
        StoreError: The store refuses the last events; ``experiment.flush()`` tries again.

    Example:
        >>> stop_experiment(start_experiment("pilot")).status
        'stopped'
    """
    _leave(experiment)
    experiment.end()
    return experiment


def get_experiment(experiment_id: str) -> Recording:
    """An experiment of this process by its id.

    Args:
        experiment_id: 16 hexadecimal digits.

    Returns:
        The experiment.

    Raises:
        ExperimentNotFoundError: This process has no experiment with this id.

    Example:
        >>> with recording("pilot") as experiment:
        ...     record("a.stop", {"duration_ns": 5})
        >>> get_experiment(experiment.id) is experiment
        True
    """
    if experiment_id not in _known:
        raise ExperimentNotFoundError(experiment_id)
    return _known[experiment_id]


def list_experiments(
    *, tag: str | None = None, status: Status | None = None, name: str | None = None
) -> list[Recording]:
    """The experiments of this process, oldest first.

    Args:
        tag: Only experiments with this tag.
        status: Only experiments that are ``running``, ``paused``, ``stopped`` or ``archived``.
        name: Only experiments with this name.

    Returns:
        The experiments that match all filters.

    Raises:
        UnknownChoiceError: The status does not exist.

    Example:
        >>> with recording("pilot", tags=["listed"]):
        ...     [each.name for each in list_experiments(tag="listed", status="running")]
        ['pilot']
    """
    require_choice("status", status, get_args(Status))
    return [
        each
        for each in _known.values()
        if (tag is None or tag in each.tags)
        and (status is None or each.status == status)
        and (name is None or each.name == name)
    ]


def cleanup_experiment(experiment: Recording, *, keep_data: bool = False) -> None:
    """Stop an experiment if it runs, and remove it from the list of this process.

    Args:
        experiment: The one to remove.
        keep_data: Only stop it, so that it can still be found by its id.

    Raises:
        StoreError: The store refuses the last events.

    Example:
        >>> with recording("pilot") as experiment:
        ...     record("a.stop", {"duration_ns": 5})
        >>> cleanup_experiment(experiment)
        >>> experiment in list_experiments()
        False
    """
    stop_experiment(experiment)
    if not keep_data:
        _known.pop(experiment.id, None)


def adopt(experiment: Recording) -> None:
    """Add an experiment that was not started here to the list of this process."""
    _known[experiment.id] = experiment


def _begin(experiment: Recording, *, listed: bool = True) -> None:
    experiment.begin()
    if listed:
        adopt(experiment)
    else:
        _unlisted.add(experiment)


def _enter(experiment: Recording) -> None:
    experiment.outer, experiment.outer_span = current.get(), open_span.get()
    current.set(experiment)
    open_span.set(NO_SPAN)


def _leave(experiment: Recording) -> None:
    """Go back to the nearest outer experiment that runs; in generators, an outer one may end first.

    Another experiment that is current, an inner one or that of another task, stays.
    """
    if current.get() is not experiment:
        return
    outer, span = experiment.outer, experiment.outer_span
    while isinstance(outer, Recording) and outer.stopped:
        span = outer.outer_span
        outer = outer.outer
    current.set(outer)
    open_span.set(span)


def end_all() -> None:
    """At the exit of the program: store what running experiments have captured."""
    for experiment in [each for each in (*_known.values(), *_unlisted) if not each.stopped]:
        try:
            experiment.end()
        except Exception as error:  # noqa: BLE001  # the others are stored as well
            warnings.warn(f"{experiment!r} could not be stored: {described(error)}", stacklevel=1)


def _forked() -> None:
    """Leave the experiments of the parent in a forked child, which must not write their stores."""
    for experiment in (*_known.values(), *_unlisted):
        experiment.abandon()
    _known.clear()
    _unlisted.clear()
    unscoped.clear()
    leave_bus()


os.register_at_fork(after_in_child=_forked)
atexit.register(end_all)
