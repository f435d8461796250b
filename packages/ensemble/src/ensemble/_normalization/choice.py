r"""Find the letter that an answer chooses: the last explicit statement wins.

The first letter of a text is never taken for a choice: "A train leaves ..." chooses nothing. A
letter that is turned down ("not B", "B is wrong") chooses nothing either, nor does "B or C".
"""

import re
import unicodedata
from collections.abc import Iterator

from .choice_forms import (
    ALONE,
    BEGIN,
    DENIED_AFTER,
    DENIED_BEFORE,
    EXPLICIT,
    HIDDEN,
    IMPLIED,
    LABEL,
    LINE,
    LONE,
    MENTION,
    OPTION,
    RIVAL,
    RUN_ON,
    TAKEN_BACK,
)
from .reading import Reading

_REASON = re.compile(r"\W+(?:because|since|as|is|and|or|rather|instead|if)\b")
_WORD_FOLLOWS = re.compile(r"\s+[a-z]")
_CONTEXT = 30


def choice_key(answer: str) -> str | None:
    """The letter an answer chooses; None when it chooses none, or two."""
    key = read_choice(answer).key
    return key if isinstance(key, str) else None


def read_choice(answer: str) -> Reading:
    """The same, with where it was found: ``alone``, ``stated``, ``line`` or ``begin``."""
    text = HIDDEN.sub("", unicodedata.normalize("NFKC", answer)).replace("\u2019", "'")
    run_on = RUN_ON.search(text)
    # A text that begins with a question repeats examples, and its own answer is the last one.
    if run_on is not None and RUN_ON.match(f"\n{text}") is None:
        found = _read(text[: run_on.start()])
        if found.key is not None:
            return found
    return _read(text)


def _read(text: str) -> Reading:
    alone = ALONE.fullmatch(text.strip(" \t\n\"'`"))
    if alone is not None:
        return Reading(alone["letter"].upper(), "alone")
    if _is_list_of_letters(text):
        return Reading(None)
    for how, matches in _found(text):
        for match in reversed(matches):
            name = match.lastgroup or ""
            if not _is_choice(text, match, name):
                continue
            return Reading(None if _has_rival(text, match, name) else match[name].upper(), how)
    return Reading(None)


def _found(text: str) -> Iterator[tuple[str, list[re.Match[str]]]]:
    """The places that may give a letter, from the strongest kind, in the order of the text."""
    explicit = list(EXPLICIT.finditer(text))
    if len({label["letter"].upper() for label in LABEL.finditer(text)}) > 1:
        explicit = [match for match in explicit if not MENTION.match(match.group())]
    # "Option I" in a sentence is weaker than "the answer is (D)", wherever it stands.
    stated = [match for match in explicit if not MENTION.match(match.group())]
    yield "stated", sorted([*stated, *IMPLIED.finditer(text)], key=lambda match: match.start())
    yield "stated", explicit
    yield "line", list(LINE.finditer(text))
    begin = BEGIN.match(text)
    if begin is not None and len({option["letter"] for option in OPTION.finditer(text)}) < 2:
        yield "begin", [begin]


def _is_list_of_letters(text: str) -> bool:
    """Whether a text is several letters, or Roman numbers, and nothing else."""
    words = text.split()
    return len(set(words)) > 1 and all(map(LONE.fullmatch, words))


def _is_choice(text: str, match: re.Match[str], name: str) -> bool:
    start, end = match.span(name)
    after = text[end : end + _CONTEXT]
    letter = match[name]
    denied = DENIED_BEFORE.search(text[max(0, start - _CONTEXT) : start])
    if denied is not None or DENIED_AFTER.match(after) is not None:
        return False
    if letter in "aAI" and name != "subject" and _WORD_FOLLOWS.match(after):
        # Before a word "A" is the article and "I" the speaker, unless a reason follows.
        return bool(_REASON.match(after)) and letter != "a"
    return True


def _has_rival(text: str, match: re.Match[str], name: str) -> bool:
    end, letter = match.end(name), match[name].upper()
    rival = RIVAL.match(text, end, end + _CONTEXT)
    if rival is not None and (rival["letter"] or rival["too"]) != letter:
        return True
    other = TAKEN_BACK.search(text, end)
    return other is not None and other["letter"] != letter
