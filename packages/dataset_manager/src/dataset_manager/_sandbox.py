"""Run programs that a model wrote, in processes that can neither reach out nor stay."""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from ._errors import SandboxError

Outcome = Literal["passed", "failed", "timed_out", "killed"]
Result = TypeVar("Result")
_JAIL = Path(__file__).with_name("_jail.py")
_START_LIMIT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramResult:
    """What became of a program.

    Attributes:
        outcome: ``passed`` when it ran to its end; ``failed`` when it raised; ``timed_out``;
            ``killed`` when its process ended before it did.
        error: What it raised, in one line.
        output: What it wrote, up to the limit.
        layers: What held it.
        duration_ms: From its start to its end.
    """

    outcome: Outcome
    error: str
    output: str
    layers: tuple[str, ...]
    duration_ms: float

    @property
    def passed(self) -> bool:
        """Whether it ran to its end without an error."""
        return self.outcome == "passed"

    def __str__(self) -> str:
        return f"{self.outcome} in {self.duration_ms:.0f} ms" + (
            f": {self.error}" if self.error else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """Where programs run, and what they may use.

    The layers are an isolated interpreter, an empty environment, resource limits, namespaces,
    Landlock and seccomp; each result says which of them held. A program can read the standard
    library and write to a folder of its own that is removed afterwards; it has no network, starts
    no process and signals none.

    Attributes:
        timeout_s: Wall-clock seconds for one program.
        memory_bytes: Address space.
        output_bytes: How much of its output is kept; the rest is thrown away.
        file_bytes: The largest file it may write.
        workers: How many programs run at a time; the number of processors when left out.
        unsafe: Run programs also where there are no namespaces, or neither Landlock nor seccomp.
    """

    timeout_s: float = 3.0
    memory_bytes: int = 2**30
    output_bytes: int = 2**16
    file_bytes: int = 2**24
    workers: int | None = None
    unsafe: bool = False

    def __post_init__(self) -> None:
        for name in ("timeout_s", "memory_bytes", "output_bytes", "file_bytes", "workers"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name} must be above 0, not {value!r}")

    async def run(self, program: str) -> ProgramResult:
        """Run one program.

        Raises:
            SandboxError: The layers that untrusted programs need cannot be built here.
        """
        folder = tempfile.mkdtemp(prefix="program-")
        try:
            return await self._run_in(folder, program)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    async def run_all(self, programs: Sequence[str]) -> list[ProgramResult]:
        """Run many programs, a few at a time; the results are in their order.

        Raises:
            SandboxError: The layers that untrusted programs need cannot be built here.
        """
        free = asyncio.Semaphore(self.workers or os.cpu_count() or 1)

        async def one(program: str) -> ProgramResult:
            async with free:
                return await self.run(program)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(program)) for program in programs]
        except ExceptionGroup as problems:
            raise problems.exceptions[0] from None
        return [task.result() for task in tasks]

    def run_sync(self, program: str) -> ProgramResult:
        """``run`` for code that is not async."""
        return wait_for(self.run(program))

    def run_all_sync(self, programs: Sequence[str]) -> list[ProgramResult]:
        """``run_all`` for code that is not async."""
        return wait_for(self.run_all(programs))

    async def _run_in(self, folder: str, program: str) -> ProgramResult:
        if os.name != "posix":
            raise SandboxError(())
        token = secrets.token_hex(16)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-B", str(_JAIL)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"PYTHONHASHSEED": "0"},
            cwd=folder,
            start_new_session=True,
        )
        try:
            return await self._watched(process, token, self._settings(folder, token), program)
        finally:
            await _end(process)

    def _settings(self, folder: str, token: str) -> bytes:
        settings = {
            "folder": folder,
            "token": token,
            "memory_bytes": self.memory_bytes,
            "file_bytes": self.file_bytes,
            "cpu_s": int(self.timeout_s) + 2,
            "unsafe": self.unsafe,
        }
        return json.dumps(settings).encode() + b"\n"

    async def _watched(
        self, process: asyncio.subprocess.Process, token: str, settings: bytes, program: str
    ) -> ProgramResult:
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018, S101  # both are pipes
        output = asyncio.create_task(_read(process.stdout, self.output_bytes))
        try:
            with contextlib.suppress(ConnectionError):
                process.stdin.write(settings + program.encode("utf-8", "replace"))
                process.stdin.close()
            async with asyncio.timeout(_START_LIMIT_S):
                first = await _report(process, token)
            if first.get("outcome") != "started":
                raise SandboxError(tuple(first.get("layers", ())))
            began = time.perf_counter_ns()
            try:
                async with asyncio.timeout(self.timeout_s):
                    last = await _report(process, token)
            except TimeoutError:
                last = {"outcome": "timed_out"}
            duration_ms = round((time.perf_counter_ns() - began) / 1e6, 3)
            await _end(process)
            return ProgramResult(
                outcome=last.get("outcome", "killed"),
                error=last.get("error", ""),
                output=(await output).decode("utf-8", "replace"),
                layers=tuple(first["layers"]),
                duration_ms=duration_ms,
            )
        finally:
            output.cancel()


async def _report(process: asyncio.subprocess.Process, token: str) -> dict[str, Any]:
    """The next line that the jail wrote; what a program writes there does not have the token."""
    assert process.stderr is not None  # noqa: S101  # it is a pipe
    while True:
        try:
            line = await process.stderr.readline()
        except ValueError:  # longer than any report
            continue
        if not line:
            return {}
        with contextlib.suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict) and found.get("token") == token:
                return found


async def _read(stream: asyncio.StreamReader, most: int) -> bytes:
    kept = bytearray()
    while chunk := await stream.read(2**16):
        kept += chunk[: most - len(kept)]
    return bytes(kept)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill everything that the process started, and wait until it is gone."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await asyncio.shield(process.wait())


def wait_for(work: Coroutine[Any, Any, Result]) -> Result:
    """What an async function gives, also where an event loop runs already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
