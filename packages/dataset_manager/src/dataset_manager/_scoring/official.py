"""The scoring rules that the authors of benchmarks published, exactly as strict.

The other scorers accept any clear statement of an answer. These are for numbers that are to be
compared with a paper. Where authors draw a random choice for an answer that cannot be found, it is
wrong here, and counted as not found.
"""

import math
import re
from collections import deque
from collections.abc import Sequence
from typing import Any

from .._data.item import LETTERS, Item, choice_label
from .._extraction.numbers import as_number
from .._extraction.outcome import Extraction, nothing_in
from .verdict import Score, Scorer, text_of
from .zeroeval import zeroeval_number

_GSM8K = re.compile(r"#### (-?[0-9.,]+)")
_MMLU_PRO_STATED = re.compile(r"answer is \(?([A-J])\)?")
# The letter may begin the next mark: "answer: Answer: B".
_MMLU_PRO_MARKED = re.compile(r"[aA]nswer:\s*(?=([A-J]))")
_MMLU_PRO_LETTER = re.compile(r"\b([A-J])\b")
_BBH_OPTION = re.compile(r"\(([A-Z])\)")
_ARC = re.compile(r"\s*[A-Z1-9](?:\s*[;,]\s*[A-Z1-9])*\s*")
_BBH_CUE = "answer is "
# In the order in which the authors try them.
_GPQA = tuple(
    re.compile(pattern)
    for pattern in (
        *(r"answer is \((.)\)", r"Answer: \((.)\)", r"answer: \((.)\)"),
        *(r"answer \((.)\)", r"\((.)\)"),
    )
)
_HALF = 0.5


def official_gsm8k(prediction: Any, item: Item) -> Score:
    """The number after the first ``#### ``, without its commas, as a text (Cobbe et al. 2021).

    An output without that mark that has the answer field of ZeroEval is scored by ZeroEval's rule,
    under which accuracies of chat models on GSM8K are published (Lin et al. 2024).
    """
    text = text_of(prediction) or ""
    match = _GSM8K.search(text)
    if match is None:
        return _zeroeval(text, item)
    given = match[1].replace(",", "")
    return _verdict(given, given == str(item.expected).replace(",", ""), match.span(1))


def _zeroeval(text: str, item: Item) -> Score:
    given = zeroeval_number(text) if '"answer"' in text else None
    if given is None:
        return _without(text)
    right = as_number(str(item.expected).replace(",", ""))
    return _verdict(given, right is not None and float(given) == float(right), None)


def official_mmlu(prediction: Any, item: Item) -> Score:
    """The most likely of the letters, or a text that is nothing but one (Hendrycks et al. 2021).

    Args:
        prediction: The log-probabilities of the letters in order, or a text.
        item: The question.
    """
    likely = _likelihoods(prediction, item)
    if likely is not None:
        return _most_likely(likely, item)
    text = text_of(prediction) or ""
    given = text.strip()
    if given not in _letters(item):
        return _without(text)
    start = text.index(given)
    return _verdict(given, given == _right(item), (start, start + 1))


def official_mmlu_pro(prediction: Any, item: Item) -> Score:
    """The first "answer is (X)", else the first "Answer: X", else the last letter (Wang et al.)."""
    text = text_of(prediction) or ""
    match = _MMLU_PRO_STATED.search(text) or _marked_mmlu_pro(text)
    if match is None:
        # The authors look for a letter with none behind it, which takes quadratic time.
        match = next(iter(deque(_MMLU_PRO_LETTER.finditer(text), maxlen=1)), None)
    if match is None:
        return _without(text)
    return _verdict(match[1], match[1] == _right(item), match.span(1))


def _marked_mmlu_pro(text: str) -> re.Match[str] | None:
    r"""What ``.*[aA]nswer:\s*([A-J])`` finds: the last mark of the first line that has one."""
    found: re.Match[str] | None = None
    for match in _MMLU_PRO_MARKED.finditer(text):
        if found is not None and "\n" in text[found.start() : match.start()]:
            break
        found = match
    return found


def official_arc(prediction: Any, item: Item) -> Score:
    """1, or 1/k where k choices are given and the correct one is among them (Clark et al.).

    Args:
        prediction: Letters, as a list or a text such as ``"A;C"``; or log-probabilities, of which
            the largest ones are taken.
        item: The question.
    """
    likely = _likelihoods(prediction, item)
    if likely is not None:
        given = [position for position, value in enumerate(likely) if value == max(likely)]
    else:
        if isinstance(prediction, list | tuple | set | frozenset):
            prediction = ";".join(map(str, prediction))
        text = text_of(prediction) or ""
        if not _ARC.fullmatch(text):
            return _without(text)
        names = dict.fromkeys(re.findall(r"[A-Z1-9]", text))
        given = [(LETTERS if name in LETTERS else "123456789").index(name) for name in names]
    value = (item.expected in given) / len(given)
    shown = ";".join(choice_label(position) for position in given)
    return Score(correct=value == 1, value=value, outcome="found", extracted=shown)


