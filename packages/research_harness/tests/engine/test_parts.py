"""A journal that is closed: compressed, with its form stated, read like one that is open."""

import gzip
import json
from pathlib import Path

import pytest

from research_harness import JournalError, Row
from research_harness._core import parts
from research_harness._core.parts import close_parts, compress, parts_of, rotate
from research_harness._engine import journal
from research_harness._engine.journal import Journal, JournalWriter
from research_harness._engine.response_log import ResponseLog, ResponseLogWriter


def row(index: int, prediction: str = "x") -> Row:
    return Row(index=index, item_id=f"i{index}", condition="a", repeat=0, prediction=prediction)


def write(path: Path, *rows: Row) -> None:
    with JournalWriter(path) as writer:
        for each in rows:
            writer.append(each)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(parts, "LEAST_BYTES", 1)
    return tmp_path / "journal.jsonl"


def test_a_closed_journal_holds_the_rows_it_had_under_a_line_that_states_its_form(
    path: Path,
) -> None:
    write(path, row(0), row(1))

    close_parts(path)

    (part,) = parts_of(path)
    assert not path.exists()
    with gzip.open(part, "rt") as file:
        lines = file.read().splitlines()
    assert json.loads(lines[0]) == {"schema": 1, "rows": 2}
    assert [json.loads(line)["row"]["index"] for line in lines[1:]] == [0, 1]
    assert list(Journal(path)) == [row(0), row(1)]


def test_rows_after_a_closing_come_after_those_of_its_parts(path: Path) -> None:
    for number in range(3):
        write(path, row(0, f"session {number}"))
        close_parts(path)
    write(path, row(0, "last"))

    found = [each.prediction for each in Journal(path)]

    assert found == ["session 0", "session 1", "session 2", "last"]
    assert len(parts_of(path)) == 3


def test_a_kill_between_the_part_and_the_end_of_the_file_loses_no_row(path: Path) -> None:
    write(path, row(0), row(1))
    open_file = path.read_bytes()
    close_parts(path)
    path.write_bytes(open_file)  # the kill came before the file was removed

    found = Journal(path)

    assert {each.index for each in found} == {0, 1}
    assert found.damaged == 0


def test_a_small_journal_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, row(0))

    close_parts(path)

    assert parts_of(path) == []
    assert path.exists()


def test_the_same_rows_give_the_same_bytes(path: Path) -> None:
    made = []
    for _ in range(2):
        write(path, row(0), row(1))
        close_parts(path)
        (part,) = parts_of(path)
        assert part is not None
        made.append(part.read_bytes())
        part.unlink()

    assert made[0] == made[1]


def test_the_first_line_of_a_journal_states_its_form_and_is_a_row(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for number in range(2):
        write(path, row(2 * number), row(2 * number + 1))

    lines = [json.loads(line) for line in path.read_text().splitlines()]

    assert [each.get("schema") for each in lines] == [1, None, None, None]
    assert [each["row"]["index"] for each in lines] == [0, 1, 2, 3]


def test_a_journal_of_a_newer_form_is_an_error_and_no_empty_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, row(0))
    path.write_bytes(path.read_bytes().replace(b'"schema":1', b'"schema":99', 1))

    with pytest.raises(JournalError, match="newer version"):
        list(Journal(path))


def test_a_journal_without_a_stated_form_is_read(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, row(0), row(1))
    path.write_bytes(path.read_bytes().replace(b'"schema":1,', b"", 1))

    assert list(Journal(path)) == [row(0), row(1)]


@pytest.mark.slow
def test_a_long_run_closes_and_compresses_its_files_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", 1)
    path, log = tmp_path / "journal.jsonl", tmp_path / "responses.jsonl"
    call = {"model": "m", "prompt": "same prompt"}
    for session in range(3):
        with JournalWriter(path, ResponseLogWriter(log)) as writer:
            for number in range(3):
                index = 3 * session + number
                writer.append(row(index), [call | {"answer": f"answer {index}"}])
                groups = writer.groups
                while writer.groups < groups + 2:  # the next group begins a new file
                    writer.append(row(index), [call | {"answer": f"answer {index}"}])

    rows = {each.index: each for each in Journal(path)}
    answers = [each.answer for each in ResponseLog(log).of_rows(list(rows.values()))]

    assert set(rows) == set(range(9))
    assert answers == [f"answer {index}" for index in rows]
    for each in (path, log):
        assert len(parts_of(each)) > 1
        assert {part.suffix for part in parts_of(each)} == {".gz"}


def test_a_kill_between_closing_and_compressing_loses_no_row(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for number in range(3):
        write(path, row(number))
        closed = rotate(path)
        if number == 0 and closed is not None:
            compress(closed)
    write(path, row(3))

    assert [each.index for each in Journal(path)] == [0, 1, 2, 3]
    close_parts(path)
    assert [each.index for each in Journal(path)] == [0, 1, 2, 3]
    assert [each.suffix for each in parts_of(path)] == [".gz"] * 3


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
