"""Texts of a paper filled from a report. A missing value is an error, never a gap or a guess."""

import re
from collections.abc import Callable, Mapping
from typing import Literal

from .._core.errors import ReportError
from .._model.evidence import Verdict
from .._model.inline import InlineText
from .._model.tables import Table
from .._numbers.number import Number
from .._report.report import Report

TemplateFormat = Literal["latex", "markdown", "text"]
_PLACE = re.compile(r"\{\{\s*([A-Za-z@][\w.-]*)\s*(?:\|\s*(\w+)\s*)?\}\}")
_SHOWN = {"": "value", "value": "value", "interval": "interval", "p": "p", "full": "full"}

PAPER_FACTS = (
    "research_question",
    "hypotheses",
    "design",
    "dataset",
    "models",
    "metrics",
    "analysis",
    "seed",
    "software",
    "commands",
    "limitations",
)
_PAPER = r"""% Filled by reporter from a report. Its named numbers are macros of %(values)s.
% Packages that the tables need: \usepackage{booktabs} \usepackage{tabularx}
\section{Methods}
\subsection{Question and design}
{{@research_question}}

{{@hypotheses}}

{{@design}}

\subsection{Data, models and metrics}
{{@dataset}}

{{@models}}

{{@metrics}}

\subsection{Statistical analysis}
{{@analysis}}

\section{Results}
%(results)s

\section{Limitations}
{{@limitations}}

\section{Reproducibility}
{{@software}} The seed was {{@seed}}.

{{@commands}}
"""


def fill_template(
    template: str,
    report: Report,
    *,
    facts: Mapping[str, str] | None = None,
    format: TemplateFormat = "latex",
) -> str:
    """Return a template with the numbers of a report in their places.

    ``{{accuracy.gain}}`` becomes the number of this name, ``{{accuracy.gain|interval}}``, ``|p``
    and ``|full`` its parts, and ``{{@dataset}}`` the fact of this name.

    Args:
        template: The template, in the markup of its format.
        report: The report.
        facts: Plain texts by name; they are escaped.
        format: How values are escaped: ``latex``, ``markdown``, or ``text`` for not at all.

    Returns:
        The filled text.

    Raises:
        ReportError: Numbers or facts are missing; the message names all of them.

    Example:
        >>> from reporter import Number, Report
        >>> report = Report(title="t", numbers=[Number(value=0.9, unit="share", name="accuracy")])
        >>> fill_template("We measured {{accuracy}}.", report, format="text")
        'We measured 90.0 %.'
    """
    facts, named, escape = facts or {}, report.named_numbers, _escape(format)
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        name, part = match[1], match[2] or ""
        if name.startswith("@"):
            text = facts.get(name[1:], "").strip()
        elif name in named and part in _SHOWN:
            parts = named[name]
            text = {"interval": parts.as_interval, "p": parts.as_p, "full": parts.as_full}.get(
                part, parts
            ).text
            text = "" if text in ("-", "unknown") else text
        else:
            text = ""
        if not text:
            missing.append(match[0])
        return escape(text)

    filled = _PLACE.sub(value, template)
    if missing:
        listed = ", ".join(dict.fromkeys(missing))
        raise ReportError(f"template: the report has no value for {listed}; give each of them")
    return filled


def paper_skeleton(report: Report, facts: Mapping[str, str], *, stem: str = "report") -> str:
    r"""Return methods, results and reproducibility as LaTeX to ``\input`` into a paper.

    Args:
        report: The report. Its verdicts become sentences, and its tables are inputs of the files
            that the LaTeX format writes beside the report.
        facts: A text for each of ``PAPER_FACTS``: research_question, hypotheses, design, dataset,
            models, metrics, analysis, seed, software, commands and limitations.
        stem: The name of the report's LaTeX file without its extension.

    Returns:
        The text.

    Raises:
        ReportError: A fact is missing or unknown, or the report has neither a verdict nor a table.
    """
    if unknown := facts.keys() - set(PAPER_FACTS):
        raise ReportError(f"facts: unknown {min(unknown)!r}; known: {', '.join(PAPER_FACTS)}")
    from .._formats.latex.values import macro_names  # noqa: PLC0415  # only a paper needs it

    macros = macro_names(report.named_numbers)
    results = [_verdict(each, macros) for each in report.blocks(Verdict)]
    tables = report.blocks(Table)
    results += [rf"\input{{{stem}_table_{at}}}" for at in range(1, len(tables) + 1)]
    if not results:
        raise ReportError("paper: the report has neither a verdict nor a table; there is no result")
    template = _PAPER.replace("%(values)s", f"{stem}_values.tex")
    head = rf"\input{{{stem}_values}}" + "\n"
    filled = fill_template(template, report, facts=facts)
    return head + filled.replace("%(results)s", "\n\n".join(results))


def _verdict(verdict: Verdict, macros: Mapping[str, str]) -> str:
    from .._formats.latex.text import escape, inline_piece  # noqa: PLC0415  # only a paper needs them
    from .._formats.latex.values import macro_part  # noqa: PLC0415

    def piece(part: str | InlineText | Number) -> str:
        if not isinstance(part, Number):
            return inline_piece(part)
        macro = macros.get(part.name)
        return rf"\{macro}{macro_part(part)}{{}}" if macro else inline_piece(part.text)

    ending = {
        "SUPPORTED": "The data support the claim",
        "NOT SUPPORTED": "The data do not support the claim",
        "INCONCLUSIVE": "The data do not decide the claim",
        "INCOMPLETE": "The run is incomplete and does not decide the claim",
    }[verdict.verdict]
    pieces = [verdict.reason] if isinstance(verdict.reason, str) else verdict.reason
    reason = "".join(piece(part) for part in pieces).strip()
    return f"{ending}: {escape(verdict.claim)}." + (f" {reason}" if reason else "")


def _escape(format: TemplateFormat) -> Callable[[str], str]:
    if format == "latex":
        from .._formats.latex.text import escape  # noqa: PLC0415  # only LaTeX needs it

        return escape
    if format == "markdown":
        from .._formats.markdown.text import cell  # noqa: PLC0415  # only Markdown needs it

        return cell
    return str
