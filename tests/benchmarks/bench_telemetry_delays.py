"""The longest delay of an event loop while events with two texts of 4 KB are recorded to a file.

Next to it the same loop without events, and with events that a plain thread encodes and compresses
by the same codecs. The three alternate; the medians of the rounds are printed. The argument is the
number of rounds.
"""

import asyncio
import gc
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import blinker
import msgspec
import pyarrow as pa

from telemetry_research import FileStore, recording

SIGNAL = blinker.signal("crucible")
DRAW = random.Random(1)
TEXTS = ["".join(DRAW.choices("abcdefghij klmnop", k=4096)) for _ in range(200)]
BATCH = 512
TICKS = 300


def send() -> None:
    """Emit ten events."""
    for number in range(10):
        SIGNAL.send(
            "ensemble.model.stop",
            measurements={"duration_ns": number},
            metadata={"prompt": DRAW.choice(TEXTS), "answer": DRAW.choice(TEXTS)},
        )


async def longest_ms(work: Callable[[], object]) -> float:
    """How late the loop came back at most from a sleep of a millisecond."""
    worst = 0.0
    for _ in range(TICKS):
        work()
        start = time.perf_counter()
        await asyncio.sleep(0.001)
        worst = max(worst, (time.perf_counter() - start) * 1e3 - 1)
    return worst


def with_plain_thread() -> float:
    """The delay while a thread encodes batches by MessagePack and compresses them by zstd."""
    waiting: SimpleQueue[list[Any] | None] = SimpleQueue()
    kept: list[Any] = []

    def keep(name: Any, measurements: Any, metadata: Any) -> None:
        kept.append((name, measurements, metadata))
        if len(kept) >= BATCH:
            waiting.put(kept[:])
            kept.clear()

    def write() -> None:
        codec, encode = pa.Codec("zstd"), msgspec.msgpack.Encoder().encode
        with Path(os.devnull).open("wb") as file:
            while (batch := waiting.get()) is not None:
                file.write(codec.compress(encode(batch)))

    thread = threading.Thread(target=write)
    thread.start()
    SIGNAL.connect(keep)
    worst = asyncio.run(longest_ms(send))
    SIGNAL.disconnect(keep)
    waiting.put(None)
    thread.join()
    return worst


def with_file() -> float:
    """The delay while a recording writes to a file."""
    with tempfile.TemporaryDirectory() as folder:
        store = FileStore(Path(folder) / "e.arrows")
        with recording("delays", store=store):
            return asyncio.run(longest_ms(send))


def main() -> None:
    """Print the medians."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    found: dict[str, list[float]] = {"nothing": [], "a plain thread": [], "a recording": []}
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        found["nothing"].append(asyncio.run(longest_ms(lambda: None)))
        found["a plain thread"].append(with_plain_thread())
        found["a recording"].append(with_file())
    quiet = found["nothing"]
    for name, delays in found.items():
        ratio = statistics.median(delays) / statistics.median(quiet)
        print(f"{statistics.median(delays):8.2f} ms  {ratio:.2f} times nothing: {name}")


if __name__ == "__main__":
    main()
