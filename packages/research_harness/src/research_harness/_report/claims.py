"""Claims and their verdicts in words."""

from collections.abc import Sequence

from .._analysis.schema import CriterionValues, Number
from .wording import value_text


def claim_text(found: CriterionValues) -> str:
    """The claim, marked when it was stated after the first row."""
    return f"{found['claim']} (post hoc)" if found["post_hoc"] else found["claim"]


def change_text(value: Number, found: CriterionValues) -> str:
    """A value, a difference or a ratio with its unit; a relative change as a percentage."""
    if found["measure"] == "relative" and value is not None:
        number = float(value)
        return f"{100 * number:+.3g} %"
    return value_text(value, found["unit"])


def interval_of_claim(found: CriterionValues) -> str:
    """The interval that the verdict comes from; a dash without one."""
    interval = found["interval"]
    if interval is None:
        return "-"
    low, high = (change_text(interval[end], found) for end in ("low", "high"))
    return f"[{low}, {high}]"


def line_of_claim(found: CriterionValues) -> str:
    """The verdict on a claim in one line of the terminal."""
    shown = change_text(found["estimate"], found)
    if found["interval"] is not None:
        level = f"{100 * found['interval']['level']:.4g} %"
        shown = f"{shown}, {level} {interval_of_claim(found)}"
    return f"{found['verdict']}: {claim_text(found)} ({found['holds_when']}; {shown})"


def family_text(criteria: Sequence[CriterionValues]) -> str:
    """How the verdicts are adjusted for their number."""
    before = [each for each in criteria if not each["post_hoc"]]
    texts = []
    if len(criteria) > 1:
        texts.append(
            "The intervals are adjusted by Holm's method: with m claims undecided, their level is"
            " 1 - alpha / m."
        )
    if len(before) < len(criteria):
        texts.append(
            "Post hoc: added or changed after the first row; such claims are judged in one family"
            " with all others."
        )
    return " ".join(texts)
