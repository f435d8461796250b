"""The jail holds for an ordinary user as it does for root: its script run without privileges."""

import json
import os
import runpy
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import Sandbox

UNPRIVILEGED = 65534
PARTS = Path(sys.modules[Sandbox.__module__].__file__ or "").parent
HOSTILE: dict[str, str] = runpy.run_path(str(Path(__file__).with_name("test_isolation.py")))[
    "HOSTILE"
]


@pytest.fixture(scope="module")
def python() -> str:
    """An interpreter that every user may start; one below the home of root is out of reach."""
    if os.getuid() != 0:
        pytest.skip("these tests run as root only; the other ones cover an ordinary user")
    if shutil.which("setpriv") is None:
        pytest.skip("install util-linux, for setpriv")
    for program in (sys.executable, "/usr/bin/python3"):
        if not Path(program).exists():
            continue
        with _as_unprivileged([program, "-c", ""]) as started:
            if started.wait(60) == 0:
                return program
    pytest.skip("no Python here that an unprivileged user may start")


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not below pytest's own folders, which only their owner may enter.
    folder = Path(tempfile.mkdtemp(prefix="unprivileged-"))
    folder.chmod(0o755)
    try:
        for part in PARTS.glob("*.py"):
            shutil.copy(part, folder)
        (folder / "own").mkdir()
        os.chown(folder / "own", UNPRIVILEGED, UNPRIVILEGED)
        yield folder
    finally:
        shutil.rmtree(folder)


def _as_unprivileged(command: list[str], stdin: int | None = None) -> subprocess.Popen[bytes]:
    drop = ["setpriv", f"--reuid={UNPRIVILEGED}", f"--regid={UNPRIVILEGED}", "--clear-groups", "--"]
    return subprocess.Popen(
        [*drop, *command],
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PYTHONHASHSEED": "0"},
        start_new_session=True,
    )


def _reports(control: socket.socket, number: int, folder: Path, text: str) -> list[dict[str, Any]]:
    settings = {
        "folder": str(folder / "own"),
        "memory_bytes": 2**30,
        "file_bytes": 2**24,
        "disk_bytes": 2**25,
        "cpu_s": 5,
        "unsafe": False,
        "bubblewrap": False,
        "namespaces": True,
        "frozen": False,
    }
    private = {"token": "t", "tests": "", "helpers": ""}
    parts = (json.dumps(settings).encode(), text.encode(), json.dumps(private).encode())
    given = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    here, there = socket.socketpair()
    with there, Path(os.devnull).open("w") as output:
        socket.send_fds(control, [f"fork {number}".encode()], [there.fileno(), output.fileno()])
    assert control.recv(64) == f"born {number}".encode()
    with here, here.makefile("rb") as lines:
        here.sendall(given)
        found = [json.loads(line) for line in lines if line.startswith(b'{"token"')]
    control.send(f"end {number}".encode())
    assert control.recv(64) == f"ended {number}".encode()
    return found


@pytest.fixture
def control(python: str, folder: Path) -> Iterator[socket.socket]:
    """The way to a server of forks that runs without privileges."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    here.settimeout(60)
    command = [python, "-I", "-S", "-B", str(folder / "jail.py")]
    with here:
        with there:
            process = _as_unprivileged(command, there.fileno())
        assert here.recv(64) in (b"namespaces", b"none")
        yield here
    process.kill()
    process.wait()


@pytest.mark.slow
def test_hostile_programs_fail_for_an_unprivileged_user(
    control: socket.socket, folder: Path
) -> None:
    harmless = _reports(control, 0, folder, "import os; assert os.getuid() == 65534")
    if harmless[-1]["outcome"] == "refused":
        pytest.skip(f"only {', '.join(harmless[-1]['layers'])} here")
    assert harmless[-1]["outcome"] == "passed"
    assert set(harmless[-1]["layers"]) >= {"namespaces", "landlock", "seccomp"}

    ends = {
        what: _reports(control, number, folder, HOSTILE[what])[-1]["outcome"]
        for number, what in enumerate(HOSTILE, 1)
    }

    assert set(ends.values()) <= {"failed", "killed"}, ends
