"""The cells of a notebook: texts as Markdown, figures and checks as code."""

from collections.abc import Iterator

from ..._model.document import Block, Document, Section
from ..._model.figures import FigureValue
from ..._numbers.named import named_numbers
from ..markdown.page import block_markdown, title_markdown
from ..markdown.text import heading

_SETUP = '''\
import csv
import json
import math
from pathlib import Path

from IPython.display import SVG, display
from reporter import Report, draw, figures_of

report = Report.from_dict(json.loads(Path({report!r}).read_text("utf-8")))
figures = figures_of(report)


def load(path):
    """Return the columns of a CSV file, with numbers as numbers and empty cells as None."""
    with open(path, encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    return {{name: [value(row[at]) for row in rows] for at, name in enumerate(names)}}


def value(cell):
    if cell in ("", "True", "False"):
        return {{"": None, "True": True, "False": False}}[cell]
    try:
        return int(cell)
    except ValueError:
        pass
    try:
        return float(cell)
    except ValueError:
        return cell


def check(name, computed):
    """Compare a number of the report with what the data give."""
    reported = report[name].value
    assert reported is not None, f"{{name}}: the report has no value, the data give {{computed!r}}"
    same = math.isclose(float(computed), reported, rel_tol=1e-9, abs_tol=1e-12)
    assert same, f"{{name}}: the report has {{reported!r}}, the data give {{computed!r}}"
    print(f"{{name}}: {{report[name]}} follows from the data")


data = {data}'''


def notebook_cells(document: Document, stem: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, source) for each cell; the kind is ``markdown`` or ``code``.

    Args:
        document: The document.
        stem: The name of the notebook without its extension; its files begin with it.
    """
    yield "markdown", title_markdown(document)
    paths = {each.name: f"{stem}_data_{each.name}.csv" for each in document.data}
    entries = ", ".join(f"{name!r}: load({path!r})" for name, path in paths.items())
    yield "code", _SETUP.format(report=f"{stem}_report.json", data=f"{{{entries}}}")
    figures = iter(range(10**9))
    for section in document.sections:
        yield from _section(section, 2, figures)
    if document.recipes:
        yield "markdown", "## The numbers follow from the data"
    for recipe in document.recipes:
        setup = f"{recipe.setup.rstrip()}\n" if recipe.setup.strip() else ""
        yield "code", f"{setup}check({recipe.number!r}, (\n    {recipe.code.strip()}\n))"
    named = named_numbers(document)
    if named:
        yield (
            "code",
            "for name, number in report.named_numbers.items():\n    print(name, number.as_full)",
        )


def _section(section: Section, level: int, figures: Iterator[int]) -> Iterator[tuple[str, str]]:
    texts = [f"{'#' * min(level, 6)} {heading(section.title)}"]
    for block in section.blocks:
        if isinstance(block, FigureValue):
            yield from _joined(texts)
            texts = [block_markdown(block)]
            yield "code", f"display(SVG(draw(figures[{next(figures)}])))"
        elif isinstance(block, Section):
            yield from _joined(texts)
            texts = []
            yield from _section(block, level + 1, figures)
        else:
            texts.append(_markdown(block))
    yield from _joined(texts)


def _markdown(block: Block) -> str:
    return block_markdown(block)


def _joined(texts: list[str]) -> Iterator[tuple[str, str]]:
    source = "\n\n".join(text for text in texts if text)
    if source:
        yield "markdown", source
