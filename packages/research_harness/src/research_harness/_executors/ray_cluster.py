"""Workers that are actors of a Ray cluster (extra ``ray``).

Only bytes pass, as arguments and results of method calls. The experiment goes in parts that are
small enough to go straight from process to process, past Ray's tables and object store. Actors have
no name, are not detached, and are not restarted by Ray.
"""

import asyncio
import logging
import os
from typing import Any, Self

from .._core.errors import MissingExtraError, WorkerEndedError, WorkersError
from .._core.text import error_text, type_name
from .worker import WorkerSession

_START_SECONDS = 30.0
_STARTS = 3
_OBJECT_STORE_BYTES = 100_000_000
# Read by Ray when it is imported or started. Under `uv run` it would upload the working folder,
# with its .env, to every node; it reports its use to its makers; and it prints each worker that has
# ended to the standard output, which is for results. The dispatcher warns of such a worker.
_SETTINGS = {
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS_SKIP_REGEX": "^A worker died or was killed",
}


class WorkerActor:
    """A worker as an actor of Ray."""

    def __init__(self) -> None:
        self._session: WorkerSession | None = None

    async def hello(self) -> int:
        """Begin, in the actor's own event loop; gives the number of the process."""
        self._session = WorkerSession()
        return os.getpid()

    async def put(self, data: bytes) -> None:
        """Take what the driver sent."""
        if self._session is None:
            raise RuntimeError("the worker was restarted")
        self._session.take(data)

    async def get(self) -> bytes:
        """Wait for what the driver is to get next."""
        if self._session is None:
            raise RuntimeError("the worker was restarted")
        return await self._session.give()


class RayLink:
    """The driver's connection to one actor.

    Attributes:
        pid: The number of its process, on its own machine.
    """

    def __init__(self, ray: Any, actor: Any, pid: int) -> None:
        self._ray = ray
        self._actor = actor
        self.pid: int = pid

    async def send(self, data: bytes) -> None:
        """Give data to the worker."""
        await _answer(self._ray, self._actor.put.remote(data))

    async def receive(self) -> bytes:
        """Wait for data of the worker."""
        data: bytes = await _answer(self._ray, self._actor.get.remote())
        return data

    async def kill(self) -> None:
        """End the actor."""
        try:
            self._ray.kill(self._actor, no_restart=True)
        except Exception as error:  # noqa: BLE001  # it has ended, or the cluster has
            logging.getLogger("crucible").debug("an actor was not ended: %s", error_text(error))


class RayExecutor:
    """Runs rows in the actors of a Ray cluster.

    Args:
        workers: How many actors share the rows; as many as the cluster has processors when left
            out.
        address: The address of a running cluster, ``auto`` for that of this machine; left out, a
            cluster of this machine is started for the run and stopped after it. A cluster that the
            process has joined already is used as it is.
        cpus_per_worker: How many processors each actor occupies.

    Attributes:
        name: ``ray``.
        links: The actors that were started, the last ones.

    Raises:
        MissingExtraError: Ray is not installed.
        ValueError: A number is not above 0.
    """

    name: str = "ray"

    def __init__(
        self,
        *,
        workers: int | None = None,
        address: str | None = None,
        cpus_per_worker: float = 1.0,
    ) -> None:
        if workers is not None and workers < 1:
            raise ValueError(f"workers: {workers!r} is not above 0")
        if not cpus_per_worker > 0:
            raise ValueError(f"cpus_per_worker: {cpus_per_worker!r} is not above 0")
        self.workers: int = workers or 0
        self.links: list[RayLink] = []
        self._address = address
        self._cpus = cpus_per_worker
        self._ray = _ray()
        self._started = False

    async def __aenter__(self) -> Self:
        """Join the cluster, or start one.

        Raises:
            WorkersError: The cluster cannot be reached or started.
        """
        if not self._ray.is_initialized():
            await self._join()
            self._started = True
        if not self.workers:
            found = self._ray.cluster_resources().get("CPU", 1.0)
            self.workers = max(1, int(found / self._cpus))
        return self

    async def _join(self) -> None:
        for tries_left in reversed(range(_STARTS)):
            try:
                await asyncio.to_thread(self._ray.init, **self._options())
            except Exception as error:  # Ray raises Exception itself
                await asyncio.to_thread(self._ray.shutdown)
                # On a busy machine its processes do not all start within Ray's own 30 s.
                if tries_left and self._address is None:
                    continue
                raise WorkersError(
                    f"the Ray cluster of {self._address or 'this machine'} cannot be used:"
                    f" {type_name(error)}: {error_text(error)}"
                ) from error
            return

    async def __aexit__(self, *_: object) -> None:
        for link in self.links:
            await link.kill()
        self.links.clear()
        if self._started:
            self._started = False
            await asyncio.to_thread(self._ray.shutdown)

    async def start(self, *, alone: bool) -> RayLink:
        """Start an actor.

        Args:
            alone: It occupies no processor, so that it starts although all are occupied.

        Raises:
            WorkerEndedError: It did not start.
        """
        remote = self._ray.remote(
            num_cpus=0 if alone else self._cpus,
            max_restarts=0,
            max_task_retries=0,
            max_concurrency=8,
        )
        actor = remote(WorkerActor).remote()
        greeting = asyncio.ensure_future(_answer(self._ray, actor.hello.remote()))
        done, _ = await asyncio.wait({greeting}, timeout=_START_SECONDS)
        if not done:
            logging.getLogger("crucible").warning(
                "the Ray cluster has had no room for a worker for %g s; it is waited for",
                _START_SECONDS,
            )
        link = RayLink(self._ray, actor, await greeting)
        self.links = [*self.links[-2 * self.workers :], link]
        return link

    def _options(self) -> dict[str, Any]:
        shared = {"log_to_driver": False, "configure_logging": False}
        if self._address is not None:
            return {"address": self._address, **shared}
        return {
            "num_cpus": self.workers or None,
            "include_dashboard": False,
            "object_store_memory": _OBJECT_STORE_BYTES,
            "_node_ip_address": "127.0.0.1",
            **shared,
        }


async def _answer(ray: Any, reference: Any) -> Any:
    """The result of a method call.

    Raises:
        WorkerEndedError: The actor has ended or cannot be reached.
    """
    try:
        return await reference
    except ray.exceptions.RayError as error:
        raise WorkerEndedError(f"{type_name(error)}: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    return next((line for line in error_text(error).splitlines() if line.strip()), "")


def _ray() -> Any:
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise MissingExtraError("ray", "ray") from error
    return ray
