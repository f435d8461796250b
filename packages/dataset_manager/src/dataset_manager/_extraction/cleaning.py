r"""What is not an answer is taken out of a model's text before an answer is looked for.

Blocks of reasoning are blanked, and a run-on (the model goes on with the next question of its
prompt) is cut off. All positions stay those of the whole text.
"""

import re
from dataclasses import dataclass

from .._core.later import compiled_later

# An opening mark of a block at the begin of a line, and what closes it.
_NAMES = (
    r"(?:\w{1,20}[:_-])?(?:ant)?think(?:ing)?|(?:inner|internal)?[_-]?(?:thoughts?|monologue)"
    r"|reasoning|scratch_?pad|reflection|analysis"
)
_OPENED = compiled_later(
    rf"(?P<angle>(?:<|&lt;)(?P<name>{_NAMES})\b[^<>&`]{{0,200}}(?:>|&gt;))"
    r"|(?P<pipe><\|(?:START_)?THINK(?:ING)?\|>)|(?P<fence>^```(?:think(?:ing)?|reasoning)[ \t]*$)"
    r"|(?P<square>\[THINK\])|(?P<arrow>\u25c1think\u25b7)|(?P<begin><\|begin_of_thought\|>)"
    r"|(?P<channel><\|channel\|>(?:analysis|commentary)\b[^<]{0,100}<\|message\|>)"
    r"|(?P<details><details\b[^<>]{0,200}>\s{0,20}<summary\b[^<>]{0,200}>"
    r"[^<>]{0,40}(?:thought|think|reason)[^<>]{0,40}</summary>)",
    re.IGNORECASE | re.MULTILINE,
)
_CLOSERS = {
    "pipe": compiled_later(r"<\|(?:/|END_)THINK(?:ING)?\|>", re.IGNORECASE),
    "fence": compiled_later(r"^```[ \t]*$", re.MULTILINE),
    "square": compiled_later(r"\[/THINK\]", re.IGNORECASE),
    "arrow": compiled_later(r"\u25c1/think\u25b7"),
    "begin": compiled_later(r"<\|end_of_thought\|>"),
    "channel": compiled_later(r"<\|(?:end|channel)\|>"),
    "details": compiled_later(r"</details>", re.IGNORECASE),
}
# Behind a quotation mark a tag is spoken of; behind the end of a fence it is not.
_UNQUOTED = r"(?:(?<![`'\"])|(?<=```))"
_CLOSED = compiled_later(
    rf"{_UNQUOTED}(?:</|&lt;/)(?P<name>{_NAMES})\s{{0,20}}(?:>|&gt;)"
    r"|<\uff5cend\u2581of\u2581thinking\uff5c>",
    re.IGNORECASE,
)
_STRUCK = compiled_later(r"(?<![\w~])~~(?=[^\s~])[^~\n]{1,500}(?<=[^\s~])~~(?![\w~])")
_QUOTES = ("`", "'", '"')
_ANSWER_TAG = compiled_later(r"<(?:final_?)?answer>", re.IGNORECASE)
# Marks of a turn's end, and of roles, that no answer holds.
_TURN = compiled_later(
    r"<\|(?:im_end|eot_id|endoftext|end_of_text|eom_id|end|return|start_header_id|user"
    r"|END_OF_TURN_TOKEN|USER_TOKEN)\|>|<\|im_start\|>(?!assistant)|<start_of_turn>(?!model)"
    r"|<\uff5c(?:end\u2581of\u2581sentence|User)\uff5c>|</s>|<end_of_turn>|<eos>|\[/?INST\]"
)
_PREFIX = compiled_later(
    r"<\|start\|>assistant|<\|channel\|>final<\|message\|>|<\|im_start\|>assistant|<\|message\|>"
    r"|<\|(?:START|END)_RESPONSE\|>|<\|begin_of_solution\|>|<\|end_of_solution\|>"
)
_QUESTION = (
    r"Question|Problem|Exercise|Pregunta|Problema|Frage|Aufgabe|Domanda|Pergunta"
    r"|\u0412\u043e\u043f\u0440\u043e\u0441|\u0417\u0430\u0434\u0430\u0447\u0430"
    r"|\u9898\u76ee|\u95ee\u9898|\u554f\u984c|\u8cea\u554f"
)
_NEXT = compiled_later(
    r"\n[ \t]*(?P<label>[#*_]{0,6}[ \t]?(?:(?:next|new)[ \t])?"
    rf"(?:(?:{_QUESTION})(?:[ \t]?\#?\d{{1,4}})?[*_]{{0,2}}[ \t]?[:\uff1a]"
    r"|(?:Question|Problem)[ \t]?\#?\d{1,4}[*_]{0,2}\."
    r"|Q(?:\d{1,4})?:|Q\d{1,4}[.)]|Example[ \t]\d{1,4}\b"
    r"|Instruction:|Input:|Options:|(?:User|USER|Human|HUMAN):))"
    r"|\nNow try this one\.|\nThe following (?:is|are) (?:a )?multiple[ -]choice question"
    r"|\n(?:\*\*)?(?:User|Human):"
    # A numbered question with its options.
    r"|\n[ \t]*\d{1,3}[.)][ \t][^\n]{1,400}\?[ \t]*\n[ \t]*\n?[ \t]*\(?A[.):][ \t]",
)
_OWN_ANSWER = compiled_later(
    r"(?:^|\n)[ \t*_#]*(?:A|Answer|Solution|Response)[*_]{0,2}:", re.IGNORECASE
)
_QUESTION_LABEL = compiled_later(
    rf"[ \t*_#]*(?:{_QUESTION}|Q)(?:[ \t]?\#?\d{{1,4}})?[*_]{{0,2}}[ \t]?[:\uff1a]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaning:
    """The settings of cleaning.

    Attributes:
        reasoning: Take out blocks of reasoning such as ``<think>``, and text that is struck out.
        run_on: Cut the text where it goes on with another question, at the usual marks.
        marks: Marks of your template that begin the next question at the start of a line.
        stops: Texts that end an answer wherever they stand.
        question: The question that was asked. A text that repeats it answers after the last
            repetition.
    """

    reasoning: bool = True
    run_on: bool = True
    marks: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    question: str = ""


CLEAN = Cleaning()
AS_IT_IS = Cleaning(reasoning=False, run_on=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A text without what is not an answer; the rest stands where it stood.

    Attributes:
        text: The text, blank where something was taken out, and shorter where it was cut.
        cut: Whether it was cut before a run-on.
        unfinished: Whether a block of reasoning never ends.
    """

    text: str
    cut: bool = False
    unfinished: bool = False


def cleaned(text: str, settings: Cleaning | bool = True) -> Cleaned:
    """Clean a text.

    Args:
        text: A model's answer.
        settings: The steps; True takes all of them, False none.

    Returns:
        The text with spaces in place of blocks of reasoning, up to the first run-on.
    """
    if settings is False:
        return Cleaned(text=text)
    chosen = CLEAN if settings is True else settings
    unfinished = False
    if chosen.reasoning:
        text, unfinished = _without_reasoning(text)
        text = _STRUCK.sub(lambda match: _blank(len(match[0])), text)
    begin = _after_the_question(text, chosen.question)
    text = _blank(begin) + text[begin:]
    end = _end(text, chosen)
    # The mark of the end of a turn, with nothing behind it, cuts nothing off.
    rest = _TURN.sub("", text[end:]).strip()
    cut = bool(rest) and bool(text[:end].strip())
    return Cleaned(text=text[:end], cut=cut, unfinished=unfinished)


def _after_the_question(text: str, question: str) -> int:
    """The end of the last repetition of the question, in a text that begins with one."""
    words = question.split()[:40]
    if not words or not _QUESTION_LABEL.match(text, len(text) - len(text.lstrip())):
        return 0
    repeated = list(re.finditer(r"\s+".join(map(re.escape, words)), text))
    return repeated[-1].end() if repeated else 0


def _without_reasoning(text: str) -> tuple[str, bool]:
    kept, position, unfinished = [], 0, False
    while (opened := _next_opened(text, position)) is not None:
        end, open_end = _end_of_block(text, opened)
        kept += [text[position : opened.start()], _blank(end - opened.start())]
        position, unfinished = end, unfinished or open_end
    text = "".join(kept) + text[position:]
    # Templates that put the opening mark into the prompt leave only the closing one.
    lone = list(_CLOSED.finditer(text))
    if lone:
        text = _blank(lone[-1].end()) + text[lone[-1].end() :]
    return _PREFIX.sub(lambda match: _blank(len(match[0])), text), unfinished


def _next_opened(text: str, position: int) -> re.Match[str] | None:
    for match in _OPENED.finditer(text, position):
        if text[max(0, match.start() - 1) : match.start()] not in _QUOTES:
            return match
    return None


def _end_of_block(text: str, opened: re.Match[str]) -> tuple[int, bool]:
    """Where a block ends, and whether that is the end of an unfinished text."""
    if opened["angle"]:
        end = _matching(text, opened.end(), opened["name"].lower())
    else:
        closer = _CLOSERS[str(opened.lastgroup)].search(text, opened.end())
        end = (closer.start() if closer[0] == "<|channel|>" else closer.end()) if closer else None
    if end is not None:
        return end, False
    # A block that is never closed ends where a tag for the answer begins.
    answer = _ANSWER_TAG.search(text, opened.end())
    return (answer.start(), False) if answer else (len(text), True)


def _matching(text: str, position: int, name: str) -> int | None:
    """The end of the closing mark of a nested block; of the last mark if some stay open."""
    depth, last = 1, None
    pattern = re.compile(
        rf"{_UNQUOTED}(?:<|&lt;)(?P<slash>/)?{re.escape(name)}\b[^<>&`]{{0,200}}(?:>|&gt;)",
        re.IGNORECASE,
    )
    for match in pattern.finditer(text, position):
        if match["slash"] is None:
            depth += 1
            continue
        depth, last = depth - 1, match.end()
        if depth == 0:
            break
    if last is None:  # closed under another name, such as <think> by </thinking>
        closed = _CLOSED.search(text, position)
        last = closed.end() if closed else None
    return last


def _blank(length: int) -> str:
    return " " * (length - 1) + "\n" if length else ""


def _end(text: str, settings: Cleaning) -> int:
    ends = [len(text)]
    ends += [place for stop in settings.stops if stop and (place := text.find(stop)) >= 0]
    if settings.run_on:
        ends.append(_run_on(text, settings.marks))
    return min(ends)


def _run_on(text: str, marks: tuple[str, ...]) -> int:
    """Where the text goes on with another question; its length where it does not."""
    begin = len(text) - len(text.lstrip())
    if begin == len(text):
        return begin
    turn = _TURN.search(text, begin + 1)
    end = turn.start() if turn else len(text)
    start = _start_of_own_part(text, begin, end)
    if start is None:
        return end
    own = [re.escape(mark) for mark in marks if mark.strip()]
    if own:
        match = re.compile(rf"\n[ \t#*_]*(?:{'|'.join(own)})").search(text, start, end)
        end = match.start() if match else end
    match = _NEXT.search(text, start, end)
    return match.start() if match else end


def _start_of_own_part(text: str, begin: int, end: int) -> int | None:
    """Where the answer begins; None for a text that recites questions, of which ours is unknown."""
    if not _QUESTION_LABEL.match(text, begin):
        return begin
    answer = _OWN_ANSWER.search(text, begin, end)
    start = answer.end() if answer else begin
    return None if _NEXT.search(text, start, end) else start
