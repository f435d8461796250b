"""Inputs of a given size that make a reader slow or large, if anything does."""

import bz2
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable, Container, Iterator
from typing import Any

import zstandard

# What opens, closes, separates or announces something in one of the forms that are read, repeated.
UNITS = (
    *("a", " ", "\n", "\t", "\r", "9", "0", '"', "'", "\\", ",", ".", "-", "*", "#", "`", "|", "$"),
    *("(", ")", "[", "]", "{", "}", "<", ">", "&", "_", "~", "=", ":", "+", "%", "@", "^", "\x00"),
    *("[]", "()", "{}", '""', "a ", "a\n", "a, ", "1,", "1 ", "1\n", "1.", "-1 ", "1e9 ", "1/2 "),
    *("\\", "\\boxed{", "\\boxed{1} ", "\\frac{1}{2}", "\\frac{", "$1$ ", "$$", "\\(", "\\text{a}"),
    *("(A) ", "A. ", "A) ", "A or B ", "not A ", "(A", "answer is ", "The answer is (A). "),
    *("The answer is 1. ", "answer: ", "#### 1\n", "= 1 ", "1 + ", "1,000 ", "yes no ", "true "),
    *("<think>", "</think>", "<think></think>", "<event>", "</event>", "<event></event>"),
    *("<event type='decision' id='1'>", "<decision>x</decision>", "<confidence>1%</confidence>"),
    *("```", "```\n", "```python\n", "```python\nx\n```\n", "~~~\n", "def f(x):\n", "def f():"),
    *("if x:\n", "f(", "lambda:", "not ", "a.", "a[", "a if a else ", "x = 1\n", "return "),
    *("data: {}\n\n", "data: ", "data:\n", "event: x\n", "id: 1\n", ": ping\n\n", "retry: 1\n"),
    *("- ", "- a\n", "a: ", "a: 1\n", "? ", "!!a ", "&a ", "*a ", "[a]\n", "[[a]]\n", "a.a = 1\n"),
    *("A=B\n", "${A}", "$A", "export A='\n", "<div>", "<table><tr><td>", "<td>", "</div>", "<!--"),
    *("&amp;", "&#", "<a href='", "<script>", "{{", "{{a}}", "\\begin{a}", "\\a{", "[x](", "!["),
    *("**", "**a", "_a", "> ", "|-|\n", "| a ", "p = .05, ", "t(1) = 2.50, ", "95% CI [0.1, 0.2] "),
    *("\\label{", "\\label[", "\\\\[", "\\begin{picture}", "\\textsuperscript{", "```a\n", "``a`"),
    *("<http://", "<![", '\\"', "super(", "Q(9.5)=9.5,p=.5 ", "F(9.5,9.5)=1.5,p=.5 ", "<a b='"),
    *("2026-01-31 ", "1:2:3 ", "http://a/", "a@b.c ", "sk-a", "Bearer ", "api_key=", "eyJ"),
    *("\N{GRINNING FACE}", "é", "e\u0301", "\u0301", "\u200b", "\x1b[", "\x1b]0;", "٣", "Ⅷ"),
)  # fmt: skip


