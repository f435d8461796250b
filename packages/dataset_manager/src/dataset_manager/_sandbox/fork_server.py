"""The evaluator's side of the process that programs are forked from."""

import asyncio
import contextlib
import os
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from .._core.errors import SandboxError

_JAIL = Path(__file__).with_name("jail.py")
_START_LIMIT_S = 30.0
_CREDENTIALS = struct.Struct("3i")  # the kernel's: process, user, group


@dataclass(slots=True, kw_only=True)
class Forked:
    """The process of one program.

    Attributes:
        number: Its number on the fork server.
        pid: Its process and process group, as this process sees them.
        reports: What it reports.
        given: Where its settings and sources go.
        output: What it prints.
        pipe: Where that comes from; to be closed when it was read.
        ended: Whether it was waited for; its number may be that of another process then.
    """

    number: int
    pid: int
    reports: asyncio.StreamReader
    given: asyncio.StreamWriter
    output: asyncio.StreamReader
    pipe: asyncio.BaseTransport
    ended: bool = False

    def kill(self) -> None:
        """End all of its processes."""
        if self.ended:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


class ForkServer:
    """An interpreter that forks one process for each program. A context: its end ends all.

    Attributes:
        namespaces: Whether each process can have namespaces of its own.
    """

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket) -> None:
        self.namespaces = False
        self._process, self._control = process, control
        self._waiting: dict[str, asyncio.Future[int]] = {}
        self._count = 0
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(control, self._arrived)

    @classmethod
    async def start(cls, around: Sequence[str]) -> Self:
        """Start it.

        Args:
            around: The command prefix that it runs under.

        Returns:
            The server, ready to fork.

        Raises:
            SandboxError: It does not start on this system.
        """
        if not hasattr(socket, "SO_PASSCRED"):
            raise SandboxError(())
        control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        control.setblocking(False)
        control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        command = (*around, sys.executable, "-I", "-S", str(_JAIL))
        with there, contextlib.ExitStack() as unless_started:
            unless_started.callback(control.close)
            process = await _started(command, there)
            unless_started.pop_all()
        server = cls(process, control)
        try:
            ready, plain = server._expect("namespaces"), server._expect("none")
            await _first(ready, plain)
            server.namespaces = ready.done()
            server._waiting.clear()
        except BaseException:
            await server.close()
            raise
        return server

    async def fork(self) -> Forked:
        """A new process, which waits for its settings.

        Raises:
            SandboxError: The server has ended.
        """
        self._count += 1
        number = self._count
        here, there = socket.socketpair()
        read, write = os.pipe()
        output, pipe = await _reader(read)
        born = self._expect(f"born {number}")
        try:
            with there, contextlib.suppress(OSError):  # its end is seen by the reader
                socket.send_fds(self._control, [f"fork {number}".encode()], [there.fileno(), write])
        finally:
            os.close(write)
        try:
            pid = await _first(born)
            reports, given = await asyncio.open_connection(sock=here)
        except BaseException:
            pipe.close()
            here.close()
            raise
        return Forked(
            number=number, pid=pid, reports=reports, given=given, output=output, pipe=pipe
        )

    async def end(self, forked: Forked) -> None:
        """Kill a process with its descendants, and wait until it is gone."""
        if forked.ended:
            return
        forked.given.close()
        forked.kill()
        forked.ended = True
        ended = self._expect(f"ended {forked.number}")
        with contextlib.suppress(OSError, SandboxError):
            self._control.send(f"end {forked.number}".encode())
            await asyncio.shield(_first(ended))

    async def close(self) -> None:
        """End the server and all that it has forked."""
        self._loop.remove_reader(self._control)
        self._control.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await asyncio.shield(self._process.wait())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _expect(self, message: str) -> asyncio.Future[int]:
        return self._waiting.setdefault(message, self._loop.create_future())

    def _arrived(self) -> None:
        message, notes = b"", list[tuple[int, int, bytes]]()
        try:
            size = socket.CMSG_SPACE(_CREDENTIALS.size)
            message, notes, _, _ = self._control.recvmsg(64, size)
        except BlockingIOError:
            return
        except OSError:  # as at its end
            pass
        if not message:
            self._loop.remove_reader(self._control)
            for future in self._waiting.values():
                future.cancel()
            return
        pid = next((_CREDENTIALS.unpack(data)[0] for _, kind, data in notes if kind == 2), 0)
        text = message.decode()
        if text in self._waiting:
            future = self._waiting.pop(text)
            if not future.done():
                future.set_result(pid)


async def _first(*futures: asyncio.Future[int]) -> int:
    """The result of the future that is done first."""
    done, _ = await asyncio.wait(
        futures, timeout=_START_LIMIT_S, return_when=asyncio.FIRST_COMPLETED
    )
    found = next(iter(done), None)
    if found is None or found.cancelled():  # the server does not answer, or has ended
        raise SandboxError(())
    return found.result()


async def _reader(descriptor: int) -> tuple[asyncio.StreamReader, asyncio.BaseTransport]:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    pipe, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb")
    )
    return reader, pipe


async def _started(command: Sequence[str], control: socket.socket) -> asyncio.subprocess.Process:
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *command,
            stdin=control.fileno(),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONHASHSEED": "0"},
            cwd="/",
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        # asyncio would end only the first process, and leave those that it has started.
        process = await starting
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
