"""With ``--trust``, the text whose hash was recorded runs, and nothing else that lies there."""

import hashlib
import importlib.util
import json
import py_compile
import shutil
import sys
from pathlib import Path

import pytest

from research_harness import (
    OutputError,
    UntrustedFileError,
    load_experiment,
    reanalyze,
    resume_sync,
    run_sync,
)
from research_harness._definition import load
from research_harness._run import trust as trusting

FILE = """
{first}
from research_harness import Experiment, condition

class E(Experiment):
    name = "e"
    metrics = ("accuracy",)
    formats = ("markdown",)
    virtual_time = True
    dataset = [{{"id": str(n), "input": "q", "expected": "4"}} for n in range(3)]

    @condition
    async def a(self, item):
        return "4"
"""


def their_run(folder: Path, monkeypatch: pytest.MonkeyPatch, *, first: str = "") -> Path:
    """A run that others began, with the experiment's file beside it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "theirs"))
    file = folder / f"e_{folder.name.replace('-', '_')}.py"
    file.write_text(FILE.format(first=first))
    run_sync(load_experiment(file), output_dir=folder, run_id="x", experiment_file=file)
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "mine"))
    shutil.move(folder / "x", folder / "y")
    return file


def hostile(file: Path, mark: Path) -> str:
    return f"open({str(mark)!r}, 'w').close()\n{file.read_text()}"


def compiled(file: Path, text: str) -> None:
    """A compiled form of another text, which Python takes without a look at the file."""
    other = file.with_name("other.py")
    other.write_text(text)
    py_compile.compile(
        str(other),
        cfile=importlib.util.cache_from_source(str(file)),
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    other.unlink()


@pytest.mark.slow
def test_a_compiled_form_beside_the_file_does_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = their_run(tmp_path, monkeypatch)
    compiled(file, hostile(file, tmp_path / "ran"))

    assert resume_sync(tmp_path / "y", trust=True).resumed_rows == 3
    assert resume_sync(tmp_path / "y", load_experiment(file)).resumed_rows == 3
    assert not (tmp_path / "ran").exists()


def test_nor_does_that_of_a_module_which_it_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = tmp_path / f"helper_{tmp_path.name.replace('-', '_')}.py"
    helper.write_text("")
    their_run(tmp_path, monkeypatch, first=f"import {helper.stem}")
    compiled(helper, hostile(helper, tmp_path / "ran"))
    monkeypatch.delitem(sys.modules, helper.stem)

    assert resume_sync(tmp_path / "y", trust=True).resumed_rows == 3
    assert not (tmp_path / "ran").exists()


@pytest.mark.slow
@pytest.mark.parametrize("package", [False, True])
def test_a_file_that_is_replaced_after_its_hash_was_taken_does_not_run(
    package: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if package:
        (tmp_path / "__init__.py").write_text("")
    file = their_run(tmp_path, monkeypatch)
    text = hostile(file, tmp_path / "ran")
    for name in [each for each in sys.modules if each.endswith(file.stem)]:
        monkeypatch.delitem(sys.modules, name)

    def replaced(path: Path, content: bytes, name: str) -> object:
        file.write_text(text)
        return load.load_content(path, content, name)

    monkeypatch.setattr(trusting, "load_content", replaced)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        resume_sync(tmp_path / "y", trust=True, force=True)
    assert not (tmp_path / "ran").exists()


TOML = """
name = "written"
dataset = [{id = "1", input = "q", expected = "4"}]
formats = ["markdown"]
virtual_time = true
[conditions.a]
model = {simulated = "m", accuracy = 1.0}
"""


def test_nor_does_a_description_that_is_replaced_after_its_hash_was_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "study.toml"
    file.write_text(TOML)
    content = file.read_bytes()
    file.write_text(TOML.replace('"written"', '"another"'))

    assert load.load_content(file, content, "").name == "written"
    assert load_experiment(file).name == "another"


@pytest.mark.slow
@pytest.mark.parametrize("form", ["{file}::E", "{stem}:E", "{file}"])
def test_a_folder_that_records_no_hash_is_not_trusted(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = their_run(tmp_path, monkeypatch)
    file.write_text(hostile(file, tmp_path / "ran"))
    state = tmp_path / "y" / "checkpoints" / "run.json"
    known = json.loads(state.read_text())
    known["experiment_file"] = form.format(file=file, stem=file.stem)
    del known["experiment_sha256"]
    state.write_text(json.dumps(known))
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UntrustedFileError):
        resume_sync(tmp_path / "y", trust=True)
    assert not (tmp_path / "ran").exists()


def test_a_hash_is_that_of_a_plain_file(tmp_path: Path) -> None:
    plain = tmp_path / "a.py"
    plain.write_bytes(b"x")
    large = tmp_path / "b.py"
    with large.open("wb") as file:
        file.truncate(10 << 30)

    assert trusting.file_sha256(plain) == hashlib.sha256(b"x").hexdigest()
    assert trusting.file_sha256(large) is None
    assert trusting.file_sha256(tmp_path) is None


@pytest.mark.slow
@pytest.mark.parametrize("options", [{"virtual_time": False}, {"__class__": "x"}, ["seed"]])
def test_what_is_no_option_of_a_run_becomes_no_attribute_of_the_experiment(
    options: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = their_run(tmp_path, monkeypatch)
    state = tmp_path / "y/checkpoints/run.json"
    state.write_text(json.dumps(json.loads(state.read_text()) | {"options": options}))
    experiment = load_experiment(file)

    with pytest.raises(OutputError, match="no option of a run"):
        resume_sync(tmp_path / "y", experiment)
    with pytest.raises(OutputError, match="no option of a run"):
        reanalyze(tmp_path / "y", experiment)
    with pytest.raises(OutputError, match="no option of a run"):
        run_sync(experiment, replay=str(tmp_path / "y"), output_dir=tmp_path)
