"""Find the choice in a model's answer: the last explicit statement wins.

The first letter of a text is not read as a choice: "A train leaves ..." names none. A
letter that is denied ("not B", "B is wrong") is not a choice either.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from .._data.item import LETTERS
from .outcome import Extraction, declines, nothing_in

_LETTER = r"\(?\[?(?P<letter>[A-Z])(?![A-Za-z0-9'])\]?\)?"
_ALONE = re.compile(rf"^\W*{_LETTER}\W*$", re.IGNORECASE)
_EXPLICIT = re.compile(
    rf"(?:\banswer|\bchoice|\boption)\b[\s*_]*(?:is|:|=|would be|should be)?[\s:*_\"']*"
    rf"(?:(?:option|choice|letter)\s*)?{_LETTER}"
    rf"|\\boxed\{{\s*(?:\\text\{{)?\(?(?P<boxed>[A-Z])\)?"
    rf'|"answer"\s*:\s*"?\(?(?P<field>[A-Z])\b'
    rf"|(?<![A-Za-z0-9'])(?P<subject>(?-i:[A-Z]))[)\]*]*\s+(?:is|must be|would be)\s+"
    rf"(?:the\s+)?(?:correct|right|best|true|answer)\b",
    re.IGNORECASE,
)
_LINE = re.compile(rf"^[ \t*_]*{_LETTER}[ \t*_.]*$", re.MULTILINE)
_BEGIN = re.compile(r"^\s*[*_]*(?:\((?P<a>[A-Z])\)|(?P<b>[A-Z])[).:])(?=[\s*_]|$)")
# Before a small letter "A" and "I" are words, and "C" is a vitamin, unless a rival follows.
_STANDING = re.compile(
    r"(?<![A-Za-z0-9'])(?P<letter>[A-Z])(?![A-Za-z0-9'])(?!\s(?!(?:or|and)\b)[a-z])"
)
_RIVAL = re.compile(r"^\W*(?:or|and|/|,)\W*(?P<letter>[A-Z])(?![A-Za-z0-9'])")
_DENIED_BEFORE = re.compile(
    r"(?:\bnot|n't|\bcannot be|\bneither|\bnor)\b[\s*_(\[]*$", re.IGNORECASE
)
_DENIED_AFTER = re.compile(
    r"[)\]*_.]*\s*(?:(?:(?:is|are|was)\s+)?(?:wrong|incorrect|false|ruled out|eliminated)"
    r"|(?:is|was|must|would|can)\s+not\b|isn't|cannot|can't)",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"\b(?:answer|choice|option)\s*(?:is|:|=)(?!\s*not\b)[ \t:*_\"'(\[]*(?P<rest>[^\n]+)",
    re.IGNORECASE,
)
_CONTEXT = 24


def extract_choice(text: str | None, choices: Sequence[str]) -> Extraction:
    """The index of the choice that a text makes.

    Args:
        text: A model's answer: a letter, a sentence, the text of a choice, or an index.
        choices: The choices in their order.

    Returns:
        ``found`` with the index from 0, or the reason why no choice was found.
    """
    if text is None or not text.strip():
        return Extraction(outcome="empty")
    letters = LETTERS[: len(choices)]
    for pattern in (_ALONE, _EXPLICIT, _LINE, _BEGIN):
        found = _last(pattern, text, letters)
        if found is not None:
            return found
    stated = _by_statement(text, choices)
    if stated is None and declines(text) and _plain(text) not in map(_plain, choices):
        return Extraction(outcome="refused")
    return stated or _by_text(text, choices) or _by_index(text, choices) or _standing(text, letters)


def _last(pattern: re.Pattern[str], text: str, letters: str) -> Extraction | None:
    """The last statement of a kind that names one of the choices."""
    for match in reversed(list(pattern.finditer(text))):
        for group, letter in match.groupdict().items():
            if letter is None or letter.upper() not in letters:
                continue
            start, end = match.span(group)
            if _is_article(pattern, text, letter, end) or _is_denied(text, start, end):
                continue
            rival = _RIVAL.match(text[end : end + _CONTEXT])
            if rival and rival["letter"] in letters and rival["letter"] != letter.upper():
                return Extraction(outcome="ambiguous", span=(start, end + rival.end()))
            return Extraction(
                outcome="found", value=letters.index(letter.upper()), span=(start, end)
            )
    return None


def _is_article(pattern: re.Pattern[str], text: str, letter: str, end: int) -> bool:
    """After "the answer is", a small letter may be meant, but "a" before a word is an article."""
    return letter == "a" and pattern is _EXPLICIT and bool(re.match(r"\s+\w", text[end : end + 8]))


def _is_denied(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + 2 * _CONTEXT]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.match(after))


def _by_statement(text: str, choices: Sequence[str]) -> Extraction | None:
    """The choice whose text follows the last "answer is", the longest one if several fit."""
    statements = list(_STATED.finditer(text))
    if not statements:
        return None
    rest = _plain(statements[-1]["rest"])
    fitting = [
        (len(plain), position)
        for position, plain in enumerate(map(_plain, choices))
        if plain and re.match(rf"{re.escape(plain)}(?!\w|[.,/]\d)", rest)
    ]
    longest = max(fitting, default=(0, 0))[0]
    named = [position for length, position in fitting if length == longest]
    if len(named) != 1:
        return None
    return Extraction(outcome="found", value=named[0], span=statements[-1].span("rest"))


def _by_text(text: str, choices: Sequence[str]) -> Extraction | None:
    """A choice named by its own text: the whole answer, or the only one that appears in it."""
    answer = _plain(text)
    plain = [_plain(choice) for choice in choices]
    if plain.count(answer) == 1:
        return Extraction(outcome="found", value=plain.index(answer), span=(0, len(text)))
    named = [
        position
        for position, choice in enumerate(plain)
        if len(choice) > 2 and re.search(rf"(?<!\w){re.escape(choice)}(?!\w)", answer)
    ]
    # A choice that is part of another one that is named too does not count for itself.
    named = [
        position
        for position in named
        if not any(position != other and plain[position] in plain[other] for other in named)
    ]
    if len(named) == 1:
        shown = re.search(re.escape(choices[named[0]].strip()), text, re.IGNORECASE)
        return Extraction(
            outcome="found", value=named[0], span=shown.span() if shown else (0, len(text))
        )
    return Extraction(outcome="ambiguous") if len(named) > 1 else None


def _by_index(text: str, choices: Sequence[str]) -> Extraction | None:
    digits = text.strip(" ().\n")
    if digits.isdecimal() and digits.isascii() and len(digits) <= 2 and int(digits) < len(choices):
        return Extraction(outcome="found", value=int(digits), span=(0, len(text)))
    return None


def _standing(text: str, letters: str) -> Extraction:
    """A single capital letter that stands for itself somewhere, if there is only one such."""
    found = list(_standing_letters(text, letters))
    names = {match["letter"] for match in found}
    if len(names) == 1:
        last = found[-1]
        return Extraction(
            outcome="found", value=letters.index(last["letter"]), span=last.span("letter")
        )
    return Extraction(outcome="ambiguous") if len(names) > 1 else nothing_in(text)


def _standing_letters(text: str, letters: str) -> Iterator[re.Match[str]]:
    for match in _STANDING.finditer(text):
        if match["letter"] in letters and not _is_denied(text, *match.span("letter")):
            yield match


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", " ", text).strip(" .\"'*_`")
