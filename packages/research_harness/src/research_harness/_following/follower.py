"""One run, followed: what its rows add up to, brought up to date by what was appended."""

import time
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from .._artifacts.folder import RunFolder
from .._core.errors import HarnessError
from .._core.text import error_text, safe_text
from .._engine.journal import row_text
from .plan_order import PlanOrder
from .recorded_calls import RecordedCalls
from .row_index import FAILED, MAX_ROWS, RIGHT, WRONG, Entry, RowIndex
from .run_state import RunState
from .tail import JournalTail
from .totals import ConditionTotals, FollowedRow

# The rate is that of the last ten seconds, or of as long as it takes to see enough rows.
_RATE_SECONDS, _RATE_ROWS = 10.0, 20
_MAX_SAMPLES = 300
_GROWING_SECONDS = 30.0
# Counting again from the first row may take a twentieth of the time.
_REST = 20.0
_decoder = msgspec.json.Decoder(FollowedRow)


class RunFollower:
    """Reads a run without disturbing it; the memory it takes does not grow with the rows.

    Args:
        folder: The run.
        clock: Gives seconds of real time.
    """

    def __init__(self, folder: RunFolder, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.state = RunState(folder)
        self.index = RowIndex()
        self.calls = RecordedCalls(folder.responses)
        self.tail = JournalTail(folder.journal)
        self.behind = True
        self._clock = clock
        self._problem = ""
        self._names: tuple[str, ...] = ()
        self._begin()

    def poll(self) -> bool:
        """Take what was appended, about a megabyte of it at most.

        Returns:
            Whether there is more to take at once.
        """
        if self.state.conditions != self._names:
            self.tail = JournalTail(self.state.folder.journal)
            self._begin()
        try:
            found = self.tail.read()
            self._problem = ""
        except (HarnessError, OSError) as error:
            self._problem = error_text(error)
            self.behind = False
            return False
        if found.restarted:
            self._begin()
        for position, line in found.lines:
            self._take(position, line)
        self._count_again_when_due()
        self.behind = found.behind or self._order.advance(self.index)
        if not self.behind:
            self._note_rate()
        return self.behind

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the conditions, by the numbers in the index."""
        return self._names

    def snapshot(self, *, history: bool = False) -> dict[str, Any]:
        """The state of the run as plain values of bounded size.

        Args:
            history: Add the path of each interval.
        """
        known = self.state.to_dict(growing=self._is_growing())
        conditions = {
            safe_text(name, limit=200): self._condition(number, history=history)
            for number, name in enumerate(self._names)
        }
        rows = sum(each.rows for each in self._totals)
        found: dict[str, Any] = {
            **known,
            "rows": rows,
            "failed": sum(each.failed for each in self._totals),
            "cost_usd": max(0.0, sum(each.cost_usd for each in self._totals)),
            "unknown_costs": sum(each.unknown_costs for each in self._totals),
            "simulated": self._simulated,
            "damaged_lines": self._damaged,
            "conditions": conditions,
        }
        if self.behind:
            found["reading"] = True
        if self._problem:
            found["problem"] = safe_text(self._problem, limit=500)
        return found | self._pace(rows, known)

    def close(self) -> None:
        """Give the temporary files back."""
        self.index.close()
        self.calls.close()

    def _begin(self) -> None:
        self._names = self.state.conditions
        self._numbers = {name: number for number, name in enumerate(self._names)}
        self._totals = [ConditionTotals() for _ in self._names]
        self._order = PlanOrder(len(self._names), level=self.state.level)
        self._column = self.state.metric[1]
        self._damaged = 0
        self._simulated = False
        self._changed = False
        self._rested = 0.0
        self._span: tuple[int, int] | None = None
        self._recent: deque[tuple[float, int]] = deque(maxlen=_MAX_SAMPLES)
        self._now = (0.0, 0)
        self.index.clear()

    def _take(self, position: int, line: bytes) -> None:
        row = _row(line)
        if row is None or not 0 <= row.index < MAX_ROWS:
            self._damaged += 1
            return
        number = self._numbers.get(row.condition)
        if number is None:
            return
        before = self.index.get(row.index)
        if before is not None:
            self._take_back(before)
        kind = FAILED if row.failed else RIGHT if row.correct else WRONG
        value = self._value(row)
        entry = Entry(position, value, number, kind, row.repeat == 0)
        self.index.put(row.index, entry)
        self._totals[number].add(row, value)
        if before is not None and row.index < self._order.reached and before[1:] != entry[1:]:
            self._changed = True
        self._simulated = self._simulated or row.source == "simulated"
        if row.started_us > 0:
            first, last = self._span or (row.started_us, row.started_us)
            self._span = min(first, row.started_us), max(last, row.started_us)

    def _take_back(self, before: Entry) -> None:
        row = _row(self.tail.line_at(before.position))
        if row is not None and before.condition < len(self._totals):
            self._totals[before.condition].add(row, before.value, sign=-1)

    def _value(self, row: FollowedRow) -> float:
        if self._column == "failed":
            return float(row.failed)
        if row.failed:
            return 0.0
        return float(row.correct) if self._column == "correct" else row.score

    def _count_again_when_due(self) -> None:
        if not self._changed or self._clock() < self._rested:
            return
        began = self._clock()
        self._order.reset()
        while self._order.advance(self.index):
            pass
        self._changed = False
        now = self._clock()
        self._rested = now + _REST * (now - began)

    def _condition(self, number: int, *, history: bool) -> dict[str, Any]:
        found: dict[str, Any] = self._totals[number].to_dict()
        if not self.state.no_interval:
            found |= self._order.to_dict(number)
            if history:
                found["history"] = self._order.history[number].points
        return found

    def _note_rate(self) -> None:
        now, rows = self._clock(), sum(each.rows for each in self._totals)
        if not self._recent or now - self._recent[-1][0] >= 1:
            self._recent.append((now, rows))
        self._now = now, rows

    def _pace(self, rows: int, known: dict[str, object]) -> dict[str, float]:
        """Rows per second, and seconds to the end while the run goes on."""
        if known["state"] in ("complete", "incomplete", "damaged"):
            return self._whole_pace(rows)
        rate = self._rate()
        if rate is None:
            return {}
        found = {"rate": round(rate, 3)}
        planned = known.get("planned_rows")
        if rate > 0 and isinstance(planned, int):
            found["eta_seconds"] = round(max(0, planned - rows) / rate, 1)
        return found

    def _is_growing(self) -> bool:
        last, now = self._now
        return any(rows < now for at, rows in self._recent if last - at <= _GROWING_SECONDS)

    def _rate(self) -> float | None:
        last, now = self._now
        rate = None
        for first, before in reversed(self._recent):
            if last - first < 1:
                continue
            rate = max(0, now - before) / (last - first)
            if last - first >= _RATE_SECONDS and now - before >= _RATE_ROWS:
                break
        return rate

    def _whole_pace(self, rows: int) -> dict[str, float]:
        if self._span is None or self._span[1] <= self._span[0]:
            return {}
        return {"rate": round(rows / ((self._span[1] - self._span[0]) / 1e6), 3)}


def _row(line: bytes) -> FollowedRow | None:
    text = row_text(line)
    if text is None:
        return None
    try:
        return _decoder.decode(text)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None
