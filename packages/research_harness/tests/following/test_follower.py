"""A follower shows what the journal holds, whatever happens to the journal."""

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from bench import confidence_sequence
from research_harness._control.lock import RunLock
from research_harness._control.session_file import SessionStatus, write_status
from research_harness._core import parts
from research_harness._following import run_state
from research_harness._following.follower import RunFollower

from .folders import append, catch_up, failed, followed, make_folder, row


def test_the_sums_are_those_of_the_journal(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    rows = [failed(n) if n % 7 == 0 else row(n, correct=n % 3 > 0) for n in range(600)]
    append(folder, rows)

    found = catch_up(RunFollower(folder))

    assert (found["rows"], found["failed"]) == (600, sum(each.failed for each in rows))
    assert found["cost_usd"] == pytest.approx(0.6)
    for name in ("plain", "vote"):
        own = [each for each in rows if each.condition == name]
        shown = found["conditions"][name]
        assert shown["rows"] == 300
        assert shown["right"] == sum(each.correct for each in own)
        assert shown["estimate"] == pytest.approx(sum(each.correct for each in own) / 300)
        assert shown["errors"] == {"time: TimeoutError": sum(each.failed for each in own)}
        latencies = sorted(each.latency_ms for each in own if each.latency_ms is not None)
        assert shown["latency_ms"]["p50"] == pytest.approx(latencies[len(latencies) // 2], rel=0.02)


def test_rows_that_are_appended_are_added(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [row(n) for n in range(10)])
    follower = followed(folder)
    append(folder, [row(n, correct=False) for n in range(10, 30)])

    found = catch_up(follower)

    assert found["rows"] == 30
    assert found["conditions"]["plain"]["right"] == 5


def test_a_torn_line_is_waited_for(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [row(0), row(1)])
    whole = folder.journal.read_bytes()
    first = whole.index(b"\n") + 1
    folder.journal.write_bytes(whole[: first + 20])
    follower = followed(folder)
    assert follower.snapshot()["rows"] == 1

    with folder.journal.open("ab") as file:
        file.write(whole[first + 20 :])

    found = catch_up(follower)
    assert (found["rows"], found["damaged_lines"]) == (2, 0)


def test_a_damaged_line_is_counted_and_passed_over(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [row(n) for n in range(3)])
    lines = folder.journal.read_bytes().split(b"\n")
    lines[1] = lines[1].replace(b"true", b"null")
    folder.journal.write_bytes(b"\n".join(lines))

    found = catch_up(RunFollower(folder))

    assert (found["rows"], found["damaged_lines"]) == (2, 1)


def test_a_journal_that_is_compressed_keeps_its_rows_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "LEAST_BYTES", 0)
    folder = make_folder(tmp_path / "run")
    append(folder, [row(n) for n in range(40)])
    follower = followed(folder)
    append(folder, [row(n) for n in range(40, 50)])
    parts.close_parts(folder.journal)
    assert not folder.journal.exists()

    after = catch_up(follower)
    append(folder, [row(n, correct=False) for n in range(50, 60)])
    later = catch_up(follower)

    assert (after["rows"], later["rows"]) == (50, 60)
    assert later["conditions"]["plain"]["right"] == 25
    anew = followed(folder).snapshot()
    assert follower.snapshot() == {**anew, **_pace(later)}


def test_a_run_that_is_overwritten_is_read_anew(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [row(n) for n in range(40)])
    follower = followed(folder)
    shutil.rmtree(folder.path)
    make_folder(tmp_path / "run", conditions=("other", "vote"))
    append(folder, [row(n, correct=False, conditions=("other", "vote")) for n in range(44)])

    found = catch_up(follower)

    assert found["rows"] == 44
    assert list(found["conditions"]) == ["other", "vote"]
    assert found["conditions"]["vote"]["right"] == 0


def test_other_rows_in_the_same_file_are_read_anew(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [row(n) for n in range(40)])
    follower = followed(folder)
    other = make_folder(tmp_path / "other")
    append(other, [row(n, correct=False) for n in range(80)])
    folder.journal.write_bytes(other.journal.read_bytes())  # the number of the file stays

    found = catch_up(follower)

    assert found["rows"] == 80
    assert found["conditions"]["plain"]["right"] == 0


def test_of_a_row_that_was_asked_again_the_last_counts(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [failed(0, cost_usd=None), row(1), row(2)])
    follower = followed(folder)
    append(folder, [row(0, latency_ms=50.0)])

    found = catch_up(follower)

    plain = found["conditions"]["plain"]
    assert (plain["rows"], plain["failed"], plain["right"], plain["errors"]) == (2, 0, 2, {})
    assert plain["unknown_costs"] == 0
    assert plain["interval_estimate"] == 1.0


@pytest.mark.parametrize("seed", range(3))
def test_the_interval_is_that_of_the_first_rows_of_the_plan(tmp_path: Path, seed: int) -> None:
    folder = make_folder(tmp_path / "run")
    rng = random.Random(seed)
    rows = [row(n, correct=rng.random() < 0.7) for n in range(400)]
    arriving = sorted(rows, key=lambda each: each.index + rng.uniform(0, 40))
    gap = next(each for each in arriving if each.index == 300)
    arriving.remove(gap)
    append(folder, arriving)

    found = catch_up(RunFollower(folder))

    for number, name in enumerate(("plain", "vote")):
        values = [float(each.correct) for each in rows[:300] if each.index % 2 == number]
        whole = confidence_sequence(values)
        shown = found["conditions"][name]
        assert shown["interval_rows"] == 150
        assert shown["interval_low"] == pytest.approx(whole.low[-1], abs=1e-6)
        assert shown["interval_high"] == pytest.approx(whole.high[-1], abs=1e-6)


def test_further_repeats_of_an_item_do_not_narrow_the_interval(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [row(n, repeat=n // 100) for n in range(200)])

    shown = catch_up(RunFollower(folder))["conditions"]["plain"]

    assert (shown["rows"], shown["interval_rows"]) == (100, 50)


@pytest.mark.parametrize(
    ("settings", "reason"), [({"clusters": "text"}, "clusters"), ({"randomize": False}, "order")]
)
def test_where_the_interval_would_not_hold_the_reason_is_shown(
    tmp_path: Path, settings: dict[str, Any], reason: str
) -> None:
    folder = make_folder(tmp_path / "run", **settings)
    append(folder, [row(n) for n in range(10)])

    found = catch_up(RunFollower(folder))

    assert reason in found["no_interval"]
    assert "interval_low" not in found["conditions"]["plain"]


def test_scores_outside_of_0_to_1_have_no_interval(tmp_path: Path) -> None:
    metric = {"name": "score", "column": "score", "summary": "mean"}
    folder = make_folder(tmp_path / "run", metrics=[metric])
    append(folder, [row(n, score=3.0) for n in range(10)])

    shown = catch_up(RunFollower(folder))["conditions"]["plain"]

    assert shown["estimate"] == 3.0
    assert "interval_low" not in shown


@pytest.mark.slow
def test_the_path_of_an_interval_stays_short(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run", conditions=("one",))
    append(folder, [row(n, correct=n % 2 > 0, conditions=("one",)) for n in range(12_000)])

    history = catch_up(RunFollower(folder))["conditions"]["one"]["history"]

    assert 20 < len(history) <= 240
    assert [each[0] for each in history] == sorted(each[0] for each in history)


def test_hostile_numbers_and_names_of_rows_cost_nothing(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    rows = [row(-1), row(2**40), row(0, condition="unknown"), row(1, latency_ms=float("inf"))]
    append(folder, [*rows, failed(2, error_type="x" * 5_000)])

    found = catch_up(RunFollower(folder))

    assert found["rows"] == 2
    assert max(len(name) for name in found["conditions"]["plain"]["errors"]) <= 200


def test_kinds_of_errors_are_bounded(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run", conditions=("one",))
    rows = [failed(n, error_type=f"Error{n}", conditions=("one",)) for n in range(100)]
    append(folder, rows)

    errors = catch_up(RunFollower(folder))["conditions"]["one"]["errors"]

    assert len(errors) <= 21
    assert sum(errors.values()) == 100


def test_a_run_that_is_held_is_running_and_one_that_was_left_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [row(0)])
    follower = followed(folder)
    assert follower.snapshot()["state"] == "incomplete"

    with RunLock(folder.path):
        assert follower.snapshot()["state"] == "running"
        left = (folder.journal.parent / "lock").read_bytes()
    (folder.journal.parent / "lock").write_bytes(left)  # as a kill leaves it

    assert follower.snapshot()["state"] == "incomplete"
    monkeypatch.setattr(run_state, "is_running", _refuse)
    assert follower.snapshot()["state"] == "incomplete"


def test_the_rate_is_that_of_the_last_seconds_and_gives_the_time_left(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    write_status(folder.journal.parent, SessionStatus(session=1, rows=1_000, concurrency=1))
    append(folder, [row(n) for n in range(200)])
    now = [0.0]
    follower = RunFollower(folder, clock=lambda: now[0])
    with RunLock(folder.path):
        found = catch_up(follower)
        for second in range(1, 31):
            now[0] = float(second)
            append(folder, [row(200 + 10 * second + n) for n in range(10)])
            found = catch_up(follower)

    assert found["rate"] == pytest.approx(10.0)
    assert found["eta_seconds"] == pytest.approx((1_000 - 500) / 10)


def test_a_run_of_another_machine_whose_lock_is_not_seen_runs_while_rows_come(
    tmp_path: Path,
) -> None:
    folder = make_folder(tmp_path / "run")
    holder = {"process": 7, "host": "another-machine", "since": "2026-11-28T10:00:00+00:00"}
    (folder.journal.parent / "lock").write_text(json.dumps(holder))
    append(folder, [row(n) for n in range(10)])
    now = [0.0]
    follower = RunFollower(folder, clock=lambda: now[0])
    states = [catch_up(follower)["state"]]
    for second, rows in ((2.0, [row(10)]), (60.0, [])):
        now[0] = second
        append(folder, rows)
        states.append(catch_up(follower)["state"])

    assert states == ["incomplete", "running", "incomplete"]


def test_a_folder_that_vanishes_leaves_the_last_state(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [row(n) for n in range(4)])
    follower = followed(folder)
    shutil.rmtree(folder.path)

    found = catch_up(follower)

    assert found["state"] == "damaged"


def _pace(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("rate", "eta_seconds") if name in found}


def _refuse(_: object) -> bool:
    raise AssertionError("a lock that was found free is not tried again")
