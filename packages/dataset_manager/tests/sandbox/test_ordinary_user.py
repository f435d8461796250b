"""The jail holds for an ordinary user as it does for root: its script run without privileges."""

import json
import os
import runpy
import shutil
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
        if (
            Path(program).exists()
            and _as_unprivileged([program, "-c", ""], b"", Path("/")).returncode == 0
        ):
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


def _as_unprivileged(command: list[str], given: bytes, where: Path) -> Any:
    drop = ["setpriv", f"--reuid={UNPRIVILEGED}", f"--regid={UNPRIVILEGED}", "--clear-groups", "--"]
    return subprocess.run(
        [*drop, *command],
        input=given,
        capture_output=True,
        check=False,
        cwd=where,
        env={"PYTHONHASHSEED": "0"},
        start_new_session=True,
        timeout=60,
    )


def _reports(python: str, folder: Path, program: str) -> list[dict[str, Any]]:
    settings = {
        "folder": str(folder / "own"),
        "memory_bytes": 2**30,
        "file_bytes": 2**24,
        "disk_bytes": 2**25,
        "cpu_s": 5,
        "unsafe": False,
        "bubblewrap": False,
    }
    private = {"token": "t", "tests": "", "helpers": ""}
    parts = (json.dumps(settings).encode(), program.encode(), json.dumps(private).encode())
    given = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    command = [python, "-I", "-S", "-B", str(folder / "jail.py")]
    ended = _as_unprivileged(command, given, folder / "own")
    return [json.loads(line) for line in ended.stderr.splitlines() if line.startswith(b'{"token"')]


def test_hostile_programs_fail_for_an_unprivileged_user(python: str, folder: Path) -> None:
    harmless = _reports(python, folder, "import os; assert os.getuid() == 65534")
    if harmless[-1]["outcome"] == "refused":
        pytest.skip(f"only {', '.join(harmless[-1]['layers'])} here")
    assert harmless[-1]["outcome"] == "passed"
    assert set(harmless[-1]["layers"]) >= {"namespaces", "landlock", "seccomp"}

    ends = {what: _reports(python, folder, HOSTILE[what])[-1]["outcome"] for what in HOSTILE}

    assert set(ends.values()) <= {"failed", "killed"}, ends
