"""One request of a hedger: decides whether a backup may be sent, and counts its result."""

import logging
from typing import Any

from .._core.events import signal
from .._core.result import Hedged, new_result
from .._learning.ledger import Entry, entry_of
from .._limits.pushback import pushback_seconds
from .._race.callbacks import RaceCallbacks
from .._race.notices import notify
from .._race.reports import (
    report_failure,
    report_fired,
    report_losers,
    report_streams,
    report_success,
)
from .._race.state import RaceState
from .gate import refusal
from .request_context import RequestContext

_CUT = ("cancelled", "abandoned")


def _not_learned(error: Exception) -> None:
    text = "a delay strategy did not learn from a request"
    logging.getLogger("crucible").error(text, exc_info=error)


class HedgedRequest(RequestContext, RaceCallbacks):
    """The callbacks of one race: they decide about backups, count and learn."""

    __slots__ = ()

    def refusal(self, race: RaceState[Any], *, after_failure: bool) -> str:
        """Why no further attempt may be started now; empty when one may be.

        Only asked for late and failed requests, so the checks cost ordinary ones nothing.
        """
        with self.shared.lock:
            reason = refusal(self, race, after_failure=after_failure)
            if reason == race.reason == "pool":  # looked at again, and counted before
                return reason
            tally = self.state.tally
            if reason:
                tally.suppressed[reason] += 1
                tally.would_hedge += reason == "shadow"
                return reason
            self.late_backup |= not after_failure
            self.shared.hedges += 1
            tally.hedges += 1
            self._book(self.entry._replace(unpriced=self.entry.unpriced + 1))
        if signal.receivers:
            report_fired(self.request_id, race)
        notify(self.on_hedge, self.state.key, len(race.started))
        return ""

    def late(self, race: RaceState[Any]) -> None:  # noqa: ARG002  # the signature of RaceCallbacks
        """Report a late primary to the strategy at once, before its latency is known."""
        self.is_late = True
        observe = getattr(self.strategy, "observe", None)
        if observe is None:
            return
        with self.shared.lock:
            try:
                observe(self.delay_ms, True)
            except Exception as error:  # noqa: BLE001  # the caller's code
                _not_learned(error)

    def failed(self, race: RaceState[Any], failure: object) -> None:
        """Leave a service alone that asked for it."""
        seconds = pushback_seconds(failure)
        if seconds is not None:
            self.state.quiet_until = max(self.state.quiet_until, race.clock() + seconds)

    def ended(self, race: RaceState[Any], index: int) -> None:
        """Count a backup as ended, and book what an attempt cost that ended after its request."""
        cost = race.started[index].cost_usd
        if not index and cost is None and not self.settled:
            return
        with self.shared.lock:
            self.shared.hedges -= index > 0
            if cost is not None:
                self.ledger.priced(cost)
            if self.settled:
                self._book_again(race)
        self._report_streams(race)

    def stream_ended(self, race: RaceState[Any], index: int) -> None:
        """Book what a stream cost, which is known once it has ended."""
        cost = race.started[index].cost_usd or race.started[index].streamed_usd
        with self.shared.lock:
            if cost is not None:
                self.ledger.priced(cost)
            if self.settled:
                self.state.open_streams -= 1
                self._book_again(race)
        self._report_streams(race)

    def _report_streams(self, race: RaceState[Any]) -> None:
        if not signal.receivers or not self.settled or self.cost_reported:
            return
        started = race.started
        over = all(each.end_ms is not None and not each.open for each in started)
        if over and any(each.is_stream for each in started):
            entry = self.entry
            report_streams(self.request_id, entry.factor, entry.cost_usd, entry.extra_usd)

    def settle(self, race: RaceState[Any]) -> Hedged[Any]:
        """Learn from the race, count it, and give its result.

        Raises:
            AllAttemptsFailedError: No attempt gave an acceptable result.
            HedgeTimeoutError: No acceptable result arrived in time.
        """
        with self.shared.lock:
            self._count(race)
            try:
                self._learn(race)
            except Exception as mistake:  # noqa: BLE001  # it costs no request its result
                _not_learned(mistake)
        if race.winner is None:
            error = race.failure()
            if signal.receivers:
                report_failure(self.request_id, race, error)
                self._report_streams(race)
            raise error from (race.errors[0] if race.errors else None)
        result = self._result(race, race.winner)
        if signal.receivers:
            # One of the two events has the cost, so that a sum over both counts it once.
            streamed = any(each.is_stream for each in race.started)
            self.cost_reported = not streamed
            report_success(self.request_id, result, cost_later=streamed)
            self._report_streams(race)
        if self.on_loser is not None:
            for attempt in result.attempts:
                if attempt.index != result.winner:
                    notify(self.on_loser, self.state.key, attempt)
        return result

    def broken_off(self, race: RaceState[Any], error: BaseException) -> None:
        """Count a request that was ended from outside: by its caller, or by an error of its."""
        with self.shared.lock:
            tally = self.state.tally
            if isinstance(error, Exception):
                tally.failed += 1
            else:
                tally.given_up += 1
            self._end(race)
        if signal.receivers:
            report_losers(self.request_id, race.attempts())
            report_failure(self.request_id, race, error)
            self._report_streams(race)

    def _learn(self, race: RaceState[Any]) -> None:
        strategy, delay, ok = self.strategy, self.delay_ms, race.winner is not None
        if self.state.breaker is not None:
            self.state.breaker.record(race.clock(), ok=ok)
        if not self.hedgeable:  # whether it was late is not known, and it may be of another kind
            return
        primary = race.started[0]
        in_time = primary.status == "ok" and not self.is_late
        if in_time and delay is not None and hasattr(strategy, "observe"):
            strategy.observe(delay, False)
        # After a failed primary the latency does not show how long a primary takes.
        if ok and (self.is_late or primary.status == "ok"):
            strategy.record(race.latency_ms)
        if ok and self.late_backup and self.state.usefulness is not None:
            self.state.usefulness.record(won=race.winner != 0)
        if hasattr(strategy, "react"):
            strategy.react(
                delay_ms=delay,
                latency_ms=race.latency_ms,
                hedges=len(race.started) - 1,
                won=race.winner not in (None, 0),
                failed=not ok,
            )

    def _result(self, race: RaceState[Any], winner: int) -> Hedged[Any]:
        attempts = race.attempts()
        reason = ""
        if len(attempts) == 1:
            without_delay = "no_delay" if self.delay_ms is None else "quick"
            reason = race.reason or ("not_idempotent" if not self.hedgeable else without_delay)
        return new_result(
            value=race.value,
            winner=winner,
            delay_ms=self.delay_ms,
            latency_ms=race.latency_ms,
            attempts=attempts,
            cost_factor=self.entry.factor,
            cost_usd=self.entry.cost_usd,
            reason=reason,
        )

    def _count(self, race: RaceState[Any]) -> None:
        """Count a race that has ended by itself."""
        tally = self.state.tally
        self._end(race)
        if race.winner is None:
            tally.timed_out += race.timed_out
            tally.failed += not race.timed_out
            tally.censored.append(race.latency_ms)
            return
        tally.succeeded += 1
        self.succeeded = True
        tally.factors += self.entry.factor
        tally.latencies.append(race.latency_ms)
        if len(race.started) > 1:
            tally.hedged += 1
            tally.hedge_wins += race.winner != 0

    def _end(self, race: RaceState[Any]) -> None:
        """Give back the place of the request, and book what it has cost so far."""
        self.settled = True
        self.shared.requests -= 1
        self.state.running -= 1
        if self.run is not None and self.state.load is not None:
            latency_ms = None if race.winner is None else race.latency_ms
            self.state.load.end(self.run, self.others, latency_ms)
        for each in race.started:
            self.state.open_streams += each.open
            self.state.tally.cancelled += each.status in _CUT and len(race.started) > 1
        self._book(entry_of(race, self.policy))

    def _book_again(self, race: RaceState[Any]) -> None:
        """Book a request that has ended by what is known of its attempts now."""
        before = self.entry.factor
        self._book(entry_of(race, self.policy))
        if self.succeeded:
            self.state.tally.factors += self.entry.factor - before

    def _book(self, entry: Entry) -> None:
        self.ledger.replace(self.entry, entry, self.state.tally)
        self.entry = entry
