"""Find the choice in a model's answer.

Statements are collected first, as for numbers, then letters that stand for a verdict, then the
texts of the choices. A letter that is denied, a repeated list of the options, and a capital in a
formula are not choices.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .._data.item import LETTERS
from .choice_forms import (
    ALONE,
    BOTH,
    CONCLUDED,
    CONTEXT,
    DENIED_AFTER,
    DENIED_BEFORE,
    EMPTY_BOX,
    FIRST,
    HEDGED,
    IMPLIED,
    INLINE,
    LIST_LINE,
    NOT_BUT,
    OPTION_IS,
    ORDINAL,
    ORDINALS,
    POINTED,
    RIVAL,
    SAID_NO,
    SAID_YES,
    SEVERAL,
    SUBJECT,
    TICKED,
    bare,
    plain_text,
)
from .cleaning import Cleaning, cleaned
from .number_forms import SAME_LENGTH
from .outcome import Extraction, How, declines, nothing_in
from .signs import LETTERS_OF_SHAPE, read_plainly, shown
from .statements import Statement, settled, statements, unless_retracted

_SHORT = 300


def extract_choice(
    text: str | None, choices: Sequence[str], *, clean: Cleaning | bool = True
) -> Extraction:
    """The index of the choice that a text makes.

    Args:
        text: A model's answer: a letter, a sentence, the text of a choice, or an index.
        choices: The choices in their order.
        clean: The steps of cleaning before; True takes all of them, False none.

    Returns:
        ``found`` with the index from 0, ``cut`` where a run-on was cut off behind it, or the
        reason why no choice was found.
    """
    if text is None or not text.strip():
        return Extraction(outcome="empty")
    return read_plainly(text, lambda plain: _extracted(plain, choices, clean))


def _extracted(text: str, choices: Sequence[str], clean: Cleaning | bool) -> Extraction:
    whole = cleaned(text.translate(LETTERS_OF_SHAPE).translate(SAME_LENGTH), clean)
    if not whole.text.strip():
        return Extraction(outcome="not_found" if whole.unfinished else "empty")
    found = _Reader(whole.text, choices).read()
    return replace(found, outcome="cut") if whole.cut and found.outcome == "found" else found


class _Reader:
    """One text and its choices."""

    def __init__(self, text: str, choices: Sequence[str]) -> None:
        self.text, self.given = text, choices
        # In the same signs as the text, whose apostrophes and digits are made plain.
        self.choices = [shown(choice).translate(SAME_LENGTH) for choice in choices]
        self.letters = LETTERS[: len(choices)]
        self.plain = [plain_text(choice) for choice in self.choices]

    def read(self) -> Extraction:  # noqa: PLR0911  # a return for each route, from the strongest
        """The routes in order."""
        lone = self._lone()
        if lone is not None:
            return lone
        repeated = self._after_list()[0]
        if self.text[repeated:].strip():
            # Before a repetition of our own options stands the question, or another one.
            self.text = " " * repeated + self.text[repeated:]
            lone = self._lone()
            if lone is not None and repeated and lone.outcome == "found":
                return replace(lone, how="last_resort")
        made = [each for each in list(statements(self.text))[-40:] if not self._is_listed(each)]
        readings = [(each, found) for each in made if (found := self._statement(each)) is not None]
        readings += self._implied([each for each, _ in readings])
        readings.sort(key=lambda pair: pair[0].start)
        stated = settled(self.text, readings)
        if stated is not None:
            return unless_retracted(self.text, stated, self._corrected)
        both = BOTH.search(self.text) if len(self.text) < 5000 else None
        if both is not None and all(self._is_letter(each) for each in both.groups() if each):
            return Extraction(outcome="ambiguous", span=both.span())
        if any(each.strength > 1 and self.text[each.start : each.end].strip() for each in made):
            inside = [each for each in made if each.strength > 1][-1]
            return self._by_text(inside.start, inside.end, "marked") or nothing_in(self.text)
        if declines(self.text) or nothing_in(self.text).outcome == "refused":
            return Extraction(outcome="refused")
        return (
            self._by_verdicts()
            or self._last_line()
            or self._by_text(*self._after_list(any_text=True), "last_resort")
            or nothing_in(self.text)
        )

    def _corrected(self, rest: str) -> Extraction:
        """What the text behind a correction gives."""
        return _Reader(rest, self.given).read()

    def _is_listed(self, each: Statement) -> bool:
        """Whether "A:" begins a list of the options, and is not the mark of an answer."""
        if (
            self.text[max(0, each.start - 9) : each.start].rstrip()[-2:] != "A:"
            or each.how != "marked"
        ):
            return False
        return re.search(r"(?<![A-Za-z])B:", self.text[each.start :]) is not None

    def _is_letter(self, letter: str) -> bool:
        return letter in self.letters

    def _found(self, letter: str, span: tuple[int, int], how: How) -> Extraction:
        return Extraction(
            outcome="found", value=self.letters.index(letter.upper()), span=span, how=how
        )

    def _lone(self) -> Extraction | None:  # noqa: C901, PLR0911  # a return for each form
        """A letter, an index, or the text of a choice, and nothing else."""
        body = self.text.strip()
        start = self.text.index(body)
        whole = (start, start + len(body))
        answer = plain_text(body)
        if self.plain.count(answer) == 1 and not (
            len(answer) == 1 and answer.upper() in self.letters
        ):
            return Extraction(
                outcome="found", value=self.plain.index(answer), span=whole, how="lone"
            )
        if len(body) > _SHORT:
            return None
        match = ALONE.match(body) or ALONE.match(bare(body))
        if match and match["letter"].upper() in self.letters:
            place = start + match.start("letter")
            return self._found(match["letter"], (place, place + 1), "lone")
        several = SEVERAL.match(body)
        if re.match(r"\W*(?:both|either)\b", body, re.IGNORECASE):
            rivals = set(re.findall(r"(?<![A-Za-z])[A-HJ-Z](?![A-Za-z])", body)) & set(self.letters)
            if len(rivals) > 1:
                return Extraction(outcome="ambiguous", span=whole)
        if several and set(re.findall("[A-Z]", body)) - set(
            "IO" if "I" not in self.letters else ""
        ) <= set(self.letters):
            return Extraction(outcome="ambiguous", span=whole)
        digits = body.strip(" ().\n")
        if (
            digits.isdecimal()
            and digits.isascii()
            and len(digits) <= 2
            and int(digits) < len(self.choices)
        ):
            return Extraction(outcome="found", value=int(digits), span=whole, how="lone")
        if "\n" not in body:
            listed = re.match(r"^[*_]*\(?(?P<letter>[A-Z])[).:]+\s*(?P<rest>.+)$", body)
            if listed and listed["letter"] in self.letters:
                own = self.letters.index(listed["letter"])
                if plain_text(listed["rest"]) == self.plain[own]:
                    place = start + listed.start("letter")
                    return self._found(listed["letter"], (place, place + 1), "lone")
                if (
                    plain_text(listed["rest"]) in self.plain
                ):  # the letter of one, the text of another
                    return Extraction(outcome="ambiguous", span=whole)
        return None

    def _statement(self, each: Statement) -> Extraction | None:
        """The choice that a statement gives, by letter or by text."""
        text, start, end = self.text, each.start, min(each.end, each.start + 400)
        swap = NOT_BUT.match(text, start, end)
        start = swap.end() if swap else start
        match = FIRST.match(text, start, end)
        if match is not None and match["letter"].upper() in self.letters:
            place = match.span("letter")
            if not self._is_word(match["letter"], place, end) and not self._is_denied(*place):
                return self._with_rivals(match["letter"], place, end, each.how)
        sentence = re.compile(r"(?<=[\w)\]*])[.!?;](?=\s|$)|\n").search(text, start, end)
        stop = sentence.start() if sentence else end
        return self._by_beginning(start, stop, each.how)

    def _is_word(self, letter: str, place: tuple[int, int], end: int) -> bool:
        """Before another word, a small letter is an article and a capital "I" a pronoun."""
        after = self.text[place[1] : min(end, place[1] + 12)]
        if letter.islower():
            return re.match(r"\s+\w|'", after) is not None or letter not in "abcdefghij"
        return bool(
            re.match(
                r"\s+(?!or\b|and\b|is\b|because\b|since\b|as\b|rather\b|instead\b|if\b)[a-z]", after
            )
        ) and (letter in "AI")

    def _with_rivals(self, letter: str, place: tuple[int, int], end: int, how: How) -> Extraction:
        rest = self.text[place[1] : min(end, place[1] + CONTEXT)]
        rival = RIVAL.match(rest)
        other = (rival["letter"] or rival["too"]) if rival else ""
        if rival and other in self.letters and other != letter.upper():
            return Extraction(outcome="ambiguous", span=(place[0], place[1] + rival.end()))
        if re.match(r"[)\]*.]*\s+if\b", rest):
            return Extraction(outcome="ambiguous", span=place)
        found = self._found(letter, place, how)
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
            named = self._named(plain_text(behind[1]), at_start=True)
            if named and found.value not in named:
                return Extraction(outcome="ambiguous", span=place)
        return found

    def _by_beginning(self, start: int, end: int, how: How) -> Extraction | None:
        """The choice whose text begins a statement, the longest one if several fit."""
        named = self._named(plain_text(self.text[start:end]), at_start=True)
        if len(named) > 1:
            return Extraction(outcome="ambiguous", span=(start, end))
        if not named:
            return None
        return Extraction(outcome="found", value=named[0], span=(start, end), how=how)

    def _named(self, text: str, *, at_start: bool) -> list[int]:
        begin = r"\A(?:the )?" if at_start else r"(?<!\w)"
        fitting = [
            (len(plain), position)
            for position, plain in enumerate(self.plain)
            if plain and re.search(rf"{begin}{re.escape(plain)}(?!\w|[.,/]\d)", text)
        ]
        longest = max(fitting, default=(0, 0))[0]
        return [position for length, position in fitting if length == longest]

    def _implied(self, known: list[Statement]) -> Iterator[tuple[Statement, Extraction]]:
        """Sentences that choose without the word "answer"."""
        taken = {place for each in known for place in range(each.start - 30, each.start + 10)}
        for pattern in (IMPLIED, OPTION_IS, CONCLUDED, TICKED, SUBJECT):
            for match in list(pattern.finditer(self.text))[-20:]:
                start, end = match.span("letter")
                if match["letter"].upper() not in self.letters or start in taken:
                    continue
                if pattern is not SUBJECT and (
                    self._is_word(match["letter"], (start, end), len(self.text))
                    or self._is_denied(start, end)
                ):
                    continue
                if pattern is SUBJECT and DENIED_BEFORE.search(
                    self.text[max(0, start - CONTEXT) : start]
                ):
                    continue
                yield (
                    Statement(start, end, "stated", 1),
                    self._with_rivals(match["letter"], (start, end), len(self.text), "stated")
                    if pattern is not SUBJECT
                    else self._found(match["letter"], (start, end), "stated"),
                )
        for match in list(ORDINAL.finditer(self.text))[-5:]:
            word = match["which"].lower()
            place = len(self.choices) - 1 if word == "last" else ORDINALS.index(word)
            if place < len(self.choices):
                found = Extraction(outcome="found", value=place, span=match.span(), how="stated")
                yield Statement(*match.span(), "stated", 1), found
        hedged = [
            match
            for match in list(HEDGED.finditer(self.text))[-10:]
            if (match["letter"] or match["lean"]) in self.letters
        ]
        if hedged and not known:
            yield (
                Statement(*hedged[-1].span(), "stated", 0),
                Extraction(outcome="ambiguous", span=hedged[-1].span()),
            )

    def _is_denied(self, start: int, end: int) -> bool:
        before, after = (
            self.text[max(0, start - CONTEXT) : start],
            self.text[end : end + 2 * CONTEXT],
        )
        return bool(DENIED_BEFORE.search(before) or DENIED_AFTER.match(after))

    def _by_verdicts(self) -> Extraction | None:
        """A list of all options, of which one is called right, pointed at, or is bold."""
        lines = [
            match for match in LIST_LINE.finditer(self.text) if match["letter"] in self.letters
        ]
        inline = [
            match
            for match in list(INLINE.finditer(self.text))[-40:]
            if match["letter"] in self.letters
        ]
        for listed in (lines, inline):
            if len({match["letter"] for match in listed}) < 2:  # one is not a list
                continue
            pointed = [match for match in listed if POINTED.search(match["rest"])]
            bold = [
                match for match in listed if re.match(r"\s*[*_-]*\s*\*\*", match[0].lstrip("- "))
            ]
            affirmed = [
                match
                for match in listed
                if re.search(r"\bis\b(?!\s+(?:not|wrong|incorrect|false|no)\b)", match["rest"])
            ]
            said = [match for match in listed if SAID_YES.match(match["rest"])]
            if not all(
                SAID_YES.match(each["rest"]) or SAID_NO.match(each["rest"]) for each in listed
            ):
                said = []
            for chosen in (pointed, bold, affirmed, said):
                if len(chosen) == 1 and len(chosen) < len(listed):
                    return self._found(chosen[0]["letter"], chosen[0].span("letter"), "last_resort")
        return None

    def _last_line(self) -> Extraction | None:
        """A letter alone on the last line, or the letter after a correction."""
        body = self.text.rstrip()
        start = body.rfind("\n") + 1
        match = ALONE.match(body[start:]) if len(body) - start < 40 else None
        if match and match["letter"] in self.letters and not EMPTY_BOX.search(body[start:]):
            place = start + match.start("letter")
            return self._found(match["letter"], (place, place + 1), "last_resort")
        return None

    def _after_list(self, *, any_text: bool = False) -> tuple[int, int]:
        """The text behind a repeated list of the options, and behind the question."""
        lines = [
            match for match in LIST_LINE.finditer(self.text) if match["letter"] in self.letters
        ]
        known = [
            match
            for match in lines
            if any_text
            or plain_text(match["rest"]) == self.plain[self.letters.index(match["letter"])]
        ]
        return (known[-1].end() if len(known) > 1 else 0), len(self.text)

    def _by_text(self, start: int, end: int, how: How) -> Extraction | None:
        """The only choice whose text is named and not denied."""
        answer = plain_text(self.text[start:end])
        named = []
        for position, plain in enumerate(self.plain):
            if len(plain) < 3 or (len(self.plain[position]) < 3):  # too short to be meant
                continue
            for match in list(re.finditer(rf"(?<!\w){re.escape(plain)}(?!\w)", answer))[-5:]:
                around = answer[match.end() : match.end() + CONTEXT]
                if not DENIED_BEFORE.search(
                    answer[max(0, match.start() - CONTEXT) : match.start()]
                ) and not re.match(
                    r"\s+(?:is|was|lies|are)\s+(?:not|wrong|a city|incorrect|no)\b", around
                ):
                    named.append(position)
                    break
        # A choice that is part of another one that is named too does not count for itself.
        named = [
            position
            for position in named
            if not any(
                position != other and self.plain[position] in self.plain[other] for other in named
            )
        ]
        if len(named) == 1:
            if re.search(r",?\s+but\s+(?:it|that|this)\s+is\s+not\b", answer):
                return None
            place = re.search(
                re.escape(self.choices[named[0]].strip()), self.text[start:end], re.IGNORECASE
            )
            span = (start + place.start(), start + place.end()) if place else (start, end)
            return Extraction(outcome="found", value=named[0], span=span, how=how)
        return Extraction(outcome="ambiguous") if len(named) > 1 else None
