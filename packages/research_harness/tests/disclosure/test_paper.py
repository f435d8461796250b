"""A finished run fills in the parts of a paper, or says what it cannot say."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ensemble import SimulatedModel, ask
from reporter import ReportError
from research_harness import Criterion, DatasetSpec, Experiment, condition, run_sync
from research_harness._cli.main import cli
from research_harness._disclosure.paper import write_paper

MODELS = [SimulatedModel(name, accuracy=0.8) for name in ("a", "b")]


class Small(Experiment):
    name = "small"
    description = "Is b better than a?"
    hypothesis = "b is better than a"
    dataset = DatasetSpec("arithmetic")
    sample_size = 10
    metrics = ("accuracy",)
    virtual_time = True
    criteria = (
        Criterion(claim="b wins", metric="accuracy", condition="b", against="a", more_than=0.0),
    )

    @condition
    async def a(self, item: Any) -> object:
        return await ask(item, model=MODELS[0])

    @condition
    async def b(self, item: Any) -> object:
        return await ask(item, model=MODELS[1])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    run_sync(Small, output_dir=folder, run_id="small")
    return folder / "small"


def test_a_paper_has_its_parts_and_the_files_that_it_inputs(run: Path, tmp_path: Path) -> None:
    path = write_paper(run, output_dir="results", out=str(tmp_path), facts={})

    text = path.read_text()
    for part in ("Methods", "Results", "Limitations", "Reproducibility"):
        assert rf"\section{{{part}}}" in text
    for said in ("Is b better than a?", "10 items", "claim: b wins", "The seed was 0"):
        assert said in text
    inputs = re.findall(r"\\input\{([^}]*)\}", text)
    assert len(inputs) > 1
    assert [name for name in inputs if not (tmp_path / f"{name}.tex").is_file()] == []


def test_what_the_run_does_not_say_is_named(run: Path, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="the run does not say research_question"):
        write_paper(run, output_dir="results", out=str(tmp_path), facts={"research_question": " "})
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_writes_a_paper(run: Path, tmp_path: Path) -> None:
    words = ["report", str(run), "--paper", "--fact", "models=Two models.", "--out", str(tmp_path)]

    done = CliRunner().invoke(cli, words)

    assert done.exit_code == 0, done.output
    assert "Two models." in (tmp_path / "small_paper.tex").read_text()


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_the_parts_of_a_paper_compile_in_an_article(run: Path, tmp_path: Path) -> None:
    path = write_paper(run, output_dir="results", out=str(tmp_path), facts={})
    packages = re.findall(r"^% .*?(\\usepackage.*)$", path.read_text(), re.MULTILINE)
    (tmp_path / "article.tex").write_text(
        "\n".join(
            [
                r"\documentclass{article}",
                *packages,
                r"\begin{document}",
                rf"\input{{{path.stem}}}",
                r"\end{document}",
            ]
        )
    )

    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "article.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "article.pdf").stat().st_size > 1_000
