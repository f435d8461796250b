"""Checklists of venues and standards, answered from the facts of a run with their evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from .._core.errors import ReportError
from .._core.json_values import Value
from .._model.blocks import Paragraph
from .._model.document import Section
from .._model.tables import Table
from .._numbers.number import Number
from .checklist_items import CHECKLIST_FACTS, CHECKLISTS, ChecklistName, Question

ChecklistAnswer = Literal["yes", "partly", "no", "not applicable", "for the authors"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Value):
    """What is known about one matter of a study.

    Attributes:
        text: What was done, in a sentence.
        where: What shows it, such as ``config.json`` or a section of the report.
        answer: ``yes``; ``no`` for what was not done; ``not applicable`` for what the study has
            no use for.
    """

    text: str
    where: str = ""
    answer: Literal["yes", "no", "not applicable"] = "yes"

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ReportError("fact: the text is empty; leave the fact out if it is not known")
        if self.answer not in ("yes", "no", "not applicable"):
            raise ReportError(f"fact: unknown answer {self.answer!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem(Value):
    """A question of a checklist with its answer.

    Attributes:
        id: The number or the short name of the question.
        question: The question, in our words.
        answer: ``partly`` where some of the facts it needs are not known; ``for the authors`` where
            none is.
        evidence: What was done.
        where: What shows it.
    """

    id: str
    question: str
    answer: ChecklistAnswer
    evidence: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist(Value):
    """A filled checklist.

    Attributes:
        name: Its name, such as ``neurips``.
        title: Its title.
        url: Where its own text is.
        items: The questions with their answers.
    """

    name: ChecklistName
    title: str
    url: str
    items: tuple[ChecklistItem, ...]

    @property
    def score(self) -> float:
        """The share of the questions that data answer, from 0 to 1; a part counts half."""
        points = {"yes": 1.0, "no": 1.0, "not applicable": 1.0, "partly": 0.5}
        return sum(points.get(each.answer, 0.0) for each in self.items) / len(self.items)

    @property
    def open(self) -> tuple[ChecklistItem, ...]:
        """The questions that the authors have to answer, wholly or in part."""
        return tuple(each for each in self.items if each.answer in ("partly", "for the authors"))

    def section(self) -> Section:
        """Return the checklist as a section of a report, with a table of its questions."""
        rows = [
            (each.id, each.question, each.answer, each.evidence, each.where) for each in self.items
        ]
        score = Number(value=self.score, unit="share", digits=0)
        counted = Paragraph(
            ["Answered from the files of the study: ", score, f". The checklist itself: {self.url}"]
        )
        table = Table(
            columns=("No.", "Question", "Answer", "Evidence", "Where"),
            rows=rows,
            caption=self.title,
            notes="The questions are in our words. An answer of the authors comes before these.",
        )
        return Section(self.title, [counted, table])


def checklist(name: ChecklistName, facts: Mapping[str, Fact]) -> Checklist:
    """Fill a checklist from the facts of a study.

    A question is answered only by facts that are given; the rest is left to the authors.

    Args:
        name: ``neurips``, ``llm-guidelines``, ``nist-ai-800-2``, ``reforms``, ``acm-badges`` or
            ``disclosure``.
        facts: The facts by name, as in ``CHECKLIST_FACTS``.

    Returns:
        The checklist with its answers and their evidence.

    Raises:
        ReportError: The checklist or a fact is unknown.

    Example:
        >>> from reporter import Fact, checklist
        >>> filled = checklist("neurips", {"limitations": Fact(text="One data set.")})
        >>> filled.items[1].answer, len(filled.open)
        ('yes', 15)
    """
    if name not in CHECKLISTS:
        known = ", ".join(get_args(ChecklistName))
        raise ReportError(f"checklist: unknown checklist {name!r}; known: {known}")
    if unknown := sorted(facts.keys() - set(CHECKLIST_FACTS)):
        known = ", ".join(CHECKLIST_FACTS)
        raise ReportError(f"facts: unknown {unknown[0]!r}; known: {known}")
    source = CHECKLISTS[name]
    items = tuple(_item(question, facts) for question in source.questions)
    return Checklist(name=name, title=source.title, url=source.url, items=items)


def _item(question: Question, facts: Mapping[str, Fact]) -> ChecklistItem:
    found = [facts[each] for each in question.facts if each in facts]
    return ChecklistItem(
        id=question.id,
        question=question.text,
        answer=_answer(question, found),
        evidence=" ".join(each.text for each in found),
        where=", ".join(dict.fromkeys(each.where for each in found if each.where)),
    )


def _answer(question: Question, found: Sequence[Fact]) -> ChecklistAnswer:
    if not found:
        return "for the authors"
    if len(found) < len(question.facts):
        return "partly"
    answers = {each.answer for each in found}
    if len(answers) == 1:
        return answers.pop()
    return "partly" if "no" in answers else "yes"
