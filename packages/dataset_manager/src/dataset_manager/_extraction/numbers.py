r"""Find the number in a model's answer, exactly.

Statements are collected first: the field or tag for the answer, ``####``, ``\boxed{}``, "Answer:",
"the answer is". One that disagrees with a later one counts only where nothing says which holds.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from .._core.later import compiled_later
from .cleaning import Cleaned, Cleaning, cleaned
from .number_forms import SAME_LENGTH, Token, next_token, number_in_words
from .number_phrases import EQUALS, PLACES, RANGE, ROUNDED, as_extraction, reading, side
from .outcome import Extraction, declines, nothing_in
from .signs import read_plainly
from .statements import Statement, settled, statements, unless_retracted

_DENIED = compiled_later(
    r"(?:\bnot|n't|\brather than|\binstead of)\s+(?:the\s+)?[\\$\u20ac*_(-]{0,4}$", re.IGNORECASE
)
_FACTORIAL = compiled_later(r"\d\s*!")
_OF_A_PART = compiled_later(
    r"\banswers?\s+(?:to|for|of)\s+(?:part|question|sub-?question|problem)\s*[#(]?(?P<part>\w{1,2})\b",
    re.IGNORECASE,
)
_ACCOUNTED = compiled_later(
    r"(?:^|[:=|])[ \t$]*\([ \t]?\\?[$\u20ac\u00a3\u00a5\u20b9]?[ \t]?$", re.MULTILINE
)
_REASON = compiled_later(
    r",?\s+(?:because|since|as|so|if|where|when)\b|;|,\s+(?:which|from|using)\b(?!\s+(?:is|rounds)\b)",
    re.IGNORECASE,
)
# "It is 230 miles, but the share of each cannot be determined": one clause declines, one answers.
_CONTRAST = compiled_later(r"[,;]?\s+(?:but|although|though|however|while)\b,?|;", re.IGNORECASE)
_ABOUT_THE_ANSWER = compiled_later(
    r"[\W_]*(?:it|this|that|(?:the|an?)\s+(?:\w+\s+)?(?:answer|total|result|question|problem|value))\b",
    re.IGNORECASE,
)
_GIVES_A_NUMBER = compiled_later(
    r"(?:^|=|:|\b(?:is|are|was|were|be|equals?|about|approximately)\b)[\W_]*\d", re.IGNORECASE
)
_NOT_BUT = compiled_later(r"\bnot\s+[^.\n]{1,40}?\bbut\s+", re.IGNORECASE)
# Most expected answers and many given ones; digits of ASCII alone, without a sign of a thousand.
_PLAIN = compiled_later(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?", re.ASCII)
# A model that repeats itself makes thousands.
_MOST_STATEMENTS = 40
_LONGEST_PLAIN = 33
_FAR = 4000
_NEAR = 40
_LIST_MARK = compiled_later(r"^[ \t]*(?:step\s+)?\d{1,3}[.)](?=\s|$)", re.MULTILINE | re.IGNORECASE)
_LONE = compiled_later(r"[\s*_`\"'$\\()\[\]<>a-z/.=-]*", re.IGNORECASE)
_SENTENCE = compiled_later(r"(?<=[.!?])[\"')\]*]*\s+|\n+")
# A sentence in another script needs no capital behind its stop, one of East Asia or India no space.
_STOP = compiled_later(
    r"(?<=[\w)\]*%])[.!?](?=\s+(?:[A-Z(]|[^\W\d_a-zA-Z])|\s*$|\[)|[\u3002\uff01\uff1f\u0964]"
)
_WORD = compiled_later(r"[A-Za-z]{2,}|[^\x00-\x7f\s]{2,}")
_UNFINISHED = compiled_later(
    r"\b(?:to|of|the|and|is|a|an|in|from|for|with|by|that|be|are|then|them to)\s*$|[+*/=-]\s*$",
    re.IGNORECASE,
)


def extract_number(text: str | None, *, clean: Cleaning | bool = True) -> Extraction:
    """The number that a text states as its answer.

    Signs of currency, percent signs and units are read over; separators of thousands, fractions,
    mixed numbers, powers, and words such as "million" are computed exactly. Of an equation such as
    "3 + 4 = 7" the result counts. A range, two numbers, or statements that disagree are ambiguous.
    Infinity and NaN are not numbers.

    Args:
        text: A model's answer.
        clean: The steps of cleaning before; True takes all of them, False none.

    Returns:
        ``found`` with a ``fractions.Fraction``, ``cut`` where a run-on was cut off behind it, or
        the reason why none was found.
    """
    if text is None or not text.strip("\u200b\ufeff \t\r\n."):
        return Extraction(outcome="empty")
    if len(text) < _LONGEST_PLAIN and _PLAIN.fullmatch(text):
        return Extraction(outcome="found", value=Fraction(text), span=(0, len(text)), how="lone")
    return read_plainly(text, lambda plain: _extracted(plain, clean))


def _extracted(text: str, clean: Cleaning | bool) -> Extraction:
    whole = cleaned(text.translate(SAME_LENGTH), clean)
    return _outcome(_read(whole), whole)


def as_number(value: object) -> Fraction | None:
    """An expected answer as an exact number; None where it is not a number."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, float):
        # 0.1 means a tenth, not the binary number nearest to it.
        return Fraction(repr(float(value))) if math.isfinite(value) else None
    found = extract_number(str(value), clean=False)
    return found.value if found.outcome == "found" else None


