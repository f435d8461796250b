"""The experiments of this process: starting, stopping, finding and letting go of them."""

import os
from contextvars import Token
from typing import Any

from .._capture.context import NO_SPAN, OpenSpan, current, open_span
from .._capture.receiver import receive, signal
from .._capture.recorder import Recorder
from .._core.errors import ExperimentNotFoundError
from .experiment import Experiment

_known: dict[str, Experiment] = {}


def current_experiment() -> Experiment | None:
    """The experiment that events of the running code are filed under."""
    found = current.get()
    return found if isinstance(found, Experiment) else None


class recording:  # noqa: N801  # used as a function: `with recording("name") as experiment:`
    """Capture every event that is emitted inside the block, in its tasks and threads.

    Works with ``with`` and ``async with``. Takes what ``start_experiment`` takes. Blocks may be
    nested: an event belongs to the innermost experiment.
    """

    def __init__(self, name: str, **options: Any) -> None:
        self._experiment = Experiment(name, **options)
        self._token: Token[Recorder | None] | None = None
        self._frame: Token[OpenSpan] | None = None

    def __enter__(self) -> Experiment:
        _begin(self._experiment)
        self._token = current.set(self._experiment)
        self._frame = open_span.set(NO_SPAN)
        return self._experiment

    def __exit__(self, *_: object) -> None:
        if self._token is not None and self._frame is not None:
            current.reset(self._token)
            open_span.reset(self._frame)
        self._experiment.end()

    async def __aenter__(self) -> Experiment:
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        self.__exit__()


def start_experiment(name: str, **options: Any) -> Experiment:
    """Begin to capture what the running code emits from here on, in its tasks and threads.

    Args:
        name: What to call it.
        options: ``hypothesis``: what is expected. ``condition``: all of it belongs to it; ``scope``
            gives finer ones. ``tags``: words to find it by. ``metadata``: anything else about it.
            ``sample_size``: how many requests are planned. ``store``: where to keep the events, in
            memory when left out. ``include`` and ``exclude``: patterns of names with ``*``.
            ``where``: a function of name, measurements and metadata that says whether to keep the
            event. ``sampling``: ``Uniform``, ``Stratified``, ``KeepErrors``, ``Reservoir`` or your
            own, drawn with ``seed``. ``take_unscoped``: take events from outside of any experiment
            too. ``flush_interval_s``, ``max_pending`` and ``overflow`` (``block`` or ``drop``): how
            long and how many events may wait for a store that is slow, and what happens beyond.
            ``experiment_id``: continue one that the store has already.

    Raises:
        ValueError: The name is empty.
    """
    experiment = Experiment(name, **options)
    _begin(experiment)
    experiment.outer, experiment.outer_frame = current_experiment(), open_span.get()
    open_span.set(NO_SPAN)
    current.set(experiment)
    return experiment


def stop_experiment(experiment: Experiment) -> Experiment:
    """Stop capturing; its events stay. Stopping twice does no harm.

    The experiment it was started in, if any, goes on.
    """
    if current.get() is experiment:
        outer = experiment.outer
        current.set(None if outer is None or outer.stopped else outer)
        open_span.set(experiment.outer_frame)
    experiment.end()
    return experiment


def get_experiment(experiment_id: str) -> Experiment:
    """An experiment of this process by its id.

    Raises:
        ExperimentNotFoundError: There is none.
    """
    if experiment_id not in _known:
        raise ExperimentNotFoundError(experiment_id)
    return _known[experiment_id]


def list_experiments(
    *, tag: str | None = None, status: str | None = None, name: str | None = None
) -> list[Experiment]:
    """The experiments of this process, oldest first.

    Args:
        tag: Only those that have this tag.
        status: Only those that are ``running``, ``paused``, ``stopped`` or ``archived``.
        name: Only those of this name.
    """
    return [
        each
        for each in _known.values()
        if (tag is None or tag in each.tags)
        and (status is None or each.status == status)
        and (name is None or each.name == name)
    ]


def cleanup_experiment(experiment: Experiment, *, keep_data: bool = False) -> None:
    """Stop an experiment if it runs, and let go of it.

    Args:
        experiment: Which.
        keep_data: Keep it to be found by id; only stop it.
    """
    stop_experiment(experiment)
    if not keep_data:
        _known.pop(experiment.id, None)


def adopt(experiment: Experiment) -> None:
    """Make an experiment that was not started here findable."""
    _known[experiment.id] = experiment


def _begin(experiment: Experiment) -> None:
    experiment.begin()
    adopt(experiment)


def _forked() -> None:
    """A forked child takes no part in its parent's experiments: their stores are not its own."""
    for experiment in _known.values():
        experiment.abandon()
    _known.clear()
    signal.disconnect(receive)


os.register_at_fork(after_in_child=_forked)
