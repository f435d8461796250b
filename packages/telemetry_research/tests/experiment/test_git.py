"""Reading git of a foreign folder starts no program that the folder names."""

import subprocess
from pathlib import Path

import pytest

from telemetry_research import ReproducibilityRecord, recording, reproducibility_record


def git(folder: Path, *command: str) -> None:
    who = ["-c", "user.name=x", "-c", "user.email=x@y", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", "-C", str(folder), *who, *command], check=True, capture_output=True)


def repository(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    git(folder, "init", "-q")
    (folder / "a.txt").write_text("one")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    (folder / "a.txt").write_text("two, longer")
    return folder


def look(folder: Path) -> ReproducibilityRecord:
    with recording("one") as experiment:
        pass
    return reproducibility_record(experiment, folder=folder)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "attributes"),
    [
        ("core.fsmonitor", ""),
        ("diff.external", ""),
        ("core.pager", ""),
        ("core.sshCommand", ""),
        ("core.alternateRefsCommand", ""),
        ("diff.mine.command", "*.txt diff=mine\n"),
        ("diff.mine.textconv", "*.txt diff=mine\n"),
        ("filter.mine.clean", "*.txt filter=mine\n"),
        ("filter.mine.process", "*.txt filter=mine\n"),
    ],
)
@pytest.mark.parametrize("included", [False, True])
def test_no_program_of_the_settings_is_started(
    tmp_path: Path, setting: str, attributes: str, included: bool
) -> None:
    folder, mark = repository(tmp_path / "code"), tmp_path / "mark"
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "attributes").write_text(attributes)
    section, _, key = setting.rpartition(".")
    head, _, name = section.partition(".")
    title = f'[{head} "{name}"]' if name else f"[{head}]"
    own = folder / ".git" / "config"
    target = folder / ".git" / "more" if included else own
    if included:
        own.write_text(own.read_text() + "[include]\n\tpath = more\n")
    before = target.read_text() if target.exists() else ""
    target.write_text(f'{before}{title}\n\t{key} = "touch {mark}; cat"\n')

    found = look(folder)

    assert not mark.exists()
    assert found.commit is not None
    assert found.dirty is (None if setting.startswith("filter") else True)


def test_no_hook_is_started(tmp_path: Path) -> None:
    folder, mark = repository(tmp_path / "code"), tmp_path / "mark"
    for name in ("post-index-change", "fsmonitor-watchman", "post-checkout", "pre-auto-gc"):
        hook = folder / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
        hook.chmod(0o755)

    assert look(folder).dirty is True
    assert not mark.exists()


def test_no_program_of_a_submodule_is_started(tmp_path: Path) -> None:
    inner, outer, mark = repository(tmp_path / "inner"), tmp_path / "outer", tmp_path / "mark"
    repository(outer)
    git(outer, "submodule", "add", "-q", str(inner), "sub")
    git(outer, "commit", "-qam", "sub")
    git(outer / "sub", "config", "core.fsmonitor", f"touch {mark}; false")
    (outer / "sub" / "a.txt").write_text("changed")

    assert look(outer).dirty is False
    assert not mark.exists()


def test_a_missing_object_is_not_fetched(tmp_path: Path) -> None:
    folder, mark = repository(tmp_path / "code"), tmp_path / "mark"
    git(folder, "config", "core.repositoryformatversion", "1")
    git(folder, "config", "extensions.partialClone", "origin")
    git(folder, "config", "remote.origin.promisor", "true")
    git(folder, "config", "remote.origin.url", f"ext::sh -c touch% {mark}")
    git(folder, "config", "protocol.ext.allow", "always")
    for path in (folder / ".git" / "objects").glob("??/*"):
        kind = subprocess.run(
            ["git", "-C", str(folder), "cat-file", "-t", path.parent.name + path.name],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
        if kind == "blob":
            path.unlink()

    found = look(folder)

    assert found.dirty is True
    assert found.diff_hash is None
    assert not mark.exists()


def test_a_bare_repository_inside_of_the_folder_is_not_used(tmp_path: Path) -> None:
    source, bare = repository(tmp_path / "code"), tmp_path / "bare"
    git(tmp_path, "clone", "-q", "--bare", str(source), str(bare))

    assert look(bare).commit is None


def test_the_callers_git_variables_do_not_name_another_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = repository(tmp_path / "mine"), repository(tmp_path / "other")
    (other / "a.txt").write_text("one")
    git(other, "add", ".")
    monkeypatch.setenv("GIT_DIR", str(mine / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(mine))

    assert look(other).dirty is False
