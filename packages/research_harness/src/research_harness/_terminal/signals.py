"""Signals that end a program, taken as interruptions: what is done is written."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from .._control.own_loop import interrupt_sessions

INTERRUPTED = 128 + signal.SIGINT
_NAMES = ("SIGTERM", "SIGHUP")  # of job schedulers and closed terminals; Windows lacks the second

_Came = list[signal.Signals]
_blocks: dict[int, _Came] = {}  # those that have begun and not ended, in any thread


@contextmanager
def ending_signals() -> Iterator[list[signal.Signals]]:
    """Treat signals that would end the process at once as Ctrl-C, until the block ends.

    A signal that is ignored or has a handler of the program's own keeps it. Of several blocks each
    gets the signals, and the last one to end restores what was before.

    Returns:
        The signals that came, as they come.
    """
    came: _Came = []
    _blocks[id(came)] = came
    known = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    if threading.current_thread() is threading.main_thread():
        for each in known:
            if signal.getsignal(each) is signal.SIG_DFL:
                signal.signal(each, _end)
    try:
        yield came
    finally:
        del _blocks[id(came)]
        if not _blocks and threading.current_thread() is threading.main_thread():
            for each in known:
                if signal.getsignal(each) is _end:
                    signal.signal(each, signal.SIG_DFL)


def _end(number: int, _: FrameType | None) -> None:
    blocks = list(_blocks.values())
    if not blocks:  # the last block ended in a thread, which cannot restore handlers
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
        return
    for came in blocks:
        came.append(signal.Signals(number))
    if not interrupt_sessions():
        raise KeyboardInterrupt
