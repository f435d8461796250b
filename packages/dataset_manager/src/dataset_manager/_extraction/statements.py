"""The places where a text says what its answer is, whatever the kind of answer."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from .._core.later import compiled_later
from .outcome import Extraction, How

_STRONG = 3
# A field was asked for by the format of the prompt: no sentence behind it overrides it.
_FIELD_STRENGTH = 4
# A model that repeats itself makes thousands of statements; the last ones count.
_MOST = 40
_FAR = 2000
_FIELD = compiled_later(
    r"""(["'])(?:final[ _]?)?answer\1\s*:\s*"""
    r"""(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"?|'([^'\\\n]*+(?:\\.[^'\\\n]*+)*+)'|(\[[^\]\n]*\]|[^,}\]\n]*))""",
    re.IGNORECASE,
)
_OBJECT = compiled_later(r"\{\s*[\"']")
_TAG = compiled_later(
    r"(?:<(?P<angle>(?:final[ _]?)?answer|final|output)>|\[(?P<square>(?:final[ _]?)?answer)\])",
    re.IGNORECASE,
)
# "#### Step 2" and "#### 2. Add them" are headings, not answers.
_HASHES = compiled_later(
    r"####(?![ \t]*(?:\d+[.):]\s+\S|step\b|answer\b|final\b))(?P<rest>[^\n#]+)", re.IGNORECASE
)
_BOX = compiled_later(r"\\(?:boxed|fbox)\s*\{")
# "Answer" in the other languages of MGSM: Chinese, Japanese, Russian, Bengali, Telugu and Thai, and
# what stands between it and the number where its worked examples end. Telugu needs nothing there.
_ELSEWHERE = (
    "\u7b54\u6848|\u7b54\u3048|\u043e\u0442\u0432\u0435\u0442|\u0989\u09a4\u09cd\u09a4\u09b0"
    "|\u0c38\u0c2e\u0c3e\u0c27\u0c3e\u0c28\u0c02|\u0e04\u0e33\u0e15\u0e2d\u0e1a"
    # "Right answer" in Japanese and Chinese, and Vietnamese.
    "|\u6b63\u89e3|\u6b63\u786e\u9009\u9879|\u0111\u00e1p \u00e1n(?: \u0111\u00fang)?"
    # Korean, Arabic and Hindi.
    "|\uc815\ub2f5|\u0627\u0644\u062c\u0648\u0627\u0628|\u0627\u0644\u0625\u062c\u0627\u0628\u0629"
    "(?: \u0627\u0644\u0635\u062d\u064a\u062d\u0629)?|\u0909\u0924\u094d\u0924\u0930"
)
_IS = (
    "\u662f|\u4e3a|l\u00e0(?=\\s)|\u70ba|\u306f|[\u2014\u2013-](?=\\s)|\u0440\u0430\u0432\u0435\u043d"
    "|[\uc740\ub294]|\u0647[\u0648\u064a]|\u09b9\u09b2\u09cb?|\u0e04\u0e37\u0e2d|:(?=\\s)|(?<=\u0c28\u0c02)(?=\\s)"
)
_WORDS = (
    r"antwort|respuesta|r\u00e9ponse|risposta|resposta|jibu|antwoord|svar|vastaus|odpowied\u017a"
    r"|cevap|jawaban"
)
_MARK = compiled_later(
    r"(?:^|(?<=[\n.!?]))[ \t#*_>-]{0,9}(?:so,? |thus,? |therefore,? )?(?:the )?"
    r"(?P<final>final |correct |right )?"
    rf"(?:answer|final(?=[*_]{{0,3}}:)|{_WORDS}|{_ELSEWHERE})"
    r"(?: is)?[*_]{0,3}[ \t]*(?:[:=](?![=>])|[-=]+>|[\u2192\u21d2\u2794]|[-\u2013\u2014](?=[ \t]))"
    r"[ \t*_:]*"
    r"|^A:[ \t]*|(?:^|(?<=\s))(?:final |correct )answer[*_]{0,3}:[ \t*_]*",
    re.IGNORECASE | re.MULTILINE,
)
# What stands below a mark may be in a fence.
_TO_BODY = compiled_later(r"\s*(?:(?:```|~~~)[a-z]{0,12}\s*\n\s*)?")
_HEADING = compiled_later(
    r"^[ \t]*#{1,4}[ \t]*(?:final )?answer[ \t*_]*$", re.IGNORECASE | re.MULTILINE
)
_STATED = compiled_later(
    r"\b(?:answers?|result|(?:right |correct |final )total)\b"
    r"(?!\s*(?:is|:)?\s*not\b(?!.{0,40}\bbut\b))"
    r"[*_]{0,2}(?:,\s(?:however|therefore|thus|then|hence|of course),)?"
    r"\s*(?:is(?!n't)|was(?!n't)|are(?!n't)|equals|must be|should be|would be|:|=)(?!=)[ \t:*_]*"
    rf"|\b(?:{_WORDS})"
    r"(?:\s+(?:correct[ao]|correcte|corret+[ao]|final[e]?))?\s+(?:ist|lautet|betr\u00e4gt|es|est|\u00e8|\u00e9|ni)\s+"
    rf"|(?:{_ELSEWHERE})\s*(?:{_IS})\s*",
    re.IGNORECASE,
)
_CORRECTION = compiled_later(
    r"\b(?:wait|actually|sorry|no[,:.]|misread|mistake|forgot|correct(?:ion|ed|ly|ing)"
    r"|(?:to|me|I) correct\b|instead|rather|wrong|hmm|oops|re-?check|but the|however|let me|let's"
    r"|check again|in fact|not right|reconsider)\b",
    re.IGNORECASE,
)
# What takes back the answer before it; the answer that follows is another one or the same again.
_RETRACTION = compiled_later(
    r"(?<=[\s.,;:!?(*_-])(?<![\w)\"'] )"
    r"(?:(?:oh |ah |hmm |no,? )?wait\b(?! for)|oops\b|scratch that\b|correction[ \t]*[:,]|i mean\b"
    r"|my mistake\b|sorry[,:.]"
    r"|actually\b|no, (?:it|that)\b|on (?:second thought|reflection)\b|hold on\b)[ \t:,.;*_-]{0,6}",
    re.IGNORECASE,
)
# So much text between two statements is further thought, and the later one its outcome.
_THOUGHT = 120


@dataclass(frozen=True, slots=True)
class Statement:
    """A part of a text that gives the answer; a stronger one was made for it."""

    start: int
    end: int
    how: How
    strength: int


def statements(text: str) -> Iterator[Statement]:
    """All statements in their order; what stands in other fields of an object is reasoning."""
    fields = list(_fields(text))
    found = [*_tags(text), *_boxes(text), *_marks(text)]
    taken = [(each.start, each.end) for each in (*fields, *found)][-_MOST:]
    found += [
        each
        for each in _sentences(text)
        if not any(start <= each.start <= end for start, end in taken)
    ]
    if fields:
        start, end = _object_round(text, fields)
        found = [each for each in found if not start < each.start < end]
    return iter(sorted([*fields, *found], key=lambda each: each.start))


def _object_round(text: str, fields: Sequence[Statement]) -> tuple[int, int]:
    """Where the object with the field for the answer begins and ends."""
    opened = _OBJECT.search(text)
    start = opened.start() if opened and opened.start() < fields[0].start else fields[0].start
    end = text.find("}", fields[-1].end)
    return start, len(text) if end < 0 else end


def settled(text: str, readings: Sequence[tuple[Statement, Extraction]]) -> Extraction | None:
    """The reading that holds, ``ambiguous`` where two disagree and nothing says which one does."""
    useful = [pair for pair in readings if pair[1].outcome in ("found", "ambiguous")]
    if not useful:
        return readings[-1][1] if readings else None
    top = max((pair[0].strength for pair in useful if pair[1].outcome == "found"), default=0)
    useful = [pair for pair in useful if pair[1].outcome == "found" or pair[0].strength >= top]
    last_statement, last = useful[-1]
    for statement, found in reversed(useful[:-1]):
        if found.value == last.value and found.outcome == last.outcome:
            if statement.strength > last_statement.strength and last.outcome == "found":
                last = replace(last, how=found.how)
            continue
        if statement.start <= last_statement.start and statement.end >= last_statement.end:
            continue
        if last.outcome != "found" and statement.strength <= last_statement.strength:
            return last
        if min(last_statement.strength, _STRONG) > statement.strength:
            continue
        if statement.strength == _FIELD_STRENGTH and last_statement.strength < _STRONG:
            last_statement, last = statement, found
            continue
        between = text[max(statement.end, last_statement.start - _FAR) : last_statement.start]
        after = text[statement.start : statement.end][:_FAR] + between
        if last_statement.strength == statement.strength and (
            _CORRECTION.search(after) or len(between.strip()) > _THOUGHT
        ):
            continue
        doubt = Extraction(outcome="ambiguous", span=(statement.start, last_statement.end))
        return last if _framed(useful, last) else doubt
    return last


def _framed(readings: Sequence[tuple[Statement, Extraction]], last: Extraction) -> bool:
    """Whether the first and the last of several statements agree.

    A model that recites worked examples, before its answer or behind it, means that one: both the
    rule that takes the first and the rule that takes the last read it.
    """
    first = readings[0][1]
    return last.outcome == "found" == first.outcome and first.value == last.value


def unless_retracted(text: str, found: Extraction, read: Callable[[str], Extraction]) -> Extraction:
    """An answer, or ``ambiguous`` where the text goes on to take it back and gives another one.

    Args:
        text: The text that was read.
        found: The answer in it.
        read: Reads the text behind the words that take it back.
    """
    if not found.answered or found.span is None:
        return found
    taken = _RETRACTION.search(text, found.span[1], found.span[1] + _FAR)
    if taken is None:
        return found
    other = read(text[taken.end() : taken.end() + _FAR])
    if other.answered and other.value != found.value:
        return Extraction(outcome="ambiguous", span=(found.span[0], taken.end()))
    return found


def _fields(text: str) -> Iterator[Statement]:
    for match in _FIELD.finditer(text):
        start, end = match.span(match.lastindex or 0)
        yield Statement(start, end, "marked", _FIELD_STRENGTH)


def _tags(text: str) -> Iterator[Statement]:
    for match in _TAG.finditer(text):
        name = match["angle"] or match["square"]
        closing = f"</{name}>" if match["angle"] else f"[/{name}]"
        end = text.lower().find(closing.lower(), match.end()) if len(text) < 200_000 else -1
        stop = end if end >= 0 else len(text)
        body = text[match.end() : stop]
        last = body.rstrip().rfind("\n")
        start = match.end() + (last + 1 if last >= 0 and body[last:].strip() else 0)
        if name.lower() == "output" and "answer" in body:
            continue
        yield Statement(start, stop, "marked", _STRONG)
        if end < 0:
            return


def _boxes(text: str) -> Iterator[Statement]:
    for match in list(_BOX.finditer(text))[-_MOST:]:
        yield Statement(match.end(), _closing_brace(text, match.end()), "boxed", _STRONG)


def _closing_brace(text: str, start: int) -> int:
    depth = 1
    for match in re.compile(r"[{}]").finditer(text, start, start + 2000):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return min(len(text), start + 2000)


def _marks(text: str) -> Iterator[Statement]:
    for match in _HASHES.finditer(text):
        yield Statement(*match.span("rest"), "marked", _STRONG)
    for pattern in (_MARK, _HEADING):
        for match in pattern.finditer(text):
            start = match.end()
            end = _line_end(text, start)
            if not text[start:end].strip(" \t*_"):
                body = _TO_BODY.match(text, start)
                start = body.end() if body else start
                end = _line_end(text, start)
            if text[start:end].rstrip().endswith("="):
                end = _line_end(text, end + 1)
            yield Statement(start, end, "marked", 2)


def _sentences(text: str) -> Iterator[Statement]:
    for match in _STATED.finditer(text):
        yield Statement(match.end(), _line_end(text, match.end()), "stated", 1)


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
