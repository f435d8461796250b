"""From the bus to the store: rows become chunks, and are written here or by a thread."""

import itertools
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Literal

from .._core.chunk import Chunk, Source, StoredChunk, warm_up
from .._core.errors import StoreError
from .._core.safe import described
from .._stores.store import Store, stored_events
from .filing import ROWS_PER_CHUNK
from .sampling import Reservoir

Overflow = Literal["block", "drop"]
_FIRST_PAUSE_S = 0.02
_MAX_PAUSE_S = 1.0
_CHUNKS_AT_ONCE = 64
_MAX_LOOSE_BYTES = 32 * 1024 * 1024
_MAX_WAIT_S = 30.0
_MAX_HANG_S = 120.0  # a store that is slow, but works, needs less for its 64 chunks


class Pipeline:
    """Takes packed rows and writes them to a store.

    Rows are appended without a lock. The thread that appends the 512th makes them a chunk. A
    background store is written by its own thread, at the latest every ``flush_interval_ms``. When
    too many events wait, the emitter blocks, or events are dropped and counted. A blocked emitter
    holds no lock that the writer needs. It waits at most 30 s for a store that stores nothing;
    after that, events are dropped and counted until the store works again.

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
        self.rows: list[bytes] | Reservoir = reservoir if reservoir is not None else []
        self.taken = 0
        self.dropped = 0
        self.error = ""
        self.failures = 0
        self._codec = pa.Codec("lz4_raw")
        self._interval_s = flush_interval_ms / 1000
        self._wake_at = min(16 * 1024, max(1, max_pending // 2))
        self._wake_writer = False
        self._progress_at = time.monotonic()
        self._max_pending = max_pending
        self._overflow = overflow
        self._chunks: deque[Chunk | StoredChunk] = deque()
        self._loose: deque[Chunk] = deque()
        self._loose_bytes = 0
        self._pending = 0
        self._sealing = threading.Lock()
        self._writing = threading.Lock()
        self._follower: Callable[[Chunk | StoredChunk], None] | None = None
        self._has_space = threading.Condition()
        self._written_by: int | None = None
        self._stalled = False
        self._closing = False
        self.finished = False
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
        if self._blocks and self._pending >= self._max_pending:
            self._wait_for_space()
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
        except Exception as error:
            waiting = f"{self._pending} events wait for flush()"
            text = f"cannot write to the store: {described(error)}; {waiting}"
            raise StoreError(text, self._pending) from error

    def close(self, description: Mapping[str, object], timeout_s: float) -> None:
        """Write what is pending and stop; a store that fails is tried again until the deadline.

        Args:
            description: The description of the stopped experiment, for the store.
            timeout_s: How long a failing store is tried again, in seconds.

        Raises:
            StoreError: The store failed until the deadline; ``finish`` tries once more.
        """
        if isinstance(self.rows, Reservoir):
            chosen = self.rows.drawn()
            self._max_pending = max(self._max_pending, self._pending + len(chosen))
            self.rows = chosen
        with self._has_space:
            self._closing = True
            self._has_space.notify_all()
        self._join()
        deadline, pause = time.monotonic() + timeout_s, _FIRST_PAUSE_S
        while True:
            try:
                self.finish(description)
            except StoreError:
                if time.monotonic() + pause > deadline:
                    raise
                time.sleep(pause)
                pause = min(2 * pause, _MAX_PAUSE_S)
            else:
                return

    def _join(self) -> None:
        """Wait for the writer, as long as its store stores something."""
        writer, started = self._thread, time.monotonic()
        if writer is None or writer is threading.current_thread():
            return
        while writer.is_alive():
            writer.join(min(_MAX_PAUSE_S, _MAX_HANG_S))
            if writer.is_alive() and self._without_progress(started) > _MAX_HANG_S:
                raise self._hanging()

    def _without_progress(self, since: float) -> float:
        """For how many seconds nothing was stored, at most from a time on."""
        return time.monotonic() - max(since, self._progress_at)

    def _hanging(self) -> StoreError:
        text = f"the store does not come back from write(); {self._pending} events wait for it"
        return StoreError(text, self._pending)

    def finish(self, description: Mapping[str, object]) -> None:
        """Write what is pending once, then the description, and close the store.

        Args:
            description: The description of the stopped experiment, for the store.

        Raises:
            StoreError: The store failed.
        """
        self.flush()
        if self.finished:
            return
        update = getattr(self.store, "update", None)
        try:
            if update is not None:
                update(description)
        except Exception as error:
            text = f"cannot write the description to the store: {described(error)}"
            raise StoreError(text, self._pending) from error
        self.finished = True
        self._compress_down_to(0)
        self.store.close()

    def reopen(self, description: Mapping[str, object]) -> None:
        """Open the store of a stopped experiment again, for events that came late.

        Args:
            description: The description of the experiment.
        """
        if self.finished:
            self.store.open(description)
            self.finished = False

    def follow(
        self, follower: Callable[[Chunk | StoredChunk], None], read: Callable[[Any], None]
    ) -> None:
        """Read what is stored, and pass on what is stored from then on, with no gap or double.

        Args:
            follower: Called with each chunk after it was stored, in the thread that stored it.
            read: Called with each stored batch.
        """
        with self._writing:
            self._follower = follower
            if self._thread is None:  # emitters must not wait: what they add comes behind these
                stored = stored_events(self.store)
            else:
                for batch in self.store.batches():
                    read(batch)
                return
        for batch in self.store.batches():
            if stored <= 0:
                return
            read(batch)
            stored -= batch.num_rows

    def take_over(self, chunk: StoredChunk) -> None:
        """Queue a chunk that another process wrote."""
        with self._has_space:
            self._pending += chunk.count
        self._chunks.append(chunk)

    def _seal(self) -> None:
        if isinstance(self.rows, Reservoir):
            return
        rows = self.rows[:]  # emitters append meanwhile: what they add stays behind these
        del self.rows[: len(rows)]
        del rows[self._admit(len(rows)) :]
        if not rows:
            return
        chunk = Chunk(self.source, self.taken, rows, self._codec)
        self._chunks.append(chunk)
        self.taken += len(rows)
        self._loose.append(chunk)
        self._loose_bytes += chunk.size
        self._compress_down_to(_MAX_LOOSE_BYTES)

    def _compress_down_to(self, most_bytes: int) -> None:
        """Compress the oldest chunks; a background store has read them before, as a rule."""
        while self._loose_bytes > most_bytes:
            oldest = self._loose.popleft()
            self._loose_bytes -= oldest.size
            oldest.compress()

    @property
    def _blocks(self) -> bool:
        """Whether emitters wait for space: there is a writer, and it is not the running thread."""
        return (
            self._thread is not None
            and self._overflow == "block"
            and self._written_by != threading.get_ident()
        )

    def _admit(self, count: int) -> int:
        """How many of so many more may wait; the rest counts as dropped. Never waits."""
        with self._has_space:
            full = self._thread is None and self._pending >= self._max_pending
            admitted = count
            if full or self._stalled or self._overflow == "drop":
                space = max(self._max_pending, ROWS_PER_CHUNK) - self._pending
                admitted = min(count, max(space, 0))
            self.dropped += count - admitted
            self._pending += admitted
            return admitted

    def _wait_for_space(self) -> None:
        """Wait for the writer without a lock that it needs, and not for ever."""
        with self._has_space:
            self._wake_writer = True
            self._has_space.notify_all()

            def has_space() -> bool:
                return self._pending < self._max_pending or self._closing or self._stalled

            while not self._has_space.wait_for(has_space, timeout=_MAX_WAIT_S):
                if time.monotonic() - self._progress_at > _MAX_WAIT_S:
                    self._stalled = True

    def _pass_on(self) -> None:
        if self._thread is None:
            try:
                self._write()
            except Exception as error:  # noqa: BLE001  # kept, shown with the experiment, tried again
                self.failed(error)
        elif self._pending >= self._wake_at:
            with self._has_space:
                self._wake_writer = True
                self._has_space.notify_all()

    def _write(self) -> None:
        """Write 64 chunks at a time, which bounds the columns in memory of a long backlog."""
        if self._written_by == threading.get_ident():
            return  # an event that the store itself emits; the loop below takes it
        started = time.monotonic()
        while not self._writing.acquire(timeout=min(_MAX_PAUSE_S, _MAX_HANG_S)):
            if self._without_progress(started) > _MAX_HANG_S:
                raise self._hanging()
        try:
            self._written_by = threading.get_ident()
            while self._chunks:
                self._write_some()
        finally:
            self._written_by = None
            self._writing.release()

    def _write_some(self) -> None:
        chunks = list(itertools.islice(self._chunks, _CHUNKS_AT_ONCE))
        self.store.write(chunks)
        for chunk in chunks:
            self._chunks.popleft()
            if self._follower is not None:
                self._follower(chunk)
        with self._has_space:
            self._pending -= sum(chunk.count for chunk in chunks)
            self._progress_at = time.monotonic()
            self._stalled = False
            self._has_space.notify_all()

    def failed(self, error: BaseException | None = None) -> None:
        """Count a failure of the store; its text is shown with the experiment."""
        if error is None:
            error = sys.exception() or OSError("unknown")
        self.failures += 1
        self.error = described(error)

    def _run(self) -> None:
        """The thread: write when enough events wait or the interval is over, and at the end.

        So that it is this thread that hangs, and not the one that stops, when the store hangs.
        """
        closing = False
        while not closing:
            with self._has_space:
                self._has_space.wait_for(
                    lambda: self._wake_writer or self._closing, timeout=self._interval_s
                )
                self._wake_writer, closing = False, self._closing
            failures = self.failures
            try:
                self.flush()
            except Exception as error:  # noqa: BLE001  # kept, shown with the experiment, tried again
                self.failed(error)
            if self.failures > failures:
                self._pause()

    def _pause(self) -> None:
        """Wait after a failure, also when many events wait."""
        with self._has_space:
            self._has_space.wait_for(lambda: self._closing, timeout=min(self._interval_s, 0.5))

    def abandon(self) -> None:
        """In a forked child: neither the rows nor the store belong to this process."""
        self._closing = True
        self.rows = []
        self._chunks, self._loose = deque(), deque()
        release = getattr(self.store, "abandon", None)
        if release is not None:
            release()
