"""A text together with the choices of its question, and what a letter in it stands for."""

import re
from collections.abc import Sequence

from .._data.item import LETTERS
from .choice_forms import CONTEXT, DENIED_AFTER, DENIED_BEFORE, RIVAL, plain_text
from .number_forms import SAME_LENGTH
from .outcome import Extraction, How
from .signs import shown


class ChoiceText:
    """One text and its choices."""

    def __init__(self, text: str, choices: Sequence[str]) -> None:
        self.text, self.given = text, choices
        # In the same signs as the text, whose apostrophes and digits are made plain.
        self.choices = [shown(choice).translate(SAME_LENGTH) for choice in choices]
        self.letters = LETTERS[: len(choices)]
        self.plain = [plain_text(choice) for choice in self.choices]

    def is_letter(self, letter: str) -> bool:
        return letter in self.letters

    def found(self, letter: str, span: tuple[int, int], how: How) -> Extraction:
        return Extraction(
            outcome="found", value=self.letters.index(letter.upper()), span=span, how=how
        )

    def is_word(self, letter: str, place: tuple[int, int], end: int) -> bool:
        """Before another word, a small letter is an article and a capital "I" a pronoun."""
        after = self.text[place[1] : min(end, place[1] + 12)]
        if letter.islower():
            return re.match(r"\s+\w|'", after) is not None or letter not in "abcdefghij"
        return bool(
            re.match(
                r"\s+(?!or\b|and\b|is\b|because\b|since\b|as\b|rather\b|instead\b|if\b)[a-z]", after
            )
        ) and (letter in "AI")

    def with_rivals(self, letter: str, place: tuple[int, int], end: int, how: How) -> Extraction:
        rest = self.text[place[1] : min(end, place[1] + CONTEXT)]
        rival = RIVAL.match(rest)
        other = (rival["letter"] or rival["too"]) if rival else ""
        if rival and other in self.letters and other != letter.upper():
            return Extraction(outcome="ambiguous", span=(place[0], place[1] + rival.end()))
        if re.match(r"[)\]*.]*\s+if\b", rest):
            return Extraction(outcome="ambiguous", span=place)
        found = self.found(letter, place, how)
        bare = self.text[max(0, place[0] - 1) : place[0]] not in ("(", "[")
        if (
            bare
            and self.plain.count(letter.lower())
            and self.plain.index(letter.lower()) != found.value
        ):
            return Extraction(outcome="ambiguous", span=place)
        behind = re.match(
            r"[()\[\].:*\s}-]+(.+)", self.text[place[1] : min(end, place[1] + 200)].split("\n")[0]
        )
        if behind:
            named = self.named(plain_text(behind[1]), at_start=True)
            if named and found.value not in named:
                return Extraction(outcome="ambiguous", span=place)
        return found

    def by_beginning(self, start: int, end: int, how: How) -> Extraction | None:
        """The choice whose text begins a statement, the longest one if several fit."""
        named = self.named(plain_text(self.text[start:end]), at_start=True)
        if len(named) > 1:
            return Extraction(outcome="ambiguous", span=(start, end))
        if not named:
            return None
        return Extraction(outcome="found", value=named[0], span=(start, end), how=how)

    def named(self, text: str, *, at_start: bool) -> list[int]:
        begin = r"\A(?:the )?" if at_start else r"(?<!\w)"
        fitting = [
            (len(plain), position)
            for position, plain in enumerate(self.plain)
            if plain and re.search(rf"{begin}{re.escape(plain)}(?!\w|[.,/]\d)", text)
        ]
        longest = max(fitting, default=(0, 0))[0]
        return [position for length, position in fitting if length == longest]

    def is_denied(self, start: int, end: int) -> bool:
        before, after = (
            self.text[max(0, start - CONTEXT) : start],
            self.text[end : end + 2 * CONTEXT],
        )
        return bool(DENIED_BEFORE.search(before) or DENIED_AFTER.match(after))
