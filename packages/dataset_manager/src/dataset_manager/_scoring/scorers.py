"""The scorers by name, and the scoring of one or many predictions."""

import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import replace as changed
from functools import partial
from numbers import Integral
from typing import Any

from .._core.errors import UnknownScorerError
from .._core.events import Progress
from .._data.item import AUTO, Item, choice_label, fitting_scorer
from .._extraction.choices import extract_choice
from .._extraction.numbers import as_number, extract_number
from .._extraction.outcome import Extraction, Found, nothing_in
from .._sandbox.sandbox import Sandbox, wait_for
from .corpus import CORPUS_METRICS
from .instructions.ifeval import INSTRUCTION_SCORERS
from .latex.scorers import MATH_SCORERS
from .official import OFFICIAL_SCORERS
from .overlap import OVERLAP_SCORERS
from .programs import common_layers, run_answers
from .reading import READING_SCORERS
from .unlisted import letter_first, unlisted_choices
from .values import score_boolean, score_exact
from .verdict import AsyncScorer, Score, Scorer, answers_of, cleaning_for, text_of


def score_number(prediction: Any, item: Item) -> Score:
    """Correct when the number in the prediction equals the expected one exactly."""
    if isinstance(prediction, int | float) and not isinstance(prediction, bool):
        value = as_number(prediction)
        found = Extraction(outcome="not_found" if value is None else "found", value=value)
    else:
        found = extract_number(text_of(prediction), clean=cleaning_for(item))
    rights = [as_number(each) for each in answers_of(item)]
    correct = found.answered and any(found.value == right for right in rights)
    shown = None if found.value is None else _shown(found.value)
    return Score(
        correct=correct,
        value=float(correct),
        outcome=found.outcome,
        extracted=shown,
        scorer="number",
        span=found.span,
        how=found.how,
    )


def score_choice(prediction: Any, item: Item) -> Score:
    """Correct when the choice in the prediction is the expected one, or one of several.

    A whole number is taken for the index of the choice, from 0. Where the item lists no choices,
    its right answer must be a letter or an index, and the prediction is read as a letter.

    Raises:
        PredictionError: The item lists no choices, and its right answer is not a letter.
    """
    choices = item.choices or unlisted_choices(item)
    if isinstance(prediction, Integral) and not isinstance(prediction, bool):
        inside = 0 <= int(prediction) < len(choices)
        found = Extraction(outcome="found" if inside else "not_found", value=int(prediction))
    else:
        text = text_of(prediction) if item.choices else letter_first(text_of(prediction))
        found = extract_choice(text, choices, clean=cleaning_for(item))
    correct = found.answered and found.value in _right_choices(item, choices)
    shown = choice_label(found.value) if found.answered else None
    return Score(
        correct=correct,
        value=float(correct),
        outcome=found.outcome,
        extracted=shown,
        scorer="choice",
        span=found.span,
        how=found.how,
    )


def score_text(prediction: Any, item: Item) -> Score:
    """Correct when the prediction equals an expected text.

    Compared without regard to case, the form of Unicode, spacing, surrounding quotes and a final
    stop. All other punctuation counts: "-5" is not "5".
    """
    text = text_of(prediction)
    if text is None or not text.strip():
        return Score(correct=False, value=0.0, outcome="empty", scorer="text")
    plain = plain_text(text)
    correct = any(plain == plain_text(str(each)) for each in answers_of(item))
    refused = not correct and nothing_in(text).outcome == "refused"
    outcome: Found = "refused" if refused else "found"
    return Score(
        correct=correct, value=float(correct), outcome=outcome, extracted=plain, scorer="text"
    )


def score_tests(prediction: Any, item: Item) -> Score:
    """Correct when the program in the prediction passes the tests of the item, in a sandbox."""
    return score_programs([(prediction, item)])[0][0]


def score_programs(
    answers: Sequence[tuple[Any, Item]],
    sandbox: Sandbox | None = None,
    on_progress: Progress | None = None,
) -> tuple[list[Score], tuple[str, ...]]:
    """The scores of many programs, several run at a time, and the layers that isolated all."""
    ran = run_answers(answers, sandbox, on_progress)
    verdicts = [
        Score(
            correct=(correct := result is not None and result.passed),
            value=float(correct),
            outcome=found.outcome,
            extracted=None if result is None else str(result.error or result.outcome),
            scorer="tests",
            span=found.span,
        )
        for found, result in ran
    ]
    return verdicts, common_layers(result for _, result in ran)


# Metrics that an evaluation counts itself; the mean value of any scorer is one too.
METRICS = ("accuracy", "coverage", "extraction_rate")
_scorers: dict[str, Scorer | AsyncScorer] = {
    **OVERLAP_SCORERS,
    **OFFICIAL_SCORERS,
    **INSTRUCTION_SCORERS,
    **MATH_SCORERS,
    **READING_SCORERS,
    "boolean": score_boolean,
    "choice": score_choice,
    "exact_match": score_exact,
    "number": score_number,
    "tests": score_tests,
    "text": score_text,
}


