"""The processes that programs run in: started, watched, and ended with their descendants."""

import asyncio
import contextlib
import json
import os
import secrets
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._core.errors import SandboxError
from .._core.events import Progress
from .bubblewrap import around_all, around_one
from .fork_server import Forked, ForkServer
from .limits import Limits, ProgramResult, TestedProgram
from .removal import remove_tree

_START_LIMIT_S = 30.0
_MOST_THREADS = 256
_GLANCE_S = 0.1
_BY_CHANGES = "passed only because it changed objects of the tests, which compare with them"
_MOST_OUTPUT = 2**26  # what is read and thrown away costs time as well


async def run(program: str | TestedProgram, limits: Limits) -> ProgramResult:
    """Run one program in a folder of its own."""
    return (await run_all([program], limits))[0]


async def run_all(
    programs: Sequence[str | TestedProgram], limits: Limits, on_progress: Progress | None = None
) -> list[ProgramResult]:
    """Run many programs, a few at a time; the first error ends all."""
    if not programs:
        return []
    free = asyncio.Semaphore(limits.workers or os.cpu_count() or 1)
    done = 0

    async def one(program: str | TestedProgram, server: ForkServer, around: bool) -> ProgramResult:
        nonlocal done
        async with free:
            result = await _run(program, limits, server, around=around)
        done += 1
        if on_progress is not None:
            on_progress(done, len(programs))
        return result

    around = await asyncio.to_thread(around_all) if limits.bubblewrap else ()
    try:
        async with await ForkServer.start(around) as server, asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(each, server, bool(around))) for each in programs]
    except ExceptionGroup as problems:
        raise problems.exceptions[0] from None
    return [task.result() for task in tasks]


async def _run(
    program: str | TestedProgram, limits: Limits, server: ForkServer, *, around: bool
) -> ProgramResult:
    tested = program if isinstance(program, TestedProgram) else TestedProgram(solution=program)
    folder = tempfile.mkdtemp(prefix="program-")
    try:
        settings = _settings(folder, limits, bubblewrap=around)
        if server.namespaces or not around:
            return await _judged(server, tested, settings | {"namespaces": True}, limits)
        own = around_one(folder, limits.disk_bytes)  # which makes the namespaces
        async with await ForkServer.start(own) as alone:
            return await _judged(alone, tested, settings | {"namespaces": False}, limits)
    finally:
        remove_tree(folder)


async def _judged(
    server: ForkServer, program: TestedProgram, settings: dict[str, Any], limits: Limits
) -> ProgramResult:
    """One run, and a second one where the program has passed and changed what the tests gave it."""
    result, changed = await _run_on(server, program, settings, limits)
    if not (changed and result.passed):
        return result
    frozen, _ = await _run_on(server, program, settings | {"frozen": True}, limits)
    return result if frozen.passed else replace(result, error=_BY_CHANGES)


async def _run_on(
    server: ForkServer, program: TestedProgram, settings: dict[str, Any], limits: Limits
) -> tuple[ProgramResult, bool]:
    process = await server.fork()
    try:
        token = secrets.token_hex(16)
        private = {"token": token, "tests": program.tests, "helpers": program.helpers}
        opening = b"".join(
            len(part).to_bytes(8, "big") + part
            for part in (
                json.dumps(settings).encode(),
                program.solution.encode("utf-8", "replace"),
                json.dumps(private).encode(),
            )
        )
        return await _watched(server, process, token, opening, limits)
    finally:
        try:
            await server.end(process)
        finally:
            process.pipe.close()


def _settings(folder: str, limits: Limits, *, bubblewrap: bool) -> dict[str, Any]:
    return {
        "folder": folder,
        "memory_bytes": limits.memory_bytes,
        "file_bytes": limits.file_bytes,
        "disk_bytes": limits.disk_bytes,
        "cpu_s": int(limits.timeout_ms / 1000) + 2,
        "unsafe": limits.unsafe,
        "bubblewrap": bubblewrap,
        "frozen": False,
    }


async def _watched(
    server: ForkServer, process: Forked, token: str, opening: bytes, limits: Limits
) -> tuple[ProgramResult, bool]:
    output = asyncio.create_task(_read(process, limits.output_bytes))
    crowd = _ThreadLimit(process)
    try:
        process.given.write(opening)
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
        await server.end(process)
        kept, flooded = await output
        if flooded:
            last = {"outcome": "killed", "error": f"it wrote more than {_MOST_OUTPUT:,} bytes"}
        elif crowd.exceeded:
            last = {"outcome": "killed", "error": f"it had more than {_MOST_THREADS} threads"}
        result = ProgramResult(
            outcome=last.get("outcome", "killed"),
            error=last.get("error", ""),
            output=kept.decode("utf-8", "replace"),
            layers=tuple(first["layers"]),
            duration_ms=duration_ms,
        )
        return result, bool(last.get("changed"))
    finally:
        output.cancel()
        crowd.stop()


class _ThreadLimit:
    """Ends a program with too many threads, which would leave none for others.

    No limit of the kernel counts those of root.
    """

    def __init__(self, process: Forked) -> None:
        self.process, self.exceeded = process, False
        self._look()

    def _look(self) -> None:
        if _threads(self.process.pid) > _MOST_THREADS:
            self.exceeded = True
            self.process.kill()
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


async def _report(process: Forked, token: str) -> dict[str, Any]:
    """The next line that the jail wrote; other lines lack the token."""
    while True:
        try:
            line = await process.reports.readline()
        except ValueError:  # longer than any report
            continue
        except ConnectionError:  # it has ended with settings unread
            return {}
        if not line:
            return {}
        with contextlib.suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict) and found.get("token") == token:
                return found


async def _read(process: Forked, most: int) -> tuple[bytes, bool]:
    """The output up to a limit, and whether it was a flood, which ends the program."""
    kept, left = bytearray(), _MOST_OUTPUT
    while chunk := await process.output.read(2**16):  # to its end, which closes the pipe
        kept += chunk[: max(most - len(kept), 0)]
        left -= len(chunk)
        if left < 0:
            process.kill()
    return bytes(kept), left < 0
