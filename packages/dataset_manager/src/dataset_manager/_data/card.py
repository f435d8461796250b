"""The card of a data set: source, content, and how it was drawn."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from .._core.canonical import canonical, json_safe
from .._core.markup import html_text, markdown_table, markdown_text
from .._core.shown import printable, shown
from .item import Item, choice_label
from .rows import Rows

_MOST_VALUES = 12
_MOST_SHOWN = 200
_ORIGIN = ("source", "carrier", "revision", "license", "citation", "domain", "task_type")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCard:
    """A data-set card (after Gebru et al. 2021, Datasheets for Datasets).

    Attributes:
        name: The data set.
        version: Its version.
        split: The split; empty without one.
        synthetic: Whether it was generated and is not a benchmark.
        items: How many there are.
        content_hash: The SHA-256 of its items.
        scorer: How its answers are scored.
        origin: Source, carrier, revision, licence, citation, domain, type of task.
        history: The rest of its metadata: how it was drawn, how many items were dropped.
        duplicates: How many items have the question and the answer of an earlier one.
        question_length: Least, median and most characters of a question.
        answers: How often each answer occurs, most often first.
        fields: The fields of the metadata, with how often each value occurs where they are few.
        example: The first item.
    """

    name: str
    version: str
    split: str
    synthetic: bool
    items: int
    content_hash: str
    scorer: str | None
    origin: Mapping[str, Any]
    history: Mapping[str, Any]
    duplicates: int
    question_length: tuple[int, float, int]
    answers: Mapping[str, int]
    fields: Mapping[str, Mapping[str, int]]
    example: Item | None

    def to_dict(self) -> dict[str, Any]:
        """The card as plain values."""
        return {
            "name": self.name,
            "version": self.version,
            "split": self.split,
            "synthetic": self.synthetic,
            "items": self.items,
            "content_hash": self.content_hash,
            "scorer": self.scorer,
            "origin": json_safe(self.origin),
            "history": json_safe(self.history),
            "duplicates": self.duplicates,
            "question_length": list(self.question_length),
            "answers": dict(self.answers),
            "fields": {name: dict(values) for name, values in self.fields.items()},
            "example": json_safe(self.example.to_dict()) if self.example else None,
        }

    def _facts(self) -> list[tuple[str, str]]:
        least, middle, most = self.question_length
        facts = [
            ("Items", f"{self.items:,}"),
            ("Version", self.version),
            ("Split", self.split or "none"),
            ("Content (SHA-256)", self.content_hash),
            ("Scorer", self.scorer or "none"),
            ("Repeated items", f"{self.duplicates:,}"),
            ("Characters of a question", f"{least:,} to {most:,}, median {middle:,.0f}"),
        ]
        return facts + [
            (name.replace("_", " ").capitalize(), _cell(value))
            for part in (self.origin, self.history)
            for name, value in part.items()
        ]

    def to_markdown(self) -> str:
        """The card in Markdown."""
        lines = [f"# {markdown_text(self.name)}", ""]
        if self.synthetic:
            lines += ["**SYNTHETIC: generated, not a benchmark.**", ""]
        lines += markdown_table(("Fact", "Value"), self._facts())
        lines += [
            "",
            "## Answers",
            "",
            *markdown_table(("Answer", "Items"), _counted(self.answers)),
        ]
        for name, values in self.fields.items():
            lines += ["", f"## Field: {markdown_text(name)}", ""]
            lines += markdown_table(("Value", "Items"), _counted(values))
        if self.example is not None:
            text = printable(str(self.example)).replace("```", "'''")
            lines += ["", "## First item", "", "```text", text, "```"]
        return "\n".join(lines) + "\n"

    def to_html(self) -> str:
        """The facts of the card as a table in HTML; everything in it is escaped."""
        rows = "".join(
            f"<tr><th>{html_text(name)}</th><td>{html_text(value)}</td></tr>"
            for name, value in self._facts()
        )
        mark = "<p><strong>SYNTHETIC</strong></p>" if self.synthetic else ""
        return f"<h3>{html_text(self.name)}</h3>{mark}<table>{rows}</table>"

    @shown
    def __str__(self) -> list[str]:
        return self.to_markdown().split("\n")


def card_of(dataset: Rows) -> DataCard:
    """The card of a data set."""
    metadata = dict(dataset.metadata)
    origin = {name: metadata.pop(name) for name in _ORIGIN if name in metadata}
    lengths = sorted(len(item.question) for item in dataset) or [0]
    marks = {canonical([item.input, item.expected]) for item in dataset}
    return DataCard(
        name=dataset.name,
        version=dataset.version,
        split=dataset.split,
        synthetic=dataset.synthetic,
        items=len(dataset),
        content_hash=dataset.content_hash,
        scorer=dataset.scorer,
        origin=origin,
        history=metadata,
        duplicates=len(dataset) - len(marks),
        question_length=(lengths[0], median(lengths), lengths[-1]),
        answers=_most([_answer(item) for item in dataset]),
        fields={name: _most(dataset.column(name)) for name in dataset.fields},
        example=dataset[0] if len(dataset) else None,
    )


def _most(values: Sequence[Any]) -> dict[str, int]:
    """The most frequent values; those that are not shown are one line."""
    counts = Counter(_cell(value) for value in values)
    shown = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_VALUES]
    rest = len(counts) - len(shown)
    if rest:
        shown.append((f"{rest:,} more values", len(values) - sum(count for _, count in shown)))
    return dict(shown)


def _answer(item: Item) -> Any:
    if item.choices and isinstance(item.expected, int):
        return choice_label(item.expected)
    return item.expected


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else str(json_safe(value))
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 3]}..."


def _counted(values: Mapping[str, int]) -> list[tuple[str, str]]:
    return [(name, f"{count:,}") for name, count in values.items()]
