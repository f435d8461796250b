"""The digits of a finished file compared with those of a new rendering.

This finds what ``numbers`` does not read: identifiers, hashes, drawings, code, and files beside
the main file of a format.
"""

import re
from collections import Counter
from collections.abc import Iterator

from .._core.errors import MissingExtraError
from .._report.formats import extension, render_files
from .._report.report import Report
from .alignment import common_pairs
from .findings import Finding

# Formats with files of one extension; the extension does not say which it is.
_KIN = {
    "csv": ("csv", "jupyter"),
    "json": ("json", "jupyter"),
    "latex": ("latex", "latex-twocolumn"),
    "latex-twocolumn": ("latex-twocolumn", "latex"),
}
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[\w.,+-]*\d[\w.,+-]*")
_AROUND = 40
_COPY = 0.5


class Rendering:
    """The file of a report that a finished text is a copy of, or an edited copy.

    Attributes:
        is_main: Whether it is the main file of its format.
    """

    def __init__(self, text: str, report: Report, format: str, stem: str = "report") -> None:
        self._text, self._format = text, format
        files = list(_files(text, report, format, stem))
        masked = Counter(map(_masked, text.splitlines()))
        likeness = [_likeness(masked, content) for _, content in files]
        best = max(range(len(files)), key=lambda at: likeness[at], default=None)
        self._lines = files[best][1].splitlines() if best is not None else []
        # A paper that holds one of the tables is no copy of the table.
        self.is_main = best is None or files[best][0] or likeness[best] < _COPY

    def findings(self) -> Iterator[Finding]:
        """Yield each line that differs from the report's in digits alone."""
        found = self._text.splitlines()
        if found == self._lines:
            return
        pairs = common_pairs([_masked(each) for each in self._lines], [*map(_masked, found)])
        for one, other in pairs:
            if self._lines[one] != found[other]:
                yield self._finding(self._lines[one], found[other])

    def _finding(self, expected: str, found: str) -> Finding:
        at = next(
            at for at, (one, other) in enumerate(zip(expected, found, strict=True)) if one != other
        )
        here, there = (_word_at(line, at) for line in (found, expected))
        context = " ".join(found[max(0, at - _AROUND) : at + _AROUND].split())
        message = f"the report has {there}, and here stands {here}"
        return Finding(kind="changed digit", message=message, context=context, format=self._format)


def _files(text: str, report: Report, format: str, stem: str) -> Iterator[tuple[bool, str]]:
    """Yield the files that the text may be a copy of, each with whether it is a main file."""
    names = _KIN.get(format, (format,))
    if format == "html" and '<script type="module">' in text:
        names = ("html-interactive",)
    ending = extension(names[0])
    for name in names:
        try:
            files = render_files(report, name, stem=stem)
        except MissingExtraError:
            continue
        main = next(iter(files))
        for each, content in files.items():
            if each.endswith(ending):
                yield each == main, content.decode("utf-8", "replace")


def _likeness(masked: Counter[str], content: str) -> float:
    """Return the share of lines that are the same but for digits (Jaccard)."""
    lines = Counter(map(_masked, content.splitlines()))
    return (masked & lines).total() / max(1, (masked | lines).total())


def _masked(line: str) -> str:
    return _DIGIT.sub("0", line)


def _word_at(line: str, at: int) -> str:
    word = next((each for each in _WORD.finditer(line) if each.start() <= at < each.end()), None)
    return word[0][:_AROUND] if word else line[at]
