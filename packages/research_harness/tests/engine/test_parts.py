"""A journal that is closed: compressed, with its form stated, read like one that is open."""

import gzip
import json
from pathlib import Path

import pytest

from research_harness import JournalError, Row
from research_harness._core import parts
from research_harness._core.parts import close_part, parts_of
from research_harness._engine.journal import Journal, JournalWriter


def row(index: int, prediction: str = "x") -> Row:
    return Row(index=index, item_id=f"i{index}", condition="a", repeat=0, prediction=prediction)


def write(path: Path, *rows: Row) -> None:
    with JournalWriter(path) as journal:
        for each in rows:
            journal.append(each)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(parts, "LEAST_BYTES", 1)
    return tmp_path / "journal.jsonl"


def test_a_closed_journal_holds_the_rows_it_had_under_a_line_that_states_its_form(
    path: Path,
) -> None:
    write(path, row(0), row(1))

    part = close_part(path)

    assert part is not None
    assert not path.exists()
    with gzip.open(part, "rt") as file:
        lines = file.read().splitlines()
    assert json.loads(lines[0]) == {"schema": 1, "rows": 2}
    assert [json.loads(line)["row"]["index"] for line in lines[1:]] == [0, 1]
    assert list(Journal(path)) == [row(0), row(1)]


def test_rows_after_a_closing_come_after_those_of_its_parts(path: Path) -> None:
    for number in range(3):
        write(path, row(0, f"session {number}"))
        close_part(path)
    write(path, row(0, "last"))

    found = [each.prediction for each in Journal(path)]

    assert found == ["session 0", "session 1", "session 2", "last"]
    assert len(parts_of(path)) == 3


def test_a_kill_between_the_part_and_the_end_of_the_file_loses_no_row(path: Path) -> None:
    write(path, row(0), row(1))
    open_file = path.read_bytes()
    close_part(path)
    path.write_bytes(open_file)  # the kill came before the file was removed

    journal = Journal(path)

    assert {each.index for each in journal} == {0, 1}
    assert journal.damaged == 0


def test_a_small_journal_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, row(0))

    assert close_part(path) is None
    assert path.exists()


def test_the_same_rows_give_the_same_bytes(path: Path) -> None:
    made = []
    for _ in range(2):
        write(path, row(0), row(1))
        part = close_part(path)
        assert part is not None
        made.append(part.read_bytes())
        part.unlink()

    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "states its form"),
        (gzip.compress(b""), "states its form"),
        (gzip.compress(b'{"schema":99,"rows":0}\n'), "newer version"),
        (gzip.compress(b'{"schema":1,"rows":0}\n')[:-6], "cannot be read"),
        (b"no archive", "cannot be read"),
    ],
    ids=["empty", "packed nothing", "newer", "cut off", "no archive"],
)
def test_a_part_that_cannot_be_read_is_an_error_and_no_empty_journal(
    path: Path, content: bytes, message: str
) -> None:
    path.with_name("journal-0001.jsonl.gz").write_bytes(content)

    with pytest.raises(JournalError, match=message):
        list(Journal(path))


def test_a_row_of_plain_answers_takes_less_than_a_kilobyte(path: Path) -> None:
    rows = [row(number, "the answer is 42" * 10) for number in range(50)]
    write(path, *rows)

    assert path.stat().st_size / len(rows) < 1_000