def _outcome(found: Extraction, whole: Cleaned) -> Extraction:
    if whole.cut and found.outcome == "found":
        return replace(found, outcome="cut")
    return found


def _read(whole: Cleaned) -> Extraction:
    text = whole.text
    if not text.strip("\u200b\ufeff \t\r\n."):
        return Extraction(outcome="not_found" if whole.unfinished else "empty")
    lone = _lone(text)
    if lone is not None:
        return unless_retracted(text, lone, _corrected)
    made = list(statements(text))[-_MOST_STATEMENTS:]
    readings = [(each, _statement(text, each)) for each in made]
    stated = settled(text, [(each, found) for each, found in readings if found is not None])
    if stated is not None:
        return unless_retracted(text, stated, _corrected)
    strong = [each for each in made if each.strength > 1]
    if strong:
        # The place for the answer has no number, so other numbers are not the answer.
        inside = text[strong[-1].start : strong[-1].end]
        return nothing_in(inside) if inside.strip(" .*") else Extraction(outcome="not_found")
    if declines(text):
        return Extraction(outcome="refused")
    return _last_resort(text)


def _corrected(rest: str) -> Extraction:
    """What the text behind a correction gives."""
    return _last_resort(rest.rstrip() + "\n")


def _lone(text: str) -> Extraction | None:
    """A text that is a number and nothing else but its unit."""
    body = text.strip()
    if (
        "\n" in body
        or len(body) > 80
        or "boxed" in body
        or re.search(r"answer|####", body, re.IGNORECASE)
    ):
        return None
    start = text.index(body)
    token = next_token(text, start, start + len(body))
    if token is None:
        word = number_in_words(text, start, start + len(body))
        return reading(word, "lone") if word and word.end >= start + len(body.rstrip(".")) else None
    if _DENIED.search(text, start, token.start):
        return None
    words = _WORD.findall(text[start : token.start] + " " + text[token.end : start + len(body)])
    if len([word for word in words if word.lower() not in ("minus", "negative", "dollars")]) > 1:
        return None
    if re.fullmatch(r"[\s$*`\"'(\[\\]*\d{1,3}[.)]\s*", body) and not body.endswith("."):
        return reading(token, "lone")
    return side(text, start, start + len(body), "lone")


