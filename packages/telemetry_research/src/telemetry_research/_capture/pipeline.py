"""From the bus to the store: rows become chunks, and are written here or by a thread."""

import itertools
import threading
from collections import deque
from typing import Literal

from .._core.chunk import Chunk, Source, StoredChunk, warm_up
from .._core.errors import StoreError
from .._stores.store import Store
from .sampling import Reservoir

Overflow = Literal["block", "drop"]
_ATTEMPTS_AT_CLOSE = 5
_CHUNKS_AT_ONCE = 64


class Pipeline:
    """Takes packed rows and writes them to a store.

    Rows are appended without a lock. The thread that appends the 512th makes them a chunk. A
    background store is written by its own thread, at the latest every ``flush_interval_ms``. When
    too many events wait, the emitter blocks, or events are dropped and counted.

    Args:
        store: The store.
        source: The writer.
        flush_interval_ms: The longest time an event waits, in milliseconds.
        max_pending: The most events that wait.
        overflow: ``block`` the emitter or ``drop`` the event when more would wait.
        reservoir: A sample of fixed size; its rows are written at the end.
    """

    def __init__(
        self,
        store: Store,
        source: Source,
        *,
        flush_interval_ms: float,
        max_pending: int,
        overflow: Overflow,
        reservoir: Reservoir | None,
    ) -> None:
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package, but before the first event

        self.store = store
        self.source = source
        self.rows: deque[bytes] | Reservoir = reservoir if reservoir is not None else deque()
        self.taken = 0
        self.dropped = 0
        self.error = ""
        self.failures = 0
        self._codec = pa.Codec("zstd", compression_level=1)
        self._interval_s = flush_interval_ms / 1000
        self._max_pending = max_pending
        self._overflow = overflow
        self._chunks: deque[Chunk | StoredChunk] = deque()
        self._pending = 0
        self._sealing = threading.Lock()
        self._writing = threading.Lock()
        self._has_space = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None
        if store.background:
            warm_up(source, self._codec)
            self._thread = threading.Thread(target=self._run, name="telemetry-writer", daemon=True)
            self._thread.start()

    @property
    def count(self) -> int:
        """How many events were captured and not dropped."""
        return self.taken + len(self.rows)

    def settle(self) -> None:
        """Make a chunk of the pending rows, unless another thread does so."""
        if self._sealing.acquire(blocking=False):
            try:
                self._seal()
            finally:
                self._sealing.release()
            self._pass_on()

    def flush(self) -> None:
        """Write everything to the store now.

        Raises:
            StoreError: The store failed; the events are kept and offered again.
        """
        with self._sealing:
            self._seal()
        try:
            self._write()
        except OSError as error:
            waiting = f"{self._pending} events wait for flush()"
            text = f"cannot write to the store: {error}; {waiting}"
            raise StoreError(text, self._pending) from error

    def close(self) -> None:
        """Write what is pending and stop.

        Raises:
            StoreError: The store failed five times.
        """
        if isinstance(self.rows, Reservoir):
            chosen = self.rows.drawn()
            self.rows = deque(chosen)
        with self._has_space:
            self._closing = True
            self._has_space.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        for attempt in range(_ATTEMPTS_AT_CLOSE):
            try:
                self.flush()
            except StoreError:
                if attempt == _ATTEMPTS_AT_CLOSE - 1:
                    raise
            else:
                break
        self.store.close()

    def take_over(self, chunk: StoredChunk) -> None:
        """Queue a chunk that another process wrote."""
        with self._has_space:
            self._pending += chunk.count
        self._chunks.append(chunk)

    def _seal(self) -> None:
        if isinstance(self.rows, Reservoir):
            return
        rows = [self.rows.popleft() for _ in range(len(self.rows))]
        if not rows or not self._admit(len(rows)):
            return
        self._chunks.append(Chunk(self.source, self.taken, rows, self._codec))
        self.taken += len(rows)

    def _admit(self, count: int) -> bool:
        """Whether so many more may wait; otherwise waits, or counts them as dropped."""
        with self._has_space:
            if self._thread is not None and self._overflow == "block":
                self._has_space.wait_for(lambda: self._pending < self._max_pending or self._closing)
            elif self._pending >= self._max_pending:
                self.dropped += count
                return False
            self._pending += count
            return True

    def _pass_on(self) -> None:
        if self._thread is None:
            try:
                self._write()
            except OSError as error:
                self._failed(error)
        elif self._pending >= 16 * 1024:
            with self._has_space:
                self._has_space.notify_all()

    def _write(self) -> None:
        """Write 64 chunks at a time, which bounds the columns in memory of a long backlog."""
        with self._writing:
            while self._chunks:
                chunks = list(itertools.islice(self._chunks, _CHUNKS_AT_ONCE))
                self.store.write(chunks)
                for _ in chunks:
                    self._chunks.popleft()
                with self._has_space:
                    self._pending -= sum(chunk.count for chunk in chunks)
                    self._has_space.notify_all()

    def _failed(self, error: BaseException) -> None:
        self.failures += 1
        self.error = f"{type(error).__name__}: {error}"

    def _run(self) -> None:
        """The thread: write when enough events wait or the interval is over."""
        while not self._closing:
            with self._has_space:
                self._has_space.wait(self._interval_s)
            try:
                self.flush()
            except Exception as error:  # noqa: BLE001  # kept, shown with the experiment, tried again
                self._failed(error)

    def abandon(self) -> None:
        """In a forked child: neither the rows nor the store belong to this process."""
        self._closing = True
        self.rows = deque()
        self._chunks = deque()
