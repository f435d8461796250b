"""What holds in every race, whatever its attempts do."""

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hedging import AllAttemptsFailedError, Attempt, Fixed, Hedged, lingering, request, run_virtual

# Whole milliseconds, and different for each attempt, so that no two things happen at once.
STEPS = st.lists(
    st.tuples(st.integers(1, 400), st.sampled_from(["ok", "ok", "error", "reject"])),
    min_size=5,
    max_size=5,
)


class Calls:
    """Attempts that take so long and end like this."""

    def __init__(self, steps: list[tuple[int, str]]) -> None:
        self.steps = [(ms + index / 10, end) for index, (ms, end) in enumerate(steps)]
        self.started = 0
        self.running = 0

    async def __call__(self) -> str:
        ms, end = self.steps[self.started]
        self.started += 1
        self.running += 1
        try:
            await asyncio.sleep(ms / 1000)
        finally:
            self.running -= 1
        if end == "error":
            raise OSError("failed")
        return end


def race(calls: Calls, delay: float, hedges: int) -> Hedged[Any] | None:
    async def main() -> Hedged[Any] | None:
        try:
            result: Hedged[Any] = await request(
                calls,
                budget=None,
                strategy=Fixed(delay),
                max_hedges=hedges,
                accept=lambda value: value == "ok",
            )
        except AllAttemptsFailedError:
            return None
        finally:
            assert calls.running == 0
        return result

    return run_virtual(main)


def expected_starts(calls: Calls, delay: float, hedges: int) -> list[float]:
    """When each attempt would start if nothing decided the race: on time, or after a failure.

    A failure starts the next attempt at once, which sets the clock of the one after it.
    """
    starts = [0.0]
    failures: list[float] = []
    for index in range(hedges):
        ms, end = calls.steps[index]
        if end != "ok":
            failures.append(starts[index] + ms)
        due = starts[index] + delay
        early = [moment for moment in failures if starts[index] <= moment < due]
        start = min([due, *early])
        if early:
            failures.remove(start)
        starts.append(start)
    return starts


@settings(deadline=None, max_examples=150)
@given(steps=STEPS, delay=st.integers(1, 150), hedges=st.integers(1, 4))
def test_the_first_acceptable_result_wins_and_nothing_is_left_behind(
    steps: list[tuple[int, str]], delay: int, hedges: int
) -> None:
    calls = Calls(steps)

    result = race(calls, delay + 0.05, hedges)

    starts = expected_starts(calls, delay + 0.05, hedges)
    ends = {
        index: start + calls.steps[index][0]
        for index, start in enumerate(starts)
        if calls.steps[index][1] == "ok"
    }
    assert lingering() == 0
    if not ends:
        assert (result, calls.started) == (None, hedges + 1)
        return
    assert result is not None
    winner = min(ends, key=lambda index: ends[index])
    assert result.winner == winner
    assert abs(result.latency_ms - ends[winner]) < 0.01
    assert all(is_settled(attempt, result) for attempt in result.attempts)
    assert result.cost_factor == len(result.attempts) == calls.started


def is_settled(attempt: Attempt, result: Hedged[Any]) -> bool:
    """Whether an attempt began before the end, and its status says how it ended."""
    if attempt.index == result.winner:
        return attempt.status == "ok"
    in_time = attempt.start_ms <= result.latency_ms
    return in_time and attempt.status in ("cancelled", "error", "rejected")
