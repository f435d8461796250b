"""Notes of raters beside the chains."""

from pathlib import Path
from typing import Any

import pytest

from causal_trace import (
    Annotation,
    AnnotationFile,
    InvalidTraceError,
    annotation_from_dict,
    parse,
    save_chain,
)


def _note(rater: str, label: str, event: str = "e1") -> Annotation:
    return Annotation(chain_id="c", event_id=event, rater=rater, label=label)


def test_the_last_label_of_a_rater_counts_and_missing_ones_are_none(tmp_path: Path) -> None:
    file = AnnotationFile(tmp_path / "deep" / "notes.jsonl")
    file.add(_note("r1", "sound"), _note("r2", "sound"), _note("r1", "unclear", "e2"))
    file.add(_note("r1", "wrong"))

    assert file.rating_columns() == {"r1": ["wrong", "unclear"], "r2": ["sound", None]}
    assert file.rating_columns(["r2"]) == {"r2": ["sound", None]}
    assert len(file.annotations()) == 4


def test_bench_gives_the_agreement_of_the_raters(tmp_path: Path) -> None:
    bench = pytest.importorskip("bench")
    file = AnnotationFile(tmp_path / "notes.jsonl")
    for number in range(12):
        label = "sound" if number % 3 else "unclear"
        file.add(_note("r1", label, f"e{number}"))
        file.add(_note("r2", label if number else "sound", f"e{number}"))

    found = bench.agreement(*file.rating_columns().values(), method="krippendorff")

    assert 0.7 < found.value < 1


def test_a_torn_line_does_not_swallow_the_next_note(tmp_path: Path) -> None:
    file = AnnotationFile(tmp_path / "notes.jsonl")
    file.add(_note("r1", "sound"))
    file.path.write_bytes(file.path.read_bytes().rstrip(b"\n"))
    file.add(_note("r2", "sound"))

    assert [each.rater for each in file.annotations()] == ["r1", "r2"]


def test_a_chain_is_exported_without_its_notes(tmp_path: Path) -> None:
    chain = parse("<think>w</think>", "c")
    before = save_chain(chain, tmp_path).read_bytes()
    AnnotationFile(tmp_path / "notes.jsonl").add(_note("r1", "sound"))

    assert save_chain(chain, tmp_path).read_bytes() == before


@pytest.mark.parametrize(
    "values",
    [{}, {"chain_id": "c"}, {"chain_id": 1, "event_id": "e", "rater": "r", "label": "x"}, [], None],
)
def test_a_broken_annotation_is_refused(values: Any) -> None:
    with pytest.raises(InvalidTraceError):
        annotation_from_dict(values)


def test_a_list_saved_by_the_page_is_read_and_never_appended_to(tmp_path: Path) -> None:
    file = AnnotationFile(tmp_path / "notes.json")
    file.path.write_text("[]", encoding="utf-8")

    assert file.annotations() == ()
    with pytest.raises(InvalidTraceError, match="list"):
        file.add(_note("r1", "x"))
