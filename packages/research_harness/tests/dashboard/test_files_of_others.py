"""What others wrote into the files of one run costs no other run its place in the list."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from research_harness._control.session_file import read_status
from research_harness._dashboard.changes import encode
from research_harness._dashboard.hub import Hub
from research_harness._following.run_state import RunState

from ..following.folders import append, make_folder, row

CASES: list[tuple[str, str, Any]] = [
    ("config.json", "alpha", 1e-17),
    ("config.json", "alpha", "0.05"),
    ("config.json", "conditions", {"name": "plain"}),
    ("config.json", "metrics", 5),
    ("config.json", "metrics", [{"column": "correct", "summary": "mean"}]),
    ("config.json", "metrics", [{"name": "x" * 10**6, "column": "correct", "summary": "mean"}]),
    ("config.json", "metrics", [{"name": "m", "column": ["correct"], "summary": "mean"}]),
    ("analysis.json", "rows", "x" * 10**6),
    ("analysis.json", "planned_rows", 10**30),
    ("spending.json", "ceilings", True),
    ("spending.json", "ceilings", [{"name": "the run", "max_cost_usd": 10**400}]),
    ("checkpoints/run.json", "sessions", 5),
    ("checkpoints/run.json", "sessions", [5]),
]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        append(make_folder(tmp_path / name), [row(n) for n in range(6)])
    return tmp_path


@pytest.mark.parametrize(("file", "key", "value"), CASES)
async def test_a_value_of_the_wrong_kind_is_left_out(
    runs: Path, file: str, key: str, value: Any
) -> None:
    path = runs / "one" / file
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, key: value}))
    hub = Hub(runs)

    found = hub.listed()["runs"]
    state, _ = await hub.state("one")

    assert set(found) == {"one", "two"}
    assert all("problem" not in each for each in found.values())
    assert len(encode({"list": found, "state": state})) < 10_000
    assert state["rows"] == (0 if key == "conditions" else 6)


def test_a_table_of_costs_with_texts_has_no_costs(runs: Path) -> None:
    (runs / "one" / "analysis.json").write_text(json.dumps({"rows": 6}))
    table = pa.table({"index": [0], "cost_usd": ["much"]})
    pq.write_table(table, runs / "one" / "results.parquet")

    found = Hub(runs).listed()["runs"]

    assert "cost_usd" not in found["one"]
    assert found["one"]["rows"] == 6


def test_a_run_that_cannot_be_read_is_damaged_and_the_others_are_listed(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = RunState.to_dict

    def to_dict(self: RunState, **options: Any) -> dict[str, object]:
        if self.folder.id == "one":
            raise RuntimeError("foreign")
        return known(self, **options)

    monkeypatch.setattr(RunState, "to_dict", to_dict)
    hub = Hub(runs)

    found = hub.listed()
    hub._follow_running(found)

    assert found["runs"]["one"]["state"] == "damaged"
    assert found["runs"]["one"]["problem"] == "RuntimeError: foreign"
    assert found["runs"]["two"]["conditions"] == 2


@pytest.mark.parametrize("limit", [10**400, -1, True, "5", float("nan")])
def test_a_ceiling_that_is_no_amount_is_none(tmp_path: Path, limit: Any) -> None:
    status = {"session": 1, "rows": 5, "concurrency": 2, "max_cost_usd": limit}
    (tmp_path / "session.json").write_text(json.dumps(status))

    found = read_status(tmp_path)

    assert found is not None
    assert found.max_cost_usd is None
