"""The reproducibility record of an experiment."""

import json
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from telemetry_research import record, recording, reproducibility_record


def git(folder: Path, *command: str) -> None:
    who = ["-c", "user.name=x", "-c", "user.email=x@y"]
    subprocess.run(["git", "-C", str(folder), *who, *command], check=True, capture_output=True)


def test_a_record_holds_commit_packages_system_and_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "sk-secret")
    git(tmp_path, "init", "-q")
    data = tmp_path / "data.txt"
    data.write_text("one")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    with recording("one") as experiment:
        record("ensemble.model.stop", {}, {"model": "m", "api_model_id": "m-2026-01"})

    clean = reproducibility_record(
        experiment, folder=tmp_path, data=(data,), config={"b": 1, "a": 2}, seeds={"s": 3}
    )
    data.write_text("two")
    dirty = reproducibility_record(
        experiment, folder=tmp_path, data=(data,), config={"a": 2, "b": 1}, seeds={"s": 3}
    )

    assert (clean.dirty, clean.diff_hash, dirty.dirty) == (False, None, True)
    assert len(clean.commit or "") == 40
    assert clean.data_hashes[str(data)] == sha256(b"one").hexdigest()
    assert clean.models == {"m-2026-01": 1}
    assert clean.config_hash == dirty.config_hash
    assert set(clean.differences(dirty)) == {"dirty", "diff_hash", "data_hashes"}
    assert "pyarrow" in clean.packages
    assert "sk-secret" not in json.dumps(clean.to_dict())


def test_outside_of_a_repository_there_is_no_commit(tmp_path: Path) -> None:
    with recording("one") as experiment:
        pass

    found = reproducibility_record(experiment, folder=tmp_path)

    assert (found.commit, found.dirty) == (None, None)
    assert "no commit" in str(found)


def test_a_record_is_a_table_and_json(tmp_path: Path) -> None:
    with recording("a|b") as experiment:
        record("a.stop")

    found = reproducibility_record(experiment, seeds={"sampling": 7}, folder=tmp_path)

    assert "| seeds | sampling: 7 |" in found.to_markdown()
    assert "a\\|b" in found.to_markdown()
    assert json.loads(found.to_json())["seeds"] == {"sampling": 7}
    assert "<td>sampling: 7</td>" in found._repr_html_()
