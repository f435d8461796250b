"""The normalizers by name: when two answers are the same. The key None abstains."""

import json
import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Sequence
from fractions import Fraction
from typing import Literal

from .._core.errors import UnknownNormalizerError
from .reading import Reading, final_part, text_key

NormalizerName = Literal[
    "boolean", "choice", "code", "date", "exact", "json", "number", "set", "text"
]
Normalizer = Callable[[str], Hashable | Reading | None]


_CLAUSE = re.compile(r"[.,;:!?\n]|\bbut\b|\bhowever\b")
_WORD = re.compile(r"[a-z']+")
_YES = frozenset({"yes", "true", "correct", "right", "affirmative", "yep", "yeah"})
_NO = frozenset({"no", "false", "incorrect", "wrong", "negative", "untrue", "nope"})
_NOT = frozenset({"not", "never", "cannot"})
_UNSURE = ("maybe", "perhaps", "unsure", "don't know", "do not know", "uncertain")
_JSON_BEGIN = re.compile(r"[{\[]")
_MOST_JSON_BEGINS = 500
_EXACT_IN_BINARY = 2**53


def exact_key(answer: str) -> str | None:
    """An answer as it is; an empty one does not vote."""
    return answer or None


def number_key(answer: str) -> Fraction | None:
    """The number an answer gives, exactly; None without one."""
    from .number import number_key as read  # noqa: PLC0415  # patterns that take 3 ms to compile

    return read(answer)


def choice_key(answer: str) -> str | None:
    """The letter an answer chooses; None when it chooses none, or two."""
    from .choice import choice_key as read  # noqa: PLC0415  # patterns that take 3 ms to compile

    return read(answer)


def boolean_key(answer: str) -> bool | None:
    """Yes or no: a leading word decides; a negation turns what follows in its clause."""
    text = unicodedata.normalize("NFKC", answer).casefold().replace("\u2019", "'")
    if any(phrase in text for phrase in _UNSURE):
        return None
    first = _WORD.search(text)
    if first is not None and first[0] in _YES | _NO:
        return first[0] in _YES
    verdicts = {verdict for clause in _CLAUSE.split(text) for verdict in _verdicts(clause)}
    return verdicts.pop() if len(verdicts) == 1 else None


def _verdicts(clause: str) -> Iterable[bool]:
    negated = False
    for word in _WORD.findall(clause):
        if word in _NOT or word.endswith("n't"):
            negated = not negated
        elif word in _YES | _NO:
            yield (word in _YES) != negated
            negated = False


def json_key(answer: str) -> str | None:
    """The last JSON object or list of an answer in one canonical form; None without one."""
    decoder = json.JSONDecoder(parse_float=_whole_if_it_is)
    found, index = None, 0
    for _ in range(_MOST_JSON_BEGINS):
        begin = _JSON_BEGIN.search(answer, index)
        if begin is None:
            break
        try:
            found, index = decoder.raw_decode(answer, begin.start())
        except (ValueError, RecursionError):
            index = begin.end()
    return None if found is None else json.dumps(found, sort_keys=True, separators=(",", ":"))


def _whole_if_it_is(number: str) -> int | float:
    value = float(number)
    return int(value) if value.is_integer() and abs(value) < _EXACT_IN_BINARY else value


def date_key(answer: str) -> str | None:
    """The last date of an answer; None without one."""
    from .normal_forms import date_key as read  # noqa: PLC0415  # few need it

    return read(answer)


def set_key(answer: str) -> str | None:
    """The members of a list whatever their order; None without any."""
    from .normal_forms import set_key as read  # noqa: PLC0415  # few need it

    return read(answer)


def code_key(answer: str) -> str | None:
    """Python code without comments and formatting; None if the text is not Python."""
    from .normal_forms import code_key as read  # noqa: PLC0415  # few need it

    return read(answer)


def _read_number(answer: str) -> Reading:
    from .number import read_number  # noqa: PLC0415  # patterns that take 3 ms to compile

    return read_number(answer)


def _read_choice(answer: str) -> Reading:
    from .choice import read_choice  # noqa: PLC0415  # patterns that take 3 ms to compile

    return read_choice(answer)


NORMALIZERS: dict[str, Normalizer] = {
    "boolean": boolean_key,
    "choice": choice_key,
    "code": code_key,
    "date": date_key,
    "exact": exact_key,
    "json": json_key,
    "number": number_key,
    "set": set_key,
    "text": text_key,
}


# What they say of where they found it is kept in the records of a prediction.
_READERS: dict[str, Normalizer] = {"choice": _read_choice, "number": _read_number}


def normalizer_names() -> tuple[str, ...]:
    """Return the names that ``normalize=`` takes, sorted."""
    return tuple(sorted(NORMALIZERS))


def read_answer(answer: str, normalize: NormalizerName | Normalizer = "text") -> Reading:
    """Return what an answer says, as a prediction reads it.

    Args:
        answer: The text of the answer.
        normalize: When two answers are the same: a name of ``normalizer_names()`` or a function.

    Returns:
        The key by which answers are compared, None for an abstention, and where it was found.

    Raises:
        UnknownNormalizerError: No normalizer has this name.

    Example:
        >>> read_answer("The answer is 1,234.50 dollars.", "number").key
        Fraction(2469, 2)
    """
    return find_normalizer(normalize)[1](answer)


def choices_normalizer(choices: Sequence[str]) -> Callable[[str], Reading]:
    """A normaliser that reads a letter, or else the text of one of the choices.

    Args:
        choices: What there is to choose from, A first.

    Returns:
        A normaliser for ``predict(normalize=...)``; its key is the letter.
    """
    from .normal_forms import choices_normalizer as make  # noqa: PLC0415  # few need it

    return make(choices)


def find_normalizer(wanted: NormalizerName | Normalizer) -> tuple[str, Callable[[str], Reading]]:
    """A normaliser with its name, as a function that gives a ``Reading``.

    Raises:
        UnknownNormalizerError: No normalizer has this name.
    """
    # A function of the caller gets the whole text.
    reads_all = callable(wanted) or wanted == "exact"
    if callable(wanted):
        name, normalizer = getattr(wanted, "__name__", type(wanted).__name__), wanted
    elif wanted in NORMALIZERS:
        name, normalizer = wanted, _READERS.get(wanted, NORMALIZERS[wanted])
    else:
        raise UnknownNormalizerError(wanted, NORMALIZERS)

    def read(answer: str) -> Reading:
        found = normalizer(answer if reads_all else final_part(answer))
        return found if isinstance(found, Reading) else Reading(found)

    return name, read
