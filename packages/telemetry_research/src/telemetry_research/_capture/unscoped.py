"""Events outside of any experiment: counted, or given to the experiment that they belong to."""

import threading
from asyncio import _get_running_loop as running_loop
from asyncio import current_task

from .recorder import Recorder


class Unscoped:
    """Events outside of any experiment: counted, or given to one with ``take_unscoped``.

    An event of a thread, or of a callback from one, has no experiment in its context. It belongs to
    the experiment that runs, when only one does.
    """

    def __init__(self) -> None:
        self.events = 0
        self.recipient: Recorder | None = None
        self.only: Recorder | None = None
        self._recipients: list[Recorder] = []
        self._running: list[tuple[Recorder, int]] = []

    def add_recipient(self, experiment: Recorder) -> None:
        """Give the events to an experiment until another wants them, or it stops."""
        self._recipients.append(experiment)
        self.recipient = experiment

    def started(self, experiment: Recorder) -> None:
        """Note a running experiment and its thread."""
        self._running.append((experiment, threading.get_ident()))
        self._choose()

    def stopped(self, experiment: Recorder) -> None:
        """Forget an experiment."""
        self._recipients = [each for each in self._recipients if each is not experiment]
        self.recipient = self._recipients[-1] if self._recipients else None
        self._running = [each for each in self._running if each[0] is not experiment]
        self._choose()

    def clear(self) -> None:
        """In a forked child: the experiments belong to the parent."""
        self._recipients, self._running = [], []
        self.recipient = self.only = None

    def _choose(self) -> None:
        self.only = self._running[0][0] if len(self._running) == 1 else None

    def of_thread(self) -> Recorder | None:
        """The only running experiment, for an event of another thread or of a callback."""
        if self.only is None:
            return None
        loop = running_loop()
        if loop is not None:
            return self.only if current_task(loop) is None else None
        elsewhere = any(ident != threading.get_ident() for _, ident in self._running)
        return self.only if elsewhere else None


unscoped = Unscoped()