def official_bbh(prediction: Any, item: Item) -> Score:
    """The exact text after the last "answer is" (Suzgun et al. 2022).

    Of a question with lettered options the "(X)" in it counts; elsewhere a final stop is left
    out. A text without the words counts as a whole: direct prompting gives "(B)" and nothing else.
    Several different options are ambiguous.
    """
    text = text_of(prediction) or ""
    if not text.strip():
        return _without(text)
    _, cue, rest = text.rpartition(_BBH_CUE)
    given = rest.strip() if cue else text
    target = str(item.metadata.get("target", item.expected))
    options = _BBH_OPTION.fullmatch(target)
    if options:
        named = sorted(set(_BBH_OPTION.findall(given)))
        if len(named) > 1:
            return Score(correct=False, value=0.0, outcome="ambiguous")
        whole = given.strip() if not cue else None
        if whole is not None and whole != target and whole != options[1]:
            return _verdict(whole, correct=False, span=None)
        letter = named[0] if named else given
        return _verdict(letter, letter == options[1], None)
    given = given.removesuffix(".") if cue else given.strip()
    return _verdict(given, given == target, None)


def official_truthfulqa(prediction: Any, item: Item) -> Score:
    """MC1 or MC2, whichever the item asks for (Lin et al. 2022, section 3.2).

    MC1: the best answer is more likely than every wrong one. MC2: the share of the probability
    that is on correct answers, as the value; correct from one half on.

    Args:
        prediction: The log-probabilities of the choices in their order.
        item: The question.
    """
    likely = _likelihoods(prediction, item)
    if likely is None:
        return _without(text_of(prediction) or "")
    if not isinstance(item.expected, list | tuple):
        return _most_likely(likely, item)
    most = max(likely)
    weights = [math.exp(value - most) for value in likely]
    share = math.fsum(weights[position] for position in item.expected) / math.fsum(weights)
    return Score(
        correct=share >= _HALF, value=min(1.0, share), outcome="found", extracted=round(share, 6)
    )


def official_most_likely(prediction: Any, item: Item) -> Score:
    """The most likely choice, or a text that is nothing but its letter.

    Args:
        prediction: The log-probabilities of the choices in their order, or a text.
        item: The question.
    """
    return official_mmlu(prediction, item)


def official_gpqa(prediction: Any, item: Item) -> Score:
    """The first of "answer is (X)", "Answer: (X)", "answer (X)" and "(X)" (Rein et al. 2023)."""
    text = text_of(prediction) or ""
    letters = _letters(item)
    for pattern in _GPQA:
        match = pattern.search(text)
        if match is not None and match[1] in letters:
            return _verdict(match[1], match[1] == _right(item), match.span(1))
    return _without(text)


OFFICIAL_SCORERS: dict[str, Scorer] = {
    "official_arc": official_arc,
    "official_bbh": official_bbh,
    "official_gpqa": official_gpqa,
    "official_gsm8k": official_gsm8k,
    "official_mmlu": official_mmlu,
    "official_mmlu_pro": official_mmlu_pro,
    "official_most_likely": official_most_likely,
    "official_truthfulqa": official_truthfulqa,
}
# Programs are run as their authors do in any case.
OFFICIAL_OF = {
    "arc_challenge": "official_arc",
    "arc_easy": "official_arc",
    "bbh": "official_bbh",
    "drop": "drop",
    "gpqa": "official_gpqa",
    "gsm8k": "official_gsm8k",
    "hellaswag": "official_most_likely",
    "humaneval": "tests",
    "humaneval_plus": "tests",
    "ifeval": "ifeval",
    "math": "official_math",
    "mbpp": "tests",
    "mbpp_plus": "tests",
    "mmlu": "official_mmlu",
    "mmlu_pro": "official_mmlu_pro",
    "mmlu_redux": "official_mmlu",
    "mmlu_stem": "official_mmlu",
    "squad": "official_squad",
    "truthfulqa": "official_truthfulqa",
    "winogrande": "official_most_likely",
}


def _verdict(given: str, correct: bool, span: tuple[int, int] | None) -> Score:
    return Score(correct=correct, value=float(correct), outcome="found", extracted=given, span=span)


def _without(text: str) -> Score:
    found: Extraction = nothing_in(text)
    return Score(correct=False, value=0.0, outcome=found.outcome)


def _letters(item: Item) -> Sequence[str]:
    return [choice_label(position) for position in range(len(item.choices))]


def _right(item: Item) -> str:
    return choice_label(item.expected) if isinstance(item.expected, int) else str(item.expected)


def _likelihoods(prediction: Any, item: Item) -> list[float] | None:
    """One number for each choice; None where the prediction is anything else."""
    if isinstance(prediction, str) or not isinstance(prediction, Sequence):
        return None
    numbers = [
        float(each)
        for each in prediction
        if isinstance(each, int | float) and not isinstance(each, bool) and not math.isnan(each)
    ]
    fits = len(numbers) == len(prediction) == len(item.choices) > 0
    return numbers if fits and max(numbers) > -math.inf and max(numbers) < math.inf else None


def _most_likely(likely: Sequence[float], item: Item) -> Score:
    """Correct when the correct choice is more likely than every other one."""
    best = max(range(len(likely)), key=likely.__getitem__)
    alone = sum(value == likely[best] for value in likely) == 1
    if not alone:
        return Score(correct=False, value=0.0, outcome="ambiguous")
    return _verdict(choice_label(best), choice_label(best) == _right(item), None)
