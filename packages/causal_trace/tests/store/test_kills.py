"""A process that is killed while it saves or appends leaves the old or the new, never a half."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from causal_trace import (
    Chain,
    JsonStore,
    SearchIndex,
    TraceEvent,
    TraceLog,
    read_archive,
)

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
ARCHIVING = """
import sys
from pathlib import Path
from causal_trace import JsonStore, archive_chains, restore_chains
folder = Path(sys.argv[1])
store = JsonStore(folder / "store")
number = 0
while True:
    archive_chains(store, folder / "a.zip", min_age_days=1)
    print(number, flush=True)
    restore_chains(folder / "a.zip", store)
    number += 1
"""
REBUILDING = """
import sys
from causal_trace import Chain, SearchIndex, TraceEvent
number = 0
with SearchIndex(sys.argv[1]) as index:
    while True:
        event = TraceEvent(type="decision_made", decision=f"word{number % 2}")
        index.rebuild(Chain(name="c", id=str(n), events=(event,)) for n in range(200))
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


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("after", [1, 3, 8])
def test_a_kill_during_archive_keeps_each_chain_in_the_store_or_the_file(
    after: int, tmp_path: Path
) -> None:
    store = JsonStore(tmp_path / "store")
    event = TraceEvent(type="decision_made", decision="d" * 2000)
    old = "2020-01-01T00:00:00Z"
    saved = {
        str(number): Chain(
            name="c", id=str(number), events=(event,), created_at=old, updated_at=old
        )
        for number in range(20)
    }
    for chain in saved.values():
        store.save(chain)

    killed(ARCHIVING, tmp_path, after)

    found = {chain.id: chain for chain in read_archive(tmp_path / "a.zip")}
    found |= {each.id: store.load(each.id) for each in store.list()}
    assert found == saved


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("after", [1, 3, 8])
def test_a_kill_during_rebuild_leaves_the_old_index_or_the_new(after: int, tmp_path: Path) -> None:
    killed(REBUILDING, tmp_path / "i.sqlite", after)

    with SearchIndex(tmp_path / "i.sqlite") as index:
        counts = {len(index.search(f"word{number}", limit=300)) for number in range(2)}
    assert counts == {0, 200}
