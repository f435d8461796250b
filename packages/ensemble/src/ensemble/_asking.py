"""Ask the members of a panel in waves, read each answer as it comes, and stop when it is enough."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from ._ask import ask_settled
from ._errors import ModelTimeoutError
from ._executions import Execution, Hedged
from ._model import Model, Query, Response, Sampling
from ._normalize import Reading
from ._rule import Rule
from ._stops import Situation, Stop
from ._vote import Vote

Status = Literal["answered", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of asking one model.

    Attributes:
        model: Its name.
        sample: The number of the sample it was asked for.
        response: Its answer; None when there is none.
        error: Why it failed; None otherwise.
        reading: What the answer says; None without an answer.
        wave: Which wave it was asked in, from 0.
        started_ms: When it was asked, from the begin of the prediction.
        waited_ms: How long it was waited for.
        cost_usd: What the call cost; None when unknown.
    """

    model: str
    sample: int
    response: Response | None = None
    error: Exception | None = None
    reading: Reading | None = None
    wave: int = 0
    started_ms: float
    waited_ms: float
    cost_usd: float | None = None

    @property
    def status(self) -> Status:
        """Whether it answered, failed, or was no longer needed."""
        if self.response is not None:
            return "answered"
        return "cancelled" if self.error is None else "failed"

    @property
    def vote(self) -> Vote | None:
        """Its vote; None when it has none."""
        if self.response is None or self.reading is None or self.reading.key is None:
            return None
        return Vote(
            model=self.model,
            key=self.reading.key,
            text=self.response.text,
            confidence=self.response.confidence,
        )


class Member(NamedTuple):
    """A model with the number of the sample it is asked for."""

    model: Model
    sample: int


class Round:
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
        on_asked: Told of each answer or failure as it comes.
    """

    __slots__ = (
        "_asked",
        "_clock",
        "_least",
        "_most",
        "_on_asked",
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
        settings: Sampling,
        *,
        rule: Rule,
        read: Callable[[str], Reading],
        timeout_ms: float | None,
        least: int,
        prediction_id: str,
        on_asked: Callable[["Round", Asked], None],
    ) -> None:
        self.members = members
        self._query = query
        self._settings = settings
        self.rule = rule
        self._read = read
        self._timeout_ms = timeout_ms
        self._least = least
        self._prediction_id = prediction_id
        self._on_asked = on_asked
        self._clock = asyncio.get_running_loop().time
        self._start = self._clock()
        self._asked: dict[int, Asked] = {}
        self._wave_number = 0
        self._most = len(members)
        self.stopped = False

    @property
    def asked(self) -> list[Asked]:
        """All who were asked, in the order of the members."""
        return [self._asked[place] for place in sorted(self._asked)]

    def votes(self) -> list[Vote]:
        """The votes so far, in the order of the members."""
        return [vote for each in self.asked if (vote := each.vote) is not None]

    async def run(self, execution: Execution, timeout_ms: float | None) -> None:
        """Ask as the order says, for no longer than the time given."""
        limit = asyncio.timeout(None if timeout_ms is None else timeout_ms / 1000)
        try:
            async with limit:
                await self._run(execution)
        except TimeoutError:
            if timeout_ms is None or not limit.expired():
                raise
            for place, each in self._asked.items():
                if each.status == "cancelled":
                    self._asked[place] = replace(each, error=ModelTimeoutError(timeout_ms))

    async def _run(self, execution: Execution) -> None:
        if isinstance(execution, Hedged):
            from ._hedging import ask_hedged  # noqa: PLC0415  # an extra

            await ask_hedged(self, execution)
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

    async def _wave(self, places: Sequence[int], stop: Stop | None) -> bool:
        """Ask some at once; the answer that is enough cancels the others."""
        if len(places) == 1:
            await self.ask(places[0])
            return self._is_enough(stop, places[0])
        tasks: list[asyncio.Task[None]] = []
        enough = False

        async def one(place: int) -> None:
            nonlocal enough
            await self.ask(place)
            if not enough and self._is_enough(stop, place):
                enough = True
                me = asyncio.current_task()
                for task in tasks:
                    if task is not me:
                        task.cancel()

        try:
            async with asyncio.TaskGroup() as group:
                tasks += [group.create_task(one(place)) for place in places]
        except ExceptionGroup as errors:
            # Only the caller's own functions can raise here; their error is given back as it is.
            raise errors.exceptions[0] from errors.exceptions[0].__cause__
        return enough

    def _is_enough(self, stop: Stop | None, place: int) -> bool:
        answered = sum(each.response is not None for each in self._asked.values())
        if stop is None or answered < self._least:
            return False
        waiting = [
            member.model.name
            for number, member in enumerate(self.members[: self._most])
            if number not in self._asked
        ]
        return stop(
            Situation(
                votes=self.votes(),
                last=self._asked[place].vote,
                answered=answered,
                waiting=waiting,
                rule=self.rule,
            )
        )

    async def ask(self, place: int) -> Asked:
        """Ask one member; its failure is recorded, and its end when it is no longer needed."""
        member = self.members[place]
        settings = self._settings
        if member.sample != settings.sample:
            settings = replace(settings, sample=member.sample)
        begin = self._clock()
        found: dict[str, Any] = {}
        try:
            response = await ask_settled(
                member.model,
                self._query,
                settings,
                timeout_ms=self._timeout_ms,
                prediction_id=self._prediction_id,
            )
            found = {"response": response, "cost_usd": response.cost_usd}
        except asyncio.CancelledError:
            self._note(place, begin, cost_usd=self._cancelled_cost(member, settings, begin))
            raise
        except Exception as error:  # noqa: BLE001  # a failed model has no vote, and is recorded
            found = {"error": error, "cost_usd": getattr(error, "cost_usd", None)}
        if "response" in found:
            found["reading"] = self._read(found["response"].text)
        asked = self._note(place, begin, **found)
        self._on_asked(self, asked)
        return asked

    def _note(self, place: int, begin: float, **found: Any) -> Asked:
        member = self.members[place]
        self._asked[place] = Asked(
            model=member.model.name,
            sample=member.sample,
            wave=self._wave_number,
            started_ms=round((begin - self._start) * 1000, 3),
            waited_ms=round((self._clock() - begin) * 1000, 3),
            **found,
        )
        return self._asked[place]

    def _cancelled_cost(self, member: Member, settings: Sampling, begin: float) -> float | None:
        """What a cancelled call costs all the same, where the model can tell."""
        tell = getattr(member.model, "cancelled_cost_usd", None)
        if tell is None:
            return None
        cost: float | None = tell(self._query, settings, (self._clock() - begin) * 1000)
        return cost
