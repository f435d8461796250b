"""The calls of a prediction, in waves, until the stopping rule holds."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

from .._core.costs.ledger import Ledger
from .._core.errors import ModelTimeoutError
from .._core.models import SamplingParameters, cancelled_cost_usd
from .._core.queries import Query
from .._core.responses import Response
from .._models.ask import ask_settled
from .._normalization.reading import Reading
from .._voting.rule import Rule
from .._voting.votes import Vote
from .calls import Member, MemberCall
from .executions import AnyExecution, HedgedExecution
from .hedged_calls import call_hedged
from .stopping import Stop, VotingState

CutOff = Literal["omit", "vote"]
# Where an answer says which it is, however it goes on.
_STATED = ("field", "hashes", "boxed", "stated", "line", "begin")


class CallBatch:
    """One round of asking.

    Args:
        members: Who may be asked, in order.
        query: What is asked.
        settings: How answers are drawn.
        rule: How votes will be counted.
        read: Reads an answer.
        timeout_ms: The longest one model may take.
        least: How many must have answered before it can be enough.
        prediction_id: Joins the events.
        on_call: Called with each answer or failure as it arrives.
        cut_off: Whether answers that were cut off vote by what they end with.
    """

    __slots__ = (
        "_calls",
        "_clock",
        "_cut_off",
        "_least",
        "_ledgers",
        "_most",
        "_on_call",
        "_prediction_id",
        "_query",
        "_read",
        "_settings",
        "_start",
        "_timeout_ms",
        "_wave_number",
        "members",
        "rule",
        "stopped",
    )

    def __init__(
        self,
        members: Sequence[Member],
        query: Query,
        settings: SamplingParameters,
        *,
        rule: Rule,
        read: Callable[[str], Reading],
        timeout_ms: float | None,
        least: int,
        prediction_id: str,
        on_call: Callable[["CallBatch", MemberCall], None],
        cut_off: CutOff = "omit",
    ) -> None:
        self.members = members
        self._query = query
        self._settings = settings
        self.rule = rule
        self._read = read
        self._timeout_ms = timeout_ms
        self._least = least
        self._prediction_id = prediction_id
        self._on_call = on_call
        self._cut_off = cut_off
        self._clock = asyncio.get_running_loop().time
        self._start = self._clock()
        self._calls: dict[int, MemberCall] = {}
        self._ledgers: dict[int, Ledger] = {}  # of those that were cancelled
        self._wave_number = 0
        self._most = len(members)
        self.stopped = False

    @property
    def calls(self) -> list[MemberCall]:
        """All who were asked, in the order of the members."""
        return [self._calls[index] for index in sorted(self._calls)]

    def votes(self) -> list[Vote]:
        """The votes so far, in the order of the members."""
        return [vote for each in self.calls if (vote := each.vote) is not None]

    async def run(self, execution: AnyExecution, timeout_ms: float | None) -> None:
        """Ask as the order says, for no longer than the time given."""
        limit = asyncio.timeout(None if timeout_ms is None else timeout_ms / 1000)
        try:
            async with limit:
                await self._run(execution)
        except TimeoutError:
            if timeout_ms is None or not limit.expired():
                raise
            for index, each in self._calls.items():
                if each.status == "cancelled":
                    self._calls[index] = replace(each, error=ModelTimeoutError(timeout_ms))

    async def _run(self, execution: AnyExecution) -> None:
        if isinstance(execution, HedgedExecution):
            await call_hedged(self.call, len(self.members), execution)
            self.cancelled_lost()
            return
        stop = execution.enough()
        begin = 0
        waves = execution.waves(len(self.members))
        self._most = sum(waves)
        for size in waves:
            self.stopped = await self._wave(range(begin, begin + size), stop)
            if self.stopped:
                return
            begin += size
            self._wave_number += 1

    async def _wave(self, indices: Sequence[int], stop: Stop | None) -> bool:
        """Ask some at once; the answer that is enough cancels the others."""
        if len(indices) == 1:
            await self.call(indices[0])
            return self._is_enough(stop, indices[0])
        tasks: list[asyncio.Task[None]] = []
        enough = False

        async def one(index: int) -> None:
            nonlocal enough
            await self.call(index)
            if not enough and self._is_enough(stop, index):
                enough = True
                me = asyncio.current_task()
                for task in tasks:
                    if task is not me:
                        task.cancel()

        try:
            async with asyncio.TaskGroup() as group:
                tasks += [group.create_task(one(index)) for index in indices]
        except ExceptionGroup as errors:
            # Only the caller's own functions can raise here; their error is given back as it is.
            raise errors.exceptions[0] from errors.exceptions[0].__cause__
        return enough

    def _is_enough(self, stop: Stop | None, index: int) -> bool:
        answered = sum(each.response is not None for each in self._calls.values())
        if stop is None or answered < self._least:
            return False
        waiting = [
            member.model.name
            for number, member in enumerate(self.members[: self._most])
            if number not in self._calls
        ]
        return stop(
            VotingState(
                votes=self.votes(),
                last=self._calls[index].vote,
                answered=answered,
                waiting=waiting,
                rule=self.rule,
            )
        )

    async def call(self, index: int) -> MemberCall:
        """Ask one member; its failure is recorded, and its cancellation."""
        member = self.members[index]
        settings = self._settings
        if member.sample != settings.sample:
            settings = replace(settings, sample=member.sample)
        begin = self._clock()
        found: dict[str, Any] = {}
        with Ledger() as ledger:
            try:
                response = await ask_settled(
                    member.model,
                    self._query,
                    settings,
                    timeout_ms=self._timeout_ms,
                    prediction_id=self._prediction_id,
                )
                found = {"response": response, "cost_usd": response.cost_usd}
                stated = response.tries
            except asyncio.CancelledError:
                cost_usd = self._cancelled_cost(member, settings, begin)
                self._ledgers[index] = ledger
                self._record(index, begin, cost_usd=cost_usd, tries=ledger.tries)
                raise
            except Exception as error:  # noqa: BLE001  # a failed model has no vote, and is recorded
                found = {"error": error, "cost_usd": getattr(error, "cost_usd", None)}
                stated = getattr(error, "tries", ())
        # A model that is no client of ours sends its requests unseen, and may state them.
        found["tries"] = ledger.tries or stated
        if "response" in found:
            found["reading"] = self._reading(found["response"])
        call = self._record(index, begin, **found)
        self._on_call(self, call)
        return call

    def _reading(self, response: Response) -> Reading:
        """What an answer says; one that was cut off says only what it states."""
        reading = self._read(response.text)
        if response.finish_reason != "length" or self._cut_off == "vote":
            return reading
        # A number at the very end may have lost digits: with one more it would be another.
        whole = self._read(f"{response.text}0").key == reading.key
        return reading if reading.how in _STATED and whole else Reading(None, "cut off")

    def cancelled_lost(self) -> None:
        """The calls that were cancelled have lost against a quicker one."""
        for index, ledger in self._ledgers.items():
            ledger.cancelled_are("lost_hedge")
            self._calls[index] = replace(self._calls[index], tries=ledger.tries)

    def _record(self, index: int, begin: float, **found: Any) -> MemberCall:
        member = self.members[index]
        self._calls[index] = MemberCall(
            model=member.model.name,
            sample=member.sample,
            wave=self._wave_number,
            started_ms=round((begin - self._start) * 1000, 3),
            waited_ms=round((self._clock() - begin) * 1000, 3),
            **found,
        )
        return self._calls[index]

    def _cancelled_cost(
        self, member: Member, settings: SamplingParameters, begin: float
    ) -> float | None:
        """The cost of a cancelled call, where the model reports one."""
        ran_ms = (self._clock() - begin) * 1000
        return cancelled_cost_usd(member.model, self._query, settings, ran_ms)