def repeated(unit: str, size: int) -> bytes:
    """One unit again and again."""
    content = unit.encode("utf-8", "surrogatepass")
    return (content * (size // len(content) + 1))[:size]


def _closed(size: int) -> bytes:
    return b"[" * (size // 2) + b"]" * (size // 2)


def _aliases(_: int) -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join(lines).encode()


def _keys(size: int) -> bytes:
    return json.dumps({str(each): 1 for each in range(size // 13)}).encode()


def _colliding(size: int) -> bytes:
    """Whole numbers whose hashes are equal, as keys of YAML and as values."""
    step = (1 << 61) - 1
    return json.dumps([each * step for each in range(size // 24)]).encode()


WHOLE: dict[str, Callable[[int], bytes]] = {
    "closed lists": _closed,
    "objects in objects": lambda size: b'{"a":' * (size // 5),
    "many members": lambda size: b"[" + b"{}," * (size // 3) + b"{}]",
    "many lines of objects": lambda size: b"{}\n" * (size // 3),
    "many lines with ids": lambda size: b"".join(b'{"id":"%d"}\n' % n for n in range(size // 16)),
    "many keys": _keys,
    "equal hashes": _colliding,
    "one whole number": lambda size: b'{"id": ' + b"9" * size + b"}",
    "one text": lambda size: b'{"id": "' + b"a" * size + b'"}',
    "one escaped text": lambda size: b'{"id": "' + b"\\u0041" * (size // 6) + b'"}',
    "one broken escape": lambda size: b'{"id": "' + b"\\ud800" * (size // 6) + b'"}',
    "numbers with exponents": lambda size: b"[" + b"1e308," * (size // 6) + b"1]",
    "exponents without an end": lambda size: b"[1e" + b"9" * size + b"]",
    "aliases": _aliases,
    "tables in tables": lambda size: b"[" + b"a." * (size // 2) + b"a]\n",
    "many tables": lambda size: b"".join(b"[a.b%d]\n" % each for each in range(size // 10)),
    "columns": lambda size: b"id," + b"a," * (size // 2) + b"\n1\n",
    "open quote": lambda size: b'id,a\n1,"' + b"a,\n" * (size // 3),
    "noise": lambda size: random.Random(0).randbytes(size),
}


def plain(size: int) -> Iterator[tuple[str, bytes]]:
    """Hostile texts and files that need no example."""
    for unit in UNITS:
        yield repr(unit), repeated(unit, size)
    for name, make in WHOLE.items():
        yield name, make(size)


def grown(example: bytes, size: int, *, most: int = 60) -> Iterator[tuple[str, bytes]]:
    """Forms of an example in which one value of its JSON, or the whole of it, has become large.

    Args:
        example: A valid file.
        size: About how many bytes each form has.
        most: How many places of the example are used at most.
    """
    yield "repeated", example * (size // max(len(example), 1) + 1)
    yield "begun, then letters", example[:-2] + b"a" * size
    yield "begun, then brackets", example[: len(example) // 2] + b"[" * size
    lines = example.split(b"\n") if example.count(b"\n") > 1 else [example]
    for number, line in enumerate(lines[:3]):
        try:
            value = json.loads(line)
        except ValueError:
            continue
        for where in list(_places(value))[:most]:
            for kind, large in _large(_at(value, where), size):
                changed = [*lines]
                changed[number] = json.dumps(_with(value, where, large)).encode()
                yield f"{number}:{'/'.join(map(str, where))} {kind}", b"\n".join(changed)


def _large(value: Any, size: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list) and value:
        yield "longer", value * min(size // (len(json.dumps(value)) + 2) + 1, 400_000)
    elif isinstance(value, dict):
        first = next(iter(value.values()), 1)
        each = len(json.dumps(first)) + 12
        yield "more keys", value | {f"k{number}": first for number in range(size // each)}
    elif isinstance(value, str):
        yield "letters", value + "a" * size
        yield "blanks", value + " " * size + "a"
        yield "brackets", value + "[{<" * (size // 3)
    else:
        yield "large", int("9" * 4000)
        yield "deep", _deep(400)


def _deep(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    inner: Any = value.items() if isinstance(value, dict) else ()
    for key, each in enumerate(value[:2]) if isinstance(value, list) else inner:
        yield from _places(each, (*at, key))


def _at(value: Any, where: tuple[Any, ...]) -> Any:
    for key in where:
        value = value[key]
    return value


def _with(value: Any, where: tuple[Any, ...], new: Any) -> Any:
    if not where:
        return new
    copy = [*value] if isinstance(value, list) else {**value}
    copy[where[0]] = _with(value[where[0]], where[1:], new)
    return copy


def _zip(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def _members(size: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(size // 120):
            archive.writestr(f"{number}.json", b"{}")
    return packed.getvalue()


PACKERS: dict[str, Callable[[str, bytes], bytes]] = {
    ".gz": lambda _, content: gzip.compress(content, 1),
    ".bz2": lambda _, content: bz2.compress(content, 9),
    ".zst": lambda _, content: zstandard.compress(content, 3),
    ".zip": _zip,
    ".eval": lambda _, content: _zip("samples/1_epoch_1.json", content),
}


def packed(
    file: str, size: int, chosen: Container[str] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Files that unpack to 100 times the size, for readers of packed files.

    Args:
        file: The name of the file that is read.
        size: About how many bytes each file has.
        chosen: The names of those that are made, since to pack them takes long; all without it.
    """
    ending = "." + file.rpartition(".")[2]
    if ending not in PACKERS:
        return
    inner = file.removesuffix(ending)
    for unit in ("a", " ", "\n", "[", "[],", '{"a":1},', "a,", "{}\n", '"', "\x00"):
        name = f"packed {unit!r}"
        if chosen is not None and name not in chosen:
            continue
        content = PACKERS[ending](inner, repeated(unit, 100 * size))
        if len(content) <= 2 * size:
            yield name, content
    if ending in (".zip", ".eval"):
        yield "many members of an archive", _members(size)
