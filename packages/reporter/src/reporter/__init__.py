"""One report model, rendered as Markdown, LaTeX, HTML, PDF and notebooks."""

import typing as _typing

from ._checks.findings import Finding
from ._core.deprecated import renamed_names as _renamed_names
from ._core.errors import (
    FormatError,
    MissingExtraError,
    ReporterError,
    ReportError,
    UnknownFormatError,
    UnknownNumberError,
)
from ._core.later import names_of_modules as _names_of_modules
from ._model.blocks import Bullets, Callout, Code, KeyValues, Paragraph, TestLine
from ._model.cells import Cell, ColumnSpan, RowGroup
from ._model.charts import (
    Dot,
    MatrixFigure,
    PairedFigure,
    RaincloudFigure,
    RankFigure,
    ScatterFigure,
    TimelineFigure,
    TimeSpan,
)
from ._model.data import DataSet, Recipe
from ._model.document import Section
from ._model.evidence import (
    Artifact,
    Provenance,
    Reference,
    References,
    Verdict,
    VerdictName,
)
from ._model.figures import Curve, EcdfFigure, IntervalFigure, LineFigure, Point, Sample
from ._model.inline import InlineText
from ._model.tables import Table
from ._numbers.interval import Interval
from ._numbers.number import Number
from ._numbers.texts import (
    interval_text,
    milliseconds_text,
    money_text,
    number_text,
    p_text,
    percent_text,
)
from ._report.formats import (
    check_format,
    extension,
    format_names,
    register_format,
    render,
    render_files,
    write,
)
from ._report.registry import FileRenderer
from ._report.report import Report

if _typing.TYPE_CHECKING:  # imported when they are used first; see _LATER
    from ._checks.check import check_file, check_report, check_text
    from ._comparison.compare import compare_reports
    from ._content.experiment import cost_per_point, difference_matrix, forest, verdict_on
    from ._publication.checklist_items import CHECKLIST_FACTS, ChecklistName
    from ._publication.checklists import Checklist, ChecklistItem, Fact, checklist
    from ._publication.crate import CrateAction, ro_crate
    from ._publication.eval_records import ScoreRecord, every_eval_ever
    from ._publication.prml import PrmlClaim, PrmlManifest, prml_manifest
    from ._publication.sources import Source, bibtex, citation_cff, cite
    from ._publication.templates import PAPER_FACTS, fill_template, paper_skeleton
    from ._report.figures import draw, figures_of, vega_lite
    from ._sources.frames import table_from
    from ._sources.results import line_from, number_from, results_table

__all__ = [
    "CHECKLIST_FACTS",
    "PAPER_FACTS",
    "Artifact",
    "Bullets",
    "Callout",
    "Cell",
    "Checklist",
    "ChecklistItem",
    "ChecklistName",
    "Code",
    "ColumnSpan",
    "CrateAction",
    "Curve",
    "DataSet",
    "Dot",
    "EcdfFigure",
    "Fact",
    "FileRenderer",
    "Finding",
    "FormatError",
    "InlineText",
    "Interval",
    "IntervalFigure",
    "KeyValues",
    "LineFigure",
    "MatrixFigure",
    "MissingExtraError",
    "Number",
    "PairedFigure",
    "Paragraph",
    "Point",
    "PrmlClaim",
    "PrmlManifest",
    "Provenance",
    "RaincloudFigure",
    "RankFigure",
    "Recipe",
    "Reference",
    "References",
    "Report",
    "ReportError",
    "ReporterError",
    "RowGroup",
    "Sample",
    "ScatterFigure",
    "ScoreRecord",
    "Section",
    "Source",
    "Table",
    "TestLine",
    "TimeSpan",
    "TimelineFigure",
    "UnknownFormatError",
    "UnknownNumberError",
    "Verdict",
    "VerdictName",
    "bibtex",
    "check_file",
    "check_format",
    "check_report",
    "check_text",
    "checklist",
    "citation_cff",
    "cite",
    "compare_reports",
    "cost_per_point",
    "difference_matrix",
    "draw",
    "every_eval_ever",
    "extension",
    "figures_of",
    "fill_template",
    "forest",
    "format_names",
    "interval_text",
    "line_from",
    "milliseconds_text",
    "money_text",
    "number_from",
    "number_text",
    "p_text",
    "paper_skeleton",
    "percent_text",
    "prml_manifest",
    "register_format",
    "render",
    "render_files",
    "results_table",
    "ro_crate",
    "table_from",
    "vega_lite",
    "verdict_on",
    "write",
]

_LATER = {
    "._checks.check": (
        "check_file",
        "check_report",
        "check_text",
    ),
    "._comparison.compare": ("compare_reports",),
    "._content.experiment": (
        "cost_per_point",
        "difference_matrix",
        "forest",
        "verdict_on",
    ),
    "._publication.checklist_items": ("CHECKLIST_FACTS", "ChecklistName"),
    "._publication.checklists": ("Checklist", "ChecklistItem", "Fact", "checklist"),
    "._publication.crate": ("CrateAction", "ro_crate"),
    "._publication.eval_records": ("ScoreRecord", "every_eval_ever"),
    "._publication.prml": ("PrmlClaim", "PrmlManifest", "prml_manifest"),
    "._publication.sources": (
        "Source",
        "bibtex",
        "citation_cff",
        "cite",
    ),
    "._publication.templates": (
        "PAPER_FACTS",
        "fill_template",
        "paper_skeleton",
    ),
    "._report.figures": (
        "draw",
        "figures_of",
        "vega_lite",
    ),
    "._sources.frames": ("table_from",),
    "._sources.results": (
        "line_from",
        "number_from",
        "results_table",
    ),
}

if not _typing.TYPE_CHECKING:  # type checkers refuse the old names; running code is warned
    __getattr__ = _names_of_modules(
        __name__,
        _LATER,
        otherwise=_renamed_names(
            __name__,
            {"Span": "InlineText", "formats": "format_names", "register": "register_format"},
        ),
    )


def __dir__() -> list[str]:
    return sorted({*globals(), *(name for names in _LATER.values() for name in names)})
