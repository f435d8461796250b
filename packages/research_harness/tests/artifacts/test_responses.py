"""Every call of a run is kept with its prompt and answer, so that a vote can be counted again."""

import asyncio
import json
import shutil
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import ensemble
from dataset_manager import Item
from ensemble import (
    EnsembleResult,
    FunctionModel,
    LogNormal,
    ModelCall,
    SimulatedModel,
    Variant,
    ask,
    observing_calls,
    predict,
)
from research_harness import (
    Experiment,
    ResponseRecord,
    RunNotFoundError,
    RunResult,
    condition,
    estimate_sync,
    read_responses,
    resume_sync,
    run_sync,
    verify,
)
from research_harness._engine.response_log import ResponseLog, ResponseLogWriter
from research_harness._outcome.responses import call_records
from research_harness._outcome.row import Row

ITEMS = [
    {"id": f"i{number}", "input": f"{number} + 1?", "expected": number + 1} for number in range(12)
]
SIMULATED: list[ensemble.Model] = [
    SimulatedModel(
        name,
        accuracy=0.7,
        latency=LogNormal(median_ms=100, sigma=0.5),
        input_price=1.0,
        output_price=2.0,
    )
    for name in ("a", "b", "c")
]


class Votes(Experiment):
    """A vote, and one model whose condition passes on the text only."""

    name = "Votes"
    dataset = ITEMS
    metrics = ("accuracy",)
    formats = ()
    scorer = "number"
    virtual_time = True
    repeat = 2

    @condition
    async def vote(self, item: Item) -> EnsembleResult:
        """The majority of three."""
        return await predict(item, models=SIMULATED, normalize="number")

    @condition
    async def text(self, item: Item) -> str | None:
        """The answer of one model as text."""
        return (await predict(item, models=SIMULATED[:1], normalize="number")).answer


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return run_sync(Votes, output_dir=tmp_path_factory.mktemp("votes"))


def of_row(records: tuple[ResponseRecord, ...], index: int) -> list[ResponseRecord]:
    return [each for each in records if each.index == index]


def test_a_vote_can_be_counted_again_from_the_file(result: RunResult) -> None:
    records = read_responses(result.folder)
    rows = pq.read_table(result.folder / "results.parquet").to_pylist()

    for row in rows:
        calls = of_row(records, row["index"])
        assert [each.call for each in calls] == list(range(3 if row["condition"] == "vote" else 1))
        if row["condition"] == "vote":
            assert [each.model for each in calls] == ["a", "b", "c"]
            votes = Counter(each.vote for each in calls)
            assert dict(votes) == json.loads(row["metadata"])["votes"]
            assert {(each.role, each.strategy, each.normalize) for each in calls} == {
                ("member", "majority", "number")
            }
            assert sum(each.cost_usd or 0 for each in calls) == pytest.approx(row["cost_usd"])
        else:
            assert calls[0].answer == row["prediction"]


def test_a_call_is_kept_with_prompt_answer_tokens_sample_and_times(result: RunResult) -> None:
    for each in read_responses(result.folder):
        assert each.prompt == f"{each.item_id[1:]} + 1?"
        assert each.answer
        assert each.status == "answered"
        assert each.sample == each.repeat
        assert each.source == "simulated"
        assert each.input_tokens
        assert each.output_tokens
        assert each.latency_ms is not None
        assert each.started_ms == 0.0


@pytest.mark.slow
def test_the_file_is_in_the_manifest_and_the_same_in_every_run(
    result: RunResult, tmp_path: Path
) -> None:
    again = run_sync(Votes, output_dir=tmp_path)
    manifest = json.loads((result.folder / "MANIFEST.json").read_text())

    assert "responses.parquet" in manifest["files"]
    assert "responses.parquet" in manifest["deterministic"]
    first, second = ((each.folder / "responses.parquet").read_bytes() for each in (result, again))
    assert first == second
    assert verify(result.folder).agree
    assert "responses.parquet" in verify(result.folder, again.folder).checked


def test_a_resumed_run_has_the_same_responses(result: RunResult, tmp_path: Path) -> None:
    folder = tmp_path / result.folder.name
    shutil.copytree(result.folder, folder)
    journal, log = folder / "checkpoints/journal.jsonl", folder / "checkpoints/responses.jsonl"
    # As after a kill: the last rows are missing, the log of calls is ahead of them and torn.
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-7]))
    log.write_bytes(log.read_bytes()[:-30])
    for name in ("responses.parquet", "MANIFEST.json"):
        (folder / name).unlink()

    resumed = resume_sync(folder, Votes)

    assert resumed.resumed_rows == result.rows - 7
    wanted = (result.folder / "responses.parquet").read_bytes()
    assert (folder / "responses.parquet").read_bytes() == wanted
    assert verify(folder).agree


@pytest.mark.parametrize("column", ["answer", "vote", "prompt", "cost_usd"])
def test_a_changed_call_is_found(result: RunResult, tmp_path: Path, column: str) -> None:
    folder = tmp_path / result.folder.name
    shutil.copytree(result.folder, folder)
    path = folder / "responses.parquet"
    table = pq.read_table(path)
    values = table[column].to_pylist()
    values[3] = 42.0 if column == "cost_usd" else "42"
    at = table.column_names.index(column)
    pq.write_table(table.set_column(at, table.field(at), [values]), path)

    alone, both = verify(folder), verify(folder, result.folder)

    places = {f"{each.file}, {each.location}" for each in alone.differences}
    assert f"responses.parquet, call 4, column {column}" in places
    assert [f"{each.location}" for each in both.differences] == [f"call 4, column {column}"]


