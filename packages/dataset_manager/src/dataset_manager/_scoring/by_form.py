"""A scorer for data sets whose answers have several forms."""

import re
from dataclasses import replace
from typing import Any

from .._data.item import Item
from .scorers import register_scorer, score
from .verdict import Score

NAME = "by_form"
# "So the answer is X.", as the worked examples of BIG-Bench Hard end.
_STATED = re.compile(r"\banswer is:?", re.IGNORECASE)


def score_by_form(prediction: Any, item: Item) -> Score:
    """As a choice, a number or a text, whichever the item asks for.

    Where several choices are right, any of them is. A text is what follows the last "answer is",
    else the whole prediction.
    """
    if item.choices:
        many = isinstance(item.expected, list | tuple)
        rights = item.expected if many else [item.expected]
        found = [score(prediction, replace(item, expected=one), scorer="choice") for one in rights]
        return next((each for each in found if each.correct), found[0])
    if type(item.expected) in (int, float):
        return score(prediction, item, scorer="number")
    whole = score(prediction, item, scorer="text")
    _, *stated = _STATED.split(str(prediction or ""))
    if whole.correct or not stated:
        return whole
    return score(stated[-1].strip().split("\n")[0], item, scorer="text")


def make_known() -> None:
    """Register it when a data set that needs it is loaded."""
    register_scorer(NAME, score_by_form, replace=True)
