"""A changed number is found, also where its hash was made to fit."""

import hashlib
import json
import random
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

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
    return run_sync(Small, output_dir=tmp_path_factory.mktemp("run"), run_id="r")


def fit_hashes(folder: Path) -> None:
    path = folder / "MANIFEST.json"
    manifest = json.loads(path.read_text())
    for kind, start in (("files", f"{folder}/"), ("beside", f"{folder}_")):
        for name in manifest[kind]:
            digest = hashlib.sha256(Path(f"{start}{name}").read_bytes()).hexdigest()
            manifest[kind][name] = digest
    path.write_text(json.dumps(manifest))


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
    (folder / "MANIFEST.json").write_text(json.dumps(manifest))
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
