"""The command line when nothing reads its output, or when it is interrupted."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from telemetry_research import FileStore, record, recording

COMMAND = [sys.executable, "-m", "telemetry_research"]
posix = pytest.mark.skipif(os.name != "posix", reason="signals and streams of POSIX")


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    with recording("many", store=FileStore(tmp_path / "e.arrows")):
        for number in range(3000):
            record("a.stop", {"duration_ns": number}, {"text": "x" * 50})
    return tmp_path / "e.arrows"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["ls"], 0),
        (["tail", "-n", "3000"], 0),
        (["show", "--id", "none"], 2),
    ],
)
def test_a_reader_that_has_gone_ends_the_command_quietly(
    stored: Path, arguments: list[str], status: int
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [*COMMAND, *arguments, str(stored)], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)

    assert ended.returncode == status
    assert b"Traceback" not in ended.stderr
    assert (ended.stderr == b"") is (status == 0)


def test_complaints_that_nothing_reads_leave_the_status() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run([*COMMAND, "ls", "missing"], stdout=writer, stderr=writer, check=False)
    os.close(writer)

    assert ended.returncode == 2


@posix
def test_streams_that_were_closed_before_are_not_written(stored: Path) -> None:
    shell = '"$0" -m telemetry_research tail "$1" >&- 2>&-'
    ended = subprocess.run(["/bin/sh", "-c", shell, sys.executable, str(stored)], check=False)

    assert ended.returncode == 0


@posix
def test_an_interrupt_ends_tail_quietly(stored: Path) -> None:
    command = [*COMMAND, "tail", "-n", "1", "-f", str(stored)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A job of a shell in the background ignores interrupts, and so do its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # one thread
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate()

    assert process.returncode == 130
    assert complaints == b""
