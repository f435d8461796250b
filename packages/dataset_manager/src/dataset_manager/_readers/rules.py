"""The rules by which other tools score a text, as their documentation gives them."""

import re
import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .row import LogRow

Rule = Callable[[str, str], bool]  # the answer, and one right answer
_STRIPPED = string.whitespace + string.punctuation
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


def named_rule(tool: str, name: str, options: Mapping[str, Any] | None = None) -> str:
    """The rule as a row has it, such as ``inspect match location=any``.

    Args:
        tool: The tool.
        name: The scorer or assertion.
        options: Its options; those that are None are left out.
    """
    given = sorted((options or {}).items())
    return " ".join([tool, name, *(f"{key}={value}" for key, value in given if value is not None)])


def scored_by_rule(row: LogRow) -> float | None:
    """The score that the rule of its tool gives a row; None where it is not computed here."""
    tool, name, options = _parts(row.rule)
    if tool == "inspect" and name in _READ_BY_TOOL:
        return None if row.extracted is None else _best(row, str(row.extracted), _same)
    if row.prediction is None or row.expected in (None, "", []):
        return None
    answer = str(row.prediction)
    if tool == "promptfoo":
        return None if options else _of_promptfoo(row, answer, name)
    rule = _rule(tool, name, options)
    return None if rule is None else _best(row, answer, rule)


def _parts(rule: str) -> tuple[str, str, dict[str, str]]:
    tool, _, rest = rule.partition(" ")
    name, *options = rest.split(" ")
    return tool, name, dict(each.partition("=")[::2] for each in options if each)


def _best(row: LogRow, answer: str, rule: Rule) -> float:
    right = row.expected if isinstance(row.expected, list | tuple) else [row.expected]
    return float(any(rule(answer, str(each)) for each in right))


def _rule(tool: str, name: str, options: Mapping[str, str]) -> Rule | None:
    if tool == "inspect" and name == "match":
        known = options.get("numeric", "False") == "False" and set(options) <= _OF_MATCH
        place = _PLACES.get(options.get("location", "end")) if known else None
        kept = options.get("ignore_case", "True") == "False"
        return None if place is None else lambda answer, right: place(*_plain(answer, right, kept))
    if tool == "inspect" and name == "includes" and set(options) <= {"ignore_case"}:
        return _within if options.get("ignore_case", "True") == "False" else _within_any_case
    if tool == "openai-evals" and not options:
        return _OPENAI.get(name)
    return None


_OF_MATCH = {"location", "ignore_case", "numeric"}
# The tool looks for the answer itself, and compares what it found.
_READ_BY_TOOL = ("choice", "answer", "pattern")


def _plain(answer: str, right: str, kept: bool) -> tuple[str, str]:
    """Without the white space and punctuation at both ends, and in one case."""
    both = (answer, right) if kept else (answer.casefold(), right.casefold())
    return both[0].strip(_STRIPPED), both[1].strip(_STRIPPED)


_PLACES: dict[str, Rule] = {
    "begin": lambda answer, right: answer.startswith(right),
    "end": lambda answer, right: answer.endswith(right),
    "any": lambda answer, right: right in answer,
    "exact": lambda answer, right: answer == right,
}


def _same(answer: str, right: str) -> bool:
    return answer.strip().casefold() == right.strip().casefold()


def _within(answer: str, right: str) -> bool:
    return right in answer


def _within_any_case(answer: str, right: str) -> bool:
    return right.casefold() in answer.casefold()


def _fuzzy(answer: str, right: str) -> bool:
    one, other = _normal(answer), _normal(right)
    return one == other if not one or not other else one in other or other in one


def _normal(text: str) -> str:
    bare = "".join(each for each in text.lower() if each not in string.punctuation)
    return " ".join(_ARTICLES.sub(" ", bare).split())


_OPENAI: dict[str, Rule] = {
    "Match": lambda answer, right: answer.startswith(right),
    "Includes": _within,
    "FuzzyMatch": _fuzzy,
}


def _of_promptfoo(row: LogRow, answer: str, name: str) -> float | None:
    """The assertions whose value is the right answer of the row."""
    if name == "equals":
        return _best(row, answer, lambda given, right: given == right)
    kind = name.removeprefix("i")
    if kind not in ("contains", "contains-any"):
        return None
    rule = _within if kind == name else _within_lower
    return float(any(rule(answer, each) for each in _texts(row.expected, kind.endswith("any"))))


def _within_lower(answer: str, right: str) -> bool:
    return right.lower() in answer.lower()


def _texts(expected: Any, several: bool) -> Sequence[str]:
    """The texts to look for: a list, or one text with commas between them."""
    if isinstance(expected, list | tuple):
        return [str(each) for each in expected]
    return [each.strip() for each in str(expected).split(",")] if several else [str(expected)]
