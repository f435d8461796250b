"""An experiment is found in a file, a package or a module; an error in it has a place."""

from pathlib import Path

import pytest

from research_harness import ExperimentFileError, load_experiment

STUDY = """
from dataset_manager import Dataset, Item
from research_harness import Experiment, condition
{extra}

class Study(Experiment):
    name = "Study"
    dataset = Dataset([Item("1", "q", "a")], name="own", scorer="exact_match")
    metrics = ("accuracy",)

    @condition
    async def one(self, item):
        return "a"
"""


def test_a_file_in_a_package_may_use_relative_imports(tmp_path: Path) -> None:
    package = tmp_path / "own_studies_a"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "helpers.py").write_text("ANSWER = 'a'\n")
    (package / "study.py").write_text(STUDY.format(extra="from .helpers import ANSWER"))

    found = load_experiment(package / "study.py")

    assert (found.__name__, found.__module__) == ("Study", "own_studies_a.study")


def test_a_module_is_named_as_python_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "own_studies_b"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "study.py").write_text(STUDY.format(extra=""))
    monkeypatch.chdir(tmp_path)

    assert load_experiment("own_studies_b.study:Study").name == "Study"
    assert load_experiment("own_studies_b.study").name == "Study"
    with pytest.raises(ExperimentFileError, match="no module of this name"):
        load_experiment("own_studies_b.other:Study")


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("1 / 0", r"study.py, line 4\): ZeroDivisionError"),
        ("import no_such_module_anywhere", r"line 4\): ModuleNotFoundError"),
        ("x = (", "SyntaxError"),
        ("raise SystemExit(3)", r"line 4\): SystemExit"),
    ],
)
def test_an_error_in_the_file_is_named_with_its_line(tmp_path: Path, extra: str, said: str) -> None:
    path = tmp_path / "study.py"
    path.write_text(STUDY.format(extra=extra))

    with pytest.raises(ExperimentFileError, match=said):
        load_experiment(path)


def test_an_abstract_class_is_not_the_experiment_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "study.py"
    head = "import abc\nclass Base(Experiment, abc.ABC):"
    base = f"{head}\n    @abc.abstractmethod\n    def x(self): ..."
    path.write_text(STUDY.format(extra=base))

    assert load_experiment(path).__name__ == "Study"
