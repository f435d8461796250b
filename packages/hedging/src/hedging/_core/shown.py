"""What people see of results: text that a terminal does not obey, and tables for documents."""

import base64
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

_Self = TypeVar("_Self")
Rows = Sequence[Sequence[object]]
# What a terminal acts on (C0 without tab and newline, DEL, C1), what changes the order in which
# text is read (Unicode TR 36), and what has no width, so that two names look the same. Joiners
# stay, which scripts and emoji need.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Return a text in which control and direction characters are visible escapes.

    Args:
        text: Any text; tabs and ends of lines stay.
    """
    return _ACTING.sub(lambda found: ascii(found[0])[1:-1], text)


def on_one_line(text: str) -> str:
    """Return printable text in which ends of lines are visible escapes too.

    A name that holds an end of line could else write lines of its own below a result.

    Args:
        text: Any text; tabs stay.
    """
    return printable(text).replace("\n", "\\n")


def shown(method: Callable[[_Self], str | Iterable[str]]) -> Callable[[_Self], str]:
    """Let a ``__str__`` return printable text, whatever names and answers it holds.

    Args:
        method: The ``__str__`` that may hold text from outside. Its text is one line; where it has
            more, it returns them one by one.
    """

    def __str__(self: _Self) -> str:  # noqa: N807  # the name that a traceback shows
        text = method(self)
        return "\n".join(map(on_one_line, [text] if isinstance(text, str) else text))

    return __str__


def html_table(caption: str, headers: Sequence[str], rows: Rows) -> str:
    """An HTML table; every text is escaped."""
    from html import escape  # noqa: PLC0415  # only notebooks need it

    head = "".join(f"<th>{escape(name)}</th>" for name in headers)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return printable(
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def markdown_table(headers: Sequence[str], rows: Rows) -> str:
    """A Markdown table, without a line break at its end."""
    lines = [headers, ["---"] * len(headers), *rows]
    table = "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)
    return printable(table)


def signed_percent(share: float, digits: int = 0) -> str:
    """A change in per cent with its sign; a change that rounds to zero has none."""
    text = f"{share:+.{digits}%}"
    return text[1:] if not text.strip("+-0.%") else text


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


# The forms of keys: the same lines stand in hedging, telemetry_research, causal_trace and
# research_harness, and tests/test_key_forms.py compares them. First those that show by themselves
# what they are. A key begins where a word does, also after an escape or in percent form.
KEY_PREFIXES = {
    **dict.fromkeys(("sk-", "pk-", "rk-", "csk-"), r"[\w-]{16,}"),  # OpenAI, Anthropic, Cerebras
    **dict.fromkeys(("sk_live_", "rk_live_", "sk_test_", "rk_test_"), r"[A-Za-z0-9]{16,}"),
    **dict.fromkeys(("gsk_", "hf_", "fw_"), r"[A-Za-z0-9]{20,}"),
    **dict.fromkeys(("xai-", "pplx-", "r8_", "npm_"), r"[A-Za-z0-9]{30,}"),
    **dict.fromkeys(("AIza", "nvapi-"), r"[\w-]{30,}"),
    **dict.fromkeys(("AKIA", "ASIA"), r"[A-Z0-9]{16}"),
    **dict.fromkeys(("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"\w{12,}"),
    **dict.fromkeys(
        ("github_pat_", "glpat-", "tvly-", "ya29.", "lsv2_pt_", "lsv2_sk_"), r"[\w-]{20,}"
    ),
    **dict.fromkeys(("xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-", "xoxs-", "xapp-"), r"[\w-]{10,}"),
    "pypi-": r"[\w-]{50,}",
    "AGE-SECRET-KEY-": r"[A-Z0-9]{50,}",
    "eyJ": r"[\w-]{8,300}\.[\w-]{8,}\.[\w-]{4,}",  # JSON web tokens
}
KEY_BEGIN = r"(?:(?<!\w)|(?<=\\[nrt])|(?<=%[0-9A-F][0-9A-F])|(?<=\\u[0-9a-f]{4}))"
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


def without_keys(text: str) -> str:
    """The text of an error of others without what it holds keys in, as far as their form shows it.

    Args:
        text: The text, such as one that quotes an address or a header.
    """
    return _without_forms(text, "[key]")
