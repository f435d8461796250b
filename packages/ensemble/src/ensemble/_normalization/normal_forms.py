"""Normal forms of dates, sets, program code, and choices by their text."""

import ast
import re
import unicodedata
import warnings
from collections.abc import Callable, Sequence
from datetime import date
from itertools import chain

from .._core.rendering import shown
from .choice import read_choice
from .number import closing_brace, number_key
from .reading import Reading, final_part, text_key
from .syntax import parsed

_Documented = ast.Module | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef
_MOST_CODE = 100_000
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905  # easier to read
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_DAY = r"\d{1,2})(?:st|nd|rd|th|\.)?"
_DATES = re.compile(
    r"(?<!\d)(?:(?P<year>\d{4})-(?P<number>\d{1,2})-(?P<day>\d{1,2})"
    rf"|(?P<day2>{_DAY}\s{{1,3}}(?:of\s)?{_MONTH},?\s{{1,3}}(?P<year2>\d{{4}})"
    rf"|{_MONTH.replace('month', 'month3')}\s{{1,3}}(?P<day3>{_DAY},?\s{{1,3}}(?P<year3>\d{{4}})"
    r"|(?P<first>\d{1,2})(?P<sign>[./])(?P<second>\d{1,2})(?P=sign)(?P<year4>\d{4}))(?!\d)",
    re.IGNORECASE,
)
_FENCE = re.compile(r"```[ \t]*[\w+-]{0,20}[ \t]*\n(.*?)```", re.DOTALL)
_STATED = re.compile(r"\banswers?\s{0,3}(?:is|are|:|=)\s{0,3}", re.IGNORECASE)
_BRACKETS = re.compile(r"\\?[{}\[\]]")
_BETWEEN = re.compile(r"[,;\n]|\band\b", re.IGNORECASE)
_NUMERIC = re.compile(r"[-+\u2212]?[\d./]{1,40}")


def date_key(answer: str) -> str | None:
    """The last date of an answer as year-month-day; None without one.

    "3/4/2024" is two dates and no vote; "3.4.2024" has the day first.
    """
    found = None
    for match in _DATES.finditer(unicodedata.normalize("NFKC", answer)):
        found = _date(match.groupdict()) or found
    return found


def _date(parts: dict[str, str | None]) -> str | None:
    year: str | None
    if parts["year"]:
        year, month, day = parts["year"], parts["number"], parts["day"]
    elif parts["year4"]:
        year, day, month = parts["year4"], parts["first"], parts["second"]
        if parts["sign"] == "/":
            if int(day or 0) <= 12 and int(month or 0) <= 12 and day != month:  # months
                return None
            if int(month or 0) > 12:  # then it is the day
                day, month = month, day
    else:
        year, day = parts["year2"] or parts["year3"], parts["day2"] or parts["day3"]
        name = (parts["month"] or parts["month3"] or "").lower()
        month = str(_MONTHS.index(name) + 1)
    try:
        return date(int(year or 0), int(month or 0), int(day or 0)).isoformat()
    except ValueError:
        return None


def set_key(answer: str) -> str | None:
    r"""The members of a list whatever their order, each once; None without any.

    Taken from the last \boxed{}, the last "answer is", the last brackets, or all of the answer.
    """
    key = _members(unicodedata.normalize("NFKC", answer))
    while key is not None and (inner := _members(key)) != key:  # a member may state an answer
        if inner is not None and len(inner) >= len(key):
            break
        key = inner
    return key


def _members(text: str) -> str | None:
    members = set()
    for part in _BETWEEN.split(_inside(text)):
        member = text_key(_BRACKETS.sub("", part).strip(" \\"))
        if member is None:
            continue
        number = number_key(member) if _NUMERIC.fullmatch(member) else None
        members.add(member if number is None else shown(number))
    return "{" + ", ".join(sorted(members)) + "}" if members else None


def _inside(text: str) -> str:
    boxed = text.rfind("\\boxed{")
    if boxed >= 0:
        start = boxed + len("\\boxed{")
        text = text[start : closing_brace(text, start)]
    stated = list(_STATED.finditer(text))
    if stated:
        return text[stated[-1].end() :].partition("\n")[0]
    for begin, end in ("{}", "[]"):
        close = text.rfind(end)
        start = text.rfind(begin, 0, close) if close > 0 else -1
        if start >= 0:
            return text[start + 1 : close]
    return text


def code_key(answer: str) -> str | None:
    """The last fenced block, or all of the answer, as Python without comments and formatting.

    Two programs are the same when their syntax trees are, docstrings aside; names matter. None if
    the text is not Python.
    """
    fenced = _FENCE.findall(answer)
    text = fenced[-1] if fenced else answer
    if len(text) > _MOST_CODE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the code does wrong is not for us to say
            tree = parsed(text.strip("\n"))
        for node in ast.walk(tree):
            if isinstance(node, _Documented):
                _drop_docstring(node)
        return ast.unparse(tree) or None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _drop_docstring(
    node: ast.Module | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef,
) -> None:
    if len(node.body) > 1 and ast.get_docstring(node, clean=False) is not None:
        del node.body[0]


def choices_normalizer(choices: Sequence[str]) -> Callable[[str], Reading]:
    """As the public function of the same name."""
    texts = [text_key(choice) for choice in choices]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(texts)]

    def read(answer: str) -> Reading:
        answer = final_part(answer)
        stated = read_choice(answer)
        if stated.key in (*letters,):
            return stated
        whole = text_key(answer)
        exact = [letter for letter, text in zip(letters, texts, strict=True) if text == whole]
        if len(exact) == 1:
            return Reading(exact[0], "text")
        found = [letter for letter, text in zip(letters, texts, strict=True) if _named(text, whole)]
        return Reading(found[0], "text") if len(found) == 1 else Reading(None)

    read.__name__ = "options"
    return read


def _named(choice: str | None, answer: str | None) -> bool:
    """Whether an answer names a choice as whole words."""
    if not choice or not answer:
        return False
    padded = " ".join(chain([""], re.split(r"[^\w.%$/-]+", answer), [""]))
    return f" {choice} " in padded or choice in answer.split("\n")
