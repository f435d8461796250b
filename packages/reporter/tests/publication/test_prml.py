"""A claim as a manifest of PRML, with the reference tool as the judge."""

import dataclasses
from pathlib import Path

import pytest

from reporter import MissingExtraError, PrmlClaim, ReportError, prml_manifest

CLAIM = PrmlClaim(
    metric="accuracy of vote minus one",
    comparator=">",
    threshold=0.0,
    dataset="arithmetic",
    dataset_hash="ab" * 32,
    seed=42,
    producer="a lab",
    created_at="2026-11-28T12:00:00+00:00",
    notes="the vote is better",
)


def test_the_reference_tool_finds_the_same_hash_and_passes_the_claim(tmp_path: Path) -> None:
    falsify = pytest.importorskip("falsify_prml", reason="falsify is not installed")
    made = prml_manifest(CLAIM)
    path = tmp_path / "claim.prml.yaml"
    path.write_text(made.text)
    verify = ["verify", str(path), "--expected-hash", made.sha256, "--observed"]

    assert falsify.main([*verify, "0.07"]) == falsify.EXIT_PASS
    assert falsify.main([*verify, "-0.01"]) == falsify.EXIT_FAIL
    path.write_text(made.text.replace("threshold: 0.0", "threshold: -1.0"))
    assert falsify.main([*verify, "0.07"]) == falsify.EXIT_TAMPERED


def test_the_same_claim_gives_the_same_bytes_and_another_one_another_id() -> None:
    pytest.importorskip("falsify_prml", reason="falsify is not installed")
    other = dataclasses.replace(CLAIM, threshold=0.5)

    assert prml_manifest(CLAIM) == prml_manifest(CLAIM)
    first, second = (
        next(line for line in prml_manifest(each).text.splitlines() if "claim_id" in line)
        for each in (CLAIM, other)
    )
    assert first != second


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"dataset_hash": "ab"}, "dataset.hash"),
        ({"threshold": float("nan")}, "threshold"),
        ({"metric": ""}, "metric"),
        ({"created_at": "yesterday"}, "created_at"),
    ],
)
def test_a_claim_that_is_no_manifest_is_refused_by_field(
    change: dict[str, object], named: str
) -> None:
    pytest.importorskip("falsify_prml", reason="falsify is not installed")
    with pytest.raises(ReportError, match=named):
        prml_manifest(dataclasses.replace(CLAIM, **change))  # type: ignore[arg-type]


def test_without_the_extra_its_name_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "falsify_prml", None)
    with pytest.raises(MissingExtraError, match="prml"):
        prml_manifest(CLAIM)
