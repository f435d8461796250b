"""Find the choice in a model's answer.

Statements are collected first, as for numbers, then letters that stand for a verdict, then the
texts of the choices. A letter that is denied, a repeated list of the options, and a capital in a
formula are not choices.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .choice_forms import (
    ALONE,
    BOTH,
    CONCLUDED,
    CONTEXT,
    DENIED_BEFORE,
    FIRST,
    HEDGED,
    IMPLIED,
    IT_IS,
    LABELLED,
    NOT_BUT,
    ONLY,
    OPTION_IS,
    ORDINAL,
    ORDINALS,
    SEVERAL,
    SUBJECT,
    TICKED,
    bare,
    plain_text,
)
from .choice_resorts import LastResorts
from .cleaning import Cleaning, cleaned
from .number_forms import SAME_LENGTH
from .outcome import Extraction, declines, nothing_in
from .signs import LETTERS_OF_SHAPE, read_plainly
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


class _Reader(LastResorts):
    """One text and its choices."""

    def read(self) -> Extraction:  # noqa: PLR0911  # a return for each route, from the strongest
        """The routes in order."""
        lone = self._lone()
        if lone is not None:
            return lone
        repeated = self.after_list()[0]
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
        if both is not None and all(self.is_letter(each) for each in both.groups() if each):
            return Extraction(outcome="ambiguous", span=both.span())
        if any(each.strength > 1 and self.text[each.start : each.end].strip() for each in made):
            inside = [each for each in made if each.strength > 1][-1]
            return self.by_text(inside.start, inside.end, "marked") or nothing_in(self.text)
        if declines(self.text) or nothing_in(self.text).outcome == "refused":
            return Extraction(outcome="refused")
        return (
            self.by_verdicts()
            or self.last_line()
            or self.opening()
            or self.by_text(*self.after_list(any_text=True), "last_resort")
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
            return self.found(match["letter"], (place, place + 1), "lone")
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
                    return self.found(listed["letter"], (place, place + 1), "lone")
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
            if not self.is_word(match["letter"], place, end) and not self.is_denied(*place):
                return self.with_rivals(match["letter"], place, end, each.how)
        sentence = re.compile(r"(?<=[\w)\]*])[.!?;](?=\s|$)|\n").search(text, start, end)
        stop = sentence.start() if sentence else end
        return self.by_beginning(start, stop, each.how)

    def _implied(self, known: list[Statement]) -> Iterator[tuple[Statement, Extraction]]:
        """Sentences that choose without the word "answer"."""
        taken = {place for each in known for place in range(each.start - 30, each.start + 10)}
        labelled = {match["letter"].upper() for match in LABELLED.finditer(self.text)}
        patterns = [IMPLIED, OPTION_IS, CONCLUDED, TICKED, ONLY, IT_IS, SUBJECT]
        # Several labels with several letters are a list of the options.
        for pattern in [LABELLED, *patterns] if len(labelled) == 1 else patterns:
            for match in list(pattern.finditer(self.text))[-20:]:
                start, end = match.span("letter")
                if match["letter"].upper() not in self.letters or start in taken:
                    continue
                if pattern is not SUBJECT and (
                    self.is_word(match["letter"], (start, end), len(self.text))
                    or self.is_denied(start, end)
                ):
                    continue
                if pattern is SUBJECT and DENIED_BEFORE.search(
                    self.text[max(0, start - CONTEXT) : start]
                ):
                    continue
                yield (
                    Statement(start, end, "stated", 1),
                    self.with_rivals(match["letter"], (start, end), len(self.text), "stated")
                    if pattern is not SUBJECT
                    else self.found(match["letter"], (start, end), "stated"),
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
