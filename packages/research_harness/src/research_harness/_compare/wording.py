"""The findings of a comparison in words."""

from .._report.wording import count_text, p_text, value_text
from .results import PairResult, SystemScore


def bracket(low: float, high: float) -> str:
    """An interval in brackets."""
    return f"[{value_text(low, '')}, {value_text(high, '')}]"


def pair_sentence(pair: PairResult, *, level: float, margin: float | None) -> str:
    """The verdict on one pair as a sentence.

    Args:
        pair: The pair.
        level: The level of its interval.
        margin: The margin of equivalence; None when none was stated.
    """
    where = f" on {pair.group}" if pair.group else ""
    estimate = (
        f"{value_text(pair.difference, '')} {bracket(pair.low, pair.high)} at {level:.0%},"
        f" Holm-adjusted {p_text(pair.p_adjusted, name=True)}"
    )
    subject = f"{pair.treatment} minus {pair.control}{where}: {estimate}"
    if pair.verdict in ("better", "worse"):
        return f"{pair.treatment} is {pair.verdict} than {pair.control}{where}: {estimate}."
    if pair.verdict == "equivalent":
        return f"{pair.treatment} and {pair.control} are equivalent within {margin:g}: {subject}."
    return f"No difference is shown. {subject}. {_what_would_settle(pair)}"


def _what_would_settle(pair: PairResult) -> str:
    if pair.detectable is None:
        return "The scores do not vary, so no difference can be judged."
    text = (
        f"{count_text(pair.items, 'item')} find a true difference of"
        f" {value_text(pair.detectable, '')} with 80 % power"
    )
    if pair.items_needed is None:
        return f"{text}."
    return f"{text}; one of this size needs {count_text(pair.items_needed, 'item')}."


def score_text(found: SystemScore) -> str:
    """A score with its interval."""
    return f"{value_text(found.score, '')} {bracket(found.low, found.high)}"
