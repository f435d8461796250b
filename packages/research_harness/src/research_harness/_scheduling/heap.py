"""What the garbage collector need not look at while rows are run."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# A thousand rows under way hold a hundred thousand objects. With the usual 700, all of them and
# everything that was loaded are looked at every few hundred rows.
_OBJECTS = 10_000


class _Heap:
    """The settings of the collector of this process, and how many runs want them changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs = 0
        self._thresholds: tuple[int, int, int] | None = None
        self._frozen = False

    def settle(self) -> None:
        """A run begins its rows."""
        with self._lock:
            self._runs += 1
            thresholds = gc.get_threshold()
            if self._runs > 1 or not gc.isenabled() or not thresholds[0]:
                return
            self._thresholds, self._frozen = thresholds, not gc.get_freeze_count()
            if self._frozen:
                gc.freeze()
            gc.set_threshold(max(thresholds[0], _OBJECTS), *thresholds[1:])

    def restore(self) -> None:
        """A run has ended its rows."""
        with self._lock:
            self._runs -= 1
            if self._runs or self._thresholds is None:
                return
            gc.set_threshold(*self._thresholds)
            if self._frozen:
                gc.unfreeze()
            self._thresholds = None


_HEAP = _Heap()


@contextmanager
def settled_heap() -> Iterator[None]:
    """Collect garbage less often inside the block, and leave out the objects of before it.

    Modules and items live as long as the run. Where the program has frozen objects, or has set a
    higher threshold, its choice stays. Runs that overlap share one setting, which the last of them
    takes back.
    """
    _HEAP.settle()
    try:
        yield
    finally:
        _HEAP.restore()
