"""Scorers for values: texts exactly, yes or no, and numbers with a tolerance or with units."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from .._data.item import Item
from .._extraction.cleaning import Cleaning, cleaned
from .._extraction.numbers import as_number, extract_number
from .._extraction.outcome import Extraction, nothing_in
from .verdict import Score, Scorer, answers_of, text_of

_TRUTH = re.compile(
    r"(?P<not>\b(?:not|never|isn['\u2019]t|cannot be|can['\u2019]t be)\s+(?:\w+ly\s+)?)?"
    r"\b(?P<word>yes|no(?!\s+(?:doubt|question|problem|matter|one)\b)|true|false|correct|incorrect|right|wrong)\b(?!\s+\w+\s+(?:is|are)\b)",
    re.IGNORECASE,
)
_STATED = re.compile(r"\banswer\s*(?:is(?!n['\u2019]t)|:|=)|\"answer\"\s*:", re.IGNORECASE)
# The other word as a clause of its own: "yes, but no", "Yes. Wait, no."
_CLAUSE = re.compile(r"\b(?P<word>yes|no)\b(?=[\s*_\"')]*(?:[.,;:!?]|$))", re.IGNORECASE)
_BOTH = re.compile(
    r"\b(?:yes (?:and|or) no|no (?:and|or) yes)\b"
    r"|\byes (?:for|if|in)\b[^\n]{0,80}\bno (?:for|if|in)\b"
    r"|\bno (?:for|if|in)\b[^\n]{0,80}\byes (?:for|if|in)\b",
    re.IGNORECASE,
)
_YES = frozenset({"yes", "true", "correct", "right"})
_UNIT = re.compile(r"\s*([^\W\d_]+|[%\u00b0\u2030][^\W\d_]*)")


def score_exact(prediction: Any, item: Item) -> Score:
    """Correct when it is exactly an expected text; only surrounding space is ignored."""
    text = (text_of(prediction) or "").strip()
    correct = bool(text) and text in [str(right).strip() for right in answers_of(item)]
    return Score(
        correct=correct,
        value=float(correct),
        outcome="found" if text else "empty",
        extracted=text or None,
        scorer="exact_match",
    )


def extract_boolean(text: str | None, *, clean: Cleaning | bool = True) -> Extraction:
    """Whether a text says yes or no; "not true" is no.

    What follows the last "answer is" counts, else the first word when it is one of them, else all
    of them if they agree.

    Args:
        text: A model's answer.
        clean: The steps of cleaning before; True takes all of them, False none.

    Returns:
        ``found`` with True or False, or the reason why neither was found.
    """
    if text is None or not text.strip():
        return Extraction(outcome="empty")
    whole = cleaned(text, clean)
    found = _read_boolean(whole.text)
    return replace(found, outcome="cut") if whole.cut and found.answered else found


def _read_boolean(text: str) -> Extraction:  # noqa: PLR0911  # a return for each route
    if not text.strip():
        return Extraction(outcome="not_found")
    if _BOTH.search(text):
        return Extraction(outcome="ambiguous")
    stated = list(_STATED.finditer(text))
    if stated:
        found = _TRUTH.search(text, stated[-1].end())
        if found is not None:
            return _truth(found)
    every = list(_TRUTH.finditer(text))
    if not every:
        return nothing_in(text)
    first = every[0]
    if not text[: first.start()].strip(" \t\n*_\"'([`"):
        chosen = _truth(first)
        clauses = _CLAUSE.finditer(text, first.end())
        if any((each["word"].lower() == "yes") != chosen.value for each in clauses):
            return Extraction(outcome="ambiguous", span=first.span())
        return chosen
    if len({_truth(each).value for each in every}) > 1:
        return Extraction(outcome="ambiguous", span=(first.start(), every[-1].end()))
    return _truth(every[-1])


def score_boolean(prediction: Any, item: Item) -> Score:
    """Correct when it says yes or no as expected."""
    found = _boolean(prediction)
    right = next((_boolean(each).value for each in answers_of(item)), None)
    correct = found.answered and found.value == right
    return Score(
        correct=correct,
        value=float(correct),
        outcome=found.outcome,
        extracted=found.value,
        scorer="boolean",
        span=found.span,
    )


def numbers_match(
    prediction: Any,
    expected: Any,
    *,
    relative: float = 0.0,
    absolute: float = 0.0,
    units: Mapping[str, float] | None = None,
) -> bool:
    """Whether two numbers are the same, exactly or within a tolerance.

    Args:
        prediction: A number, or a text that gives one.
        expected: The right one, in either form.
        relative: The tolerance as a share of the expected number.
        absolute: The tolerance as an amount.
        units: What a word or sign after a number multiplies it by, such as ``{"%": 0.01}``,
            ``{"km": 1000, "m": 1}`` or ``{"million": 10**6}``; other words are read over.

    Returns:
        Whether they are equal within the tolerance.

    Raises:
        ValueError: A tolerance is below 0 or not a number.
    """
    return number_scorer(relative=relative, absolute=absolute, units=units)(
        prediction, Item("", "", expected)
    ).correct


def number_scorer(
    *, relative: float = 0.0, absolute: float = 0.0, units: Mapping[str, float] | None = None
) -> Scorer:
    """A scorer for numbers with a tolerance or with units, for ``register_scorer``.

    The arguments are those of ``numbers_match``.

    Args:
        relative: The tolerance as a share of the expected number.
        absolute: The tolerance as an amount.
        units: What a word or sign after a number multiplies it by.

    Returns:
        A scorer for ``register_scorer``.

    Raises:
        ValueError: A tolerance is below 0 or not a number.
    """
    share, amount = as_number(relative), as_number(absolute)
    if share is None or amount is None or share < 0 or amount < 0:
        raise ValueError(
            f"relative={relative!r}, absolute={absolute!r}: a tolerance is a number of at least 0"
        )
    factors = {name: as_number(factor) or Fraction(0) for name, factor in (units or {}).items()}

    def judge(prediction: Any, item: Item) -> Score:
        found = _quantity(prediction, factors)
        rights = [_quantity(each, factors).value for each in answers_of(item)]
        correct = found.answered and any(
            right is not None and abs(found.value - right) <= max(amount, share * abs(right))
            for right in rights
        )
        return Score(
            correct=correct,
            value=float(correct),
            outcome=found.outcome,
            extracted=None if found.value is None else str(found.value),
            scorer="number",
            span=found.span,
        )

    return judge


def _boolean(value: Any) -> Extraction:
    if isinstance(value, bool):
        return Extraction(outcome="found", value=value)
    if isinstance(value, int) and value in (0, 1):
        return Extraction(outcome="found", value=bool(value))
    return extract_boolean(text_of(value))


def _truth(match: re.Match[str]) -> Extraction:
    value = (match["word"].lower() in _YES) != bool(match["not"])
    return Extraction(outcome="found", value=value, span=match.span())


def _quantity(value: Any, factors: Mapping[str, Fraction]) -> Extraction:
    if isinstance(value, int | float):
        number = as_number(value)
        return Extraction(outcome="not_found" if number is None else "found", value=number)
    text = text_of(value)
    found = extract_number(text)
    if text is None or found.span is None or found.value is None:
        return found
    unit = _UNIT.match(text, found.span[1])
    factor = factors.get(unit[1], Fraction(1)) if unit else Fraction(1)
    return Extraction(outcome="found", value=found.value * factor, span=found.span)