def score(prediction: Any, item: Item, *, scorer: str | None = None) -> Score:
    """Score one prediction.

    Args:
        prediction: The model's answer: a text, a number, or None where it is missing.
        item: The question.
        scorer: One of ``scorer_names()``; when left out, ``choice`` for
            an item with choices, ``number`` for one whose answer is a number or the text of one,
            else ``text``.

    Returns:
        The score, with the outcome of extraction.

    Raises:
        UnknownScorerError: No scorer has this name.
        TypeError: A registered scorer returned something else than a ``Score``.
    """
    name = fitting_scorer((item,)) if scorer is None else scorer
    return _scored(name, function_of(name), prediction, item)


def scorer_of(name: str) -> Callable[[Any, Item], Score]:
    """The scorer with this name; its scores carry the name. An async one is waited for."""
    return partial(_scored, name, function_of(name))


def _scored(name: str, function: Scorer | AsyncScorer, prediction: Any, item: Item) -> Score:
    found: Any = function(prediction, item)
    if type(found) is not Score and hasattr(found, "__await__"):
        found = wait_for(_awaited(found))
    return named_score(name, found)


def function_of(name: str) -> Scorer | AsyncScorer:
    """The function that was registered by this name.

    Raises:
        UnknownScorerError: No scorer has this name.
    """
    if name not in _scorers:
        raise UnknownScorerError(name, _scorers)
    return _scorers[name]


def named_score(name: str, found: Any) -> Score:
    """What a scorer gave, with the scorer's name.

    Raises:
        TypeError: It is not a ``Score``.
    """
    if not isinstance(found, Score):
        raise TypeError(f"scorer {name!r} returned {type(found).__name__}, not a Score")
    return found if found.scorer == name else changed(found, scorer=name)


async def _awaited(found: Awaitable[Any]) -> Any:
    return await found


def runs_programs(name: str) -> bool:
    """Whether the scorer with this name runs the predictions as programs."""
    return _scorers.get(name) is score_tests


def compares_exactly(name: str) -> bool:
    """Whether the scorer with this name compares texts exactly, and does nothing else."""
    return _scorers.get(name) is score_exact


def score_all(name: str, answers: Iterable[tuple[Any, Item]]) -> Iterator[tuple[Any, Item, Score]]:
    """Many predictions with their items and scores; programs run several at a time."""
    judge = scorer_of(name)
    if runs_programs(name):
        programs = list(answers)
        verdicts, _ = score_programs(programs)
        for (prediction, item), verdict in zip(programs, verdicts, strict=True):
            yield prediction, item, verdict
        return
    for prediction, item in answers:
        yield prediction, item, judge(prediction, item)


def scorer_names() -> tuple[str, ...]:
    """The names of the scorers.

    Returns:
        The names in alphabetical order.
    """
    return tuple(sorted(_scorers))


def register_scorer(name: str, scorer: Scorer | AsyncScorer, *, replace: bool = False) -> None:
    """Add a scorer of your own.

    Args:
        name: Its name.
        scorer: A function of a prediction and an item that returns a ``Score``. It may be an
            ``async def``: ``score_async`` and the harness await it, ``score`` and ``evaluate`` wait
            for it.
        replace: Replace the one that has this name.

    Raises:
        ValueError: The name is registered already, is empty, or is that of a metric.
    """
    if name in _scorers and not replace:
        raise ValueError(
            f"name: a scorer {name!r} is registered already; pass replace=True to replace it"
        )
    if name in (*METRICS, *CORPUS_METRICS, AUTO, ""):
        raise ValueError(
            f"name: {name!r} cannot be the name of a scorer; it is empty or taken by a metric"
        )
    _scorers[name] = scorer


def plain_text(text: str) -> str:
    """A text as it is compared: NFKC, lower case, single spaces, no outer quotes or final stop."""
    text = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        text = text[1:-1].strip()
    return text.removesuffix(".") if len(text) > 1 else text


def _right_choices(item: Item, choices: Sequence[str]) -> set[int | None]:
    """The indices of the correct choices, also where they are letters or texts."""
    return {_right_choice(each, choices) for each in answers_of(item)} - {None}


def _right_choice(expected: Any, choices: Sequence[str]) -> int | None:
    # A column of pandas with an empty cell holds 2 as 2.0.
    if isinstance(expected, Integral) or (isinstance(expected, float) and expected.is_integer()):
        return int(expected)
    found = extract_choice(str(expected), choices, clean=False)
    return found.value if found.outcome == "found" else None


def _shown(value: Any) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    try:
        decimal = float(value)
    except OverflowError:
        return str(value)
    return repr(decimal) if as_number(decimal) == value else str(value)
