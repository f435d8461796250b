"""The events of a request; only called when a receiver is connected."""

from collections.abc import Sequence
from typing import Any

from .._core.errors import error_text
from .._core.events import emit
from .._core.result import Attempt, Hedged
from .state import RaceState


def report_start(
    request_id: str, *, key: str, hedger: str, strategy: object, delay_ms: float | None
) -> None:
    """A request starts."""
    metadata: dict[str, object] = {
        "request_id": request_id,
        "key": key,
        "strategy": type(strategy).__name__.lower(),
        "strategy_name": hedger,
        "delay_ms": delay_ms,
    }
    emit("hedging.request.start", {}, metadata)


def report_fired(request_id: str, race: RaceState[Any]) -> None:
    """A further attempt is started."""
    index = len(race.started)
    delay = race.delays_ms[index - 1] if race.delays_ms else None
    emit("hedging.hedge.fired", {"delay_ms": delay}, {"request_id": request_id, "attempt": index})


def report_success(request_id: str, result: Hedged[Any], *, cost_later: bool) -> None:
    """A request has its result; the cost of one with streams comes when these are over."""
    report_losers(request_id, result.attempts)
    about: dict[str, object] = {"request_id": request_id}
    if result.hedge_won:
        won = {**about, "attempt": result.winner}
        emit("hedging.hedge.won", {"latency_ms": result.latency_ms}, won)
    if result.reason not in ("", "quick"):
        emit("hedging.hedge.suppressed", {}, {**about, "reason": result.reason})
    emit(
        "hedging.request.stop",
        {
            "duration_ns": int(result.latency_ms * 1e6),
            "cost_factor": result.cost_factor,
            "cost_usd": None if cost_later else result.cost_usd,
        },
        {
            **about,
            "hedged": result.hedged,
            "hedge_won": result.hedge_won,
            "attempts": len(result.attempts),
        },
    )


def report_streams(
    request_id: str, cost_factor: float, cost_usd: float | None, extra_usd: float
) -> None:
    """All streams of a request have ended, and what it cost is final."""
    costs: dict[str, object] = {
        "cost_factor": cost_factor,
        "cost_usd": cost_usd,
        "extra_usd": extra_usd,
    }
    emit("hedging.stream.stop", costs, {"request_id": request_id})


def report_losers(request_id: str, attempts: Sequence[Attempt]) -> None:
    """Attempts were cancelled."""
    for attempt in attempts:
        if attempt.status in ("cancelled", "abandoned"):
            emit(
                "hedging.request.cancelled",
                {"ran_ms": round(attempt.end_ms - attempt.start_ms, 3)},
                {
                    "request_id": request_id,
                    "attempt": attempt.index,
                    "billed_usd": attempt.cost_usd,
                },
            )


def report_failure(request_id: str, race: RaceState[Any], error: BaseException) -> None:
    """A request has failed."""
    emit(
        "hedging.request.exception",
        {"duration_ns": int(race.latency_ms * 1e6)},
        {
            "request_id": request_id,
            "error": error_text(error),
            "error_type": type(error).__name__,
            "attempts": len(race.started),
        },
    )
