"""Checklists are answered by facts, and what no fact answers is left to the authors."""

import pytest

from reporter import (
    CHECKLIST_FACTS,
    Fact,
    Report,
    ReportError,
    checklist,
    render,
)

NAMES = ("neurips", "llm-guidelines", "nist-ai-800-2", "reforms", "acm-badges", "disclosure")


@pytest.mark.parametrize("name", NAMES)
def test_without_facts_every_question_is_left_to_the_authors(name: str) -> None:
    filled = checklist(name, {})  # type: ignore[arg-type]

    assert {each.answer for each in filled.items} == {"for the authors"}
    assert (filled.score, len(filled.open)) == (0, len(filled.items))
    assert filled.url.startswith("https://")


def test_every_fact_answers_the_whole_disclosure_schema_with_its_evidence() -> None:
    facts = {name: Fact(text=f"about {name}.", where=f"{name}.json") for name in CHECKLIST_FACTS}

    filled = checklist("disclosure", facts)

    assert filled.score == 1
    assert filled.items[0].evidence == "about data. about sample."
    assert filled.items[0].where == "data.json, sample.json"


def test_a_question_with_some_of_its_facts_is_answered_in_part() -> None:
    filled = checklist("neurips", {"seeds": Fact(text="The seed is 1.")})

    question = next(each for each in filled.items if each.id == "4")
    assert (question.answer, question in filled.open) == ("partly", True)
    assert filled.score == pytest.approx(0.5 / 16)


def test_what_does_not_apply_and_what_was_not_done_are_answers() -> None:
    facts = {
        "participants": Fact(text="No people took part.", answer="not applicable"),
        "limitations": Fact(text="None were looked for.", answer="no"),
    }

    answers = {each.id: each.answer for each in checklist("neurips", facts).items}

    assert (answers["14"], answers["15"], answers["2"]) == (
        "not applicable",
        "not applicable",
        "no",
    )


def test_unknown_names_are_refused_with_the_known_ones() -> None:
    with pytest.raises(ReportError, match=r"'icml'; known: neurips"):
        checklist("icml", {})  # type: ignore[arg-type]
    with pytest.raises(ReportError, match=r"unknown 'sedes'; known: archive"):
        checklist("neurips", {"sedes": Fact(text="1")})
    with pytest.raises(ReportError, match="leave the fact out"):
        Fact(text=" ")


@pytest.mark.parametrize("format", ["markdown", "html", "latex"])
def test_a_checklist_is_a_section_of_a_report(format: str) -> None:
    filled = checklist("reforms", {"limitations": Fact(text="One <data> set | of few items.")})

    text = render(Report(title="t", sections=[filled.section()]), format)

    assert "set" in text
    assert "for the authors" in text
    assert " <data>" not in text  # escaped, or with a backslash
