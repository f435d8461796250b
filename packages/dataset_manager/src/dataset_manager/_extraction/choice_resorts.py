"""What is read as a choice where no sentence says which one it is."""

import re

from .choice_forms import (
    ALONE,
    CONTEXT,
    DENIED_BEFORE,
    EMPTY_BOX,
    INLINE,
    LIST_LINE,
    OPENING,
    POINTED,
    SAID_NO,
    SAID_YES,
    plain_text,
)
from .choice_text import ChoiceText
from .outcome import Extraction, How


class LastResorts(ChoiceText):
    """The readings of a text by its form alone."""

    def by_verdicts(self) -> Extraction | None:
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
                    return self.found(chosen[0]["letter"], chosen[0].span("letter"), "last_resort")
        return None

    def last_line(self) -> Extraction | None:
        """A letter alone on the last line, or the letter after a correction."""
        body = self.text.rstrip()
        start = body.rfind("\n") + 1
        match = ALONE.match(body[start:]) if len(body) - start < 40 else None
        if match and match["letter"] in self.letters and not EMPTY_BOX.search(body[start:]):
            place = start + match.start("letter")
            return self.found(match["letter"], (place, place + 1), "last_resort")
        return None

    def opening(self) -> Extraction | None:
        """A letter that begins the text, with its reasons behind it."""
        match = OPENING.match(self.text)
        if match is None or not self.is_letter(match["letter"]):
            return None
        for pattern in (LIST_LINE, INLINE):
            listed = {each["letter"] for each in pattern.finditer(self.text)} & set(self.letters)
            if len(listed) > 1:  # a list of the options chooses none
                return None
        place = match.span("letter")
        return self.with_rivals(match["letter"], place, len(self.text), "last_resort")

    def after_list(self, *, any_text: bool = False) -> tuple[int, int]:
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

    def by_text(self, start: int, end: int, how: How) -> Extraction | None:
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
