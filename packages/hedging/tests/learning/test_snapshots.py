"""What was learned survives a restart."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hedging import Hedger, Policy, SnapshotError, Workload, run_virtual


def learn(hedger: Hedger, script: Any, workload: Workload | None = None) -> None:
    async def main() -> None:
        for number in range(120):
            call = script((0.1 + number / 1000, "x"))
            await hedger.request(call, key="model", workload=workload)

    run_virtual(main)


@pytest.mark.parametrize("strategy", ["adaptive", "percentile", "thompson", "backoff", "workload"])
def test_a_hedger_goes_on_where_another_one_stopped(
    script: Any, tmp_path: Path, strategy: str
) -> None:
    policy = Policy.from_dict({"strategy": strategy})
    first, second = Hedger(policy), Hedger(policy)
    size = Workload(expected_output=100)
    learn(first, script, size)

    first.save(tmp_path / "learned.json")
    second.load(tmp_path / "learned.json")

    assert second.snapshot() == first.snapshot()
    assert second.statistics("model") == first.statistics("model")
    if strategy != "thompson":  # which draws
        assert second.delay_ms("model", size) == pytest.approx(first.delay_ms("model", size))
    assert [path.name for path in tmp_path.iterdir()] == ["learned.json"]


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"version": 1, "strategy": "adaptive", "keys": {"a": {}}}']
)
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.json").write_text(text)

    with pytest.raises(SnapshotError):
        Hedger().load(tmp_path / "bad.json")


def test_a_snapshot_of_another_strategy_is_refused() -> None:
    snapshot = json.loads(json.dumps(Hedger(Policy(strategy="percentile")).snapshot()))

    with pytest.raises(SnapshotError, match=r"percentile.*adaptive"):
        Hedger().restore(snapshot)


def places(state: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value of a snapshot; of a list only to its first one."""
    yield path
    entries = state if isinstance(state, dict) else range(min(1, len(state)))
    for name in entries:
        if isinstance(state[name], dict | list):
            yield from places(state[name], (*path, name))
        else:
            yield (*path, name)


def with_value(state: Any, path: tuple[Any, ...], value: object) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(state)
    inner = changed
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return changed


@pytest.mark.parametrize("name", ["latencies", "censored"])
def test_numbers_whose_sum_would_overflow_are_refused(name: str) -> None:
    hedger = Hedger()
    state = {"strategy": None, "tokens": None, "tally": {name: [1e308, 1e308]}}
    snapshot = {"version": 1, "strategy": "adaptive", "keys": {"model": state}}

    with pytest.raises(SnapshotError, match="1e\\+100"):
        hedger.restore(snapshot)

    assert not hedger.keys


HOSTILE: list[object] = [
    None,
    "x",
    -1,
    1.5,
    10**400,
    1e308,
    float("nan"),
    True,
    [],
    {},
    [[]],
    {"a": 1},
]


@pytest.mark.parametrize("strategy", ["adaptive", "percentile", "thompson", "backoff", "workload"])
def test_a_damaged_snapshot_is_refused_and_changes_nothing_or_does_no_harm(
    script: Any, strategy: str
) -> None:
    policy = Policy.from_dict({"strategy": strategy, "options": {}})
    taught = Hedger(policy)
    learn(taught, script, Workload(expected_output=100))
    good = json.loads(json.dumps(taught.snapshot()))
    fresh = Hedger(policy).snapshot()
    refused = 0

    async def use(hedger: Hedger) -> None:
        for _ in range(3):
            await hedger.request(script((0.1, "x")), key="model", workload=Workload())

    for path in places(good):
        for value in HOSTILE:
            hedger = Hedger(policy)
            try:
                hedger.restore(with_value(good, path, value))
            except SnapshotError:
                refused += 1
                assert hedger.snapshot() == fresh
            else:
                run_virtual(use, hedger)
                assert str(hedger.statistics())
                assert hedger.statistics().to_json()
                Hedger(policy).restore(json.loads(json.dumps(hedger.snapshot())))

    assert refused > 200
