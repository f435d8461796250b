"""A resume refuses what makes other answers, accepts the rest, and runs no foreign file."""

import json
from pathlib import Path
from typing import Any

import pytest

from research_harness import (
    Experiment,
    MetricError,
    ResumeRefusedError,
    UntrustedFileError,
    load_experiment,
    resume_sync,
    run_sync,
)
from research_harness._plan.code import CLASS, code_parts

FILE = """
from helper_{mark} import PROMPT  # the prompt
from research_harness import Experiment, Metric, condition

class E(Experiment):
    '''A first text.'''
    name = "e"
    description = "one"
    metrics = ("accuracy", Metric(name="chars", column=lambda row: len(row.prediction)))
    formats = ()
    timeout_ms = 1_000
    virtual_time = True
    dataset = [{"id": str(n), "input": "q", "expected": "4"} for n in range(6)]

    @condition
    async def a(self, item):
        return PROMPT
"""


def files(folder: Path) -> tuple[Path, Path]:
    mark = folder.name.replace("-", "_")
    helper, file = folder / f"helper_{mark}.py", folder / f"e_{mark}.py"
    helper.write_text("PROMPT = '4'\n")
    file.write_text(FILE.replace("{mark}", mark))
    return helper, file


def start(file: Path, folder: Path) -> None:
    run_sync(load_experiment(file), output_dir=folder, run_id="x", experiment_file=file)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("timeout_ms = 1_000", "timeout_ms = 9_000"),
        ('description = "one"', 'description = "two"'),
        ("# the prompt", "# another comment"),
        ("A first text.", "A second text."),
        ("len(row.prediction)", "2 * len(row.prediction)"),
        ('"accuracy", ', '"accuracy", "score", '),
    ],
)
def test_what_only_reads_the_answers_may_change(tmp_path: Path, old: str, new: str) -> None:
    _, file = files(tmp_path)
    start(file, tmp_path)
    file.write_text(file.read_text().replace(old, new))

    result = resume_sync("x", output_dir=tmp_path)

    assert result.resumed_rows == 6
    assert result.analysis["deviations"] == []


def test_a_changed_module_of_the_users_own_is_refused_by_name(tmp_path: Path) -> None:
    helper, file = files(tmp_path)
    start(file, tmp_path)
    helper.write_text("# only a comment\nPROMPT = '4'\n")
    resume_sync("x", output_dir=tmp_path)
    helper.write_text("PROMPT = '5'\n")

    with pytest.raises(ResumeRefusedError, match=helper.stem):
        resume_sync("x", output_dir=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [("return PROMPT", "return PROMPT + '!'"), ("range(6)", "range(5)")],
)
def test_what_makes_the_answers_may_not_change(tmp_path: Path, old: str, new: str) -> None:
    _, file = files(tmp_path)
    start(file, tmp_path)
    file.write_text(file.read_text().replace(old, new))

    with pytest.raises(ResumeRefusedError):
        resume_sync("x", output_dir=tmp_path)


def cell(text: str) -> type[Experiment]:
    """A class as a cell of a notebook makes it: without a file."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, "<ipython-input-1>", "exec"), names)  # noqa: S102  # our own text
    made: type[Experiment] = names["E"]
    return made


CELL = """
from research_harness import Experiment, condition
WORD = "4"
def shout(text): return text
class E(Experiment):
    @condition
    async def a(self, item): return shout(WORD)
"""


def test_cells_of_a_notebook_are_compared_by_what_they_mean() -> None:
    first = code_parts(cell(CELL))

    assert first
    assert code_parts(cell("# a comment\n\n" + CELL)) == first
    for old, new in (('"4"', '"5"'), ("return text", "return text + '!'"), ("(WORD)", "(item.id)")):
        assert code_parts(cell(CELL.replace(old, new))) != first


FORMS = """
from functools import cached_property
from research_harness import Experiment, condition
class Base(Experiment):
    @condition
    async def a(self, item): return "4"
class E(Base):
    prompt = "4"
    description = "one"
    @property
    def by_property(self): return "first"
    @cached_property
    def by_cache(self): return "second"
    @staticmethod
    def by_itself(): return "third"
    @classmethod
    def by_class(cls): return "fourth"
    @condition
    async def a(self, item): return await super().a(item) + "fifth"
