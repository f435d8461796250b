"""The one number of a phrase or an equation, and where a phrase has none or several."""

import re

from .._core.later import compiled_later
from .number_forms import Token, next_token, number_in_words
from .outcome import Extraction

EQUALS = compiled_later(r"=|[\u2248\u2192\u21d2]|\\(?:approx|to|rightarrow)(?![A-Za-z])")
_OPERATOR = compiled_later(
    r"\s*(?:[+*/\u00f7]|x(?=\s*\d)|\\(?:times|cdot|div)(?![A-Za-z])|(?<=\s)-(?=\s))"
)
RANGE = compiled_later(
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
# "41.7, which rounds to 42", and not "41.67, rounded to 2 decimals".
ROUNDED = compiled_later(
    r"\bround(?:s|ed|ing)?\s+(?:up\s+|down\s+|off\s+)?to\s+(?:about\s+)?\\?[$\u20ac]?$",
    re.IGNORECASE,
)
PLACES = compiled_later(
    r"[ -](?:decimals?|significant|sig|digits?|places?|d\.?p|s\.?f)\b", re.IGNORECASE
)
_BOUND_BEHIND = compiled_later(r"\+(?=[\s.]*$)")
# A negative number of accounting, or a remark.
_IN_BRACKETS = compiled_later(r"[\s*_]*\(\s?\\?[$\u20ac\u00a3\u00a5\u20b9]?\s?")
_FUNCTION = compiled_later(r"\b(?:log|ln|exp|sin|cos|tan|sqrt)\s?\(?\s?$")
_BELOW_X = compiled_later(r"\s*(?:[<>\u2264\u2265]|\\[gl]eq?\b)\s*[A-Za-z](?![A-Za-z>])")
_INEQUALITY = compiled_later(r"[A-Za-z]\s*(?:[<>\u2264\u2265]|\\[gl]eq?\b)\s*$")
_NOTE = compiled_later(
    r"\[\^?[^\]\n]{0,60}\]|(?<=\w)\s*\((?:from|see|eq|step|in|about|because|since|note)\b[^)\n]{0,80}\)",
    re.IGNORECASE,
)
_MARKUP = compiled_later(
    r"\\(?:text|mathrm|textbf|mathbf|left|right|\(|\)|\[|\])|\^\s*\{?\\circ\}?|</?[a-zA-Z]{1,6}>"
)
_TWO_UNKNOWNS = compiled_later(r"\d\s*(?:,|and|or)\s*\\?\(?[A-Za-z]\s*=")
_EURO = compiled_later(r"\u20ac|\bEuros?\b|Antwort|respuesta|r\u00e9ponse|risposta", re.IGNORECASE)
_EURO_GROUP = compiled_later(r"\d{1,3}\.\d{3}")
_NEAR = 40


def side(text: str, start: int, end: int, how: str) -> Extraction | None:  # a form for each return
    """The number of an equation or phrase."""
    masked = _masked(text, start, end)
    if _TWO_UNKNOWNS.search(masked, start, end):
        return Extraction(outcome="ambiguous", span=(start, end))
    spans = []
    position = start
    for match in EQUALS.finditer(masked, start, end):
        spans.append((position, match.start()))
        position = match.end()
    spans.append((position, end))
    read = [phrase(masked, *span) for span in spans]
    simple = [each for each in read if isinstance(each, Token) and each.value is not None]
    if len(spans) == 1 or not simple:
        last = next((each for each in reversed(read) if each is not None), None)
        return as_extraction(last, how, (start, end))
    if isinstance(read[-1], Token) and read[-1].value is not None:
        return reading(read[-1], how)
    if isinstance(read[-1], Token) and read[-1].doubt == "ambiguous":
        return Extraction(outcome="ambiguous", span=(start, end))
    return reading(simple[0] if read[0] is simple[0] else simple[-1], how)


def _masked(text: str, start: int, end: int) -> str:
    """Notes and list marks made blank; positions stay."""
    part = _NOTE.sub(lambda match: " " * len(match[0]), text[start:end])
    part = _MARKUP.sub(lambda match: " " * len(match[0]), part)
    return text[:start] + part


def as_extraction(token: Token | None, how: str, span: tuple[int, int]) -> Extraction | None:
    if token is None:
        return None
    if token.value is not None:
        return reading(token, how)
    if token.doubt == "ambiguous":
        return Extraction(outcome="ambiguous", span=span)
    return Extraction(outcome="not_found")


def reading(token: Token, how: str) -> Extraction:
    return Extraction(outcome="found", value=token.value, span=(token.start, token.end), how=how)  # type: ignore[arg-type]


def phrase(text: str, start: int, end: int) -> Token | None:  # noqa: C901, PLR0911, PLR0912  # rules in order
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
        or RANGE.match(text, first.end, end)
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
        return phrase(text, first.end, end)
    between = text[first.end : second.start]
    if ROUNDED.search(between) and not PLACES.match(text, second.end, end):
        return Token(None, first.start, second.end, "ambiguous")
    if not between.strip() or _JOINED.search(between):
        return Token(None, first.start, second.end, "ambiguous")
    return first
