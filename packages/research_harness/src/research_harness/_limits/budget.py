"""The budget of a session: rows and calls get leave when their worst case still fits."""

import threading
from collections.abc import Callable
from typing import Any

from .._core.errors import CeilingReachedError
from .._definition.ceilings import Ceilings
from .._outcome.row import Row
from .account import Account, current_account
from .admission import Book
from .amounts import NOTHING, Amount
from .calls import Spent, Worst, reserved_of
from .funds import Funds
from .spending_log import Key, SpendingLog
from .waiting import Waiters

BESIDE_ROWS = ""  # in place of a condition
_WAIT = "wait"  # not for room, but for the first of a kind, whose price is not known yet


class Budget:
    """Reserves what rows and calls may spend, and books what they spend.

    It may be used from several threads, each with an event loop of its own.

    Args:
        ceilings: The ceilings of the run.
        funds: What is spent and reserved under them.
        log: Takes every reservation before it is used.
        elapsed_ms: The time of this session so far.
    """

    def __init__(
        self,
        ceilings: Ceilings,
        funds: Funds,
        log: SpendingLog,
        *,
        elapsed_ms: Callable[[], float],
    ) -> None:
        self._ceilings = ceilings
        self._funds = funds
        self._log = log
        self._elapsed_ms = elapsed_ms
        self._lock = threading.RLock()
        self._accounts: set[Account] = set()
        self._under_way = 0
        self._waiters = Waiters()
        self._dearest: dict[Key, Amount] = {}
        self._owed: dict[Key, list[Account]] = {}
        self._first: dict[Key, Account] = {}
        self._expected: dict[str, Amount] = {}
        self._numbers = 0
        self.closed: dict[str, str] = {}
        self.reason = ""

    def stop(self, reason: str) -> None:
        """Begin no further row; the first reason counts."""
        with self._lock:
            self.reason = self.reason or reason
            self._waiters.wake()

    def close_condition(self, name: str, reason: str) -> None:
        """Begin no further row of a condition."""
        with self._lock:
            self.closed.setdefault(name, reason)
            self._waiters.wake()

    async def begin(self, condition: str) -> Account | None:
        """Reserve what a row of a condition took at most so far; None when there is no room.

        Args:
            condition: Its name; ``BESIDE_ROWS`` for a request that belongs to no row.
        """
        with self._lock:
            self._numbers += 1
            account = Account(self._numbers, condition)
        key = ("row", condition)

        def grant() -> tuple[Key, str] | None:
            if self._first.get(key, account) is not account and key not in self._dearest:
                return (_WAIT, ""), "the first row of its condition is not done"
            wanted = self._expected.get(condition, NOTHING)
            short = self._funds.short_of(self._funds.of(condition), wanted)
            if short is None:
                self._first.setdefault(key, account)
                self._accounts.add(account)
                self._extend(account, wanted)
            return short

        if await self._granted(account, grant):
            return account
        return None

    def end(self, account: Account, row: Row | None) -> None:
        """Book what a row has spent and release the rest.

        Args:
            account: The row's account.
            row: The row; None when it was not finished.
        """
        with self._lock:
            self._accounts.discard(account)
            key = ("row", account.condition)
            if row is not None and not account.refused:
                self._add_unseen(key, account, row)
            elif self._first.get(key) is account and key not in self._dearest:
                del self._first[key]
            spent = account.spent.plus(account.under_way)  # what is still under way may be billed
            self._funds.settle(self._funds.of(account.condition), account.reserved, spent)
            expected = self._expected.get(account.condition, NOTHING)
            self._expected[account.condition] = expected.most(account.reserved).most(spent)
            self._write(account, spent=tuple(spent))
            self._waiters.wake()

    def _add_unseen(self, key: Key, account: Account, row: Row) -> None:
        """Add what a row cost beyond the calls that were seen."""
        unseen = None if row.cost_usd is None else max(0.0, row.cost_usd - account.nominal_usd)
        if account.calls:
            self._seen(key, Amount(unseen or 0.0))
            account.spent = account.spent.plus(Amount(unseen or 0.0))
            return
        spent = Spent(unseen, 0.0, 1)
        self._book(key, account, spent, NOTHING, answered=not row.failed)

    async def reserve(self, model: str, names: frozenset[str], worst: Worst) -> Book:
        """Give leave for one call, or wait for room; see ``Keeper``.

        Raises:
            CeilingReachedError: There is no room for its worst case; the row is not kept.
        """
        account = current_account.get()
        if account is None:
            return lambda spent, answered: None  # noqa: ARG005  # a call outside of a row
        key = ("model", model)
        reserved = NOTHING

        def grant() -> tuple[Key, str] | None:
            nonlocal reserved
            unknown = worst.usd is None or worst.tokens is None
            if unknown and key not in self._dearest and self._first.get(key) is not None:
                return (_WAIT, ""), "the first call of this model is not done"
            reserved = reserved_of(worst, self._dearest.get(key, NOTHING))
            return self._take(account, key, names, reserved)

        if account.refused or not await self._granted(account, grant):
            account.refused = True
            raise CeilingReachedError(self.reason or self.closed.get(account.condition, ""))

        def book(spent: Spent, answered: bool) -> None:
            self._ended(key, account, names, reserved, spent, answered=answered)

        return book

    def _take(
        self, account: Account, key: Key, names: frozenset[str], reserved: Amount
    ) -> tuple[Key, str] | None:
        """Reserve a call out of its row's reservation, which is extended where it must be."""
        needed = account.spent.plus(account.under_way).plus(reserved)
        more = needed.minus(account.reserved)
        row_funds = self._funds.of(account.condition)
        call_funds = self._funds.of(account.condition, names)[len(row_funds) :]
        short = self._funds.short_of(row_funds, more) or self._funds.short_of(call_funds, reserved)
        if short is not None:
            return short
        for (_, name), fund in call_funds:
            fund.reserved = fund.reserved.plus(reserved)
            account.providers[name] = account.providers.get(name, NOTHING).plus(reserved)
        if call_funds or any(more):
            self._extend(account, more)
        account.under_way = account.under_way.plus(reserved)
        account.calls += 1
        self._under_way += 1
        self._first.setdefault(key, account)
        row_key = ("row", account.condition)
        if row_key not in self._dearest:
            # Its calls are seen, so the next rows need not wait for the end of this one.
            self._dearest[row_key] = NOTHING
            self._waiters.wake()
        return None

    def _ended(
        self,
        key: Key,
        account: Account,
        names: frozenset[str],
        reserved: Amount,
        spent: Spent,
        *,
        answered: bool,
    ) -> None:
        with self._lock:
            self._under_way -= 1
            account.under_way = account.under_way.minus(reserved)
            account.nominal_usd += spent.nominal_usd
            amount = self._book(key, account, spent, reserved, answered=answered)
            call_funds = self._funds.of(account.condition, names)
            call_funds = [each for each in call_funds if each[0][0] == "provider"]
            self._funds.settle(call_funds, reserved, amount)
            for (_, name), _fund in call_funds:
                account.providers[name] = account.providers[name].minus(reserved).plus(amount)
            self._waiters.wake()

    def _book(
        self, key: Key, account: Account, spent: Spent, reserved: Amount, *, answered: bool
    ) -> Amount:
        """Add an amount to a row's account; what is unknown counts as the dearest of its kind."""
        limited = any(each.limits().usd < float("inf") for each in self._funds.all())
        usd = self._ceilings.unknown_cost_usd if spent.usd is None else spent.usd
        if usd is None and limited:
            if key in self._dearest and self._dearest[key].usd:
                usd = self._dearest[key].usd
            elif answered:
                self.stop(_unknown_text(key))
            else:
                self._owed.setdefault(key, []).append(account)
        known = Spent(usd, spent.tokens, spent.calls)
        amount = known.known(reserved)
        account.spent = account.spent.plus(amount)
        if usd is not None and answered:
            self._seen(key, amount)
        elif self._first.get(key) is account and key not in self._dearest:
            del self._first[key]  # the next one is the first
        return amount

    def _seen(self, key: Key, amount: Amount) -> None:
        """Note an amount; calls that failed before any price was known are charged now."""
        self._dearest[key] = self._dearest.get(key, NOTHING).most(amount)
        for owing in self._owed.pop(key, []):
            charged = Amount(amount.usd)
            if owing in self._accounts:
                owing.spent = owing.spent.plus(charged)
            else:
                self._funds.settle(self._funds.of(owing.condition), NOTHING, charged)

    def _extend(self, account: Account, more: Amount) -> None:
        """Reserve more for a row, on disk before it is used; the lock is held."""
        account.reserved = account.reserved.plus(more)
        self._write(account, reserved=tuple(account.reserved))
        for _, fund in self._funds.of(account.condition):
            fund.reserved = fund.reserved.plus(more)

    def _write(self, account: Account, **found: Any) -> None:
        providers = {name: tuple(each) for name, each in account.providers.items()}
        self._log.write(
            account.number,
            condition=account.condition,
            providers=providers,
            time_ms=self._elapsed_ms(),
            **found,
        )

    async def _granted(self, account: Account, grant: Callable[[], tuple[Key, str] | None]) -> bool:
        """Wait until there is room; False when none can come, and what stops is noted."""
        while True:
            with self._lock:
                if self._is_closed(account):
                    return False
                short = grant()
                if short is None:
                    return True
                if short[0][0] != _WAIT and not self._others_go_on(account):
                    self._refuse(account, *short)
                    return False
                account.waiting += 1
                account.waited = account in self._accounts
                waiter = self._waiters.add()
            try:
                await waiter
            finally:
                with self._lock:
                    account.waiting -= 1

    def _is_closed(self, account: Account) -> bool:
        """Whether a row may not begin; one under way goes on as far as its reservation."""
        if account in self._accounts:
            return False
        return bool(self.reason) or account.condition in self.closed

    def _others_go_on(self, account: Account) -> bool:
        """Whether anything under way may still end and make room."""
        if self._under_way:
            return True
        return any(each is not account and not each.waiting for each in self._accounts)

    def _refuse(self, account: Account, key: Key, reason: str) -> None:
        if account.condition == BESIDE_ROWS:
            return  # what is left is for rows
        if key[0] == "run":
            self.stop(reason)
        else:
            self.close_condition(account.condition, reason)


def _unknown_text(key: Key) -> str:
    what = {"model": "a call of the model", "row": "a row of the condition"}[key[0]]
    return (
        f"the cost of {what} {key[1]!r} is not known, so no ceiling in dollars can be kept; give"
        " its price (price= of the model, or the cost in what the condition returns), or say what"
        " it counts as: Ceilings(unknown_cost_usd=...)"
    )
