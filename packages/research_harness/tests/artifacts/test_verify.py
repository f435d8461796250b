"""Folders of runs that others have made."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import Dataset, Item
from research_harness import OutputError, verify

MANIFEST: dict[str, Any] = {"files": {}, "beside": {}, "deterministic": [], "volatile_columns": []}


def _folder(path: Path, manifest: object = MANIFEST, **settings: Any) -> Path:
    (path / "checkpoints").mkdir(parents=True)
    (path / "checkpoints" / "run.json").write_text("{}")
    (path / "MANIFEST.json").write_text(json.dumps(manifest))
    data = Dataset.from_items([Item(id="1", input="q", expected="a")], name="own")
    data.to_jsonl(path / "dataset.jsonl")
    found = Dataset.from_file(path / "dataset.jsonl")
    config = {
        "dataset_hash": found.content_hash,
        "conditions": [{"name": "one"}],
        "repeat": 1,
        "seed": 1,
        "randomize": False,
        **settings,
    }
    (path / "config.json").write_text(json.dumps(config))
    (path / "results.csv").write_text("x")
    return path


@pytest.mark.parametrize("name", ["../../other", "/etc/hostname", "a/../../b", "..\\b"])
def test_a_manifest_that_names_files_outside_of_the_run_is_refused(
    tmp_path: Path, name: str
) -> None:
    folder = _folder(tmp_path / "run", {**MANIFEST, "files": {name: "0" * 64}})

    with pytest.raises(OutputError, match="files outside of the run"):
        verify(folder)


@pytest.mark.parametrize("manifest", [[1, 2], 5, {"files": [1]}, {"files": {"x": 1}, "beside": 2}])
def test_a_manifest_of_another_form_is_refused(tmp_path: Path, manifest: object) -> None:
    folder = _folder(tmp_path / "run", manifest)

    with pytest.raises(OutputError, match="cannot read"):
        verify(folder)


@pytest.mark.parametrize("repeat", [10**9, -1, "many", None, [1]])
def test_settings_that_no_run_has_are_refused(tmp_path: Path, repeat: object) -> None:
    folder = _folder(tmp_path / "run", repeat=repeat)

    with pytest.raises(OutputError, match="cannot read"):
        verify(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders on this system")
@pytest.mark.parametrize("name", ["checkpoints/journal.jsonl", "results.csv", "dataset.jsonl"])
def test_a_pipe_in_place_of_a_file_does_not_stop_the_check(tmp_path: Path, name: str) -> None:
    folder = _folder(tmp_path / "run")
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)

    with pytest.raises(OutputError, match="not a plain file"):
        verify(folder)


@pytest.mark.parametrize("inside", [True, False])
def test_what_lies_in_place_of_a_file_is_named(tmp_path: Path, *, inside: bool) -> None:
    named = {"results.csv": "0" * 64}
    folder = _folder(tmp_path / "run", {**MANIFEST, "files" if inside else "beside": named})
    place = folder / "results.csv" if inside else tmp_path / "run_results.csv"
    place.unlink(missing_ok=True)
    kinds: dict[str, Callable[[], object]] = {
        "it is a link to nothing": lambda: place.symlink_to("nowhere"),
        "a folder": place.mkdir,
    }
    if hasattr(os, "mkfifo"):
        kinds["a pipe"] = lambda: os.mkfifo(place)

    for words, make in kinds.items():
        make()
        with pytest.raises(OutputError, match=f"{place.name}.*{words}"):
            verify(folder)
        place.rmdir() if words == "a folder" else place.unlink()


def test_names_with_control_characters_are_shown_as_escapes(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "run", {**MANIFEST, "files": {"\x1b[2Jx": "0" * 64}})

    shown = str(verify(folder))

    assert "\x1b" not in shown
    assert "\\x1b[2Jx" in shown
