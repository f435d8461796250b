"""A changed number is found, also where its hash was made to fit."""

import hashlib
import json
import random
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ensemble import SimulatedModel, ask, predict
from research_harness import (
    Criterion,
    DatasetSpec,
    Experiment,
    OutputError,
    RunResult,
    condition,
    run_sync,
    verify,
)
from research_harness._artifacts.folder import RunFolder
from research_harness._artifacts.records import record_hashes
from research_harness._control.request_file import Request, write_request
from research_harness._engine.frames import Frame
from research_harness._engine.journal import row_text

MODELS = [SimulatedModel(name, accuracy=0.7) for name in "abc"]


class Small(Experiment):
    name = "Small"
    dataset = DatasetSpec("arithmetic")
    sample_size = 8
    repeat = 2
    metrics = ("accuracy", "latency_p90", "cost_per_query", "cost")
    virtual_time = True
    criteria = (
        Criterion(
            claim="better", metric="accuracy", condition="vote", against="one", more_than=0.0
        ),
    )

    @condition
    async def one(self, item: Any) -> object:
        return await ask(item, model=MODELS[0])

    @condition
    async def vote(self, item: Any) -> object:
        return await predict(item, models=MODELS, normalize="number")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    runs = tmp_path_factory.mktemp("run")

    class Watched(Small):
        async def setup(self) -> None:
            write_request(runs / "r" / "checkpoints", Request(number=1, concurrency=3))

    return run_sync(Watched, output_dir=runs, run_id="r")


def fit_hashes(folder: Path) -> None:
    path = folder / "MANIFEST.json"
    manifest = json.loads(path.read_text())
    for kind, start in (("files", f"{folder}/"), ("beside", f"{folder}_")):
        for name in manifest[kind]:
            digest = hashlib.sha256(Path(f"{start}{name}").read_bytes()).hexdigest()
            manifest[kind][name] = digest
    _write_manifest(folder, manifest)


def _write_manifest(folder: Path, manifest: object) -> None:
    """In the form in which runs write it."""
    text = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False)
    (folder / "MANIFEST.json").write_text(text + "\n")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_one_changed_digit_is_found_although_its_hash_fits(finished: RunResult, seed: int) -> None:
    chance = random.Random(seed)
    inside = ("analysis.json", "results.csv", "config.json", "environment.json", "dataset.jsonl")
    beside = ("analysis.json", "results.csv", "report.md", "report.html")
    paths = [finished.folder / name for name in inside]
    paths += [Path(f"{finished.folder}_{name}") for name in beside]
    path = chance.choice(paths)
    text = path.read_text()
    digit = chance.choice(list(re.finditer(r"[0-9]", text)))
    other = chance.choice([each for each in "123456789" if each != digit[0]])
    try:
        path.write_text(text[: digit.start()] + other + text[digit.end() :])
        fit_hashes(finished.folder)

        found = verify(finished.folder)

        assert not found.agree, f"{path.name}: {text[digit.start() - 40 : digit.end()]}"
    finally:
        path.write_text(text)
        fit_hashes(finished.folder)


def test_a_version_that_was_changed_in_the_environment_is_found(finished: RunResult) -> None:
    path = finished.folder / "environment.json"
    text = path.read_text()
    recorded = json.loads(text)
    recorded["packages"]["typing_extensions"] = "0.0.1"
    try:
        path.write_text(json.dumps(recorded))
        fit_hashes(finished.folder)

        assert "environment.json" in {each.file for each in verify(finished.folder).differences}
    finally:
        path.write_text(text)
        fit_hashes(finished.folder)


def test_an_untouched_run_agrees(finished: RunResult) -> None:
    assert verify(finished.folder).agree


def test_a_report_of_another_version_is_checked_by_its_hash_and_the_check_says_so(
    finished: RunResult, tmp_path: Path
) -> None:
    folder = _copy(finished, tmp_path)
    environment, state = folder / "environment.json", folder / "checkpoints" / "run.json"
    recorded = json.loads(environment.read_text())
    recorded["crucible"]["reporter"] = "0.0.1"
    environment.write_text(json.dumps(recorded))
    digest = hashlib.sha256(environment.read_bytes()).hexdigest()
    state.write_text(json.dumps(json.loads(state.read_text()) | {"environment_sha256": digest}))
    report = Path(f"{folder}_report.md")
    report.write_text(report.read_text().replace("##", "###"))  # as that version rendered it
    fit_hashes(folder)
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    _write_manifest(folder, {**manifest, "records": record_hashes(RunFolder(folder))})

    found = verify(folder)
    report.write_text(report.read_text() + " ")
    changed = verify(folder)

    assert found.agree, str(found)
    assert "the reports by their hashes alone: they were written with reporter 0.0.1, not" in str(
        found
    )
    assert [each.file for each in changed.differences] == [f"../{report.name}"]
    assert "hashes alone" not in str(verify(finished.folder))


