"""One changed byte anywhere in a finished run, or beside it, is found."""

import json
import random
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from ensemble import SimulatedModel, ask, predict
from research_harness import (
    Criterion,
    DatasetSpec,
    Experiment,
    HarnessError,
    condition,
    run_sync,
    verify,
)

MODELS = [SimulatedModel(name, accuracy=0.7) for name in "abc"]
EDITS = 24
NOTEBOOK = ("notebook",) if find_spec("nbformat") else ()  # an extra of reporter


class Whole(Experiment):
    """A run with every kind of file."""

    name = "Whole"
    dataset = DatasetSpec("arithmetic")
    sample_size = 4
    metrics = ("accuracy", "latency_p90", "cost")
    virtual_time = True
    traces = True
    formats = ("markdown", "html", "latex", "typst", "json", *NOTEBOOK)
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

    @condition
    async def fails(self, item: Any) -> object:
        raise ValueError("no answer")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_sync(Whole, output_dir=tmp_path_factory.mktemp("runs"), run_id="r").folder


def edited(raw: bytes, chance: random.Random) -> bytes:
    """A file with one byte changed, put in or left out."""
    at = chance.randrange(len(raw))
    kinds: tuple[Callable[[], bytes], ...] = (
        lambda: raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :],
        lambda: raw[:at] + chance.choice((b"0", b"7", b" ", b"a", b"\n")) + raw[at:],
        lambda: raw[:at] + raw[at + 1 :],
    )
    return chance.choice(kinds)()


def is_found(folder: Path) -> bool:
    try:
        return not verify(folder).agree
    except HarnessError:  # the run cannot be read any more
        return True


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(EDITS))
def test_an_edit_anywhere_is_found(finished: Path, seed: int) -> None:
    chance = random.Random(seed)
    files = [each for each in sorted(finished.parent.rglob("*")) if each.is_file()]
    files = [each for each in files if each.stat().st_size]
    # The manifest has no hash of its own, so two thirds of the edits are made there.
    path = finished / "MANIFEST.json" if seed % 3 else chance.choice(files)
    raw = path.read_bytes()
    changed = edited(raw, chance)
    path.write_bytes(changed)
    try:
        assert is_found(finished), f"{path.name}: {raw!r:.80} became {changed!r:.80}"
    finally:
        path.write_bytes(raw)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("schema", 2),
        ("deterministic", ["config.json"]),
        ("volatile_columns", ["latency_ms"]),
        ("checked_by", "ada"),
    ],
)
def test_what_a_manifest_says_of_the_run_is_computed_again(
    finished: Path, name: str, value: object
) -> None:
    path = finished / "MANIFEST.json"
    text = path.read_text()
    manifest = {**json.loads(text), name: value}
    path.write_text(json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    try:
        found = verify(finished).differences
    finally:
        path.write_text(text)

    assert [(each.file, each.location) for each in found] == [("MANIFEST.json", name)]


def test_a_name_that_stands_twice_in_a_manifest_is_found(finished: Path) -> None:
    path = finished / "MANIFEST.json"
    text = path.read_text()
    path.write_text(text.replace('  "schema": 1,\n', '  "schema": 2,\n  "schema": 1,\n'))
    try:
        found = verify(finished).differences
    finally:
        path.write_text(text)

    assert [(each.file, each.location) for each in found] == [("MANIFEST.json", "form")]
