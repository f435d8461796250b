"""Calls in flight: how many a provider serves at once is learnt from its refusals."""

import asyncio
from collections import deque


class SlotsState:
    """The present limit, and the number of times that it was cut."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(most)
        self.floor = 1.0
        self.slow_start_up_to = 0.0
        self.epoch = 0
        self.not_refused: int | None = None  # of the calls of the last burst, until one is answered


class Slots:
    """Calls in flight: multiplicative decrease, slow start, then a growth that slows down.

    After Jacobson, "Congestion avoidance and control", SIGCOMM 1988. Unlike a lost packet, a
    refusal leaves known what the provider serves: the calls that are still in flight.
    """

    def __init__(self, state: SlotsState) -> None:
        self._state = state
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.busy = 0
        self.share = 1.0

    @property
    def epoch(self) -> int:
        """How often the limit was cut so far."""
        return self._state.epoch

    @property
    def _own_limit(self) -> int:
        return max(1, int(self._state.limit * self.share))

    def take_free(self) -> bool:
        """Take a slot that is free now, if there is one."""
        if self._waiting or self.busy >= self._own_limit:
            return False
        self.busy += 1
        return True

    async def take(self) -> None:
        """Wait for a free slot and take it."""
        if self.take_free():
            return
        slot: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(slot)
        self._admit()
        try:
            await slot
        except asyncio.CancelledError:
            if slot.done() and not slot.cancelled():
                self.give()  # it had come to its turn
            raise

    def give(self) -> None:
        """Give a slot back."""
        self.busy -= 1
        self._admit()

    def grow(self, epoch: int) -> None:
        """An answer came: one more up to the last known limit, then its square root a round.

        The first answer to a burst that was refused in part shows that the refusals are over: what
        is left of the burst is what the provider serves, also where that is less than half.

        Args:
            epoch: That of the call when it began.
        """
        state = self._state
        if state.not_refused is not None and epoch == state.epoch - 1:
            served = max(state.not_refused / self.share, 1.0)
            state.limit = min(state.limit, served)
            state.slow_start_up_to = min(state.slow_start_up_to, state.limit)
            state.not_refused = None
        step = 1.0 if state.limit < state.slow_start_up_to else state.limit**-0.5
        state.limit = min(state.limit + step, state.most)

    def shrink(self, epoch: int) -> None:
        """A call was refused for being too much.

        The calls that were begun before the last cut belong to one burst: together they cut once,
        to what is still served, and never below half until the first of them is answered.

        Args:
            epoch: That of the call when it began.
        """
        state = self._state
        if epoch == state.epoch:
            state.epoch += 1
            state.floor = max(state.limit / 2, 1.0)
            state.not_refused = self.busy
        elif epoch != state.epoch - 1:
            return
        if state.not_refused is not None:
            state.not_refused -= 1
        served = (self.busy - 1) / self.share  # without the refused one
        state.limit = max(min(state.limit, served), state.floor)
        state.slow_start_up_to = state.limit

    def _admit(self) -> None:
        while self._waiting and self.busy < self._own_limit:
            slot = self._waiting.popleft()
            if not slot.done():
                self.busy += 1
                slot.set_result(None)
