"""What a call takes: it runs in a child process with limits of memory and of processor time."""

import gc
import json
import os
import resource
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from children import TRIES, StuckError, lines

MB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one call took.

    Attributes:
        seconds: Processor time.
        megabytes: Memory above that of the parent.
        end: ``read``, ``refused``, the name of a foreign error, or the signal that ended it.
    """

    seconds: float
    megabytes: int
    end: str

    def within(self, *, seconds: float = 10, megabytes: int = 300) -> bool:
        """Whether it stayed inside the limits, and ended as a reader may end."""
        cheap = self.seconds <= seconds and self.megabytes <= megabytes
        return cheap and self.end in ("read", "refused")


def costs(
    calls: Callable[[], Iterator[tuple[str, Callable[[], object]]]],
    allowed: tuple[type[BaseException], ...],
    *,
    seconds: float = 11,
) -> Iterator[tuple[str, Cost]]:
    """Run calls in a child, one after the other; one that ends the child is followed by a new one.

    Args:
        calls: Gives the calls with their names, in the same order each time.
        allowed: The errors that they may raise.
        seconds: Processor time after which a call is ended.

    Yields:
        The name and cost of each.
    """
    done, more, stuck = 0, True, 0
    while more:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(reading)
                _measure(calls, allowed, seconds, done, writing)
            finally:
                os._exit(0)
        os.close(writing)
        name = ""
        try:
            for line in lines(child, reading):
                said = json.loads(line)
                if isinstance(said, str):
                    name = said
                    continue
                done, name = done + 1, ""
                yield said[0], Cost(seconds=said[1], megabytes=said[2], end=said[3])
        except StuckError:
            stuck += 1
            if stuck < TRIES:
                continue
            raise
        _, status = os.waitpid(child, 0)
        more = bool(name)
        if name:
            done += 1
            end = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {status}"
            yield name, Cost(seconds=seconds, megabytes=0, end=end)


def _measure(
    calls: Callable[[], Iterator[tuple[str, Callable[[], object]]]],
    allowed: tuple[type[BaseException], ...],
    seconds: float,
    done: int,
    writing: int,
) -> None:
    limit = _status("VmSize") * 1024 + 3000 * MB
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    warnings.simplefilter("ignore")
    gc.freeze()  # so that each collection looks at the objects of one call only
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    for name, call in islice(calls(), done, None):
        _say(writing, name)
        gc.collect()
        # 5 begins the peak anew, which a child inherits from its parent.
        Path("/proc/self/clear_refs").write_text("5")
        before, start = _status("VmHWM"), time.process_time()
        signal.setitimer(signal.ITIMER_PROF, seconds)
        end = _end(call, allowed)
        signal.setitimer(signal.ITIMER_PROF, 0)
        taken = time.process_time() - start
        _say(writing, [name, taken, (_status("VmHWM") - before) // 1024, end])


def _end(call: Callable[[], object], allowed: tuple[type[BaseException], ...]) -> str:
    try:
        call()
    except allowed:
        return "refused"
    except BaseException as error:  # noqa: BLE001  # it is what is looked for
        return f"{type(error).__name__}: {str(error)[:100]!r}"
    return "read"


def _say(writing: int, value: object) -> None:
    os.write(writing, json.dumps(value).encode() + b"\n")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])
