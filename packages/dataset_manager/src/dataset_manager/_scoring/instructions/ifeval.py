"""The scorers of IFEval: strict, and loose as an upper bound (Zhou et al. 2023, section 3.2)."""

from collections.abc import Iterator
from typing import Any

from ..._core.errors import PredictionError
from ..._data.item import Item
from ..._extraction.outcome import nothing_in
from ..verdict import Score, Scorer, text_of
from .checks import CHECKS, follows


def score_ifeval(prediction: Any, item: Item) -> Score:
    """Correct when the answer follows every instruction; the value is the share that it follows.

    Raises:
        PredictionError: The item has no instructions of IFEval.
    """
    return _scored(prediction, item, loose=False)


def score_ifeval_loose(prediction: Any, item: Item) -> Score:
    """As ``ifeval``, for the answer also without its first line, last line or asterisks.

    Raises:
        PredictionError: The item has no instructions of IFEval.
    """
    return _scored(prediction, item, loose=True)


def _scored(prediction: Any, item: Item, *, loose: bool) -> Score:
    instructions = _instructions(item)
    text = text_of(prediction) or ""
    if not text.strip():
        return Score(correct=False, value=0.0, outcome=nothing_in(text).outcome)
    forms = tuple(_forms(text)) if loose else (text,)
    failed = [
        name
        for name, arguments in instructions
        if not any(follows(form, name, arguments) for form in forms)
    ]
    return Score(
        correct=not failed,
        value=1 - len(failed) / len(instructions),
        outcome="found",
        extracted="; ".join(failed) or "all followed",
    )


def _instructions(item: Item) -> list[tuple[str, dict[str, Any]]]:
    names, arguments = (item.metadata.get(name) for name in ("instruction_id_list", "kwargs"))
    if not names or not isinstance(arguments, list | tuple) or len(names) != len(arguments):
        raise PredictionError(
            f"item {item.id!r} has no instructions; IFEval's are under 'instruction_id_list' and"
            " 'kwargs' of the metadata",
            ids=[item.id],
        )
    unknown = sorted({*names} - CHECKS.keys())
    if unknown:
        raise PredictionError(
            f"item {item.id!r} has instructions that IFEval does not have: {', '.join(unknown)}",
            ids=[item.id],
        )
    return list(zip(names, (dict(each) for each in arguments), strict=True))


def _forms(text: str) -> Iterator[str]:
    lines = text.split("\n")
    for part in (lines, lines[1:], lines[:-1], lines[1:-1]):
        form = text if part is lines else "\n".join(part).strip()
        yield form
        yield form.replace("*", "")


INSTRUCTION_SCORERS: dict[str, Scorer] = {
    "ifeval": score_ifeval,
    "ifeval_loose": score_ifeval_loose,
}
