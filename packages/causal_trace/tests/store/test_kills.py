"""A process that is killed while it saves or appends leaves the old or the new, never a half."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from causal_trace import JsonStore, TraceLog

APPENDING = """
import sys
from causal_trace import Chain, TraceEvent, TraceLog
log = TraceLog(sys.argv[1])
number = 0
while True:
    event = TraceEvent(type="decision_made", decision="d" * 2000)
    log.save(Chain(name="c", id=str(number), events=(event,)))
    print(number, flush=True)
    number += 1
"""
SAVING = """
import sys
from causal_trace import Chain, JsonStore, TraceEvent
store = JsonStore(sys.argv[1])
number = 0
while True:
    event = TraceEvent(type="decision_made", decision=str(number) * 2000)
    store.save(Chain(name=str(number), id="one", events=(event,)))
    print(number, flush=True)
    number += 1
"""


def killed(code: str, path: Path, after: int) -> int:
    """The last number that a process reported before it was killed, in the midst of the next."""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for _ in range(after):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        reported = [int(line) for line in process.stdout.read().split()]
    return max([after - 1, *reported])


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("after", [1, 3, 8])
def test_a_kill_during_append_keeps_every_chain_that_was_appended(
    after: int, tmp_path: Path
) -> None:
    last = killed(APPENDING, tmp_path / "t.jsonl", after)

    ids = [chain.id for chain in TraceLog(tmp_path / "t.jsonl").chains()]

    assert ids == [str(number) for number in range(len(ids))]
    assert len(ids) in (last + 1, last + 2)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("after", [1, 3, 8])
def test_a_kill_during_save_leaves_the_old_chain_or_the_new(after: int, tmp_path: Path) -> None:
    last = killed(SAVING, tmp_path, after)

    chain = JsonStore(tmp_path).load("one")

    assert int(chain.name) in (last, last + 1)
    assert chain.events[0].decision == chain.name * 2000
