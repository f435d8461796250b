"""Find the program in a model's answer, in the shapes that chat models write."""

import re
import textwrap
from dataclasses import dataclass
from itertools import islice

from .._core.later import compiled_later
from .cleaning import Cleaning, cleaned
from .code_forms import compiles, first_error, in_fields, indented, names_of, only_defines, readable
from .outcome import Extraction, nothing_in

_OPEN = compiled_later(
    r"^(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<language>[\w+#.-]*)[^`\n]*$"
)
_TAGGED = compiled_later(
    r"\[(PYTHON|CODE)\]\s*\n?(.*?)(?:\[/\1\]|\Z)|<code\b[^<>]{0,100}>\s*\n?(.*?)(?:</code>|\Z)"
    r"|\[BEGIN\]\s*\n?(.*?)(?:\[DONE\]|\Z)",
    re.DOTALL,
)
_QUOTED_FENCE = compiled_later(r"^>[ ]?(?:```|~~~)", re.MULTILINE)
_QUOTE = compiled_later(r"^>[ ]?", re.MULTILINE)
_MARK = "\ufeff\u200b"  # before a fence, of a text that was copied
_PYTHON = ("python", "py", "python3", "py3")
_SESSION = compiled_later(r"^[ \t]*>>> ?", re.MULTILINE)
# How much is compiled in search of a program; each character may take two microseconds.
_MOST_COMPILED = 100_000
_MOST_STARTS = 20
_BEGINS = compiled_later(r"^(?:import |from \w+ import |@|def |async def |class )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Block:
    code: str
    language: str
    start: int
    end: int


def extract_code(
    text: str | None, entry_point: str = "", *, clean: Cleaning | bool = True
) -> Extraction:
    """The program in a model's answer.

    Of several blocks, the last one that defines the function asked for counts. Earlier blocks that
    define what it uses stand before it. Indentation of a fence, prompts of an interactive session,
    prose round unfenced code, and a class round the function are read over.

    Args:
        text: The model's answer.
        entry_point: The name of the function that the task asks for.
        clean: The steps of cleaning before; True takes blocks of reasoning out.

    Returns:
        The program, with its place where it stands in the text as it is.
    """
    if text is None or not text.strip():
        return Extraction(outcome="empty")
    settings = Cleaning(run_on=False) if clean is True else clean
    whole = cleaned(
        text.replace("\r\n", "\n") if "```" in text or "~~~" in text else text, settings
    ).text
    if _QUOTED_FENCE.search(whole):
        whole = _QUOTE.sub("", whole)
    blocks = _blocks(whole) or _tagged(whole)
    if not any(_defines(each.code, entry_point) for each in blocks if entry_point):
        fields = [_Block(code, "python", *span) for code, span in in_fields(whole)]
        blocks = [each for each in fields if _defines(each.code, entry_point)] or blocks
    if not blocks:
        return _without_fences(text, whole, entry_point)
    chosen = _chosen(blocks, entry_point)
    code = readable(_with_helpers(blocks, chosen, entry_point))
    return _made(text, chosen, _unwrapped(code, entry_point), "marked")


def _made(text: str, block: _Block, code: str, how: str) -> Extraction:
    span = (block.start, block.end) if text[block.start : block.end] == code else None
    return Extraction(outcome="found", value=code, span=span, how=how)  # type: ignore[arg-type]


def _blocks(text: str) -> list[_Block]:
    """The fenced blocks; a fence within a text in quotes does not end one."""
    found: list[_Block] = []
    lines = text.splitlines(keepends=True)
    position, opened, start, quotes = 0, None, 0, 0
    body: list[str] = []
    for number, line in enumerate(lines):
        bare = line.rstrip("\n").lstrip(_MARK)
        if opened is None:
            match = _OPEN.match(bare)
            if match:
                opened, start, body, quotes = match, position + len(line), [], 0
        elif _is_fence(bare, opened) and (
            # Inside a text in quotes, unless nothing closes those quotes any more.
            quotes % 2 == 0 or not any(map(_quotes, lines[number + 1 : number + 201]))
        ):
            found.append(_block(body, opened, start, position))
            opened = None
        else:
            body.append(line)
            quotes += _quotes(line)
        position += len(line)
    if opened is not None:
        found.append(_block(body, opened, start, position))
    return found


def _is_fence(line: str, opened: re.Match[str]) -> bool:
    """Whether a line could close the block that was opened."""
    bare, mark = line.strip(" \t"), opened["mark"]
    return len(bare) >= len(mark) and not bare.strip(mark[0])


def _quotes(line: str) -> int:
    """How often a line opens or closes a text of several lines."""
    return line.count('"""') + line.count("'''")


def _block(body: list[str], opened: re.Match[str], start: int, end: int) -> _Block:
    code = "".join(body)
    if opened["indent"]:
        code = textwrap.dedent(code)
    if _SESSION.search(code):
        code = _from_session(code)
    return _Block(code, opened["language"].lower(), start, end)


def _from_session(code: str) -> str:
    kept = []
    for line in code.splitlines(keepends=True):
        match = re.match(r"[ \t]*(?:>>>|\.\.\.)(?: |$|\n)?", line)
        if match:
            kept.append(line[match.end() :] if line[match.end() :].strip() else "\n")
    return "".join(kept)


def _tagged(text: str) -> list[_Block]:
    return [
        _Block(match[group], "python", *match.span(group))
        for match in _TAGGED.finditer(text)
        for group in (2, 3, 4)
        if match[group] is not None
    ]


def _chosen(blocks: list[_Block], entry_point: str) -> _Block:
    def rank(pair: tuple[int, _Block]) -> tuple[bool, bool, int]:
        position, block = pair
        defines = bool(entry_point) and _defines(block.code, entry_point)
        return defines, block.language in _PYTHON, position

    return max(enumerate(blocks), key=rank)[1]


def _defines(code: str, name: str) -> bool:
    word = re.escape(name)
    return (
        re.search(rf"^\s*(?:(?:async\s+)?def\s+{word}\b|{word}\s*=[^=])", code, re.MULTILINE)
        is not None
    )


def _with_helpers(blocks: list[_Block], chosen: _Block, entry_point: str) -> str:
    """Other blocks that define or import a name that the chosen one uses and does not define.

    Earlier ones stand before it, and later ones that only define things behind it.
    """
    code = chosen.code
    place = blocks.index(chosen)
    for block in (*reversed(blocks[:place]), *blocks[place + 1 :]):
        if block.language not in (*_PYTHON, "") or (
            entry_point and _defines(block.code, entry_point)
        ):
            continue
        needed = names_of(block.code)
        if not any(re.search(rf"\b{name}\b", code) for name in needed - names_of(code)):
            continue
        if block.start < chosen.start:
            code = f"{block.code}\n{code}"
        elif only_defines(block.code):
            code = f"{code}\n{block.code}"
    return code


def _unwrapped(code: str, entry_point: str) -> str:
    """A method of a class ``Solution`` made reachable by the name asked for."""
    if not entry_point or re.search(
        rf"^(?:async\s+)?def\s+{re.escape(entry_point)}\b|^{re.escape(entry_point)}\s*=",
        code,
        re.MULTILINE,
    ):
        return code
    holder = None
    for match in re.finditer(
        r"^class\s+(\w+)|^[ \t]+(?:async\s+)?def\s+(\w+)\s*\(", code, re.MULTILINE
    ):
        if match[1]:
            holder = match[1]
        elif holder and match[2] == entry_point:
            return f"{code.rstrip()}\n\n\n{entry_point} = {holder}().{entry_point}\n"
    return code


def _without_fences(text: str, whole: str, entry_point: str) -> Extraction:
    body = _from_session(whole) if _SESSION.search(whole) and not compiles(whole) else whole
    if not compiles(body):
        if nothing_in(whole).outcome == "refused":
            return Extraction(outcome="refused")
        body = readable(body)
    if not compiles(body):
        body = _code_in_prose(body, entry_point)
    elif entry_point and body[:1].isspace() and _defines(body, entry_point):
        body = textwrap.dedent(body)
    code = _unwrapped(body, entry_point)
    return _made(text, _Block(code, "", 0, len(text)), code, "lone")


def _code_in_prose(text: str, entry_point: str) -> str:
    """The longest run of lines from a definition on that compiles; else the text."""
    left = _MOST_COMPILED
    for match in islice(_BEGINS.finditer(text), _MOST_STARTS):
        lines = text[match.start() :].splitlines(keepends=True)
        stop = len(lines)
        while stop > 0 and left > 0:
            candidate = "".join(lines[:stop])
            left -= len(candidate)
            wrong = first_error(candidate)
            if wrong is None:
                return candidate
            # No run with the line that is wrong compiles.
            stop = min(stop, wrong) - 1
    for part in indented(text):
        if entry_point and _defines(part, entry_point) and compiles(part, whole=True):
            return part
    return text