"""


@pytest.mark.parametrize(
    "text", ['prompt = "4"', *(f'"{each}"' for each in ("first", "second", "third", "fourth")),
             '"fifth"', 'return "4"']
)  # fmt: skip
def test_every_form_of_a_function_in_a_notebook_is_compared(text: str) -> None:
    changed = FORMS.replace(text, text.replace('"', '"x', 1))

    assert changed != FORMS
    assert code_parts(cell(changed)) != code_parts(cell(FORMS))


def test_what_only_reads_the_answers_may_change_in_a_notebook() -> None:
    assert code_parts(cell(FORMS.replace('"one"', '"two"'))) == code_parts(cell(FORMS))


CLASSES = """
from dataclasses import dataclass
from helper_{mark} import PROMPT
from research_harness import Experiment, condition

@dataclass
class A(Experiment):
    temperature: float = 0.5
    name = "a"
    metrics = ("accuracy",)
    formats = ()
    virtual_time = True
    dataset = [{"id": str(n), "input": "q", "expected": "4"} for n in range(6)]

    @condition
    async def one(self, item):
        return PROMPT

class Other(A):
    @condition
    async def one(self, item):
        return "5"

class Prompted(A):
    prompt = "5"

class Read(A):
    name = "read"
    metrics = ("latency",)
"""


def classes(folder: Path) -> tuple[Path, Path]:
    helper, file = files(folder)
    file.write_text(CLASSES.replace("{mark}", folder.name.replace("-", "_")))
    run_sync(load_experiment(file, "A"), output_dir=folder, run_id="x", experiment_file=file)
    return helper, file


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Other", "Prompted"])
def test_another_class_of_the_same_file_is_refused(tmp_path: Path, name: str) -> None:
    _, file = classes(tmp_path)

    with pytest.raises(ResumeRefusedError, match="the class"):
        resume_sync("x", load_experiment(file, name), output_dir=tmp_path)
    assert resume_sync("x", load_experiment(file, "Read"), output_dir=tmp_path).complete


def test_a_dataclass_in_a_file_is_compared_with_what_the_file_imports(tmp_path: Path) -> None:
    helper, _ = classes(tmp_path)
    helper.write_text("PROMPT = '5'\n")

    with pytest.raises(ResumeRefusedError, match=helper.stem):
        resume_sync("x", output_dir=tmp_path)


@pytest.mark.slow
def test_a_run_of_before_classes_were_compared_goes_on(tmp_path: Path) -> None:
    _, file = files(tmp_path)
    start(file, tmp_path)
    config = tmp_path / "x" / "config.json"
    settings = json.loads(config.read_text())
    del settings["code"][CLASS]
    config.write_text(json.dumps(settings))

    assert resume_sync("x", output_dir=tmp_path).complete


@pytest.mark.slow
def test_a_metric_that_raises_is_named_and_costs_no_row(tmp_path: Path) -> None:
    _, file = files(tmp_path)
    right = file.read_text()
    file.write_text(right.replace("len(row.prediction)", "len(None)"))

    with pytest.raises(MetricError, match=r"'chars' failed: row \d.*TypeError"):
        start(file, tmp_path)
    file.write_text(right)

    assert resume_sync("x", output_dir=tmp_path).resumed_rows == 6


@pytest.mark.slow
def test_the_file_that_a_folder_from_elsewhere_names_is_not_run(tmp_path: Path) -> None:
    _, file = files(tmp_path)
    start(file, tmp_path)
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "x").rename(elsewhere)
    mark = tmp_path / "ran"
    text = file.read_text()
    file.write_text(f"open({str(mark)!r}, 'w').close()\n{text}")

    for trust in (False, True):
        with pytest.raises(UntrustedFileError, match="was not run"):
            resume_sync(elsewhere, trust=trust)
    assert not mark.exists()
    file.write_text(text)

    assert resume_sync(elsewhere, trust=True).resumed_rows == 6
    assert resume_sync(elsewhere, load_experiment(file)).resumed_rows == 6


def test_a_forged_signature_is_not_believed(tmp_path: Path) -> None:
    _, file = files(tmp_path)
    start(file, tmp_path)
    state = tmp_path / "x" / "checkpoints" / "run.json"
    other = tmp_path / "other.py"
    other.write_text("raise SystemExit('ran')\n")
    state.write_text(json.dumps({**json.loads(state.read_text()), "experiment_file": str(other)}))

    with pytest.raises(UntrustedFileError):
        resume_sync("x", output_dir=tmp_path)
