"""Text that any file and any terminal can hold, whatever the object it comes from does."""

import base64
import os
import re
import shlex
from collections.abc import Iterable

from .secrets import KEY_BEGIN, KEY_PREFIXES, MASK, redacted_text

MAX_TEXT = 2_000
# What a terminal acts on (C0 without tab and newline, DEL, C1), what changes the order in which
# text is read (Unicode TR 36), and what has no width, so that two names look the same. Joiners
# stay, which scripts and emoji need.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)

# Places where texts of errors hold keys: the same lines stand in hedging, telemetry_research and
# causal_trace, and tests/test_key_forms.py compares them.
_PREFIXED = "|".join(re.escape(start) + rest for start, rest in KEY_PREFIXES.items())
_NAMES = (
    r"(?:(?:api|access|account|private|secret)[ _-]?key(?:[_-]?id)?|secret[_-]?access[_-]?key"
    r"|secret|passw(?:or)?d|passphrase)"
)
_MIXED_NAMES = r"(?:token|session(?:[_-]?id)?|credentials?|signature)"
_IS = r"(?:(?: provided)?\\{0,8}['\"]?\s{0,2}[:=]\s{0,2}|\\{0,8}['\"],\s?)"
_OPEN = r"b?(?P<quote>\\{0,8}['\"])"
_MIXED = r"(?=[^\s'\"]{0,200}\d)(?=[^\s'\"]{0,200}[a-z])"
_PEM = "-----{} [A-Z ]{{0,40}}PRIVATE KEY-----"
# Then those of a place: user and password of an address, values of its query, headers, and what
# follows a name. Each with what it needs to be tried, in small letters; its group 1 stays.
KEY_FORMS: tuple[tuple[str, str], ...] = (
    ("://", r"((?<=://))[^\s/?#]{1,2000}(?=@)"),
    # A password with a stroke or a blank, where a port would stand.
    ("://", r"((?<=://))[^\s/?#:@\[]{0,200}:(?!\d{1,5}(?:[\s/?#'\")\],;]|$))[^\n]{0,500}(?=@)"),
    ("=", r"([?&][^\s=&?#\"<>/]{1,100}=)[^\s&#\"]+?(?=['\").,;:\]>]{0,3}(?:[\s&#\"]|$))"),
    ("%40", r"(?i)(%3A%2F%2F)(?:[^%\s/@]|%(?!2F|3F|23|40|20)[0-9A-F]{2}){1,2000}(?=%40)"),
    ("%3d", r"(?i)((?:%3F|%26)[^%\s=&]{1,100}%3D)(?:[^%\s&'\"]|%(?!2[0236])[0-9A-F]{2})+"),
    ("header value", r"(?i)(header value:?\s{1,3}b?['\"]).*"),
    ("bearer", r"(?i)(bearer(?:\s{1,3}|%20|\+))[^\s'\",\\]{8,}"),
    ("basic", r"(?i)(basic(?:\s{1,3}|%20|\+))(?=\S{0,2000}[\d=])[\w+/=%-]{8,}"),
    (
        "authorization",
        rf"(?i)(authorization{_IS}b?\\{{0,8}}['\"]?(?:[a-z]{{1,20}} )?){_MIXED}[^\s'\",\\]{{8,}}",
    ),
    ("cookie", rf"(?i)(cookie{_IS}b?\\{{0,8}}['\"]?)[^\n'\"\\]{{8,2000}}"),
    ("", rf"(?i)({_NAMES}{_IS}{_OPEN})(?:(?!(?P=quote))(?:\\.|.)){{4,2000}}"),
    ("", rf"(?i)({_NAMES}=)(?!none|null|true|false|os\.|self\.)[^\s'\"&;,<\\(\[{{]{{4,}}"),
    ("", rf"(?i)({_NAMES}{_IS})(?!os\.|self\.)[^\s'\"&;,<\\(\[{{][^\s'\"&;,<\\]{{7,}}"),
    ("", rf"(?i)({_MIXED_NAMES}{_IS}{_OPEN}){_MIXED}[^\s'\"\\]{{8,}}"),
    (
        "",
        rf"(?i)({_MIXED_NAMES}{_IS}){_MIXED}[^\s'\"&;,<>\\()\[\]{{}}]{{8,}}(?=[\s'\"&;,<>)\]}}]|$)",
    ),
    (
        "private key",
        rf"(){_PEM.format('BEGIN')}(?:(?!-----)[\s\S]){{0,10000}}(?:{_PEM.format('END')})?",
    ),
    ("", rf"({KEY_BEGIN})(?:{_PREFIXED})"),
)
_KEY = re.compile(f"{KEY_BEGIN}(?:{_PREFIXED})", re.ASCII)
_MAYBE_BASE64 = re.compile(r"[\w+/-]{24,}", re.ASCII)


def safe_text(value: object, *, limit: int | None = MAX_TEXT) -> str:
    """A value as text that can be encoded, of bounded length.

    Args:
        value: Anything; its ``str`` may raise.
        limit: The maximum number of characters; None for no limit.

    Returns:
        The text. A lone surrogate becomes an escape; what is over the limit is cut off and counted.
    """
    text = encodable(_text_of(value))
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

    What has the form of a key is replaced, also where it is no key that this process knows.

    Args:
        error: Any error; its ``str`` may raise.
    """
    text = safe_text(_without_keys(error)) or type_name(error)
    # isinstance would ask the error, which may raise.
    if not issubclass(type(error), BaseExceptionGroup):
        return text
    inner = "; ".join(
        f"{type_name(each)}: {safe_text(_without_keys(each), limit=200)}"
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


def encodable(text: str) -> str:
    """A text with an escape in place of each lone surrogate, which no file can hold.

    Args:
        text: The text.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def _without_keys(error: BaseException) -> str:
    text = _text_of(error)
    # No more than that is shown.
    return _without_forms(text[:10_000], MASK) + text[10_000:]


def _without_forms(text: str, mask: str) -> str:
    """A text without what the forms of keys show, in Base64 too."""
    small = text.lower()
    for mark, pattern in KEY_FORMS:
        if mark in small:
            text = re.sub(pattern, lambda found: f"{found[1]}{mask}", text)
    return _MAYBE_BASE64.sub(lambda found: mask if _holds_key(found[0]) else found[0], text)


def _holds_key(text: str) -> bool:
    """Whether a text in Base64 holds a key, wherever its Base64 begins."""
    text = text.replace("-", "+").replace("_", "/")
    wholes = (text[start : len(text) - ((len(text) - start) % 4 == 1)] for start in range(4))
    padded = (each + "=" * (-len(each) % 4) for each in wholes)
    return any(_KEY.search(base64.b64decode(each).decode("latin-1")) for each in padded)
