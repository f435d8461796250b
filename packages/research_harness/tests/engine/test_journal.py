"""The journal keeps what it was given, in groups, and mends what a crash left behind."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from research_harness import JournalError, Row, RunLockedError
from research_harness._engine import journal as journal_module
from research_harness._engine.frames import write_all
from research_harness._engine.journal import Journal, JournalWriter
from research_harness._engine.response_log import ResponseLog, ResponseLogWriter

# Where a file states its form: one other digit there is a file of another version.
FORM_AT = len(b'{"schema":')


def row(index: int, prediction: object = "4") -> Row:
    return Row(
        index=index,
        item_id=f"i{index}",
        condition="c",
        repeat=0,
        prediction=prediction,
        correct=True,
    )


def write(path: Path, count: int) -> None:
    with JournalWriter(path) as journal:
        for index in range(count):
            journal.append(row(index))


def test_rows_come_back_as_they_went_in(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, 100)

    assert list(Journal(path)) == [row(index) for index in range(100)]


def test_many_rows_share_one_wait_for_the_disk(tmp_path: Path) -> None:
    with JournalWriter(tmp_path / "journal.jsonl") as journal:
        for index in range(2000):
            journal.append(row(index))

    assert journal.rows == 2000
    assert journal.groups < 100


def test_a_slow_disk_keeps_no_row_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, goes_on, second = threading.Event(), threading.Event(), threading.Event()

    def wait_for_disk(_: int) -> None:
        slow.set()
        goes_on.wait()

    def write(file: int, data: bytes) -> None:
        write_all(file, data)
        if slow.is_set():
            second.set()

    monkeypatch.setattr(journal_module, "sync_file", wait_for_disk)
    monkeypatch.setattr(journal_module, "write_all", write)
    monkeypatch.setattr(journal_module, "_WRITE_SECONDS", 1e9)  # so that the thread writes
    path = tmp_path / "journal.jsonl"
    with JournalWriter(path) as journal:
        journal.append(row(0))
        slow.wait()
        journal.append(row(1))
        second.wait(timeout=60)
        found = list(Journal(path))
        goes_on.set()

    assert found == [row(0), row(1)]


def test_calls_that_cannot_be_written_cost_no_row(tmp_path: Path) -> None:
    class Silent:
        def __repr__(self) -> str:
            raise RuntimeError("no text")

    path = tmp_path / "journal.jsonl"
    hostile: list[dict[str, Any]] = [{"prompt": "\ud800"}, {"role": Silent()}]
    made: list[dict[str, Any]] = [{"model": "first"}, *hostile, {"model": "last"}]
    with JournalWriter(path, ResponseLogWriter(tmp_path / "responses.jsonl")) as journal:
        for index, call in enumerate(made):
            journal.append(row(index), [call])
    calls = ResponseLog(tmp_path / "responses.jsonl")

    assert list(Journal(path)) == [row(index) for index in range(4)]
    assert [each.model for each in calls.of_rows([row(0), row(3)])] == ["first", "last"]


@pytest.mark.slow
@given(st.text())
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    with JournalWriter(path) as journal:
        journal.append(row(0, text))

    (found,) = Journal(path)

    assert found.prediction == text


def test_a_value_that_json_does_not_know_is_kept_as_its_repr(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with JournalWriter(path) as journal:
        journal.append(row(0, {"shape": complex(1, 2)}))

    (found,) = Journal(path)

    assert found.prediction == {"shape": "(1+2j)"}


@pytest.mark.parametrize("cut", [1, 2, 5, 20, 60])
def test_a_torn_last_line_is_cut_off_and_the_rest_is_there(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, 10)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])

    reader = Journal(path)
    before = [found.index for found in reader]
    torn = reader.torn
    with JournalWriter(path) as journal:
        journal.append(row(9))

    assert torn
    assert before == list(range(9))
    assert path.read_bytes() == whole


def test_a_journal_torn_in_its_only_line_becomes_empty(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, 1)
    path.write_bytes(path.read_bytes()[:10])

    with JournalWriter(path):
        pass

    assert path.read_bytes() == b""


@pytest.mark.parametrize("form", [0, 3, 5, 9])
def test_a_journal_whose_form_was_damaged_is_refused_with_the_remedy(
    tmp_path: Path, form: int
) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, 3)
    whole = bytearray(path.read_bytes())
    changed = bytearray(whole)
    changed[FORM_AT] = ord(str(form))
    path.write_bytes(changed)

    with pytest.raises(JournalError, match="behind 'schema' in its first line is damaged: make it"):
        list(Journal(path))
    path.write_bytes(whole)

    assert len(list(Journal(path))) == 3


@pytest.mark.slow
@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_flipped_bit_loses_at_most_the_lines_it_touches_and_is_never_believed(
    tmp_path_factory: pytest.TempPathFactory, position: int, bit: int
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    write(path, 20)
    data = bytearray(path.read_bytes())
    assume(position % len(data) != FORM_AT)
    data[position % len(data)] ^= 1 << bit
    path.write_bytes(data)

    reader = Journal(path)
    found = list(reader)

    assert all(each == row(each.index) for each in found)
    assert len(found) >= 18
    assert len(found) < 20
    assert reader.damaged or reader.torn


def test_two_writers_at_once_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"

    with JournalWriter(path), pytest.raises(RunLockedError, match="another process"):
        JournalWriter(path)


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(JournalError, match="cannot be opened"):
        JournalWriter(tmp_path / "file" / "journal.jsonl")


def test_a_full_disk_is_reported_and_what_was_written_stays(tmp_path: Path) -> None:
    """A file size limit of the process stands in for the full disk."""
    script = tmp_path / "fill.py"
    script.write_text(
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from research_harness import JournalError, Row\n"
        "from research_harness._engine.journal import JournalWriter\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "try:\n"
        "    with JournalWriter(Path(sys.argv[1])) as journal:\n"
        "        for index in range(1000):\n"
        "            journal.append(Row(index=index, item_id='i', condition='c', repeat=0))\n"
        "except JournalError as error:\n"
        "    print(error)\n"
    )
    path = tmp_path / "journal.jsonl"

    done = subprocess.run(
        [sys.executable, str(script), str(path)], capture_output=True, text=True, check=True
    )

    assert "cannot be written" in done.stdout
    assert len(list(Journal(path))) > 50
