"""Children made by a fork, which can inherit a lock that no thread releases.

The parent has threads of Arrow, of DuckDB and of others. A fork copies one thread: a lock that
another held meanwhile stays closed in the child, which then waits for ever without taking
processor time. This says nothing of what the child was to do, so that it is made again.
"""

import os
import select
import signal
from collections.abc import Iterator
from pathlib import Path

PATIENCE_S = 120  # without a word and without processor time
TRIES = 3


class StuckError(Exception):
    """A child waited for ever, and was ended."""


def said(child: int, reading: int, patience_s: float = PATIENCE_S) -> Iterator[bytes]:
    """Give what a child writes, to the end of its pipe, which is closed.

    Args:
        child: Its process.
        reading: The pipe.
        patience_s: How long it may say nothing and take no processor time.

    Yields:
        Pieces of what it writes.

    Raises:
        StuckError: It waited for longer.
    """
    quiet_s, step_s, taken = 0.0, min(1.0, patience_s), -1
    try:
        while True:
            if select.select([reading], [], [], step_s)[0]:
                piece = os.read(reading, 1 << 16)
                if not piece:
                    return
                quiet_s = 0.0
                yield piece
            elif (now := _ticks(child)) != taken:
                quiet_s, taken = 0.0, now
            else:
                quiet_s += step_s
                if quiet_s >= patience_s:
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
                    raise StuckError
    finally:
        os.close(reading)


def lines(child: int, reading: int) -> Iterator[str]:
    """Give the lines that a child writes.

    Args:
        child: Its process.
        reading: The pipe.

    Yields:
        Each line, without its end.

    Raises:
        StuckError: It waited for ever, and was ended.
    """
    rest = b""
    for piece in said(child, reading):
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line.decode(errors="replace") for line in whole)


def _ticks(child: int) -> int:
    """The processor time of a process, in the clock's ticks."""
    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
