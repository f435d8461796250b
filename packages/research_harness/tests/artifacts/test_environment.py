"""What is recorded of the code's folder."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from research_harness._artifacts.environment import commit, environment


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
    (folder / "code.py").write_text("2")  # of the same size, so that git has to read it

    commit(folder)

    assert not started.exists()


@pytest.mark.parametrize("kind", ["clean", "process"])
def test_filters_of_a_worktrees_own_settings_are_not_started(tmp_path: Path, kind: str) -> None:
    folder = repository(tmp_path / "theirs")
    started = tmp_path / "started"
    (folder / ".gitattributes").write_text("* filter=x\n")
    git(folder, "config", "extensions.worktreeConfig", "true")
    settings = f'[filter "x"]\n {kind} = touch {started}\n'
    (folder / ".git" / "config.worktree").write_text(settings)
    (folder / "code.py").write_text("2")

    found = commit(folder)

    assert found is not None
    assert found["dirty"] is None
    assert not started.exists()


def test_a_folder_outside_git_has_no_commit_and_a_new_repository_none_yet(tmp_path: Path) -> None:
    assert commit(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert commit(tmp_path) is None


def test_a_linked_folder_has_the_commit_of_its_repository_until_a_file_changes(
    tmp_path: Path,
) -> None:
    folder = repository(tmp_path / "ours")
    (tmp_path / "link").symlink_to(folder)
    (folder / "new.py").write_text("1")  # git does not follow it yet

    clean = commit(tmp_path / "link")
    (folder / "code.py").write_text("2")

    assert clean == {"id": clean and clean["id"], "dirty": False}
    assert commit(folder) == {"id": clean and clean["id"], "dirty": True}


def test_the_packages_of_a_run_are_those_that_importlib_finds_for_its_modules() -> None:
    loaded = {name.partition(".")[0] for name in sys.modules}
    expected = {
        name: metadata.version(name)
        for module, names in metadata.packages_distributions().items()
        if module in loaded
        for name in names
    }
    assert expected.items() <= environment(Path())["packages"].items()


@pytest.mark.parametrize(
    ("files", "form"),
    [
        ({"installed-files.txt": "../odd_package/__init__.py\nPKG-INFO\n"}, "folder"),
        ({"SOURCES.txt": "setup.py\nsrc/odd_package/__init__.py\n"}, "folder"),
        ({}, "folder"),
        ({}, "file"),
    ],
)
def test_packages_that_were_installed_without_a_list_of_files_are_among_those_of_a_run(
    files: dict[str, str], form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "odd_package").mkdir()
    (tmp_path / "odd_package" / "__init__.py").write_text("")
    (tmp_path / "setup.py").write_text("")
    about, place = (
        "Metadata-Version: 1.0\nName: odd-package\nVersion: 1.2\n",
        "odd_package.egg-info",
    )
    if form == "file":
        (tmp_path / place).write_text(about)
    else:
        (tmp_path / place).mkdir()
        for name, text in {"PKG-INFO": about, **files}.items():
            (tmp_path / place / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)

    assert "odd-package" not in environment(Path())["packages"]
    monkeypatch.setitem(sys.modules, "odd_package", sys)
    assert environment(Path())["packages"]["odd-package"] == "1.2"


@pytest.mark.parametrize("setting", ["core.fsmonitor", "filter.x.clean"])
def test_programs_that_a_submodule_names_are_not_started(tmp_path: Path, setting: str) -> None:
    folder, inner = repository(tmp_path / "theirs"), repository(tmp_path / "inner")
    started = tmp_path / "started"
    (inner / ".gitattributes").write_text("* filter=x\n")
    git(inner, "add", ".")
    git(inner, "commit", "-q", "-m", "second")
    add = ("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    git(folder, *add)
    git(folder, "commit", "-q", "-m", "second")
    git(folder, "config", "submodule.sub.ignore", "none")  # outweighs what is set for all
    git(folder / "sub", "config", setting, f"touch {started}")
    (folder / "sub" / "code.py").write_text("2")

    found = commit(folder)

    assert found is not None
    assert not started.exists()
