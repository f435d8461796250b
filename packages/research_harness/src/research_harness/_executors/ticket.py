"""One try of a row in a worker: what was asked, what came of it, and its calls to models."""

import asyncio
import contextvars
from collections.abc import Callable
from dataclasses import dataclass, field

from .._core.errors import CeilingReachedError
from .._limits.admission import Book, current_keeper
from .._limits.calls import Spent, Worst
from .._plan.plan import Trial
from .messages import Finished, Granted, Reserve, Settle


class OpenCalls:
    """The calls of one try that the budget has to know of, kept in the row's own context."""

    def __init__(self) -> None:
        self._context = contextvars.copy_context()
        self._keeper = current_keeper.get()
        self._waiting: dict[int, asyncio.Task[None]] = {}
        self._open: dict[int, tuple[Book, Worst]] = {}

    @property
    def limited(self) -> bool:
        """Whether the row's calls need leave."""
        return self._keeper is not None

    def reserve(self, asked: Reserve, grant: Callable[[Granted], None]) -> None:
        """Ask the budget for a call, and pass on its answer."""
        work = self._reserve(asked, grant)
        loop = asyncio.get_running_loop()
        self._waiting[asked.call] = loop.create_task(work, context=self._context)

    async def _reserve(self, asked: Reserve, grant: Callable[[Granted], None]) -> None:
        if self._keeper is None:
            grant(Granted(asked.ticket, asked.call, None))
            return
        worst = Worst(*asked.worst)
        try:
            book = await self._keeper.reserve(asked.model, frozenset(asked.names), worst)
        except CeilingReachedError as error:
            grant(Granted(asked.ticket, asked.call, error.reason))
            return
        finally:
            self._waiting.pop(asked.call, None)
        self._open[asked.call] = book, worst
        grant(Granted(asked.ticket, asked.call, None))

    def settle(self, found: Settle) -> None:
        """Book what a call has spent, or that it was not made."""
        waiting = self._waiting.pop(found.call, None)
        if waiting is not None:
            waiting.cancel()
        opened = self._open.pop(found.call, None)
        if opened is not None:
            opened[0](Spent(*found.spent), found.answered)

    def end(self) -> None:
        """Book the calls whose end is not known at the most that they may take."""
        for waiting in self._waiting.values():
            waiting.cancel()
        self._waiting.clear()
        opened, self._open = self._open, {}
        for book, worst in opened.values():
            book(Spent(worst.usd, worst.tokens, worst.calls), False)


@dataclass(slots=True, eq=False)
class Ticket:
    """One try of a row.

    Attributes:
        number: Its number in the session; each try has one of its own.
        trial: What is run.
        attempt: The number of the attempt of the row.
        result: What came of it; None when its worker ended.
        calls: Its calls to models.
    """

    number: int
    trial: Trial
    attempt: int
    result: asyncio.Future[Finished | None]
    calls: OpenCalls = field(default_factory=OpenCalls)

    def end(self, found: Finished | None) -> None:
        """Note what came of it."""
        self.calls.end()
        if not self.result.done():
            self.result.set_result(found)
