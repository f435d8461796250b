"""What was learned survives a restart."""

import json
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
