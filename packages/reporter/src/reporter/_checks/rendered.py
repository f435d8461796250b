"""The digits of a finished file compared with those of a new rendering.

This finds what ``numbers`` does not read: identifiers, hashes, drawings, code, and files beside
the main file of a format.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

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
_WORD = re.compile(r"[\w.,+-]+")
_DIGITS = re.compile(r"[\d.,]+")
_NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
_AROUND = 40
_COPY = 0.5


class Rendering:
    """The file of a report that a finished text is a copy of, or an edited copy.

    Attributes:
        is_main: Whether it is the main file of its format.
    """

    def __init__(self, text: str, report: Report, format: str, stem: str = "report") -> None:
        self._text, self._format = text, format
        files = []
        for is_main, content in _files(text, report, format, stem):
            if content == text:  # most often: nothing else has to be rendered or compared
                self._lines, self.is_main = text.splitlines(), is_main
                return
            files.append((is_main, content))
        masked = Counter(map(_masked, text.splitlines()))
        likeness = [_likeness(masked, content) for _, content in files]
        best = max(range(len(files)), key=lambda at: likeness[at], default=None)
        self._lines = files[best][1].splitlines() if best is not None else []
        # A paper that holds one of the tables is no copy of the table.
        self.is_main = best is None or files[best][0] or likeness[best] < _COPY

    def findings(self, named: Iterable[str] = ()) -> Iterator[Finding]:
        """Yield each line that differs from the report's in digits alone.

        Args:
            named: The texts around numbers that are named already; a digit in one is not again.
        """
        found = self._text.splitlines()
        if found == self._lines:
            return
        known = {number for text in named for number in _NUMBER.findall(text)}
        pairs = common_pairs([_masked(each) for each in self._lines], [*map(_masked, found)])
        for one, other in pairs:
            if self._lines[one] != found[other]:
                at = _first_difference(self._lines[one], found[other])
                if _around(_DIGITS, found[other], at) not in known:
                    yield self._finding(self._lines[one], found[other], at)

    def _finding(self, expected: str, found: str, at: int) -> Finding:
        here, there = (_around(_WORD, line, at) for line in (found, expected))
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


def _first_difference(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=True))
    return next(at for at, (here, there) in pairs if here != there)


def _around(signs: re.Pattern[str], line: str, at: int) -> str:
    """Return the word with the sign at a place: so much of it as stands near."""
    before = signs.match(line[max(0, at - _AROUND) : at][::-1])
    after = signs.match(line[at : at + _AROUND])
    word = (before[0][::-1] if before else "") + (after[0] if after else line[at])
    return word.strip(".,")