def _statement(text: str, each: Statement) -> Extraction | None:
    """The number that a statement gives; None where it says nothing about one."""
    if each.how in ("stated", "marked"):
        end = _end_of_clause(text, each.start, each.end)
    else:
        end = each.end
    part = text[each.start : end]
    if each.how == "boxed" and _FACTORIAL.search(part):
        return Extraction(outcome="ambiguous", span=(each.start, end))
    if nothing_in(part).outcome == "refused":
        clause = _answering_clause(text, each.start, end)
        return side(text, *clause, each.how) if clause else Extraction(outcome="refused")
    swap = _NOT_BUT.search(part)
    start = each.start + swap.end() if swap else each.start
    return side(text, start, end, each.how)


def _answering_clause(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The one clause that gives a number while the others decline something else."""
    answering = []
    for clause in _clauses(text, start, end):
        part = text[slice(*clause)]
        if nothing_in(part).outcome != "refused":
            if _GIVES_A_NUMBER.search(part):
                answering.append(clause)
        elif _ABOUT_THE_ANSWER.match(part) or declines(part):
            return None
    return answering[0] if len(answering) == 1 else None


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _CONTRAST.finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end


def _end_of_clause(text: str, start: int, end: int) -> int:
    found = _STOP.search(text, start, end)
    end = found.start() if found else end
    reason = _REASON.search(text, start, end)
    return reason.start() if reason and re.search(r"\d", text[start : reason.start()]) else end


def _last_resort(text: str) -> Extraction:
    """The last number of the text, where nothing says that it is the answer."""
    if _UNFINISHED.search(text) or re.match(r"\s*(?:```\w*\s*)?\{\s*\"", text):
        return (
            Extraction(outcome="not_found")
            if nothing_in(text).outcome != "refused"
            else nothing_in(text)
        )
    if len({match["part"].lower() for match in _OF_A_PART.finditer(text)}) > 1:
        return Extraction(outcome="ambiguous")
    bare = _LIST_MARK.sub(lambda match: " " * len(match[0]), text)
    if len(_LIST_MARK.findall(text)) < 2:  # one mark is not a list
        bare = text
    refused = nothing_in(text)
    sentences = list(_sentences(bare))
    for start, end in reversed(sentences):
        if not re.search(r"[\d\u00bd-\u00be]", bare[start:end]):
            continue
        if refused.outcome == "refused" or bare[start:end].rstrip(" *\"')").endswith("?"):
            break
        return _last_number(bare, start, end) or refused
    return refused


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    for match in _SENTENCE.finditer(text):
        yield position, match.start()
        position = match.end()
    yield position, len(text)


def _last_number(text: str, start: int, end: int) -> Extraction | None:
    equals = list(EQUALS.finditer(text, start, end))
    begin = equals[-1].end() if equals else start
    found = side(text, begin, end, "last_resort") if equals else None
    if found is not None and found.outcome == "found":
        return found
    last, previous, position = None, None, max(start, end - _FAR)
    while (token := next_token(text, position, end)) is not None:
        position = max(token.end, position + 1)
        if not _is_set_aside(text, start, token):
            last, previous = token, last
    if last is None:
        return None
    joined = RANGE.match(text, previous.end, end) if previous is not None else None
    # A hyphen may also subtract, or belong to the number.
    if joined is not None and joined.end() >= last.start and "-" not in joined[0]:
        return Extraction(outcome="ambiguous", span=(start, end))
    if text[last.end : last.end + 1] == ")" and _ACCOUNTED.search(
        text[start : last.start][-_NEAR:]
    ):
        return Extraction(outcome="ambiguous", span=(last.start, last.end))
    if last.value is None:
        return as_extraction(last, "last_resort", (start, end))
    return reading(last, "last_resort")


def _is_set_aside(text: str, start: int, token: Token) -> bool:
    """Whether a number is denied, or counts the digits to which another one is rounded."""
    before = max(start, token.start - _NEAR)
    if _DENIED.search(text, before, token.start):
        return True
    return bool(ROUNDED.search(text, before, token.start) and PLACES.match(text, token.end))
