"""The processes that programs run in: started, watched, and ended with their descendants."""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .._core.errors import SandboxError
from .._core.events import Progress
from .bubblewrap import wrapped
from .limits import Limits, ProgramResult, TestedProgram
from .removal import remove_tree

_JAIL = Path(__file__).with_name("jail.py")
_START_LIMIT_S = 30.0
_MOST_THREADS = 256
_GLANCE_S = 0.1
_MOST_OUTPUT = 2**26  # what is read and thrown away costs time as well


async def run(program: str | TestedProgram, limits: Limits) -> ProgramResult:
    """Run one program in a folder of its own."""
    folder = tempfile.mkdtemp(prefix="program-")
    tested = program if isinstance(program, TestedProgram) else TestedProgram(solution=program)
    try:
        return await _run_in(folder, tested, limits)
    finally:
        remove_tree(folder)


async def run_all(
    programs: Sequence[str | TestedProgram], limits: Limits, on_progress: Progress | None = None
) -> list[ProgramResult]:
    """Run many programs, a few at a time; the first error ends all."""
    free = asyncio.Semaphore(limits.workers or os.cpu_count() or 1)

    done = 0

    async def one(program: str | TestedProgram) -> ProgramResult:
        nonlocal done
        async with free:
            result = await run(program, limits)
        done += 1
        if on_progress is not None:
            on_progress(done, len(programs))
        return result

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(program)) for program in programs]
    except ExceptionGroup as problems:
        raise problems.exceptions[0] from None
    return [task.result() for task in tasks]


async def _run_in(folder: str, program: TestedProgram, limits: Limits) -> ProgramResult:
    if os.name != "posix":
        raise SandboxError(())
    token = secrets.token_hex(16)
    around = (
        await asyncio.to_thread(wrapped, folder, limits.disk_bytes) if limits.bubblewrap else ()
    )
    process = await _start((*around, sys.executable, "-I", "-S", str(_JAIL)), folder)
    try:
        private = {"token": token, "tests": program.tests, "helpers": program.helpers}
        opening = b"".join(
            len(part).to_bytes(8, "big") + part
            for part in (
                _settings(folder, limits, bubblewrap=bool(around)),
                program.solution.encode("utf-8", "replace"),
                json.dumps(private).encode(),
            )
        )
        return await _watched(process, token, opening, limits)
    finally:
        await _end(process)


async def _start(command: Sequence[str], folder: str) -> asyncio.subprocess.Process:
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"PYTHONHASHSEED": "0"},
            cwd=folder,
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        # asyncio would end only the first process, and leave those that it has started.
        await _end(await starting)
        raise


def _settings(folder: str, limits: Limits, *, bubblewrap: bool) -> bytes:
    settings = {
        "folder": folder,
        "memory_bytes": limits.memory_bytes,
        "file_bytes": limits.file_bytes,
        "disk_bytes": limits.disk_bytes,
        "cpu_s": int(limits.timeout_ms / 1000) + 2,
        "unsafe": limits.unsafe,
        "bubblewrap": bubblewrap,
    }
    return json.dumps(settings).encode()


async def _watched(
    process: asyncio.subprocess.Process, token: str, opening: bytes, limits: Limits
) -> ProgramResult:
    assert process.stdin is not None and process.stdout is not None  # noqa: PT018, S101  # both are pipes
    output = asyncio.create_task(_read(process, limits.output_bytes))
    crowd = _ThreadLimit(process)
    try:
        with contextlib.suppress(ConnectionError):
            process.stdin.write(opening)
            process.stdin.close()
        async with asyncio.timeout(_START_LIMIT_S):
            first = await _report(process, token)
        if first.get("outcome") != "started":
            raise SandboxError(tuple(first.get("layers", ())))
        began = time.perf_counter_ns()
        try:
            async with asyncio.timeout(limits.timeout_ms / 1000):
                last = await _report(process, token)
        except TimeoutError:
            last = {"outcome": "timed_out"}
        duration_ms = round((time.perf_counter_ns() - began) / 1e6, 3)
        await _end(process)
        kept, flooded = await output
        if flooded:
            last = {"outcome": "killed", "error": f"it wrote more than {_MOST_OUTPUT:,} bytes"}
        elif crowd.exceeded:
            last = {"outcome": "killed", "error": f"it had more than {_MOST_THREADS} threads"}
        return ProgramResult(
            outcome=last.get("outcome", "killed"),
            error=last.get("error", ""),
            output=kept.decode("utf-8", "replace"),
            layers=tuple(first["layers"]),
            duration_ms=duration_ms,
        )
    finally:
        output.cancel()
        crowd.stop()


class _ThreadLimit:
    """Ends a program with too many threads, which would leave none for others.

    No limit of the kernel counts those of root.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process, self.exceeded = process, False
        self._look()

    def _look(self) -> None:
        if _threads(self.process.pid) > _MOST_THREADS:
            self.exceeded = True
            _kill(self.process)
        self._next = asyncio.get_running_loop().call_later(_GLANCE_S, self._look)

    def stop(self) -> None:
        self._next.cancel()


def _threads(pid: int) -> int:
    """The threads of a process and its descendants; 0 where the system does not list them."""
    found, waiting = 0, [pid]
    while waiting:
        place = Path(f"/proc/{waiting.pop()}")
        try:
            state = (place / "status").read_text()
            found += int(state.partition("Threads:")[2].split(maxsplit=1)[0])
            children = (place / "task" / place.name / "children").read_text()
        except (OSError, ValueError, IndexError):  # it has ended, or the system has no such files
            continue
        waiting += map(int, children.split())
    return found


async def _report(process: asyncio.subprocess.Process, token: str) -> dict[str, Any]:
    """The next line that the jail wrote; other lines lack the token."""
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


async def _read(process: asyncio.subprocess.Process, most: int) -> tuple[bytes, bool]:
    """The output up to a limit, and whether it was a flood, which ends the program."""
    assert process.stdout is not None  # noqa: S101  # it is a pipe
    kept, left = bytearray(), _MOST_OUTPUT
    while chunk := await process.stdout.read(2**16):  # to its end, which closes the pipe
        kept += chunk[: max(most - len(kept), 0)]
        left -= len(chunk)
        if left < 0:
            _kill(process)
    return bytes(kept), left < 0


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the process group, and wait for the process."""
    if process.stdin is not None:
        process.stdin.close()
    _kill(process)
    await asyncio.shield(process.wait())


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