def test_texts_that_come_again_are_written_once(tmp_path: Path) -> None:
    prompt = "A long introduction. " * 500
    writer = ResponseLogWriter(tmp_path / "responses.jsonl")
    rows = [Row(index=index, item_id="i", condition="c", repeat=0) for index in range(200)]

    for row in rows:
        writer.add(row, [{"model": "m", "prompt": prompt, "answer": str(row.index % 3)}])
    writer.write()
    writer.close()

    assert writer.path.stat().st_size < len(prompt) + 200 * 250
    found = list(ResponseLog(writer.path).of_rows(rows))
    assert [each.answer for each in found] == [str(index % 3) for index in range(200)]
    assert {each.prompt for each in found} == {prompt}


def test_a_damaged_line_is_counted_and_loses_its_own_calls_only(tmp_path: Path) -> None:
    writer = ResponseLogWriter(tmp_path / "responses.jsonl")
    rows = [Row(index=index, item_id="i", condition="c", repeat=0) for index in range(3)]
    for row in rows:
        writer.add(row, [{"model": "m", "prompt": "p", "answer": f"answer {row.index}"}])
    writer.write()
    writer.close()
    text = writer.path.read_bytes().replace(b'"index":1', b'"index":7')
    writer.path.write_bytes(text)

    log = ResponseLog(writer.path)

    assert [each.answer for each in log.of_rows(rows)] == ["answer 0", "answer 2"]
    assert log.damaged == 1


class Strange(Experiment):
    """Members that fail or are cut off by the limit of the row."""

    name = "Strange"
    dataset = ITEMS[:1]
    metrics = ("accuracy",)
    formats = ()
    timeout_ms = 500.0
    virtual_time = True

    @condition
    async def members(self, item: Item) -> EnsembleResult:
        """One fails, one has a prompt of its own."""

        # Simulated time does not wait for the threads of plain functions.
        async def fail(text: str) -> str:
            raise RuntimeError("out of \udcff order")

        async def one(text: str) -> str:
            return "1"

        panel: list[ensemble.Model] = [
            FunctionModel("fails", fail),
            Variant(FunctionModel("plain", one), "formal", prompt="Kindly: {}".format),
        ]
        return await predict(str(item), models=panel)

    @condition
    async def late(self, item: Item) -> EnsembleResult:
        """Waits longer than its row may take."""

        async def wait(text: str) -> str:
            await asyncio.sleep(3600)
            return text

        return await predict(str(item), models=[FunctionModel("waits", wait)])


def test_failed_cancelled_and_unusual_calls_are_kept(tmp_path: Path) -> None:
    result = run_sync(Strange, output_dir=tmp_path)
    found = {each.model: each for each in read_responses(result.folder)}

    assert found["fails"].status == "failed"
    assert "out of \\udcff order" in found["fails"].error
    assert found["fails"].answer is None
    assert found["formal"].prompt == "Kindly: 0 + 1?"
    assert (found["waits"].status, found["waits"].answer) == ("cancelled", None)
    assert found["waits"].latency_ms == 500.0


async def test_a_text_that_no_file_can_hold_is_escaped(tmp_path: Path) -> None:
    calls: list[ModelCall] = []
    with observing_calls(calls.append):
        await predict("is \udcff it?", models=[FunctionModel("m", lambda text: "\udc80 1")])
    writer = ResponseLogWriter(tmp_path / "responses.jsonl")
    row = Row(index=0, item_id="i", condition="c", repeat=0)

    writer.add(row, call_records(calls, None, started=0.0))
    writer.write()
    writer.close()

    (found,) = ResponseLog(writer.path).of_rows([row])
    assert (found.prompt, found.answer) == ("is \\udcff it?", "\\udc80 1")


class Plain(Experiment):
    """A condition that calls no model."""

    name = "Plain"
    dataset = ITEMS[:1]
    metrics = ("accuracy",)
    formats = ()

    @condition
    async def plain(self, item: Item) -> dict[str, Any]:
        """Without any call."""
        return {"prediction": "1"}


async def test_every_parameter_of_a_call_is_kept() -> None:
    calls: list[ModelCall] = []
    with observing_calls(calls.append):
        await ask(
            "1 + 1?",
            model=FunctionModel("m", lambda text: text),
            temperature=0.5,
            stop=["\n"],
            extra={"min_p": 0.1},
        )

    (found,) = call_records(calls, None, started=0.0)

    assert found["temperature"] == 0.5
    assert json.loads(found["options"]) == {"stop": ["\n"], "extra": {"min_p": 0.1}}


def test_a_run_without_calls_has_an_empty_file(tmp_path: Path) -> None:
    result = run_sync(Plain, output_dir=tmp_path)

    assert read_responses(result.folder) == ()
    assert not (result.folder / "checkpoints/responses.jsonl").exists()
    assert verify(result.folder).agree


def test_a_run_of_an_older_version_has_no_responses_to_read(tmp_path: Path) -> None:
    result = run_sync(Plain, output_dir=tmp_path)
    (result.folder / "responses.parquet").unlink()

    with pytest.raises(RunNotFoundError, match=r"responses\.parquet"):
        read_responses(result.folder)


@pytest.mark.slow
def test_a_pilot_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        estimate_sync(Votes, pilot=1)

    assert list(tmp_path.iterdir()) == []
