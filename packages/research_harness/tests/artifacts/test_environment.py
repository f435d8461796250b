"""What is recorded of the code's folder."""

import subprocess
from pathlib import Path

import pytest

from research_harness._artifacts.environment import commit


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    subprocess.run(["git", *who, "-C", str(folder), *arguments], check=True, capture_output=True)


def repository(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "code.py").write_text("1")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def test_the_commit_is_the_folders_own_whatever_git_dir_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = repository(tmp_path / "ours")
    other = repository(tmp_path / "other")
    git(other, "commit", "-q", "--allow-empty", "-m", "second")
    expected = commit(ours)

    monkeypatch.setenv("GIT_DIR", str(other / ".git"))

    assert expected is not None
    assert commit(ours) == expected


@pytest.mark.parametrize("setting", ["core.fsmonitor", "filter.x.clean", "diff.external"])
def test_programs_that_a_repository_names_are_not_started(tmp_path: Path, setting: str) -> None:
    folder = repository(tmp_path / "theirs")
    started = tmp_path / "started"
    (folder / ".gitattributes").write_text("* filter=x\n")
    git(folder, "config", setting, f"touch {started}")
    (folder / "code.py").write_text("22")

    commit(folder)

    assert not started.exists()
