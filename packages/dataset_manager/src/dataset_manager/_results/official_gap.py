"""How far the rule of a benchmark's authors is from the scorer that was used."""

from collections.abc import Iterable
from typing import Any

from .._data.item import Item
from .._scoring.official import OFFICIAL_OF
from .._scoring.scorers import runs_programs, score_all

_MOST_POINTS = 5.0


def official_warnings(
    dataset: str, scorer: str, accuracy: float, answers: Iterable[tuple[Any, Item]]
) -> tuple[str, ...]:
    """A warning where the official rule gives an accuracy that is over 5 points away.

    Args:
        dataset: The name of the data set.
        scorer: The scorer that was used.
        accuracy: The accuracy that it gave, from 0 to 1.
        answers: The same predictions and items.

    Returns:
        One text, or none where the rules agree or there is no official one.
    """
    official = OFFICIAL_OF.get(dataset)
    if official is None or official == scorer or runs_programs(official):
        return ()
    verdicts = [score.correct for _, _, score in score_all(official, answers)]
    other = sum(verdicts) / len(verdicts) if verdicts else accuracy
    if abs(other - accuracy) * 100 <= _MOST_POINTS + 1e-9:
        return ()
    points = abs(other - accuracy) * 100
    found = f"the authors' rule ({official}) gives {other:.4f}, {points:.1f} points from {scorer}"
    return (f"{found}; name the rule beside the number",)
