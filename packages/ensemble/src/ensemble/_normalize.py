"""When two answers count as the same answer. None never votes."""

import json
import re
import unicodedata
from collections.abc import Callable, Hashable
from fractions import Fraction

from ._errors import UnknownNameError

Normalizer = Callable[[str], Hashable | None]

_NUMBER = re.compile(
    r"(?<![\w.])([-+\u2212]?)\s?[$\u20ac\u00a3\u00a5]?([-\u2212]?)"
    r"(\d{1,3}(?:,\d{3})+(?!\d)|\d+|(?=\.\d))(\.\d+)?([eE][-+]?\d{1,3}(?!\w))?(?:\s?/\s?(\d+)(?![\d/]))?"
)
_FIELD = re.compile(r'"answer"\s*:\s*(?:"((?:[^"\\]|\\.)*)"?|([^,}\]\n]*))', re.IGNORECASE)
_STATED = re.compile(r"(?:\banswer\s*(?:is|:|=)|^A:)\s*([^\n]*)", re.IGNORECASE | re.MULTILINE)
_HASHES = re.compile(r"####\s*(.+)")
_LETTER = r"\(?\[?([A-Za-z])(?![A-Za-z0-9'])\]?\)?"
_CHOICE_ALONE = re.compile(rf"^\W*{_LETTER}\W*$")
_CHOICE_STATED = re.compile(
    rf"\b(?:answer|choice|option)\b[\s*_]*(?:is|:|=)?[\s:*_\"']*(?:(?:option|choice)\s*)?{_LETTER}",
    re.IGNORECASE,
)
_CHOICE_BOXED = re.compile(r"\\boxed\{\s*(?:\\text\{)?\(?([A-Za-z])\)?")
_CHOICE_LINE = re.compile(rf"^[\s*_]*{_LETTER}[\s*_.]*$", re.MULTILINE)
_CHOICE_BEGIN = re.compile(r"^\s*[*_]*(?:\(([A-Z])\)|([A-Z])[).:])(?=[\s*_]|$)")
_WORD = re.compile(r"[a-z']+")
_YES = frozenset({"yes", "true", "correct", "right", "affirmative", "yep", "yeah"})
_NO = frozenset({"no", "false", "incorrect", "wrong", "negative", "untrue", "nope"})
_NOT = frozenset({"not", "isn't", "never", "cannot", "can't", "doesn't", "don't"})
_UNSURE = ("maybe", "perhaps", "unsure", "don't know", "do not know", "uncertain")


def text_key(answer: str) -> str | None:
    """An answer as text: NFKC, lower case, single spaces, no quotes, stars or final stop."""
    text = unicodedata.normalize("NFKC", answer).casefold()
    text = re.sub(r"[\u200b-\u200d\ufeff]", "", text)
    text = re.sub(r"\s+", " ", text).strip().strip("*`\"' ")
    return text.rstrip(".!") or text or None


def exact_key(answer: str) -> str | None:
    """An answer as it is; an empty one does not vote."""
    return answer or None


def number_key(answer: str) -> Fraction | None:
    r"""The number an answer gives: JSON ``answer``, ``####``, ``\boxed``, "answer is", the last."""
    fields = list(_FIELD.finditer(answer))
    if fields:
        return _first_number(fields[-1][1] if fields[-1][1] is not None else fields[-1][2])
    hashes = _HASHES.findall(answer)
    boxed = answer.rfind("\\boxed{")
    places = [hashes[-1]] if hashes else []
    if boxed >= 0:
        places.append(answer[boxed + len("\\boxed{") :].partition("}")[0])
    places += reversed(_STATED.findall(answer))
    for place in places:
        found = _first_number(place)
        if found is not None:
            return found
    numbers = _numbers(answer)
    return numbers[-1] if numbers else None


def choice_key(answer: str) -> str | None:
    """The letter an answer chooses: the last explicit statement wins, never the first letter."""
    for pattern in (_CHOICE_ALONE, _CHOICE_BOXED, _CHOICE_STATED, _CHOICE_LINE, _CHOICE_BEGIN):
        for match in reversed(list(pattern.finditer(answer))):
            letter = next(group for group in match.groups() if group)
            # In a sentence "a" is more often a word than a choice.
            if letter != "a" or pattern is _CHOICE_ALONE:
                return letter.upper()
    return None


def boolean_key(answer: str) -> bool | None:
    """Yes or no: a leading word decides; a negation turns what it stands before."""
    text = unicodedata.normalize("NFKC", answer).casefold().replace("\u2019", "'")
    if any(phrase in text for phrase in _UNSURE):
        return None
    words = _WORD.findall(text)
    if words and words[0] in _YES | _NO:
        return words[0] in _YES
    verdicts = set()
    negated = False
    for word in words:
        if word in _NOT:
            negated = not negated
        elif word in _YES | _NO:
            verdicts.add((word in _YES) != negated)
            negated = False
    return verdicts.pop() if len(verdicts) == 1 else None


def json_key(answer: str) -> str | None:
    """The JSON value in an answer in one canonical form; None when there is none."""
    decoder = json.JSONDecoder()
    found = None
    place = 0
    while (match := re.compile(r"[{\[]").search(answer, place)) is not None:
        try:
            found, length = decoder.raw_decode(answer[match.start() :])
            place = match.start() + length
        except ValueError:
            place = match.end()
    return None if found is None else json.dumps(found, sort_keys=True, separators=(",", ":"))


NORMALIZERS: dict[str, Normalizer] = {
    "boolean": boolean_key,
    "choice": choice_key,
    "exact": exact_key,
    "json": json_key,
    "number": number_key,
    "text": text_key,
}


def find_normalizer(wanted: str | Normalizer) -> tuple[str, Normalizer]:
    """A normaliser with its name.

    Raises:
        UnknownNameError: There is none of this name.
    """
    if callable(wanted):
        return getattr(wanted, "__name__", "function"), wanted
    if wanted not in NORMALIZERS:
        remedy = "pass a function of the answer that gives a hashable key, or None for no vote"
        raise UnknownNameError("normalisation", wanted, NORMALIZERS, remedy)
    return wanted, NORMALIZERS[wanted]


def _first_number(text: str) -> Fraction | None:
    numbers = _numbers(text)
    return numbers[0] if numbers else None


def _numbers(text: str) -> list[Fraction]:
    found = []
    for match in _NUMBER.finditer(text):
        sign, inner, whole, part, power, under = match.groups()
        if not whole and not part:
            continue
        value = Fraction((whole or "0").replace(",", "") + (part or "") + (power or ""))
        if under and int(under):
            value /= int(under)
        before = text[: match.start()].rstrip(" ")
        binary = bool(before) and before[-1].isdigit()
        minus = inner in ("-", "\u2212") or (sign in ("-", "\u2212") and not binary)
        found.append(-value if minus else value)
    return found
