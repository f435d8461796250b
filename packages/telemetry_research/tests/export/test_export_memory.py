"""An export as lines takes as much memory for many events as for few.

One as Parquet holds 65,536 rows at a time, since small groups of rows compress badly.
"""

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from telemetry_research import Anonymize, Recording, record, recording

_ROWS = 60
_FEW, _MANY = 4, 32
_OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "changed": {
        "columns": ["name", "model", "latency_ms", "attributes.n"],
        "transform": [lambda row: row | {"model": str(row["model"]).upper()}],
        "anonymize": Anonymize(hash=["model"], drop=["text"], key="a secret"),
    },
}


def varied() -> Recording:
    with recording("varied") as experiment:
        for number in range(_ROWS):
            measured = {"duration_ns": number * 1000, "cost_usd": number / 7}
            fields = {"model": f"m{number % 3}", "text": f"answer {number} " * 20, "n": number}
            record(f"kind{number % 4}.stop", measured, fields | {f"only{number % 5}": {"a": [1]}})
    return experiment


def most_memory(work: Callable[[], object]) -> int:
    """The most bytes that Arrow and Python held meanwhile, beyond what they held before."""
    usual, pool = pa.default_memory_pool(), pa.proxy_memory_pool(pa.default_memory_pool())
    tracemalloc.start(1)
    try:
        pa.set_memory_pool(pool)
        before = tracemalloc.get_traced_memory()[0]
        work()
        python_bytes = tracemalloc.get_traced_memory()[1] - before
        return python_bytes + (pool.max_memory() or 0)
    finally:
        pa.set_memory_pool(usual)
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
@pytest.mark.parametrize("options", _OPTIONS.values(), ids=_OPTIONS)
def test_an_export_takes_as_much_memory_for_many_events_as_for_few(
    ending: str, options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = varied()
    stored = list(experiment.store.batches())
    path = tmp_path / f"events.{ending}"

    def export(times: int) -> None:
        def batches() -> Iterator[Any]:
            for _ in range(times):
                yield from stored

        monkeypatch.setattr(experiment.store, "batches", batches)
        experiment.export(path, **options)

    export(_FEW)  # imports, and caches of names
    few = most_memory(lambda: export(_FEW))
    size = path.stat().st_size
    many = most_memory(lambda: export(_MANY))

    assert path.stat().st_size > 4 * size
    assert many < 1.25 * few + 32 * 1024
