"""Forms of a program that Python cannot read: numbered, quoted, escaped, with prompts."""

import ast
import html
import json
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator

from .._core.later import compiled_later
from .syntax import parsed

_INVISIBLE = str.maketrans({"\ufeff": "", "\u200b": "", "\u2060": "", "\u00a0": " ", "\u202f": " "})
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})
_NUMBERED = compiled_later(r"[ \t]*\d{1,5}(?:[:|.)][ \t]?|[ \t])")
_PROMPT = compiled_later(r"[ \t]*(?:In \[\d*\]:|\.{3,}:) ?")
_MAGIC = compiled_later(r"^[%!][^\n]*\n?", re.MULTILINE)
_FIELD = compiled_later(
    r'"(?:code|solution|completion|program|answer|source)"\s*:\s*(?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+")'
)
_INDENTED = compiled_later(r"(?:^(?:[ ]{3,}|\t)[^\n]*\n?|^[ \t]*\n)+", re.MULTILINE)


def compiles(text: str, *, whole: bool = False) -> bool:
    """Whether Python can read a program, or an indented one as the body of a function.

    Args:
        text: The program.
        whole: Whether an indented one does not count.
    """
    indented_one = text[:1].isspace() and not whole
    return first_error(f"def f():\n{text}" if indented_one else text) is None


def first_error(source: str) -> int | None:
    """The line at which Python cannot read a program, from 1; None where it can."""
    try:
        with warnings.catch_warnings():
            # An escape such as "\." is a warning, which some callers turn into an error.
            warnings.simplefilter("ignore")
            compile(source, "<answer>", "exec")
    except SyntaxError as error:
        return error.lineno or 1
    except (ValueError, RecursionError, MemoryError):
        return 1
    return None


def readable(code: str) -> str:
    """A program without the signs of its form, where Python can read it then; else as it is."""
    if compiles(code):
        return code
    plain = code.translate(_INVISIBLE)
    for change in _CHANGES:
        changed = change(plain)
        if changed and changed != code and compiles(changed):
            return changed
    return code


def _unnumbered(code: str) -> str:
    return textwrap.dedent(_each_line(code, _NUMBERED.match))


def _unquoted(code: str) -> str:
    return _each_line(code, re.compile(r">[ ]?").match)


def _each_line(code: str, mark: Callable[[str], re.Match[str] | None]) -> str:
    """The lines without a mark that all of them have; empty where one lacks it."""
    kept = []
    for line in code.splitlines(keepends=True):
        found = mark(line)
        if found is None and line.strip():
            return ""
        kept.append(line[found.end() :] if found else line)
    return "".join(kept)


def _of_session(code: str) -> str:
    """The inputs of a session of IPython, without what it printed."""
    found = [(line, _PROMPT.match(line)) for line in code.splitlines(keepends=True)]
    return "".join(line[match.end() :] or "\n" for line, match in found if match)


def _of_patch(code: str) -> str:
    lines = code.splitlines(keepends=True)
    if not any(line.startswith("+") for line in lines):
        return ""
    return "".join(line[1:] for line in lines if line[:1] in "+ " and line[:3] != "+++")


_CHANGES: tuple[Callable[[str], str], ...] = (
    str,
    textwrap.dedent,
    lambda code: code.translate(_QUOTES),
    lambda code: _MAGIC.sub("", code),
    html.unescape,
    _unnumbered,
    _unquoted,
    _of_session,
    _of_patch,
    lambda code: code.strip().strip("`"),
)


def in_fields(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The programs in fields of JSON, such as the arguments of a call of a tool."""
    for match in list(_FIELD.finditer(text))[:50]:
        try:
            yield json.loads(match["text"], strict=False), match.span("text")
        except ValueError:
            continue


def indented(text: str) -> Iterator[str]:
    """The parts of a text that stand indented, as Markdown shows code without a fence."""
    for match in list(_INDENTED.finditer(text))[:50]:
        yield textwrap.dedent(match[0])


def only_defines(code: str) -> bool:
    """Whether a program has nothing but imports and definitions, so that it can stand behind."""
    try:
        body = parsed(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return bool(body) and all(isinstance(each, kinds) for each in body)


def names_of(code: str) -> set[str]:
    """The names that a program defines or imports at its top."""
    try:
        body = parsed(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found: set[str] = set()
    for each in body:
        if isinstance(each, ast.Import | ast.ImportFrom):
            found |= {(name.asname or name.name).split(".")[0] for name in each.names}
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(each.name)
        elif isinstance(each, ast.Assign):
            found |= {target.id for target in each.targets if isinstance(target, ast.Name)}
    return found
