"""Events outside of any experiment: counted, or given to the experiment that they belong to."""

import threading
import weakref
from asyncio import Task, current_task
from asyncio import _get_running_loop as running_loop
from typing import Any, NamedTuple

from .recorder import Recorder


class _Start(NamedTuple):
    """Where a running experiment was started: the thread, and the task if there was one."""

    experiment: Recorder
    thread: int
    task: weakref.ref[Task[Any]] | None

    @property
    def is_over(self) -> bool:
        """Whether the task has ended, and its context with it."""
        task = None if self.task is None else self.task()
        return self.task is not None and (task is None or task.done())


class Unscoped:
    """Events outside of any experiment: counted, or given to one with ``take_unscoped``.

    An event of a thread, or of a callback from one, has no experiment in its context. It belongs to
    the experiment that runs, when only one does. So does any event when the task that has started
    the experiment is over, as that of an async fixture may be before its test.
    """

    def __init__(self) -> None:
        self.events = 0
        self.recipient: Recorder | None = None
        self.only: Recorder | None = None
        self._recipients: list[Recorder] = []
        self._running: list[_Start] = []

    def add_recipient(self, experiment: Recorder) -> None:
        """Give the events to an experiment until another wants them, or it stops."""
        self._recipients.append(experiment)
        self.recipient = experiment

    def started(self, experiment: Recorder) -> None:
        """Note a running experiment and its thread."""
        task = None if running_loop() is None else current_task()
        here = None if task is None else weakref.ref(task)
        self._running.append(_Start(experiment, threading.get_ident(), here))
        self._choose()

    def stopped(self, experiment: Recorder) -> None:
        """Forget an experiment."""
        self._recipients = [each for each in self._recipients if each is not experiment]
        self.recipient = self._recipients[-1] if self._recipients else None
        self._running = [each for each in self._running if each.experiment is not experiment]
        self._choose()

    def clear(self) -> None:
        """In a forked child: the experiments belong to the parent."""
        self._recipients, self._running = [], []
        self.recipient = self.only = None

    def _choose(self) -> None:
        self.only = self._running[0].experiment if len(self._running) == 1 else None

    def of_thread(self) -> Recorder | None:
        """The only running experiment, for an event of another thread or of a callback."""
        only = self.only
        if only is None:
            return None
        # Another thread may start or stop an experiment meanwhile.
        start = next((each for each in tuple(self._running) if each.experiment is only), None)
        if start is None:
            return None
        loop = running_loop()
        if loop is None:
            is_elsewhere = start.thread != threading.get_ident()
        else:
            is_elsewhere = current_task(loop) is None
        return only if is_elsewhere or start.is_over else None


unscoped = Unscoped()
