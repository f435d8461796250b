"""Text that any file and any terminal can hold, whatever the object it comes from does."""

import os
import re
import shlex
from collections.abc import Iterable

from .secrets import redacted_text

MAX_TEXT = 2_000
# What a terminal acts on (C0 without tab and newline, DEL, C1), what changes the order in which
# text is read (Unicode TR 36), and what has no width, so that two names look the same. Joiners
# stay, which scripts and emoji need.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def safe_text(value: object, *, limit: int | None = MAX_TEXT) -> str:
    """A value as text that can be encoded, of bounded length.

    Args:
        value: Anything; its ``str`` may raise.
        limit: The maximum number of characters; None for no limit.

    Returns:
        The text. A lone surrogate becomes an escape; what is over the limit is cut off and counted.
    """
    text = _encodable(_text_of(value))
    if limit is None or len(text) <= limit:
        return text
    # Without its keys first: the part of a key that a cut leaves may not be known any more.
    text = redacted_text(text)
    return f"{text[:limit]}... ({len(text) - limit:,} more characters)" if text[limit:] else text


def printable(text: str) -> str:
    """Text as people may see it, on a terminal or in a table.

    Control characters and those that change the direction of reading become visible escapes; tabs
    and ends of lines stay.
    """
    return _ACTING.sub(_escape, text)


def on_one_line(text: str) -> str:
    """Text as people may see it, in which ends of lines are visible escapes too.

    A name that holds an end of line could else write lines of its own below a result.
    """
    return printable(text).replace("\n", "\\n")


def on_lines(lines: Iterable[str]) -> str:
    """Lines as people may see them, each on one line whatever names it holds."""
    return "\n".join(map(on_one_line, lines))


def typed(*words: str) -> str:
    """A command as it is typed into a shell, in which no character acts on a terminal.

    Args:
        *words: The words of the command, without options: what begins with a hyphen is a path, and
            gets ``./`` before it.
    """
    return " ".join(map(_typed_word, words))


def typed_again(words: Iterable[str]) -> str:
    """A command line as it was typed, in which no character acts on a terminal.

    Args:
        words: The words of the command and its options.
    """
    return " ".join(map(_quoted, words))


def _typed_word(word: str) -> str:
    return _quoted(f"./{word}" if word.startswith("-") else word)


def _quoted(word: str) -> str:
    if on_one_line(word) == word and "\t" not in word:
        return shlex.quote(word)
    kept = (each.encode() if each.isalnum() or each in "/._-" else None for each in word)
    pairs = zip(kept, word, strict=True)
    escaped = (
        good.decode() if good else "".join(f"\\x{each:02x}" for each in os.fsencode(sign))
        for good, sign in pairs
    )
    return f"$'{''.join(escaped)}'"  # understood by bash, zsh and the shells of POSIX since 2024


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def error_text(error: BaseException) -> str:
    """The message of an error, or its class where it has none, with the errors of a group.

    Args:
        error: Any error; its ``str`` may raise.
    """
    text = safe_text(error) or type_name(error)
    # isinstance would ask the error, which may raise.
    if not issubclass(type(error), BaseExceptionGroup):
        return text
    inner = "; ".join(
        f"{type_name(each)}: {safe_text(each, limit=200)}"
        for each in BaseExceptionGroup.exceptions.__get__(error)[:5]
    )
    return safe_text(f"{text} [{inner}]")


def type_name(value: object) -> str:
    """The name of a value's class."""
    return safe_text(type(value).__name__, limit=200) or "unnamed"


def _text_of(value: object) -> str:
    if type(value) is str:
        return value
    try:
        return str.__str__(value if issubclass(type(value), str) else str(value))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # a foreign __str__ may raise anything
        return f"<{type(value).__name__}, whose text raised {type(error).__name__}>"


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text
