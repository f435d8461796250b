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
from .outcome import Extraction, declines, nothing_in
from .signs import read_plainly
from .statements import Statement, settled, statements, unless_retracted

_EQUALS = compiled_later(r"=|[\u2248\u2192\u21d2]|\\(?:approx|to|rightarrow)(?![A-Za-z])")
_OPERATOR = compiled_later(
    r"\s*(?:[+*/\u00f7]|x(?=\s*\d)|\\(?:times|cdot|div)(?![A-Za-z])|(?<=\s)-(?=\s))"
)
_RANGE = compiled_later(
    r"[\s$\u20ac%*_{}]*(?:\\text\{[^}]*\})?\s*(?:[-~\u2013\u2014\u2026\u223c\uff5e\u301c]|\.{2,3}|(?:to|or|and|oder|ou|o|\u0438\u043b\u0438|au|[rR]|(?:with\s)?(?:a\s)?rem(?:ainder)?(?:\sof)?)\b|\u00b1|\\pm\b|&|\u6216|\u307e\u305f\u306f)[\s}]*\\?[$\u20ac\u00a3]?\s*(?=[\d.])"
)
_JOINED = compiled_later(
    r"\s*(?:[A-Za-z$]+\s+){0,3}(?:and|or|which is)\s+\\?[$\u20ac\u00a3]?$|\s*,\s*(?:[a-z]\s*)?$"
)
_BOUND = compiled_later(
    r"(?:(?:more|less|fewer|greater|larger) than|at (?:least|most)|between|up to|over|under)"
    r"\s+[\\$\u20ac]*$|\\pm\s*$|\u00b1\s*$"
    # "is > 10"; an arrow, a quoted line and a tag end with the same sign.
    r"|(?:[\u2264\u2265\u2266\u2267]|\\[gl](?:eq?|t|eqslant)\b|\w[ \t*_]{1,4}[<>]=?)[ \t\\$]*$",
    re.IGNORECASE,
)
_FACTORIAL = compiled_later(r"\d\s*!")
_OF_A_PART = compiled_later(
    r"\banswers?\s+(?:to|for|of)\s+(?:part|question|sub-?question|problem)\s*[#(]?(?P<part>\w{1,2})\b",
    re.IGNORECASE,
)
_BOUND_BEHIND = compiled_later(r"\+(?=[\s.]*$)")
# A negative number of accounting, or a remark.
_IN_BRACKETS = compiled_later(r"[\s*_]*\(\s?\\?[$\u20ac\u00a3\u00a5\u20b9]?\s?")
_ACCOUNTED = compiled_later(
    r"(?:^|[:=|])[ \t$]*\([ \t]?\\?[$\u20ac\u00a3\u00a5\u20b9]?[ \t]?$", re.MULTILINE
)
_FUNCTION = compiled_later(r"\b(?:log|ln|exp|sin|cos|tan|sqrt)\s?\(?\s?$")
_BELOW_X = compiled_later(r"\s*(?:[<>\u2264\u2265]|\\[gl]eq?\b)\s*[A-Za-z](?![A-Za-z>])")
_INEQUALITY = compiled_later(r"[A-Za-z]\s*(?:[<>\u2264\u2265]|\\[gl]eq?\b)\s*$")
_REASON = compiled_later(
    r",?\s+(?:because|since|as|so|if|where|when)\b|;|,\s+(?:which|from|using)\b(?!\s+is)",
    re.IGNORECASE,
)
_NOTE = compiled_later(
    r"\[\^?[^\]\n]{0,60}\]|(?<=\w)\s*\((?:from|see|eq|step|in|about|because|since|note)\b[^)\n]{0,80}\)",
    re.IGNORECASE,
)
_MARKUP = compiled_later(
    r"\\(?:text|mathrm|textbf|mathbf|left|right|\(|\)|\[|\])|\^\s*\{?\\circ\}?|</?[a-zA-Z]{1,6}>"
)
_TWO_UNKNOWNS = compiled_later(r"\d\s*(?:,|and|or)\s*\\?\(?[A-Za-z]\s*=")
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
_EURO = compiled_later(r"\u20ac|\bEuros?\b|Antwort|respuesta|r\u00e9ponse|risposta", re.IGNORECASE)
_EURO_GROUP = compiled_later(r"\d{1,3}\.\d{3}")


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
        return _found(word, "lone") if word and word.end >= start + len(body.rstrip(".")) else None
    words = _WORD.findall(text[start : token.start] + " " + text[token.end : start + len(body)])
    if len([word for word in words if word.lower() not in ("minus", "negative", "dollars")]) > 1:
        return None
    if re.fullmatch(r"[\s$*`\"'(\[\\]*\d{1,3}[.)]\s*", body) and not body.endswith("."):
        return _found(token, "lone")
    return _side(text, start, start + len(body), "lone")


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
        return _side(text, *clause, each.how) if clause else Extraction(outcome="refused")
    swap = _NOT_BUT.search(part)
    start = each.start + swap.end() if swap else each.start
    return _side(text, start, end, each.how)


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


