"""Rows that wait for a service of their own hold up no rows of other conditions."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from ensemble import Response, ask, ask_sync
from ensemble._core.observers import waiting
from research_harness import Condition, Experiment, run_sync
from research_harness._scheduling import lending


class Away:
    """A client that keeps its calls in its queue for a minute, as one with an open circuit does."""

    name = "away"

    def __init__(self) -> None:
        self.ends: list[float] = []
        self.most = 0
        self._busy = 0

    async def generate(self, query: Any, sampling: Any) -> Response:
        clock = asyncio.get_running_loop().time
        with waiting(self.name):
            if 5 < clock() < 65:
                await asyncio.sleep(65 - clock())
        self._busy += 1
        self.most = max(self.most, self._busy)
        await asyncio.sleep(1)
        self._busy -= 1
        self.ends.append(clock())
        return Response(text="4", model=self.name)


def experiment(**options: Any) -> type[Experiment]:
    class Lent(Experiment):
        name = "lent"
        metrics = ("accuracy",)
        formats = ("markdown",)
        virtual_time = True

        def dataset(self) -> list[dict[str, str]]:
            return [{"id": f"i{n}", "input": "2 + 2", "expected": "4"} for n in range(40)]

    for name, value in options.items():
        setattr(Lent, name, value)
    return Lent


@pytest.mark.slow
@pytest.mark.parametrize("concurrency", [1, 2, 8])
def test_rows_that_wait_for_their_client_hold_up_no_other_condition(
    concurrency: int, tmp_path: Path
) -> None:
    away = Away()
    ends: list[float] = []

    async def waits(item: Any) -> object:
        return await ask(item, model=away)

    async def goes_on(item: Any) -> object:
        await asyncio.sleep(1)
        ends.append(asyncio.get_running_loop().time())
        return "4"

    conditions = (
        Condition(name="waits", function=waits),
        Condition(name="goes on", function=goes_on),
    )

    result = run_sync(
        experiment(conditions=conditions, concurrency=concurrency), output_dir=tmp_path
    )

    assert result.complete
    assert result.failures == 0
    assert len(ends) == len(away.ends) == 40
    assert max(ends) < 65 < max(away.ends)
    assert away.most <= concurrency


@pytest.mark.parametrize("concurrency", [1, 2])
def test_a_service_that_is_away_is_probed_without_a_slot(concurrency: int, tmp_path: Path) -> None:
    clock = asyncio.get_running_loop
    ends: list[float] = []

    async def away(item: Any) -> object:
        await asyncio.sleep(1)
        if 5 < clock().time() < 65:
            raise ConnectionRefusedError("nothing listens")
        return "4"

    async def there(item: Any) -> object:
        await asyncio.sleep(1)
        ends.append(clock().time())
        return "4"

    conditions = (
        Condition(name="away", function=away),
        Condition(name="there", function=there),
    )

    result = run_sync(
        experiment(conditions=conditions, concurrency=concurrency), output_dir=tmp_path
    )

    assert result.complete
    assert result.failures == 0
    assert max(ends) < 65


def test_rows_that_wait_in_threads_hold_up_no_other_condition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lending, "_LONG_S", 0.01)
    others_done = threading.Event()
    count = 0

    class Queued:
        name = "queued"

        async def generate(self, query: Any, sampling: Any) -> Response:
            with waiting(self.name):
                await asyncio.to_thread(others_done.wait, 120)
            return Response(text="4", model=self.name)

    queued = Queued()

    def waits(item: Any) -> object:
        return ask_sync(item, model=queued)

    def goes_on(item: Any) -> object:
        nonlocal count
        count += 1
        if count == 40:
            others_done.set()
        return "4"

    conditions = (
        Condition(name="waits", function=waits),
        Condition(name="goes on", function=goes_on),
    )

    result = run_sync(
        experiment(conditions=conditions, concurrency=2, virtual_time=False), output_dir=tmp_path
    )

    assert result.complete
    assert others_done.is_set()
    assert result.failures == 0