def _changed_cell(path: Path, column: str) -> None:
    table = pq.read_table(path)
    values: list[Any] = table.column(column).to_pylist()
    place = next(number for number, each in enumerate(values) if each is not None)
    values[place] += 1
    kind = table.schema.field(column).type
    changed = table.set_column(table.schema.get_field_index(column), column, pa.array(values, kind))
    pq.write_table(changed, path, compression="zstd")


@pytest.mark.slow
@pytest.mark.parametrize("column", ["timestamp_us", "duration_ns", "cost_usd", "input_tokens"])
def test_a_changed_number_of_an_event_is_found_although_its_hash_fits(
    finished: RunResult, tmp_path: Path, column: str
) -> None:
    folder = _copy(finished, tmp_path)
    _changed_cell(folder / "events.parquet", column)
    fit_hashes(folder)

    assert "events.parquet" in {each.file for each in verify(folder).differences}


def test_packing_the_events_again_changes_no_value(finished: RunResult, tmp_path: Path) -> None:
    folder = _copy(finished, tmp_path)
    before = record_hashes(RunFolder(folder))
    path = folder / "events.parquet"
    pq.write_table(pq.read_table(path), path, compression="gzip", row_group_size=7)

    assert record_hashes(RunFolder(folder)) == before


def _journal_line(line: bytes, **values: Any) -> bytes:
    row = json.loads(row_text(line) or b"")
    return Frame("row").line(json.dumps({**row, **values}, separators=(",", ":")).encode())


@pytest.mark.parametrize("again", [False, True], ids=["changed start", "doubled line"])
def test_a_line_of_the_journal_is_found_although_its_hashes_fit(
    finished: RunResult, tmp_path: Path, again: bool
) -> None:
    folder = _copy(finished, tmp_path)
    path = folder / "checkpoints" / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(
        b"".join(
            [*lines, lines[-1]] if again else [*lines[:-1], _journal_line(lines[-1], started_us=1)]
        )
    )
    fit_hashes(folder)
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    if again:  # the same line twice is found without any hash
        del manifest["records"]
        _write_manifest(folder, manifest)

    found = verify(folder)

    assert "checkpoints/journal.jsonl" in {each.file for each in found.differences}


@pytest.mark.parametrize("name", ["run.json", "session.json", "request.json"])
def test_a_digit_that_was_changed_in_how_the_run_was_started_or_asked_is_found(
    finished: RunResult, tmp_path: Path, name: str
) -> None:
    path = _copy(finished, tmp_path) / "checkpoints" / name
    text = path.read_text()
    digit = re.search("[1-8]", text)
    assert digit is not None
    path.write_text(text[: digit.start()] + "9" + text[digit.end() :])

    assert not verify(path.parent.parent).agree


NEEDED = ("analysis.json", "results.csv", "results.parquet", "responses.parquet")


@pytest.mark.parametrize("name", [*NEEDED, "beside analysis.json", "beside results.csv"])
def test_a_file_that_is_gone_is_missed_although_the_manifest_does_not_name_it(
    finished: RunResult, tmp_path: Path, name: str
) -> None:
    folder = _copy(finished, tmp_path)
    where, short = ("beside", name.split()[1]) if " " in name else ("files", name)
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    del manifest[where][short]
    manifest["deterministic"] = [each for each in manifest["deterministic"] if each != short]
    _write_manifest(folder, manifest)
    Path(f"{folder}_{short}" if where == "beside" else folder / short).unlink()

    with suppress(OutputError):  # some cannot be read without this file
        assert not verify(folder).agree


def test_a_file_that_came_later_is_named_and_is_no_difference(
    finished: RunResult, tmp_path: Path
) -> None:
    folder = _copy(finished, tmp_path)
    (folder / "extra.csv").write_text("a,b\n")

    found = verify(folder)

    assert found.agree
    assert "1 files that the manifest does not name: extra.csv" in str(found)


def _copy(finished: RunResult, place: Path) -> Path:
    """A copy of the run and of the files beside it."""
    for path in finished.folder.parent.glob(f"{finished.folder.name}_*"):
        shutil.copy(path, place)
    return Path(shutil.copytree(finished.folder, place / finished.folder.name))
