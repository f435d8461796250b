"""The numbers of a PDF are compared with those of the report."""

import json
import sys
from pathlib import Path

import pytest

from reporter import MissingExtraError, Report, ReportError, check_file, write

FORMATS = ("pdf", "pdf-twocolumn")


@pytest.fixture(scope="module", params=FORMATS)
def finished(
    rich: Report, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    pytest.importorskip("pypdf")
    pytest.importorskip("typst")
    return write(rich, tmp_path_factory.mktemp("pdf") / "report.pdf", request.param)


def test_a_pdf_has_every_number_of_its_report(rich: Report, finished: Path) -> None:
    assert check_file(finished, report=rich) == ()


def test_a_changed_digit_is_missing_in_the_pdf(rich: Report, finished: Path) -> None:
    text = rich.to_json().replace("0.943", "0.947")
    other = Report.from_dict(json.loads(text))

    findings = check_file(finished, report=other)

    assert {each.kind for each in findings} == {"missing number"}
    assert any("94.7" in each.message for each in findings)


def test_a_file_that_is_no_pdf_gives_our_error(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    path = tmp_path / "paper.pdf"
    path.write_bytes(b"%PDF-1.7 cut")

    with pytest.raises(ReportError, match="cannot be read as a PDF"):
        check_file(path)


def test_the_extra_for_pdfs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)

    with pytest.raises(MissingExtraError, match=r"reporter\[check\]"):
        check_file(tmp_path / "paper.pdf")
