"""Where rows are run: the protocol of an executor, and of its connection to a worker."""

from typing import Protocol, Self


class Link(Protocol):
    """The driver's connection to one worker, which runs a ``WorkerSession``."""

    async def send(self, data: bytes) -> None:
        """Give data to the worker's ``WorkerSession.take``, in order.

        Raises:
            WorkerEndedError: The worker has ended.
        """
        ...

    async def receive(self) -> bytes:
        """Wait for the next data of the worker's ``WorkerSession.give``.

        Raises:
            WorkerEndedError: The worker has ended.
        """
        ...

    async def kill(self) -> None:
        """End the worker, whatever it does; it must not raise when it has ended already."""
        ...


class Executor(Protocol):
    """Starts workers. It is an asynchronous context manager that is entered once for each run.

    A worker must not outlive the block. It is never restarted by itself: the driver starts another
    one, which gets the experiment again.

    Attributes:
        name: A word for messages, such as ``ray``.
        workers: How many workers share the rows.
    """

    name: str
    workers: int

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def start(self, *, alone: bool) -> Link:
        """Start a worker.

        Args:
            alone: It is beyond ``workers``, for single rows whose workers ended. It must start
                although all workers are there.

        Raises:
            WorkerEndedError: It did not start.
        """
        ...
