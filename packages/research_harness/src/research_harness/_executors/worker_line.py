"""One worker as the driver sees it, from its start to its end."""

import asyncio
import pickle
from collections.abc import Callable
from contextlib import suppress

import msgspec

from .._core.errors import SetupError, TransferError, WorkerEndedError
from .._core.text import error_text, type_name
from .executor import Link
from .messages import (
    Begin,
    Cancel,
    Cancelled,
    Close,
    Closed,
    Finished,
    Opened,
    Reserve,
    Settle,
    ToDriver,
    ToWorker,
    Warned,
    for_driver,
    packed,
    parts_of,
)
from .outbox import Outbox
from .ticket import Ticket


class WorkerLine:
    """A worker and the tickets that it holds; it serves one worker, and then another one.

    Args:
        share: The worker's share of the limits of models.
        on_warning: Called with texts for the user.
        on_open: Called when the worker takes rows.
    """

    def __init__(
        self,
        *,
        share: float = 1.0,
        on_warning: Callable[[str], None],
        on_open: Callable[[], None],
    ) -> None:
        self._share = share
        self._on_warning = on_warning
        self._on_open = on_open
        self._outbox = Outbox[ToWorker]()
        self._closed = asyncio.Event()
        self._closing = False
        self.tickets: dict[int, Ticket] = {}
        self.is_open = False
        self.was_open = False

    async def serve(self, link: Link, bundle: bytes) -> None:
        """Send and receive until the worker has ended or was closed.

        Args:
            link: The worker.
            bundle: What it begins with.

        Raises:
            WorkerEndedError: It has ended by itself; its tickets have ended without a row.
            TransferError: It cannot run the experiment.
            SetupError: The experiment's ``setup`` raised there.
        """
        self._outbox = Outbox[ToWorker]()
        self.was_open = False
        for part in parts_of(bundle, self._share):
            self._outbox.put(part)
        pumps = [
            asyncio.create_task(self._send(link), name="to a worker"),
            asyncio.create_task(self._receive(link), name="from a worker"),
        ]
        try:
            done, _ = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        finally:
            self.is_open = False
            for pump in pumps:
                pump.cancel()
            await link.kill()
            await asyncio.gather(*pumps, return_exceptions=True)
            tickets, self.tickets = self.tickets, {}
            for ticket in tickets.values():
                ticket.end(None)

    def begin(self, ticket: Ticket) -> None:
        """Give the worker a row."""
        trial = ticket.trial
        self.tickets[ticket.number] = ticket
        self._outbox.put(
            Begin(
                ticket=ticket.number,
                attempt=ticket.attempt,
                index=trial.index,
                condition=trial.condition.name,
                item=pickle.dumps(trial.item, protocol=pickle.HIGHEST_PROTOCOL),
                repeat=trial.repeat,
                seed=trial.seed,
                arm=trial.arm,
                block=trial.block,
                period=trial.period,
                limited=ticket.calls.limited,
            )
        )

    async def cancel(self, ticket: Ticket, grace_s: float) -> None:
        """Have the worker cancel a row, and wait until it has, but not for ever."""
        if self.tickets.get(ticket.number) is not ticket:
            return
        ended: asyncio.Future[Finished | None] = asyncio.get_running_loop().create_future()
        ticket.result = ended
        self._outbox.put(Cancel(ticket.number))
        await asyncio.wait({ended}, timeout=grace_s)

    async def close(self, grace_s: float) -> None:
        """Have the worker tear down and end, and wait until it has, but not for ever."""
        self._closing = True
        if self.is_open:
            self._outbox.put(Close())
            with suppress(TimeoutError):
                async with asyncio.timeout(grace_s):
                    await self._closed.wait()

    async def _send(self, link: Link) -> None:
        while True:
            await link.send(packed(await self._outbox.take()))

    async def _receive(self, link: Link) -> None:
        while True:
            data = await link.receive()
            try:
                messages = for_driver(data)
            except msgspec.MsgspecError as error:
                raise WorkerEndedError(f"it says what is not understood: {error}") from error
            for message in messages:
                if isinstance(message, Closed):
                    if not self._closing:
                        raise WorkerEndedError("it closed by itself")
                    self._closed.set()
                    return
                self._take(message)

    def _take(self, message: ToDriver) -> None:
        match message:
            case Opened():
                self._opened(message)
            case Warned():
                self._on_warning(message.text)
            case Finished() | Cancelled():
                ticket = self.tickets.pop(message.ticket, None)
                if ticket is not None:  # else it was given up before
                    ticket.end(message if isinstance(message, Finished) else None)
            case Reserve():
                ticket = self.tickets.get(message.ticket)
                if ticket is not None:
                    ticket.calls.reserve(message, self._outbox.put)
            case Settle():
                ticket = self.tickets.get(message.ticket)
                if ticket is not None:
                    ticket.calls.settle(message)

    def _opened(self, message: Opened) -> None:
        if self.is_open:  # it does not know the experiment any more: another process took over
            raise WorkerEndedError(message.problem or "it was started anew")
        if message.in_setup:
            raise SetupError(message.in_setup, message.problem.partition(": ")[2])
        if message.problem:
            raise TransferError("the experiment", message.problem)
        self.is_open = self.was_open = True
        self._on_open()


def ended(error: BaseException) -> WorkerEndedError:
    """Any error of a link as that of a worker that has ended."""
    if isinstance(error, WorkerEndedError):
        return error
    return WorkerEndedError(f"{type_name(error)}: {error_text(error)}")
