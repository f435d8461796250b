"""Find the choice that a model makes: the last explicit statement wins.

The first letter of a text is never taken for a choice: "A train leaves ..." chooses nothing.
"""

import re
import unicodedata
from collections.abc import Sequence

from ._extraction import Extraction, nothing_in
from ._item import LETTERS

_LETTER = r"\(?\[?(?P<letter>[A-Z])(?![A-Za-z0-9'])\]?\)?"
_ALONE = re.compile(rf"^\W*{_LETTER}\W*$", re.IGNORECASE)
_EXPLICIT = re.compile(
    rf"(?:\banswer|\bchoice|\boption)\b[\s*_]*(?:is|:|=|would be|should be)?[\s:*_\"']*"
    rf"(?:(?:option|choice|letter)\s*)?{_LETTER}"
    rf"|\\boxed\{{\s*(?:\\text\{{)?\(?(?P<boxed>[A-Z])\)?"
    rf'|"answer"\s*:\s*"?\(?(?P<field>[A-Z])\b',
    re.IGNORECASE,
)
_LINE = re.compile(rf"^[\s*_]*{_LETTER}[\s*_.]*$", re.MULTILINE)
_BEGIN = re.compile(r"^\s*[*_]*(?:\((?P<a>[A-Z])\)|(?P<b>[A-Z])[).:])(?=[\s*_]|$)")
_STANDING = re.compile(r"(?<![A-Za-z0-9'])(?P<letter>[A-Z])(?![A-Za-z0-9'])(?!\s[a-z])")
_RIVAL = re.compile(r"^\W*(?:or|and|/|,)\W*(?P<letter>[A-Z])(?![A-Za-z0-9'])")


def extract_choice(text: str | None, choices: Sequence[str]) -> Extraction:
    """The index of the choice that a text makes.

    Args:
        text: What a model wrote: a letter, a sentence, the text of a choice, or an index.
        choices: The choices in their order.

    Returns:
        ``found`` with the index from 0, or the reason why there is none.
    """
    if text is None or not text.strip():
        return Extraction(outcome="empty")
    letters = LETTERS[: len(choices)]
    for pattern in (_ALONE, _EXPLICIT, _LINE, _BEGIN):
        found = _last(pattern, text, letters)
        if found is not None:
            return found
    return _by_text(text, choices) or _by_index(text, choices) or _standing(text, letters)


def _last(pattern: re.Pattern[str], text: str, letters: str) -> Extraction | None:
    """The last statement of a kind that names one of the choices."""
    for match in reversed(list(pattern.finditer(text))):
        for group, letter in match.groupdict().items():
            # After "the answer is", a small letter may be meant, but "a" is more often a word.
            word = letter == "a" and pattern is _EXPLICIT
            if letter is None or word or letter.upper() not in letters:
                continue
            start, end = match.span(group)
            rival = _RIVAL.match(text[end:])
            if rival and rival["letter"] in letters and rival["letter"] != letter.upper():
                return Extraction(outcome="ambiguous", span=(start, end + rival.end()))
            return Extraction(
                outcome="found", value=letters.index(letter.upper()), span=(start, end)
            )
    return None


def _by_text(text: str, choices: Sequence[str]) -> Extraction | None:
    """A choice named by its own text: the whole answer, or the only one that appears in it."""
    answer = _plain(text)
    plain = [_plain(choice) for choice in choices]
    if plain.count(answer) == 1:
        return Extraction(outcome="found", value=plain.index(answer), span=(0, len(text)))
    named = [
        place
        for place, choice in enumerate(plain)
        if len(choice) > 2 and re.search(rf"(?<!\w){re.escape(choice)}(?!\w)", answer)
    ]
    # A choice that is part of another one that is named too does not count for itself.
    named = [
        place
        for place in named
        if not any(place != other and plain[place] in plain[other] for other in named)
    ]
    if len(named) == 1:
        return Extraction(outcome="found", value=named[0])
    return Extraction(outcome="ambiguous") if len(named) > 1 else None


def _by_index(text: str, choices: Sequence[str]) -> Extraction | None:
    digits = text.strip(" ().\n")
    if digits.isdecimal() and digits.isascii() and int(digits) < len(choices):
        return Extraction(outcome="found", value=int(digits), span=(0, len(text)))
    return None


def _standing(text: str, letters: str) -> Extraction:
    """A single capital letter that stands for itself somewhere, if there is only one such."""
    found = [match for match in _STANDING.finditer(text) if match["letter"] in letters]
    names = {match["letter"] for match in found}
    if len(names) == 1:
        last = found[-1]
        return Extraction(
            outcome="found", value=letters.index(last["letter"]), span=last.span("letter")
        )
    return Extraction(outcome="ambiguous") if len(names) > 1 else nothing_in(text)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", " ", text).strip(" .\"'*_`")
