"""The numbers, tables, figures and data of a document as CSV (RFC 4180, UTF-8)."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from ..._core.text import printable
from ..._figures.tables import figure_table
from ..._model.data import DataSet, Datum
from ..._model.document import Document, blocks_of, figures_in
from ..._model.layout import table_layout
from ..._model.tables import Table
from ..._numbers.named import named_numbers
from ..._numbers.number import Number

_NUMBER_COLUMNS = ("name", "text", "value", "unit", "low", "high", "level", "p", "direction")
# Programs for spreadsheets run a cell that begins with one of these.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
# What begins with a sign and is a number all the same, with its unit and its interval.
_SIGNED_NUMBER = re.compile(
    r"[-+]\$?(\d[\d,]*(\.\d+)?(e[-+]\d+)?|\.\d+|∞)( [%a-z]+)?( \[[-+$\d., %a-z∞]*\])?", re.ASCII
)


class CsvRenderer:
    """The CSV format: the named numbers, then each table, figure and data set."""

    def files(self, report: Document, stem: str) -> Mapping[str, str | bytes]:
        """Return a file of the named numbers, and one for each table, figure and data set."""
        files: dict[str, str | bytes] = {f"{stem}.csv": numbers_csv(report)}
        for number, table in enumerate(blocks_of(report.sections, Table), start=1):
            files[f"{stem}_table_{number}.csv"] = table_csv(table)
        figures = figures_in(report.sections)
        for number, figure in enumerate(figures, start=1):
            files[f"{stem}_figure_{number}.csv"] = table_csv(figure_table(figure))
        return files | data_files(report, stem)


def data_files(document: Document, stem: str) -> dict[str, str | bytes]:
    """Return a file for each data set of a document."""
    return {f"{stem}_data_{each.name}.csv": _data_csv(each) for each in document.data}


def numbers_csv(document: Document) -> str:
    """Return the numbers that have a name, with all their digits."""
    rows = [_number_row(name, number) for name, number in named_numbers(document).items()]
    return csv_text([_NUMBER_COLUMNS, *rows])


def table_csv(table: Table) -> str:
    """Return a table with the texts of its cells, the label of its group first if it has groups."""
    layout = table_layout(table, max_rows=None)
    grouped = bool(table.groups)
    spans = [[span.label for span in level for _ in range(span.columns)] for level in layout.spans]
    heads = [
        ": ".join(text for text in (*(level[at] for level in spans), head.text) if text)
        for at, head in enumerate(layout.heads)
    ]
    rows: list[Sequence[str]] = [["Group", *heads] if grouped else heads]
    for group in layout.groups:
        lead = [group.label] if grouped else []
        rows += [[*lead, *(cell.text for cell in row)] for row in group.rows]
    return csv_text(rows)


def csv_text(rows: Iterable[Sequence[Datum]]) -> str:
    """Return rows as CSV. Texts that a spreadsheet would run get an apostrophe before them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([_safe(cell) for cell in row])
    return out.getvalue()


def _number_row(name: str, number: Number) -> Sequence[Datum]:
    low, high, level = None, None, None
    if number.interval is not None:
        low, high, level = number.interval.low, number.interval.high, number.interval.level
    direction = number.direction
    return (name, number.text, number.value, number.unit, low, high, level, number.p, direction)


def _data_csv(data: DataSet) -> str:
    columns: dict[str, Sequence[Datum]] = dict(data.columns)
    return csv_text([list(columns), *zip(*columns.values(), strict=True)])


def _safe(cell: Datum) -> Datum:
    if not isinstance(cell, str):
        return "" if cell is None else repr(cell) if isinstance(cell, float) else cell
    text = printable(cell)
    if not text.startswith(_FORMULA_SIGNS) or text == "-" or _SIGNED_NUMBER.fullmatch(text):
        return text
    return f"'{text}"
