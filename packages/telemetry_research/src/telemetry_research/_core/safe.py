"""Texts of foreign values and errors: whatever their methods do, and of bounded length."""

import re
from collections.abc import Callable, Iterable
from typing import cast
from urllib.parse import quote

from .sizes import has_few_parts

# What a terminal acts on (C0 without tab and newline, DEL, C1), what changes the order in which
# text is read (Unicode TR 36), and what has no width, so that two names look the same. Joiners
# stay, which scripts and emoji need.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_MAX_REPR = 10_000
_MASK = "[key]"
_LEAST_PART = 8


def repr_of(value: object) -> str:
    """The repr of a value, whatever that does; without surrogates, and of bounded length."""
    return _shown(value, repr)


def str_of(value: object) -> str:
    """The text of a value, as ``repr_of`` gives its repr."""
    return _shown(value, str)


def _shown(value: object, show: type[str] | Callable[[object], str]) -> str:
    try:
        if not has_few_parts(value):
            return f"<{_class_of(value)} with too many parts>"
        return text_of(str.__getitem__(show(value), slice(_MAX_REPR)))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # foreign code
        return f"<{_class_of(value)} whose {show.__name__} raises {_class_of(error)}>"


def _class_of(value: object) -> str:
    return text_of(type.__dict__["__name__"].__get__(type(value)))  # a metaclass may hide it


def text_of(value: object) -> str:
    """A text that UTF-8 can encode; the repr of anything that is not a text."""
    if not issubclass(type(value), str):  # the class that an object states may be any
        return repr_of(value)
    return str.__str__(cast("str", value)).encode("utf-8", "backslashreplace").decode()


def printable(text: str) -> str:
    """Return a text in which control and direction characters are visible escapes.

    Args:
        text: Any text; tabs and ends of lines stay.
    """
    return _ACTING.sub(lambda found: ascii(found[0])[1:-1], text)


def on_one_line(text: str) -> str:
    """Return printable text in which ends of lines are visible escapes too.

    A name that holds an end of line could else write lines of its own below a result.
    """
    return printable(text).replace("\n", "\\n")


def on_lines(lines: Iterable[str]) -> str:
    """Return lines of printable text, each on one line whatever names it holds."""
    return "\n".join(map(on_one_line, lines))


def described(error: BaseException) -> str:
    """The class and the text of an error without keys, also when its ``str`` raises."""
    return without_keys(f"{_class_of(error)}: {str_of(error)}")


# What texts of errors hold keys in: user and password of an address, values of its query, headers
# that a client refused, and the forms of well-known keys. Each with what it needs to be tried.
_KEYS: tuple[tuple[str, str, str], ...] = (
    ("://", r"(?<=://)[^\s/?#]{1,2000}@", "[key]@"),
    # A password with a stroke or a blank, where a port would stand.
    ("://", r"(?<=://)[^\s/?#:@\[]{0,200}:(?!\d{1,5}(?:[\s/?#'\")\],;]|$))[^\n]{0,500}@", "[key]@"),
    (
        "=",
        r"([?&][^\s=&?#\"<>/]{1,100}=)[^\s&#\"]+?(?=['\").,;:\]>]{0,3}(?:[\s&#\"]|$))",
        r"\1[key]",
    ),
    ("eader value", r"(?i:(header value:?\s{1,3}b?['\"]).*)", r"\1[key]"),
    ("key", r"(?i:(api[ _-]?key(?: provided)?['\"]?\s?[:=]\s?['\"]?)[^\s'\",]{8,})", r"\1[key]"),
    ("earer ", r"(?i:(?<=bearer )[^\s'\",]{8,})", "[key]"),
    ("asic ", r"(?i:(?<=basic )(?=\S*[\d=])[\w+/=-]{8,})", "[key]"),
    ("", r"\b(?:sk-[\w-]{16,}|gh[pousr]_\w{12,}|AKIA[A-Z0-9]{16}|AIza[\w-]{30,})", "[key]"),
    ("", r"\b(?:hf_\w{20,}|xox[abpr]-[A-Za-z0-9-]{10,}|github_pat_\w{20,})", "[key]"),
)


def without_keys(text: str, known: Iterable[str] = ()) -> str:
    """The text of an error of others without what it holds keys in, as far as their form shows it.

    Args:
        text: The text, such as one that quotes an address or a header.
        known: Keys to replace wherever they stand, also where a limit cut them.
    """
    forms = [f for each in known for f in (each, quote(each, safe=""), ascii(each)[1:-1])]
    for form in sorted(forms, key=len, reverse=True):  # whole ones first
        text = text.replace(form, _MASK)
    for form in forms:
        text = _without(text, form)
    for mark, pattern, shown_as in _KEYS:
        if mark in text:
            text = re.sub(pattern, shown_as, text)
    return text


def _without(text: str, key: str) -> str:
    """A text without a key, its first part and its last; a part has eight characters at least."""
    text = _without_start(text, key, _MASK)
    return _without_start(text[::-1], key[::-1], _MASK[::-1])[::-1]


def _without_start(text: str, key: str, mask: str) -> str:
    start = key[:_LEAST_PART]
    if start.isalpha() and start != key:  # a word, which texts hold by chance
        return text.replace(key, mask)
    parts, done = [], 0
    while (at := text.find(start, done)) >= 0:
        end = at + len(start)
        while end < len(text) and text[end] == key[end - at : end - at + 1]:
            end += 1
        parts += [text[done:at], mask]
        done = end
    return "".join([*parts, text[done:]])
