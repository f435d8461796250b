"""The command line lists the runs of a folder and shows single rows."""

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from dataset_manager import Item
from research_harness import Experiment, condition, run_sync
from research_harness.__main__ import main
from research_harness._control.lock import RunLock

EXPERIMENT = """
from ensemble import LogNormal, SimulatedModel, predict
from research_harness import Experiment, condition

MODEL = SimulatedModel("m", accuracy=1.0, latency=LogNormal(median_ms=100, sigma=0.5))


class Tiny(Experiment):
    name = "Tiny sums"
    description = "adds small numbers"
    dataset = [{"question": "1+1", "answer": "2"}, {"question": "2+2", "answer": "4"}]
    metrics = ("accuracy", "cost_per_query")
    virtual_time = True

    @condition
    async def right(self, item):
        return {"prediction": item.expected, "cost": 0.5}

    @condition
    async def wrong(self, item):
        return "0 \\x1b[31mred"

    @condition
    async def asked(self, item):
        return await predict(item, models=[MODEL], normalize="number")

    @condition
    async def broken(self, item):
        raise ValueError("first line\\nsecond line")
"""


def crucible(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    file = folder / "tiny.py"
    file.write_text(EXPERIMENT)
    result = crucible("run", file, "--output-dir", folder / "results", "--id", "a", "--quiet")
    assert result.exit_code == 0, result.output
    return folder / "results"


@pytest.fixture
def results(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "results")
    return tmp_path / "results"


def listed(results: Path, *arguments: str) -> list[dict[str, Any]]:
    found = crucible("list", "--output-dir", results, "--json", *arguments)
    assert found.exit_code == 0, found.output
    runs: list[dict[str, Any]] = json.loads(found.stdout)
    return runs


@pytest.mark.parametrize("columns", [40, 80, 300])
def test_on_a_narrow_terminal_each_run_of_the_list_is_a_block(
    columns: int, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (results / "b" / "checkpoints").mkdir(parents=True)
    monkeypatch.setattr("research_harness._cli.list.terminal_width", lambda: columns)

    lines = crucible("list", "--output-dir", results).output.splitlines()

    assert max(len(line) for line in lines if "/" not in line) <= columns  # a path stays whole
    if columns == 300:
        assert [line.split()[0] for line in lines] == ["a", "b"]
        return
    damaged = lines.index("b")
    assert (lines[0], lines[damaged - 1], lines[damaged + 1][:9]) == ("a", "", "  damaged")
    block = lines[1 : damaged - 1]
    names = [line[2:14].strip() for line in block if line[:14].strip()]
    assert names == ["name", "state", "conditions", "started", "accuracy"]
    assert any("right 100.0 % [34.2 %," in line for line in block)


def shown(results: Path, *arguments: str) -> list[dict[str, Any]]:
    found = crucible("show", "a", "--output-dir", results, "--json", *arguments)
    assert found.exit_code == 0, found.output
    rows: list[dict[str, Any]] = json.loads(found.stdout)
    return rows


def test_a_run_is_one_line_with_its_first_metric(results: Path) -> None:
    result = crucible("list", "--output-dir", results)

    assert result.exit_code == 0
    (line,) = result.output.splitlines()
    assert line.startswith(
        "a  Tiny sums  complete  right, wrong, asked, broken  8 rows  SIMULATED  "
    )
    assert "accuracy: right 100.0 % [34.2 %, 100.0 %], wrong 0.0 % [" in line
    assert line.endswith("and 2 more")


def test_the_newest_run_comes_first(results: Path) -> None:
    shutil.copytree(results / "a", results / "b")
    state = results / "b" / "checkpoints" / "run.json"
    old = json.loads(state.read_text())
    old["sessions"][0]["started_at"] = "2999-01-01T00:00:00+00:00"
    state.write_text(json.dumps(old))

    assert [each["id"] for each in listed(results)] == ["b", "a"]


@pytest.mark.parametrize(("text", "count"), [("SUMS", 1), ("small", 1), ("a", 1), ("other", 0)])
def test_the_text_is_looked_for_in_id_name_and_description(
    results: Path, text: str, count: int
) -> None:
    assert len(listed(results, text)) == count


@pytest.mark.parametrize("content", ["", "[]", "{", '{"name": 1}', "[" * 100_000])
@pytest.mark.parametrize("name", ["config.json", "analysis.json", "checkpoints/run.json"])
def test_a_damaged_run_is_one_line(results: Path, name: str, content: str) -> None:
    shutil.copytree(results / "a", results / "b")
    (results / "b" / name).write_text(content)

    result = crucible("list", "--output-dir", results)

    assert result.exit_code == 0
    first, second = result.output.splitlines()
    assert first.startswith("a  Tiny sums  complete")
    assert second.startswith("b  damaged: ")


def test_a_run_whose_lock_is_held_is_running(results: Path) -> None:
    with RunLock(results / "a"):
        held = listed(results)
    free = listed(results)

    assert held[0]["state"] == "running"
    assert free[0]["state"] == "complete"


def test_a_run_that_was_killed_is_incomplete_with_the_rows_of_its_journal(results: Path) -> None:
    (results / "a" / "analysis.json").unlink()
    (results / "a" / "checkpoints" / "lock").write_text('{"process": 1}')

    (run,) = listed(results)

    assert (run["state"], run["rows"], run["values"]) == ("incomplete", 8, {})


def test_a_folder_that_is_not_there_is_an_error_and_an_empty_one_is_not(tmp_path: Path) -> None:
    assert crucible("list", "--output-dir", tmp_path / "other").exit_code == 2
    assert crucible("list", "--output-dir", tmp_path).output == f"no run in {tmp_path}\n"


def test_a_row_is_shown_without_what_a_terminal_acts_on(results: Path) -> None:
    result = crucible("show", "a", "--output-dir", results, "--item", "item_1")

    assert result.exit_code == 0, result.output
    assert "  input: 2+2\n" in result.output
    assert "  expected: 4\n" in result.output
    assert "  cost_usd: 0.5\n" in result.output
    assert "  error: ValueError: first line\n    | second line\n" in result.output
    assert "\x1b" not in result.output


def test_a_row_has_its_calls_with_prompt_and_answer(results: Path) -> None:
    (row,) = shown(results, "--condition", "asked", "--item", "item_0")
    (call,) = row["calls"]
    text = crucible("show", "a", "--output-dir", results, "--condition", "asked").output

    assert (row["input"], row["expected"], row["correct"]) == ("1+1", "2", True)
    assert (call["model"], call["status"]) == ("m", "answered")
    assert call["prompt"] == "1+1"
    assert "  call to m (member, answered)\n    prompt: 1+1\n" in text


@pytest.mark.parametrize(
    ("options", "conditions"),
    [
        (("--condition", "right"), {"right"}),
        (("--failed",), {"broken"}),
        (("--wrong",), {"wrong"}),
        (("--wrong", "--failed"), {"wrong", "broken"}),
        ((), {"right", "wrong", "asked", "broken"}),
    ],
)
def test_rows_are_chosen(results: Path, options: tuple[str, ...], conditions: set[str]) -> None:
    rows = shown(results, *options)

    assert {row["condition"] for row in rows} == conditions
    assert len(rows) == 2 * len(conditions)


def test_a_limit_says_what_it_left_out(results: Path) -> None:
    result = crucible("show", "a", "--output-dir", results, "--limit", 1)

    assert result.output.endswith("1 of 8 rows; --limit shows more\n")


@pytest.mark.parametrize("option", ["--item", "--condition"])
def test_an_unknown_name_is_refused_with_the_known_ones(results: Path, option: str) -> None:
    result = crucible("show", "a", "--output-dir", results, option, "rigth")

    assert result.exit_code == 2
    assert "'rigth' is in no row of the run; it has" in result.output


def test_rows_are_written_as_parquet_but_not_into_the_run(results: Path, tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    options = ("show", "a", "--output-dir", results, "--failed", "--parquet")

    written = crucible(*options, file)
    refused = crucible(*options, results / "a" / "results.parquet")

    assert written.exit_code == 0, written.output
    assert pq.read_table(file).column("input").to_pylist() == ["1+1", "2+2"]
    assert refused.exit_code == 2
    assert pq.read_table(results / "a" / "results.parquet").num_rows == 8


def test_a_damaged_table_and_an_unfinished_run_are_one_message(results: Path) -> None:
    table = results / "a" / "results.parquet"
    table.write_bytes(b"PAR1")
    damaged = crucible("show", "a", "--output-dir", results)
    table.unlink()
    unfinished = crucible("show", "a", "--output-dir", results)

    assert damaged.exit_code == unfinished.exit_code == 2
    assert damaged.output.startswith("error: ")
    assert unfinished.output.startswith("error: ")


def test_a_result_gives_its_rows_as_a_table(tmp_path: Path) -> None:
    class Small(Experiment):
        name = "Small"
        metrics = ("accuracy",)
        dataset = ({"question": "1+1", "answer": "2"},)

        @condition
        async def two(self, item: Item) -> str:
            return "2"

    table = run_sync(Small, output_dir=tmp_path).frame()

    assert table.column("prediction").to_pylist() == ["2"]
