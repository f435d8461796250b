"""The leaderboard: several results as text, CSV, JSON Lines, Markdown or HTML."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .._core.canonical import canonical, json_safe
from .._core.markup import html_table, html_text, markdown_table, markdown_text
from .._core.replacing import replacing
from .._core.shown import printable, shown
from .page import page
from .result import EvaluationResult, cells, head

_SUMMARY = (
    *("model_name", "dataset_name", "dataset_version", "dataset_hash", "scorer"),
    *("accuracy", "low", "high", "correct", "total", "coverage", "extraction_rate"),
    *("synthetic", "metrics"),
)
_ITEM = (
    *("model_name", "dataset_name", "id", "prediction", "expected", "extracted"),
    *("correct", "score", "outcome", "span", "how", "missing", "confidence"),
)
# What a spreadsheet would take for a formula.
_FORMULA = re.compile(r"\s*[=+@\-\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?[\d.,]+(?:e[+-]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaderboard:
    """Results by accuracy, the best first; models that are equal share a rank.

    Attributes:
        results: In their order.
        title: Above the table.
        level: The level of the intervals.
    """

    results: tuple[EvaluationResult, ...]
    title: str = "Results"
    level: float = 0.95

    @property
    def head(self) -> tuple[str, ...]:
        """The headings: those of every table, then the metrics that any result has."""
        names = dict.fromkeys(name for result in self.results for name in result.metrics)
        common = head(self.level)
        return *common, *(name for name in names if name not in common)

    def rows(self) -> list[tuple[str, ...]]:
        """The cells of the table, as text; ranks count anew for each data set."""
        return list(self._cells())

    @shown
    def __str__(self) -> list[str]:
        table = [self.head, *self.rows()]
        widths = [max(len(row[position]) for row in table) for position in range(len(self.head))]
        return [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in table
        ]

    def to_dict(self) -> dict[str, Any]:
        """The table as plain values."""
        rows = [dict(zip(self.head, row, strict=True)) for row in self.rows()]
        return {"title": self.title, "rows": rows}

    def to_markdown(self) -> str:
        """The table in Markdown."""
        lines = [f"# {markdown_text(self.title)}", "", *markdown_table(self.head, self.rows())]
        return "\n".join(lines) + "\n"

    def to_html(self, *, items: bool = False) -> str:
        """The table as a page of HTML with the intervals drawn; everything in it is escaped.

        Args:
            items: Show every item of each result as well.
        """
        return page(self.title, self.head, self.rows(), self.results, items=items, level=self.level)

    def to_json(self) -> str:
        """The table as one JSON object."""
        return json.dumps(self.to_dict())

    def _repr_html_(self) -> str:
        """The table, for notebooks."""
        return html_table(self.head, (map(html_text, row) for row in self.rows()))

    def to_csv(self, *, items: bool = False) -> str:
        """One line for each result, or for each item of each result.

        Texts that a spreadsheet would take for formulas begin with an apostrophe.

        Args:
            items: Write one line for each item.

        Returns:
            The text of the file.
        """
        rows = self._item_records() if items else self._summaries()
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, _ITEM if items else _SUMMARY, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
        return text.getvalue()

    def to_jsonl(self) -> str:
        """One line for each result, with all of its items."""
        return "".join(json.dumps(result.to_dict()) + "\n" for result in self.results)

    def export(self, path: str | Path, *, items: bool = False) -> Path:
        """Write a file whose ending gives its format: ``.csv``, ``.jsonl``, ``.md`` or ``.html``.

        Args:
            path: The path to write.
            items: For CSV, one line for each item instead of each result; for HTML, every item
                below the table.

        Raises:
            ValueError: The ending is another one, or ``items`` is given for Markdown.
        """
        path = Path(path)
        makers: dict[str, Callable[[], str]] = {
            ".csv": partial(self.to_csv, items=items),
            ".html": partial(self.to_html, items=items),
            ".jsonl": self.to_jsonl,
            ".md": self.to_markdown,
        }
        kind = path.suffix.lower()
        if kind not in makers or (items and kind == ".md"):
            raise ValueError(
                f"{path}: cannot be written: name a file that ends in .csv, .jsonl, .md or .html;"
                " .md has no items (.jsonl always has them)"
            )
        text = makers[kind]()
        with replacing(path) as temporary:
            temporary.write_bytes(text.encode("utf-8", "backslashreplace"))
        return path

    def _cells(self) -> Iterator[tuple[str, ...]]:
        metrics = self.head[len(head(self.level)) :]
        for result in self.results:
            rivals = [one for one in self.results if one.dataset_hash == result.dataset_hash]
            rank = 1 + sum(one.accuracy > result.accuracy for one in rivals)
            yield cells(result, rank, metrics, self.level)

    def _summaries(self) -> Iterator[dict[str, Any]]:
        for result in self.results:
            low, high = result.interval_at(self.level)
            extra = {"low": low, "high": high, "metrics": dict(result.metrics)}
            yield extra | {name: getattr(result, name) for name in _SUMMARY if name not in extra}

    def _item_records(self) -> Iterator[dict[str, Any]]:
        for result in self.results:
            about = {"model_name": result.model_name, "dataset_name": result.dataset_name}
            for record in result.to_dict()["items"]:
                yield about | record


def leaderboard(
    results: Sequence[EvaluationResult], *, title: str = "Results", level: float = 0.95
) -> Leaderboard:
    """Results by data set, the most accurate model first.

    Args:
        results: The results of ``evaluate`` or ``evaluate_batch``.
        title: Above the table.
        level: The level of the intervals.

    Returns:
        The table, which prints, shows itself in a notebook and exports to files.

    Raises:
        ValueError: ``results`` is empty.
    """
    if not results:
        raise ValueError("results: a leaderboard needs at least one result, but none was given")
    order = sorted(results, key=lambda one: (one.dataset_name, -one.accuracy, one.model_name))
    return Leaderboard(results=tuple(order), title=title, level=level)


def _cell(value: Any) -> Any:
    """Lists and mappings as JSON; a text that a spreadsheet would run begins with an apostrophe."""
    if isinstance(value, dict | list):
        return printable(canonical(json_safe(value)))
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
