"""The costs of finished runs come from their tables, those that are unknown as bounds."""

import math
from pathlib import Path
from typing import Any

import pytest

from research_harness import Condition, Experiment, Outcome, run_sync
from research_harness._artifacts.folder import RunFolder
from research_harness._dashboard.hub import Hub
from research_harness._following.follower import RunFollower
from research_harness._following.recorded_costs import CostsOfRuns, RecordedCosts

from .folders import append, catch_up, make_folder, row


class Priced(Experiment):
    """Rows that cost a cent each; every third has no known cost."""

    name = "Priced"
    scorer = "text"
    metrics = ("accuracy",)
    formats = ()
    dataset = tuple({"id": f"q{n}", "input": str(n), "expected": str(n)} for n in range(9))

    def all_conditions(self) -> Any:
        return (Condition(name="plain", function=self.plain),)

    async def plain(self, item: Any) -> Outcome:
        unknown = int(item.input) % 3 == 0
        return Outcome(prediction=item.input, cost_usd=None if unknown else 0.01, latency_ms=1.0)


@pytest.fixture
def finished(tmp_path: Path) -> RunFolder:
    run_sync(Priced, output_dir=tmp_path, run_id="priced")
    return RunFolder(tmp_path / "priced")


def test_the_costs_are_those_that_following_the_journal_gives(finished: RunFolder) -> None:
    costs = RecordedCosts(finished)
    costs.read()

    followed = catch_up(RunFollower(finished))

    assert costs.found["cost_usd"] == pytest.approx(0.06)
    assert costs.found["cost_usd"] == pytest.approx(followed["cost_usd"])
    assert costs.found["unknown_costs"] == followed["unknown_costs"] == 3


def test_the_list_has_the_costs_of_finished_runs(finished: RunFolder) -> None:
    found = Hub(finished.path.parent).listed(cost_seconds=math.inf)["runs"]["priced"]

    assert found["rows"] == 9
    assert found["cost_usd"] == pytest.approx(0.06)
    assert found["unknown_costs"] == 3


def test_costs_wait_for_the_next_list_when_there_is_no_time(finished: RunFolder) -> None:
    costs, folders = CostsOfRuns(), {"priced": finished}
    first: dict[str, Any] = {"id": "priced", "rows": 9}
    costs.add_to([first], folders, seconds=-1.0)
    assert "cost_usd" not in first

    later: dict[str, Any] = {"id": "priced", "rows": 9}
    costs.add_to([later], folders, seconds=math.inf)
    again: dict[str, Any] = {"id": "priced", "rows": 9}
    costs.add_to([again], folders, seconds=-1.0)

    assert later["unknown_costs"] == again["unknown_costs"] == 3


def test_tables_that_cannot_be_read_give_no_cost(finished: RunFolder) -> None:
    finished.file("results.parquet").write_bytes(b"PAR1 no table PAR1")
    costs = RecordedCosts(finished)
    costs.read()

    assert costs.found == {}
    assert not costs.stale


def test_a_run_that_is_followed_keeps_the_cost_of_its_journal(tmp_path: Path) -> None:
    append(make_folder(tmp_path / "one"), [row(0), row(1, cost_usd=None, known_cost_usd=0.5)])
    hub = Hub(tmp_path)
    watched = hub.watched("one")
    watched.topic.publish(*watched.step())

    found = hub.listed()["runs"]["one"]

    assert found["cost_usd"] == pytest.approx(0.501)
    assert found["unknown_costs"] == 1
