"""Signals that end a program, taken as interruptions: what is done is written."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from .._control.own_loop import interrupt_session

INTERRUPTED = 128 + signal.SIGINT
_NAMES = ("SIGTERM", "SIGHUP")  # of job schedulers and closed terminals; Windows lacks the second


@contextmanager
def ending_signals() -> Iterator[list[signal.Signals]]:
    """Treat signals that would end the process at once as Ctrl-C, until the block ends.

    A signal that is ignored or has a handler of the program's own keeps it.

    Returns:
        The signals that came, as they come.
    """
    came: list[signal.Signals] = []

    def end(number: int, _: FrameType | None) -> None:
        came.append(signal.Signals(number))
        if not interrupt_session():
            raise KeyboardInterrupt

    taken: list[signal.Signals] = []
    if threading.current_thread() is threading.main_thread():
        known = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
        taken = [each for each in known if signal.getsignal(each) is signal.SIG_DFL]
    for each in taken:
        signal.signal(each, end)
    try:
        yield came
    finally:
        for each in taken:
            signal.signal(each, signal.SIG_DFL)
