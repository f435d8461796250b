"""Tiers: several sources of an answer in order of preference, each with its own delay."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .._core.events import emit, signal
from .._core.result import Attempt
from .._race.callbacks import RaceCallbacks
from .._race.race import Race
from .._race.reports import report_failure, report_fired, report_losers
from .._race.state import RaceState

Value = TypeVar("Value")
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier(Generic[Value]):
    """One way to an answer.

    Attributes:
        name: Names it in the result.
        call: Makes the attempt.
        delay_ms: How long it is waited for before the next tier joins in.
        min_quality: Its answer is taken at once when its quality is at least this.
        cost_usd: What an attempt costs; None when unknown.
    """

    name: str
    call: Callable[[], Awaitable[Value]]
    delay_ms: float = 1000.0
    min_quality: float = 0.0
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiered(Generic[Value]):
    """The result of a request to several tiers.

    Attributes:
        value: The first answer that was good enough, or the best of those that were not.
        tier: The name of the tier that gave it.
        accepted: Whether it was good enough.
        quality: Its quality.
        latency_ms: From the begin of the request to its result.
        attempts: Every tier that was started.
        cost_usd: What all of them cost; None when one is unknown.
    """

    value: Value
    tier: str
    accepted: bool
    quality: float
    latency_ms: float
    attempts: tuple[Attempt, ...]
    cost_usd: float | None

    def __str__(self) -> str:
        verdict = "" if self.accepted else ", not good enough but the best"
        return (
            f"{self.latency_ms:.1f} ms, tier {self.tier} of {len(self.attempts)} started{verdict}"
        )

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        plain = {name: getattr(self, name) for name in Tiered.__slots__}
        return {**plain, "attempts": [each._asdict() for each in self.attempts]}


def default_quality(value: object) -> float:
    """``confidence`` or ``quality_score`` of an answer, as attribute or key; 1 without them."""
    for name in ("confidence", "quality_score"):
        found = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
        if isinstance(found, int | float):
            return float(found)
    return 1.0


async def multi_level(
    tiers: Sequence[Tier[Value]],
    *,
    quality: Callable[[Value], float] = default_quality,
    timeout_ms: float | None = None,
    grace_ms: float = 50.0,
    clock: Callable[[], float] | None = None,
) -> Tiered[Value]:
    """Ask the first tier, and the next ones when it is late, fails, or is not good enough.

    Earlier tiers run on while later ones are tried; the first answer that is good enough wins.
    When none is, the best of those that came is given.

    Args:
        tiers: In the order they are preferred.
        quality: How good an answer is.
        timeout_ms: The longest the request may take; the best answer so far is given then.
        grace_ms: How long a cancelled tier is waited for.
        clock: Gives seconds; the running loop's clock when left out.

    Raises:
        ValueError: There are no tiers.
        AllAttemptsFailedError: No tier gave any answer.
        HedgeTimeoutError: None had given one in time.
    """
    if not tiers:
        raise ValueError("tiers: give at least one")
    run = _TierRace(tiers, quality, f"levels-{next(_numbers)}")
    race: Race[_Answer[Value]] = Race(
        calls=[run.call(index) for index in range(len(tiers))],
        delays_ms=[tier.delay_ms for tier in tiers[:-1]],
        clock=clock or asyncio.get_running_loop().time,
        callbacks=run,
        accept=lambda answer: answer.quality >= tiers[answer.index].min_quality,
        retryable=None,
        cost=lambda answer: tiers[answer.index].cost_usd,
        timeout_ms=timeout_ms,
        grace_ms=grace_ms,
        cancel_losers=True,
    )
    run.report_start()
    await race.run()
    return run.result(race)


def multi_level_sync(tiers: Sequence[Tier[Value]], **options: Any) -> Tiered[Value]:
    """``multi_level`` for scripts: takes the same arguments and waits for the end."""

    async def main() -> Tiered[Value]:
        return await multi_level(tiers, **options)

    return asyncio.run(main())


@dataclass(frozen=True, slots=True)
class _Answer(Generic[Value]):
    index: int
    value: Value
    quality: float


class _TierRace(RaceCallbacks, Generic[Value]):
    """The callbacks of a race between tiers."""

    __slots__ = ("_answers", "_id", "_quality", "_tiers")

    def __init__(
        self, tiers: Sequence[Tier[Value]], quality: Callable[[Value], float], request_id: str
    ) -> None:
        self._id = request_id
        self._tiers = tiers
        self._quality = quality
        self._answers: list[_Answer[Value]] = []

    def call(self, index: int) -> Callable[[], Awaitable[_Answer[Value]]]:
        async def ask() -> _Answer[Value]:
            value = await self._tiers[index].call()
            answer = _Answer(index, value, self._quality(value))
            self._answers.append(answer)
            return answer

        return ask

    def refusal(self, race: RaceState[Any], *, after_failure: bool) -> str:  # noqa: ARG002  # the signature
        """Every tier may be tried."""
        if signal.receivers:
            report_fired(self._id, race)
        return ""

    def report_start(self) -> None:
        if signal.receivers:
            names = [tier.name for tier in self._tiers]
            about: dict[str, object] = {"strategy": "multi_level", "tiers": names}
            delay = self._tiers[0].delay_ms
            emit("hedging.request.start", {}, {"request_id": self._id, "delay_ms": delay, **about})

    def result(self, race: RaceState[Any]) -> Tiered[Value]:
        if not self._answers:
            error = race.failure()
            if signal.receivers:
                report_failure(self._id, race, error)
            raise error from (race.errors[0] if race.errors else None)
        best = race.value or max(self._answers, key=lambda each: (each.quality, -each.index))
        attempts = race.attempts()
        costs = [self._tiers[attempt.index].cost_usd for attempt in attempts]
        known = [cost for cost in costs if cost is not None]
        result = Tiered(
            value=best.value,
            tier=self._tiers[best.index].name,
            accepted=race.winner is not None,
            quality=best.quality,
            latency_ms=race.latency_ms,
            attempts=attempts,
            cost_usd=sum(known) if len(known) == len(costs) else None,
        )
        if signal.receivers:
            self._report_stop(result, best.index)
        return result

    def _report_stop(self, result: Tiered[Value], winner: int) -> None:
        report_losers(self._id, result.attempts)
        emit(
            "hedging.request.stop",
            {"duration_ns": int(result.latency_ms * 1e6), "cost_usd": result.cost_usd},
            {
                "request_id": self._id,
                "hedged": len(result.attempts) > 1,
                "hedge_won": winner > 0,
                "attempts": len(result.attempts),
                "tier": result.tier,
            },
        )
