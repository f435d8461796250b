"""One request of a hedger: decides whether a backup may be sent, and counts its result."""

from typing import Any

from .._core.events import signal
from .._core.result import Hedged, new_result
from .._learning.costs import cost_of
from .._limits.pushback import pushback_seconds
from .._race.callbacks import RaceCallbacks
from .._race.reports import report_failure, report_fired, report_success
from .._race.state import RaceState
from .gate import refusal
from .request_context import RequestContext


class HedgedRequest(RequestContext, RaceCallbacks):
    """The callbacks of one race: they decide about backups, count and learn."""

    __slots__ = ()

    def refusal(self, race: RaceState[Any], *, after_failure: bool) -> str:
        """Why no further attempt may be started now; empty when one may be.

        Only asked for late and failed requests, so the checks cost ordinary ones nothing.
        """
        reason = refusal(self, race, after_failure=after_failure)
        if not reason:
            self.shared.hedges += 1
            self.state.tally.hedges += 1
            if signal.receivers:
                report_fired(self.request_id, race)
        else:
            self.state.tally.suppressed[reason] += 1
            self.state.tally.would_hedge += reason == "shadow"
        return reason

    def late(self, race: RaceState[Any]) -> None:  # noqa: ARG002  # the signature of RaceCallbacks
        """Report a late primary to the strategy at once, before its latency is known."""
        self.is_late = True
        observe = getattr(self.strategy, "observe", None)
        if observe is not None:
            observe(self.delay_ms, True)

    def failed(self, race: RaceState[Any], failure: object) -> None:
        """Leave a service alone that asked for it."""
        seconds = pushback_seconds(failure)
        if seconds is not None:
            self.state.quiet_until = max(self.state.quiet_until, race.clock() + seconds)

    def ended(self, race: RaceState[Any], index: int) -> None:
        """Count a backup as ended, and the cost of a loser that was left to finish."""
        self.shared.hedges -= index > 0
        cost = race.started[index].cost_usd
        if self.settled and cost is not None and not self.policy.cancel_losers:
            self.state.tally.cost_usd += cost
            self.state.tally.extra_usd += cost
            self.shared.extra_usd += cost
            if self.lacks_cost and cost_of(race, self.policy)[1] is not None:
                self.lacks_cost = False
                self.state.tally.unknown_costs -= 1

    def settle(self, race: RaceState[Any], *, idempotent: bool) -> Hedged[Any]:
        """Learn from the race, count it, and give its result.

        Raises:
            AllAttemptsFailedError: No attempt gave an acceptable result.
            HedgeTimeoutError: No acceptable result arrived in time.
        """
        self.settled = True
        self._learn(race)
        if race.winner is None:
            error = race.failure()
            self.state.tally.timed_out += race.timed_out
            self.state.tally.failed += not race.timed_out
            if signal.receivers:
                report_failure(self.request_id, race, error)
            raise error from (race.errors[0] if race.errors else None)
        result = self._result(race, race.winner, idempotent=idempotent)
        if signal.receivers:
            report_success(self.request_id, result)
        return result

    def _learn(self, race: RaceState[Any]) -> None:
        strategy, delay, ok = self.strategy, self.delay_ms, race.winner is not None
        primary = race.started[0]
        in_time = primary.status == "ok" and not self.is_late
        if in_time and delay is not None and hasattr(strategy, "observe"):
            strategy.observe(delay, False)
        # After a failed primary the latency does not show how long a primary takes.
        if ok and (self.is_late or primary.status == "ok"):
            strategy.record(race.latency_ms)
        if hasattr(strategy, "react"):
            strategy.react(
                delay_ms=delay,
                latency_ms=race.latency_ms,
                hedges=len(race.started) - 1,
                won=race.winner not in (None, 0),
                failed=not ok,
            )
        if self.state.breaker is not None:
            self.state.breaker.record(race.clock(), ok=ok)

    def _result(self, race: RaceState[Any], winner: int, *, idempotent: bool) -> Hedged[Any]:
        factor, cost = cost_of(race, self.policy)
        self._count(race, factor, cost)
        attempts = race.attempts()
        reason = ""
        if len(attempts) == 1:
            without_delay = "no_delay" if self.delay_ms is None else "quick"
            reason = race.reason or ("not_idempotent" if not idempotent else without_delay)
        return new_result(
            value=race.value,
            winner=winner,
            delay_ms=self.delay_ms,
            latency_ms=race.latency_ms,
            attempts=attempts,
            cost_factor=factor,
            cost_usd=cost,
            reason=reason,
        )

    def _count(self, race: RaceState[Any], factor: float, cost: float | None) -> None:
        tally, started = self.state.tally, race.started
        tally.succeeded += 1
        tally.factors += factor
        tally.latencies.append(race.latency_ms)
        own = None if race.winner is None else started[race.winner].cost_usd
        tally.cost_usd += (own or 0.0) if cost is None else cost
        self.lacks_cost = cost is None
        tally.unknown_costs += cost is None
        if len(started) > 1:
            tally.hedged += 1
            tally.hedge_wins += race.winner != 0
            tally.cancelled += sum(each.status in ("cancelled", "abandoned") for each in started)
            if cost is not None and own is not None:
                tally.extra_usd += cost - own
                self.shared.extra_usd += cost - own
