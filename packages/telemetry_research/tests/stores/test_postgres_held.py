"""Events that workers hold, in PostgreSQL: one experiment, each event once."""

import random
from typing import Any

from telemetry_research import PostgresStore, held_events, keep_held, record, recording, scope

PARTS = 300


def worked(part: int, worker: int) -> bytes:
    """One unit of work of a worker; its events."""
    with held_events() as held, scope(item_id=f"q{part}", worker=worker):
        record("model.start", {}, {"part": part})
        record("model.stop", {"duration_ns": part}, {"part": part})
    return held.to_bytes()


def test_work_that_is_done_again_after_a_worker_ended_is_stored_once(postgres: Any) -> None:
    chance = random.Random(2)
    redone = 0
    store = PostgresStore(postgres.dsn)
    with recording("many workers", store=store, flush_interval_ms=5.0) as experiment:
        for part in range(PARTS):
            events = worked(part, worker=part % 3)
            while chance.random() < 0.3:  # the worker ended before its result was taken
                redone += 1
                events = worked(part, worker=part % 3)
            keep_held(experiment, events)

    stored = PostgresStore(postgres.dsn).bound_to(experiment.id)
    numbers = [
        (name, item)
        for batch in stored.batches()
        for name, item in zip(
            batch.column("name").to_pylist(), batch.column("item_id").to_pylist(), strict=True
        )
    ]
    assert redone > 0
    assert sorted(numbers) == sorted(
        (name, f"q{part}") for part in range(PARTS) for name in ("model.start", "model.stop")
    )
    assert stored.verify() == 2 * PARTS
