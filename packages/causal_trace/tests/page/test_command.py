"""The command as a process: readers that go away, interrupts, narrow encodings."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from causal_trace import Chain, TraceEvent, save_chain
from causal_trace._page import text_view

COMMAND = [sys.executable, "-m", "causal_trace", "show"]
# A job in the background of a shell is started with interrupts ignored, and so are its children.
INTERRUPTIBLE = (
    "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    " runpy.run_module('causal_trace', run_name='__main__', alter_sys=True)"
)
MORE_THAN_A_PIPE_HOLDS = 1_000


@pytest.fixture
def stored(tmp_path: Path) -> str:
    events = tuple(
        TraceEvent(type="x", decision=f"decision {n} → {'long ' * 20}")
        for n in range(MORE_THAN_A_PIPE_HOLDS)
    )
    return str(save_chain(Chain(name="long", events=events), tmp_path))


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of Windows breaks otherwise")
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_reader_that_goes_away_ends_the_command_quietly(stored: str, form: list[str]) -> None:
    with subprocess.Popen(
        [*COMMAND, stored, *form], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdout.close()

        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other interrupts")
def test_an_interrupt_ends_the_command_without_a_traceback(stored: str) -> None:
    command = [sys.executable, "-c", INTERRUPTIBLE, "show", stored]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()  # now it waits, because the pipe is full
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()

    assert errors == b""
    assert process.returncode == 130


def test_an_encoding_that_lacks_a_sign_shows_its_escape(stored: str) -> None:
    done = subprocess.run(
        [*COMMAND, stored],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=True,
    )

    assert rb"decision 0 \u2192 long" in done.stdout


def test_an_interrupt_while_the_file_is_read_has_the_code_of_an_interrupt(
    stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(path: Path) -> tuple[Chain, ...]:
        raise KeyboardInterrupt

    monkeypatch.setattr(text_view, "import_chains", interrupted)

    assert text_view.main(["show", stored]) == 130
