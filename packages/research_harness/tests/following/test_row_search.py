"""A row is found in a journal that was not read before, without reading all of it."""

from pathlib import Path

import pytest

from research_harness._core import parts
from research_harness._following import tail
from research_harness._following.browsing import whole_row
from research_harness._following.follower import RunFollower

from .folders import append, followed, make_folder, row


@pytest.fixture(autouse=True)
def short_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "CHUNK", 700)


@pytest.mark.parametrize("compressed", [False, True])
def test_it_is_the_row_that_a_follower_knows_that_read_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, compressed: bool
) -> None:
    folder = make_folder(tmp_path / "run")
    nested = {"row": {"index": 33}}
    append(folder, [row(n, metadata=nested if n == 5 else {}) for n in range(40)])
    if compressed:
        monkeypatch.setattr(parts, "LEAST_BYTES", 0)
        parts.close_parts(folder.journal)
    append(folder, [row(n, prediction="again") for n in (33, 3)])
    follower = RunFollower(folder)
    follower.poll()

    assert follower.behind
    assert follower.index.length < 33
    for number in (0, 3, 5, 33, 39):
        assert whole_row(follower, number) == whole_row(followed(folder), number)


def test_a_row_that_is_not_there_or_damaged_is_not_found(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [row(n) for n in range(40)])
    text = folder.journal.read_bytes()
    folder.journal.write_bytes(text.replace(b'"item_id":"q10"', b'"item_id":"q99"'))
    follower = RunFollower(folder)
    follower.poll()

    assert follower.behind
    assert whole_row(follower, 40) is None
    assert whole_row(follower, 4) is not None
    assert whole_row(follower, 20) is None  # its check sum differs
