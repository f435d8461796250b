"""Run programs that a model wrote, in processes that can neither reach out nor stay."""

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from .limits import Limits, ProgramResult

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox(Limits):
    """Where programs run, and what they may use.

    The layers are an isolated interpreter, an empty environment, resource limits, namespaces,
    Landlock and seccomp, and bubblewrap around them; each result says which of them held. A program
    can read the standard library and write to a folder of its own that is removed afterwards; it
    has no network, starts no process and signals none.

    Attributes:
        timeout_s: Wall-clock seconds for one program.
        memory_bytes: Address space.
        output_bytes: How much of its output is kept; the rest is thrown away.
        file_bytes: The largest file it may write.
        workers: How many programs run at a time; the number of processors when left out.
        bubblewrap: Use ``bwrap`` where it is installed; some 3 ms for each program.
        unsafe: Run programs also where there are neither namespaces nor bubblewrap, or neither
            Landlock nor seccomp.
    """

    async def run(self, program: str) -> ProgramResult:
        """Run one program.

        Raises:
            SandboxError: The layers that untrusted programs need cannot be built here.
        """
        from .processes import run  # noqa: PLC0415  # asyncio is a third of the import time

        return await run(program, self)

    async def run_all(self, programs: Sequence[str]) -> list[ProgramResult]:
        """Run many programs, a few at a time; the results are in their order.

        Raises:
            SandboxError: The layers that untrusted programs need cannot be built here.
        """
        from .processes import run_all  # noqa: PLC0415  # see above

        return await run_all(programs, self)

    def run_sync(self, program: str) -> ProgramResult:
        """``run`` for code that is not async."""
        return wait_for(self.run(program))

    def run_all_sync(self, programs: Sequence[str]) -> list[ProgramResult]:
        """``run_all`` for code that is not async."""
        return wait_for(self.run_all(programs))


def wait_for(work: Coroutine[Any, Any, Result]) -> Result:
    """What an async function gives, also where an event loop runs already."""
    import asyncio  # noqa: PLC0415  # a third of the import time
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # see above

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