def _side(text: str, start: int, end: int, how: str) -> Extraction | None:  # a form for each return
    """The number of an equation or phrase."""
    masked = _masked(text, start, end)
    if _TWO_UNKNOWNS.search(masked, start, end):
        return Extraction(outcome="ambiguous", span=(start, end))
    spans = []
    position = start
    for match in _EQUALS.finditer(masked, start, end):
        spans.append((position, match.start()))
        position = match.end()
    spans.append((position, end))
    read = [_phrase(masked, *span) for span in spans]
    simple = [each for each in read if isinstance(each, Token) and each.value is not None]
    if len(spans) == 1 or not simple:
        last = next((each for each in reversed(read) if each is not None), None)
        return _as_extraction(last, how, (start, end))
    if isinstance(read[-1], Token) and read[-1].value is not None:
        return _found(read[-1], how)
    if isinstance(read[-1], Token) and read[-1].doubt == "ambiguous":
        return Extraction(outcome="ambiguous", span=(start, end))
    return _found(simple[0] if read[0] is simple[0] else simple[-1], how)


def _masked(text: str, start: int, end: int) -> str:
    """Notes and list marks made blank; positions stay."""
    part = _NOTE.sub(lambda match: " " * len(match[0]), text[start:end])
    part = _MARKUP.sub(lambda match: " " * len(match[0]), part)
    return text[:start] + part


def _as_extraction(token: Token | None, how: str, span: tuple[int, int]) -> Extraction | None:
    if token is None:
        return None
    if token.value is not None:
        return _found(token, how)
    if token.doubt == "ambiguous":
        return Extraction(outcome="ambiguous", span=span)
    return Extraction(outcome="not_found")


def _found(token: Token, how: str) -> Extraction:
    return Extraction(outcome="found", value=token.value, span=(token.start, token.end), how=how)  # type: ignore[arg-type]


def _phrase(text: str, start: int, end: int) -> Token | None:  # noqa: C901, PLR0911, PLR0912  # rules in order
    """The one number of a phrase; a token without a value where there are two or an operation."""
    first = next_token(text, start, end)
    if first is None:
        if re.search(r"\\infty|\u221e|\u221a|\\sqrt|\\pi|\u03c0", text[start:end]):
            return Token(None, start, end, "nothing")
        return number_in_words(text, start, end)
    before, after = text[start : first.start], text[first.end : end]
    if _INEQUALITY.search(before) or re.search(
        r"\\sqrt\s*\{?$|\\frac\s*\{?$|(?:[\u221a^]|(?<=[\w)}])_)\{?$", before
    ):
        return Token(None, first.start, first.end, "nothing")
    if first.value is None:
        return first
    if re.search(r"\\(?:pi|sqrt|infty|alpha|theta)\b|\u221a|\u03c0", before):
        return Token(None, first.start, first.end, "nothing")
    if _IN_BRACKETS.fullmatch(before) and re.match(r"\)[\s.*]*$", after):
        return Token(None, first.start, first.end, "ambiguous")
    if _FUNCTION.search(before) or _BELOW_X.match(after):
        return Token(None, first.start, first.end, "nothing")
    if (
        _BOUND.search(text[max(0, first.start - _NEAR) : first.start])
        or _BOUND_BEHIND.match(after)
        or _RANGE.match(text, first.end, end)
    ):
        return Token(None, first.start, first.end, "ambiguous")
    if _EURO_GROUP.fullmatch(text[first.start : first.end]) and _EURO.search(text):
        return Token(None, first.start, first.end, "ambiguous")
    second = next_token(text, first.end, end)
    if _OPERATOR.match(after) and (second is not None or re.match(r"\s*[-+]\s*\S", after)):
        return Token(None, first.start, first.end, "nothing")
    if re.search(r"[A-Za-z]\s?[*^]|\^", before) or re.match(r"\s*\^", after):
        return Token(None, first.start, first.end, "nothing")
    if second is None or second.value == first.value:
        return first
    if re.search(r"(?:\s[x*+/\u00f7]|\\times|\\cdot)\s*$", text[first.end : second.start]):
        return Token(None, first.start, second.end, "nothing")
    if re.match(r"\s*-\s*\d", after):
        return Token(None, first.start, first.end, "ambiguous")
    if re.search(r"\b(?:each of|of) (?:the |his |her |these )?$", before, re.IGNORECASE):
        return _phrase(text, first.end, end)
    between = text[first.end : second.start]
    if not between.strip() or _JOINED.search(between):
        return Token(None, first.start, second.end, "ambiguous")
    return first


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
    equals = list(_EQUALS.finditer(text, start, end))
    begin = equals[-1].end() if equals else start
    found = _side(text, begin, end, "last_resort") if equals else None
    if found is not None and found.outcome == "found":
        return found
    last, previous, position = None, None, max(start, end - _FAR)
    while (token := next_token(text, position, end)) is not None:
        last, previous, position = token, last, max(token.end, position + 1)
    if last is None:
        return None
    joined = _RANGE.match(text, previous.end, end) if previous is not None else None
    # A hyphen may also subtract, or belong to the number.
    if joined is not None and joined.end() >= last.start and "-" not in joined[0]:
        return Extraction(outcome="ambiguous", span=(start, end))
    if text[last.end : last.end + 1] == ")" and _ACCOUNTED.search(
        text[start : last.start][-_NEAR:]
    ):
        return Extraction(outcome="ambiguous", span=(last.start, last.end))
    if last.value is None:
        return _as_extraction(last, "last_resort", (start, end))
    return _found(last, "last_resort")
