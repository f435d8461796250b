"""The race between a primary and its backups: one task group, nothing outlives it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

from ._events import emit
from ._result import Attempt, Status

Value = TypeVar("Value")
Call = Callable[[], Awaitable[Value]]


@dataclass(slots=True)
class _Running:
    start_ms: float
    end_ms: float | None = None
    status: Status = "cancelled"
    error: BaseException | None = None
    cost_usd: float | None = None


@dataclass(slots=True)
class Race(Generic[Value]):
    """Runs attempts until one gives an acceptable result.

    Attributes:
        calls: The primary and its backups, in the order they may be started.
        delay_ms: How long each waits for the one before it; None starts it only on a failure.
        accept: Whether a result will do.
        cost: What a result cost, in dollars.
        clock: Gives seconds.
        request_id: Joins the events of one request.
    """

    calls: Sequence[Call[Value]]
    delay_ms: float | None
    accept: Callable[[Value], bool] | None
    cost: Callable[[Value], float | None] | None
    clock: Callable[[], float]
    request_id: str
    winner: int | None = None
    values: dict[int, Value] = field(default_factory=dict)
    _running: list[_Running] = field(default_factory=list)
    _began: float = 0.0
    _failed: anyio.Event = field(default_factory=anyio.Event)

    async def run(self) -> None:
        """Run the race to its end; the losers are cancelled and gone when this returns."""
        self._began = self.clock()
        async with anyio.create_task_group() as group:
            for index, call in enumerate(self.calls):
                if index and not await self._is_due():
                    break
                self._running.append(_Running(self._now_ms()))
                if index:
                    metadata: dict[str, object] = {"request_id": self.request_id, "attempt": index}
                    emit("hedging.hedge.fired", {"delay_ms": self.delay_ms}, metadata)
                group.start_soon(self._attempt, index, call, group.cancel_scope)

    @property
    def errors(self) -> list[BaseException]:
        """Why each failed attempt failed."""
        return [each.error for each in self._running if each.error is not None]

    def attempts(self) -> tuple[Attempt, ...]:
        """Every attempt that was started, as it ended."""
        return tuple(
            Attempt(
                index=index,
                kind="hedge" if index else "primary",
                start_ms=each.start_ms,
                end_ms=self._now_ms() if each.end_ms is None else each.end_ms,
                status=each.status,
                error="" if each.error is None else f"{type(each.error).__name__}: {each.error}",
                cost_usd=each.cost_usd,
            )
            for index, each in enumerate(self._running)
        )

    async def _is_due(self) -> bool:
        """Wait until the next attempt may start; False when the race is decided before that."""
        delay = anyio.move_on_after(None if self.delay_ms is None else self.delay_ms / 1000)
        with delay:
            await self._failed.wait()
        self._failed = anyio.Event()
        # A failed attempt is followed by the next at once; a decided race by none.
        return self.winner is None

    async def _attempt(self, index: int, call: Call[Value], scope: anyio.CancelScope) -> None:
        mine = self._running[index]
        try:
            value = await call()
        except Exception as error:  # noqa: BLE001  # any failure is followed by the next attempt
            mine.status, mine.error, mine.end_ms = "error", error, self._now_ms()
            self._failed.set()
            return
        except BaseException:
            mine.end_ms = self._now_ms()
            raise
        mine.end_ms = self._now_ms()
        mine.cost_usd = None if self.cost is None else self.cost(value)
        if self.accept is not None and not self.accept(value):
            mine.status, mine.error = "rejected", ValueError("the result was not accepted")
            self._failed.set()
            return
        mine.status = "ok"
        self.winner = index
        self.values[index] = value
        scope.cancel()

    def _now_ms(self) -> float:
        return round((self.clock() - self._began) * 1000, 3)
