"""A notebook is valid, runs, and fails when its data do not give the report's numbers."""

import json
from pathlib import Path
from typing import Any, cast

import pytest

from reporter import (
    DataSet,
    Number,
    Paragraph,
    Recipe,
    Report,
    ReportError,
    Section,
    render_files,
    write,
)

SCORES = DataSet("run", {"score": [1, 0, 1, 1], "model": ["a", "b", "'\"\\", None]})
REPORT = Report(
    title="Mean",
    numbers=[Number(value=0.75, unit="share", name="accuracy")],
    data=[SCORES],
    recipes=[
        Recipe(
            number="accuracy",
            setup="from statistics import mean",
            code="mean(data['run']['score'])",
        )
    ],
    sections=[Section("s", [Paragraph("text")])],
)


def executed(path: Path) -> Any:
    """The notebook after a kernel ran it."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    notebook = nbformat.read(path, 4)
    resources = {"metadata": {"path": str(path.parent)}}
    nbclient.NotebookClient(notebook, timeout=None, resources=resources).execute()
    return notebook


pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")


def test_a_notebook_of_every_block_is_valid_and_has_stable_bytes(rich: Report) -> None:
    nbformat = pytest.importorskip("nbformat")

    first, second = (render_files(rich, "jupyter", stem="n") for _ in range(2))

    assert first == second
    assert list(first) == ["n.ipynb", "n_report.json"]
    nbformat.validate(json.loads(first["n.ipynb"]))


def test_a_notebook_runs_draws_its_figures_and_recomputes_its_numbers(
    rich: Report, tmp_path: Path
) -> None:
    pytest.importorskip("nbformat")
    both = Report(
        title="Both",
        numbers=REPORT.numbers,
        data=REPORT.data,
        recipes=REPORT.recipes,
        sections=rich.sections,
    )

    notebook = executed(write(both, tmp_path / "n.ipynb"))

    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/svg+xml" in output.get("data", {}) for output in outputs) == 3
    printed = "".join(output.get("text", "") for output in outputs)
    assert "accuracy: 75.0 % follows from the data" in printed


def test_a_changed_data_file_makes_the_notebook_fail(tmp_path: Path) -> None:
    pytest.importorskip("nbformat")
    path = write(REPORT, tmp_path / "n.ipynb")
    data = tmp_path / "n_data_run.csv"
    data.write_text(data.read_text().replace("\n0,", "\n1,"))

    with pytest.raises(Exception, match=r"accuracy: the report has 0\.75, the data give 1"):
        executed(path)


def test_texts_do_not_become_code() -> None:
    pytest.importorskip("nbformat")
    text = "'''\nimport os\nos.system('touch x')\n# %%"
    report = Report(title=text, sections=[Section(text, [Paragraph(text)])])

    notebook = json.loads(render_files(report, "jupyter")["report.ipynb"])

    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all("os.system" not in "".join(cell["source"]) for cell in code)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Recipe(number="x", code="1 +"), "code is not Python"),
        (lambda: Recipe(number="x", code="import os"), "code is not Python"),
        (lambda: DataSet("a b", {}), "letters, digits"),
        (lambda: DataSet("a", {"x": [1], "y": []}), "equal lengths"),
        (lambda: DataSet("a", {"x": [float("inf")]}), "infinite"),
        (lambda: DataSet("a", {"x": [cast("float", object())]}), "got object"),
        (lambda: Report(title="t", recipes=[Recipe(number="x", code="1")]), "no number is named"),
    ],
)
def test_data_and_recipes_are_checked(make: Any, message: str) -> None:
    with pytest.raises(ReportError, match=message):
        make()


def test_data_come_back_from_json() -> None:
    again = Report.from_dict(json.loads(REPORT.to_json()))

    assert again == REPORT
    assert again.data[0].column("score") == (1, 0, 1, 1)
    with pytest.raises(ReportError, match="no column 'x'"):
        SCORES.column("x")
