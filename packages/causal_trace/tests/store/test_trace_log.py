"""Many chains in one append-only file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_trace import ChainNotFoundError, TraceLog, event_hashes

from ..chains import chain


def test_chains_come_back_in_order_and_the_newest_of_an_id_counts(tmp_path: Path) -> None:
    log = TraceLog(tmp_path / "deep" / "traces.jsonl")
    first, second = chain("a", id="1"), chain("b", id="2")
    for each in (first, second, chain("c", id="1")):
        log.save(each)

    assert [each.name for each in log.chains()] == ["b", "c"]
    assert log.load("1").name == "c"
    assert log.load("2") == second
    assert {each.id for each in log.list()} == {"1", "2"}
    with pytest.raises(ChainNotFoundError):
        log.load("3")


async def test_a_chain_is_saved_without_blocking_the_event_loop(tmp_path: Path) -> None:
    log = TraceLog(tmp_path / "t.jsonl")

    await log.save_async(chain("a"))

    assert log.verify().ok


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    log = TraceLog(tmp_path_factory.mktemp("log") / "t.jsonl")
    for number in range(3):
        log.save(chain(f"c{number}", id=str(number)))
    return log.path.read_bytes()


@given(data=st.data())
def test_a_write_cut_at_any_byte_leaves_the_chains_before_it(
    full: bytes, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ends = [index + 1 for index, byte in enumerate(full) if byte == ord("\n")]
    cut = data.draw(st.integers(0, len(full)))
    log = TraceLog(tmp_path_factory.mktemp("cut") / "t.jsonl")
    log.path.write_bytes(full[:cut])

    whole = sum(end - 1 <= cut for end in ends)
    assert [each.id for each in log.chains()] == [str(number) for number in range(whole)]
    torn = cut not in (0, *ends, *(end - 1 for end in ends))
    assert log.verify().ok is not torn

    log.save(chain("after", id="z"))
    assert [each.id for each in log.chains()] == [*map(str, range(whole)), "z"]
    assert len(log.verify().problems) == torn


@pytest.mark.parametrize("change", ["edit", "remove", "swap"])
def test_a_changed_removed_or_moved_line_is_named(full: bytes, change: str, tmp_path: Path) -> None:
    lines = full.splitlines(keepends=True)
    if change == "edit":
        line = json.loads(lines[1])
        line["chain"] = line["chain"].replace('"d0"', '"d9"')
        lines[1] = json.dumps(line).encode() + b"\n"
    elif change == "remove":
        del lines[1]
    else:
        lines[0], lines[1] = lines[1], lines[0]
    log = TraceLog(tmp_path / "t.jsonl")
    log.path.write_bytes(b"".join(lines))

    check = log.verify()

    assert not check.ok
    assert "line" in check.problems[0]


def test_a_removed_end_is_seen_by_the_last_hash(full: bytes, tmp_path: Path) -> None:
    log = TraceLog(tmp_path / "t.jsonl")
    log.path.write_bytes(full)
    before = log.verify().last_hash
    log.path.write_bytes(b"".join(full.splitlines(keepends=True)[:-1]))

    assert log.verify().ok
    assert log.verify().last_hash != before


def test_a_changed_event_changes_its_hash_and_all_later_ones() -> None:
    one = chain(events=3)
    other = type(one)(name="c", events=(one.events[0], chain().events[0], one.events[2]), id=one.id)

    hashes = list(zip(event_hashes(one), event_hashes(other), strict=True))

    assert [first == second for first, second in hashes] == [True, False, False]
