"""The texts of finished files without their markup, for reading numbers back."""

import html
import json
import re
from collections.abc import Callable
from contextlib import suppress
from html.parser import HTMLParser

from .._core.errors import ReportError
from .._formats.latex.symbols import SYMBOLS
from .unmarked import unmarked

_LATEX_SIGNS = sorted(
    ((command, sign) for sign, command in SYMBOLS.items() if len(command) > 1 and sign != "$"),
    key=lambda pair: -len(pair[0]),
)
_DOLLAR = "\ue000"  # a private character, while the signs of formulas are taken away
_BACKSLASH = "\ue001"  # the same, while commands are taken away
_BRACES = {"{": "\ue002", "}": "\ue003"}
# Commands whose arguments are no text. An argument without an end is looked for so far only: a text
# of openings without ends would take hours.
_LONGEST = 1_000
_ARGUMENT, _OPTION = rf"\{{[^}}]{{0,{_LONGEST}}}\}}", rf"\[[^\]]{{0,{_LONGEST}}}\]"
_SETTINGS = re.compile(
    rf"\\begin\{{tabularx?\*?\}}(?:\{{\\linewidth\}})?"
    rf"\{{(?:[^{{}}]|\{{[^{{}}]{{0,{_LONGEST}}}\}}){{0,{_LONGEST}}}\}}"
    rf"|\\multicolumn\{{\d+\}}{_ARGUMENT}|\\cmidrule(?:\(\w*\))?{_ARGUMENT}"
    r"|\\(?:label|ref|eqref|cite[pt]?|begin|end|input|usepackage|includegraphics|vspace|hspace)"
    rf"(?:{_OPTION})*{_ARGUMENT}|\\resizebox{_ARGUMENT}{_ARGUMENT}|\\newcommand\{{\\\w+\}}"
    rf"|\\setlength{_ARGUMENT}{_ARGUMENT}|\\\\\[[^\]]{{0,100}}\]"
)
_RAISED = re.compile(rf"\\textsuperscript{_ARGUMENT}")
_HIDDEN = ("style", "script", "svg", "nav", "title", "sup")
_BLOCKS = ("p", "li", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "caption", "pre", "div")
# Possessive, since what could be given back takes much memory for a long string.
_QUOTED = r'"([^"\\]*+(?:\\.[^"\\]*+)*+)(?:"|\\?\Z)'  # the last one may have no end
_TYPST_STRING = re.compile(_QUOTED, re.DOTALL)
_TYPST_SETTING = re.compile(
    rf'bytes\({_QUOTED}\)|rgb\("[^"]*"\)|(?:alt|lang|format|scope|weight): {_QUOTED}'
    rf"|super\([^)]{{0,{_LONGEST}}}\)",
    re.DOTALL,
)


def plain_text(text: str, format: str) -> str:
    """Return the text of a file without its markup.

    Args:
        text: The content of the file.
        format: ``markdown``, ``latex``, ``html``, ``jupyter``, ``typst``; others are plain text.
    """
    readers: dict[str, Callable[[str], str]] = {
        "markdown": unmarked,
        "latex": _latex,
        "latex-twocolumn": _latex,
        "html": _html,
        "jupyter": _notebook,
        "typst": _typst,
    }
    plain = readers.get(format, str)(text)
    for sign, other in (("\u2212", "-"), ("\u00a0", " "), ("\u202f", " "), ("\u200b", "")):
        plain = plain.replace(sign, other)
    return plain


def _latex(text: str) -> str:
    body = text.partition(r"\begin{document}")[2] or text
    if r"\begin{document}" in text:  # the title stands before it
        body = "\n".join(re.findall(r"^\\(?:title|author|date)\{.*\}$", text, re.MULTILINE)) + body
    body = _without_pictures(re.sub(r"(?<!\\)%.*", "", body))
    body = _SETTINGS.sub(" ", body).replace(r"\$", _DOLLAR)
    body = body.replace(r"\textbackslash{}", _BACKSLASH)
    for command, sign in _LATEX_SIGNS:
        body = body.replace(command, _BRACES.get(sign, sign))
    body = body.replace(r"\textquotesingle{}", "'").replace(r"\allowbreak{}", "")
    body = re.sub(r"\\reportmirror\{(.)\}\{.\}", r"\1", body)
    body = re.sub(r"\\reportchar\{([0-9A-F]+)\}", lambda m: chr(int(m[1], 16)), body)
    body = body.replace(r"\chi^2", "χ²").replace(r"\chi", "χ").replace("$", "").replace("~", " ")
    body = re.sub(r"(?<!\\)&|\\\\", " ; ", body)
    body = _RAISED.sub("", body)
    body = re.sub(r"\\[A-Za-z]+\*?|[{}]", "", body)
    for sign, held in (*_BRACES.items(), ("$", _DOLLAR), ("\\", _BACKSLASH)):
        body = body.replace(held, sign)
    return body


def _without_pictures(body: str) -> str:
    first, *rest = body.split(r"\begin{picture}")
    drawn, last = r"\end{picture}", len(rest) - 1
    while last >= 0 and drawn not in rest[last]:
        last -= 1  # what begins here has no end
    kept = [first]
    for at, part in enumerate(rest):
        _, end, behind = part.partition(drawn)
        if at > last:
            kept.append(r"\begin{picture}" + part)
        elif end:
            kept.append(" " + behind)
    return "".join(kept)


class _Text(HTMLParser):
    """Collects what a reader of a page sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self.hidden.append(tag)
        elif tag in ("td", "th"):
            self.parts.append(" ; ")
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.hidden and tag == self.hidden[-1]:
            self.hidden.pop()
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def _html(text: str) -> str:
    reader = _Text()
    with suppress(AssertionError):  # what it says of "<![<": the rest is text
        reader.feed(text)
    # What is left begins with a tag or comment that does not end. ``close`` would search for that
    # end from each further sign, which takes hours for a few megabytes.
    reader.handle_data(html.unescape(reader.rawdata))
    return "".join(reader.parts)


def _notebook(text: str) -> str:
    """Return the texts of a notebook; its code is no text of the report.

    Raises:
        ReportError: It is not a notebook.
    """
    try:
        cells = json.loads(text)["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ReportError(f"this is not a notebook ({type(error).__name__}: {error})") from error
    return "\n\n".join(unmarked(each) for each in texts)


def _typst(text: str) -> str:
    """Return the strings of a source, joined where only a separator stands between two."""
    source = _TYPST_SETTING.sub(" ", text)
    source = "\n".join(
        line for line in source.splitlines() if not line.startswith(("#set", "#show"))
    )
    parts, end = [], 0
    for match in _TYPST_STRING.finditer(source):
        between = source[end : match.start()]
        parts.append("" if re.fullmatch(r"\)?; (?:strong\(|emph\()?", between) else " ; ")
        parts.append(re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), match[1]))
        end = match.end()
    return "".join(parts)
