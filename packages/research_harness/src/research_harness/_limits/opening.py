"""The limits of one session: opened with what earlier sessions spent, closed with a summary."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Protocol

from .._core.files import write_json
from .._definition.ceilings import Ceilings
from .._engine.runner import FinishedRow
from .._outcome.row import Row
from .._plan.plan import Trial
from .amounts import NOTHING, Amount
from .budget import Budget
from .funds import Funds
from .limited import Answer, LimitedRows, MakeRow
from .spending_log import Key, SpendingLog, spent_before

MayMakeRow = Callable[[Trial, int], Awaitable[FinishedRow | None]]


class Limits(Protocol):
    """Decides which rows are begun, and which requests beside them."""

    @property
    def reason(self) -> str:
        """Why no further row is begun, or none of a condition; empty while all may begin."""
        ...

    @property
    def stopped(self) -> bool:
        """Whether no further row is begun at all."""
        ...

    @property
    def row(self) -> MayMakeRow:
        """Makes the row of a trial; gives None when it may not begin or end."""
        ...

    def open_trials(self, trials: Iterator[Trial]) -> Iterator[Trial]:
        """The trials that may be begun."""
        ...

    async def request(self, ask: Callable[[], Awaitable[Answer]]) -> Answer | None:
        """The answer to a request that belongs to no row; None when it may not begin or end."""
        ...


class _NoLimits:
    """Begins every row."""

    reason = ""
    stopped = False

    def __init__(self, make_row: MakeRow) -> None:
        self.row: MakeRow = make_row

    def open_trials(self, trials: Iterator[Trial]) -> Iterator[Trial]:
        return trials

    async def request(self, ask: Callable[[], Awaitable[Answer]]) -> Answer | None:
        return await ask()


@asynccontextmanager
async def limiting(
    ceilings: Ceilings,
    make_row: MakeRow,
    *,
    log: Path,
    summary: Path,
    rows_before: Iterable[Row],
    clock: Callable[[], float],
    on_warning: Callable[[str], None],
    done: Callable[[], int],
) -> AsyncIterator[Limits]:
    """Keep the ceilings of a run inside the block.

    Args:
        ceilings: The ceilings; without any, every row is begun.
        make_row: Runs one trial as its n-th attempt.
        log: The durable record of spending.
        summary: Where to write what was spent under each ceiling.
        rows_before: The rows of earlier sessions, which may have been run without ceilings.
        clock: Gives seconds.
        on_warning: Called with a text when most of a ceiling is spent.
        done: Gives the number of rows that are done.
    """
    if ceilings == Ceilings(warn_at=ceilings.warn_at, unknown_cost_usd=ceilings.unknown_cost_usd):
        yield _NoLimits(make_row)
        return
    booked, before_ms = spent_before(log)
    spent = booked if not ceilings.limits_spending else _with_rows(booked, rows_before)
    funds = Funds(ceilings, spent, on_warning)
    started = clock()
    with closing(SpendingLog(log, secrets.token_hex(4))) as spending:
        budget = Budget(
            ceilings, funds, spending, elapsed_ms=lambda: round((clock() - started) * 1000, 3)
        )
        limited = LimitedRows(make_row, budget, ceilings, clock=clock, before_ms=before_ms)
        try:
            async with limited.watching(done):
                yield limited
        finally:
            write_json(summary, _summary(funds, before_ms + (clock() - started) * 1000))


def _with_rows(booked: dict[Key, Amount], rows: Iterable[Row]) -> dict[Key, Amount]:
    """What was booked, and at least what the rows of earlier sessions cost."""
    sums: dict[Key, float] = {}
    for row in rows:
        cost = row.known_cost_usd if row.cost_usd is None else row.cost_usd
        for key in (("run", ""), ("condition", row.condition)):
            sums[key] = sums.get(key, 0.0) + (cost or 0.0)
    found = dict(booked)
    for key, usd in sums.items():
        found[key] = found.get(key, NOTHING).most(Amount(usd))
    return found


def _summary(funds: Funds, time_ms: float) -> dict[str, Any]:
    return {"ceilings": [each.to_dict() for each in funds.all()], "time_ms": round(time_ms, 3)}
