r"""Find the letter that an answer chooses: the last explicit statement wins.

The first letter of a text is never taken for a choice: "A train leaves ..." chooses nothing. A
letter that is turned down ("not B", "B is wrong") chooses nothing either, nor does "B or C".
"""

import re
import unicodedata

from .reading import Reading

_LETTER = r"\(?\[?(?P<letter>[A-Za-z])(?![A-Za-z0-9'])\]?\)?"
_ALONE = re.compile(rf"\W*{_LETTER}\W*")
# Gaps are bounded: a model that stutters blanks must not take the machine with it.
_EXPLICIT = re.compile(
    rf"\b(?:answer|choice|option)\b[\s*_\"']{{0,9}}(?:is|:|=|would be|should be)?[\s:*_\"'$]{{0,9}}"
    rf"(?:(?:option|choice|letter)\s{{1,9}})?{_LETTER}"
    r"|\\boxed\{\s{0,9}(?:\\(?:text|textbf|mathrm|mathbf)\{\s{0,9})?\(?(?P<boxed>[A-Za-z])\)?\s{0,9}\}"
    r"|(?<![A-Za-z0-9'])(?P<subject>(?-i:[A-Z]))[)\]*]{0,9}\s{1,9}(?:is|must be|would be)\s{1,9}"
    r"(?:the\s{1,9})?(?:correct|right|best|true|answer)\b",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(?:option|choice)[\s*_\"'(\[]*[A-Za-z]\W*$", re.IGNORECASE)
_LINE = re.compile(rf"^[ \t*_]{{0,9}}{_LETTER}[ \t*_.]{{0,9}}$", re.MULTILINE)
_BEGIN = re.compile(r"\s*[*_]*(?:\((?P<inside>[A-Z])\)|(?P<before>[A-Z])[).:])(?=[\s*_]|$)")
_RIVAL = re.compile(r"\W{0,9}(?:\bor\b|\band\b|/|,)\W{0,9}(?P<letter>[A-Z])(?![A-Za-z0-9'])")
_DENIED_BEFORE = re.compile(
    r"(?:\bnot|n't|\bcannot be|\bneither|\bnor)\b[\s*_(\[]*$", re.IGNORECASE
)
_DENIED_AFTER = re.compile(
    r"[)\]*_.]*\s*(?:(?:(?:is|are|was)\s+)?(?:wrong|incorrect|false|ruled out|eliminated)\b"
    r"|(?:is|was|must|would|can)\s+not\b|isn't|cannot|can't)",
    re.IGNORECASE,
)
_REASON = re.compile(r"\W+(?:because|since|as|is|and|or)\b")
_WORD_FOLLOWS = re.compile(r"\s+\w")
_CONTEXT = 30


def choice_key(answer: str) -> str | None:
    """The letter an answer chooses; None when it chooses none, or two."""
    key = read_choice(answer).key
    return key if isinstance(key, str) else None


def read_choice(answer: str) -> Reading:
    """The same, with where it was found: ``alone``, ``stated``, ``line`` or ``begin``."""
    text = unicodedata.normalize("NFKC", answer)
    alone = _ALONE.fullmatch(text)
    if alone is not None:
        return Reading(alone["letter"].upper(), "alone")
    begin = _BEGIN.match(text)
    explicit = list(_EXPLICIT.finditer(text))
    for how, matches in (
        # "Option I" in a sentence is weaker than "the answer is (D)", wherever it stands.
        ("stated", [match for match in explicit if not _MENTION.match(match.group())]),
        ("stated", explicit),
        ("line", list(_LINE.finditer(text))),
        ("begin", [begin] if begin is not None else []),
    ):
        for match in reversed(matches):
            name = match.lastgroup or ""
            if not _is_choice(text, match, name):
                continue
            return Reading(None if _has_rival(text, match, name) else match[name].upper(), how)
    return Reading(None)


def _is_choice(text: str, match: re.Match[str], name: str) -> bool:
    start, end = match.span(name)
    after = text[end : end + _CONTEXT]
    letter = match[name]
    denied = _DENIED_BEFORE.search(text[max(0, start - _CONTEXT) : start])
    if denied is not None or _DENIED_AFTER.match(after) is not None:
        return False
    if name == "letter" and letter in "aI" and _WORD_FOLLOWS.match(after):
        # Before a word "a" is the article and "I" the speaker, unless a reason follows.
        return bool(_REASON.match(after)) and letter == "I"
    return True


def _has_rival(text: str, match: re.Match[str], name: str) -> bool:
    end = match.end(name)
    rival = _RIVAL.match(text, end, end + _CONTEXT)
    return rival is not None and rival["letter"] != match[name].upper()
