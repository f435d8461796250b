"""Tiers: several sources of an answer in order of preference, each with its own delay."""

import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypedDict, TypeVar, Unpack

from .._core.errors import PolicyError
from .._core.events import emit, signal
from .._core.plain import plain
from .._core.result import ATTEMPT_HEADERS, Attempt, attempt_rows
from .._core.scripts import run_to_end, running_loop
from .._core.shown import html_table, shown
from .._race.callbacks import RaceCallbacks
from .._race.race import Race
from .._race.reports import report_failure, report_fired, report_losers
from .._race.state import RaceState

Value = TypeVar("Value")
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier(Generic[Value]):
    """One source of an answer.

    Attributes:
        name: Names it in the result.
        call: Makes the attempt.
        delay_ms: How long it may take before the next tier starts, in milliseconds.
        min_quality: An answer of at least this quality ends the request.
        cost_usd: The cost of an attempt in dollars; None when unknown.
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
        value: The first answer that was good enough, or else the best one.
        tier: The name of the tier that gave it.
        accepted: Whether it was good enough.
        quality: Its quality.
        latency_ms: From the start of the request to its result.
        attempts: Every tier that was started.
        cost_usd: The cost of all of them in dollars; None when one is unknown.
    """

    value: Value
    tier: str
    accepted: bool
    quality: float
    latency_ms: float
    attempts: tuple[Attempt, ...]
    cost_usd: float | None

    @shown
    def __str__(self) -> str:
        verdict = "" if self.accepted else ", not good enough but the best"
        return (
            f"{self.latency_ms:.1f} ms, tier {self.tier} of {len(self.attempts)} started{verdict}"
        )

    def _repr_html_(self) -> str:
        return html_table(str(self), ATTEMPT_HEADERS, attempt_rows(self.attempts))

    def to_dict(self) -> dict[str, object]:
        """The result as plain values; a value that JSON cannot hold becomes text."""
        return plain(self)


def default_quality(value: object) -> float:
    """The quality that an answer states.

    Args:
        value: An answer; ``confidence`` or ``quality_score`` may be an attribute or a key.

    Returns:
        The confidence, else the quality score, else 1.

    Example:
        >>> default_quality({"confidence": 0.7})
        0.7
    """
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
    """Call the first tier, and the next ones when it is late, fails, or is not good enough.

    Earlier tiers run on while later ones are tried; the first answer that is good enough wins.
    Without such an answer the best one is given.

    Args:
        tiers: In the order they are preferred.
        quality: Gives the quality of an answer.
        timeout_ms: The longest the request may take; then the best answer so far is given.
        grace_ms: How long to wait for a cancelled tier, in milliseconds.
        clock: Gives seconds; the running loop's clock when left out.

    Returns:
        The answer, its tier, and every attempt.

    Raises:
        PolicyError: ``tiers`` is not a list of at least one ``Tier``.
        AllAttemptsFailedError: No tier gave an answer.
        HedgeTimeoutError: No tier gave an answer in time.
    """
    if not isinstance(tiers, list | tuple) or not tiers:
        raise PolicyError("tiers", tiers, "a list of at least one Tier")
    for tier in tiers:
        if not isinstance(tier, Tier):
            raise PolicyError("tiers", tier, "values of the class Tier")
    run = _TierRace(tiers, quality, f"levels-{next(_numbers)}")
    race: Race[_Answer[Value]] = Race(
        calls=[run.call(index) for index in range(len(tiers))],
        delays_ms=[tier.delay_ms for tier in tiers[:-1]],
        clock=clock or running_loop().time,
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


class TierOptions(TypedDict, total=False):
    """The keyword arguments of ``multi_level``."""

    quality: Callable[[Any], float]
    timeout_ms: float | None
    grace_ms: float
    clock: Callable[[], float] | None


def multi_level_sync(tiers: Sequence[Tier[Value]], **options: Unpack[TierOptions]) -> Tiered[Value]:
    """``multi_level`` for scripts: takes the same arguments and waits for the end.

    Args:
        tiers: In the order they are preferred.
        **options: The keyword arguments of ``multi_level``.

    Returns:
        The answer, its tier, and every attempt.

    Raises:
        RunningLoopError: An event loop is running; use ``await multi_level(...)``.
        PolicyError: ``tiers`` is empty.
        AllAttemptsFailedError: No tier gave an answer.
        HedgeTimeoutError: No tier gave an answer in time.
    """

    async def main() -> Tiered[Value]:
        return await multi_level(tiers, **options)

    return run_to_end(main, name="multi_level_sync", instead="await multi_level(...)")


@dataclass(slots=True, eq=False, repr=False)
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
