"""Replace secrets in a chain before it is stored or shared."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from .._model.chain import Chain
from .._model.event import TraceEvent

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
_SIGN = "[redacted]"
_LEAST_PART = 8


def redact(chain: Chain, *, secrets: Iterable[str] = ()) -> Chain:
    """Return the chain with secrets replaced in every text, also in metadata and their keys.

    Known forms are keys of model providers and clouds, tokens, private keys, users and passwords of
    addresses, headers that a client refused, and what follows names such as ``password=`` or
    ``token=``. Other secrets are found only if you name them. Named ones are found in Base64, in
    percent form and with escapes as well, and so are their first and last parts of eight characters
    or more, which a limit may have left. No variable of the environment is read.

    Args:
        chain: The chain.
        secrets: Texts that must not appear, such as the values of your keys.

    Example:
        >>> chain = Chain(name="c", description="password=hunter22")
        >>> redact(chain).description
        'password=[redacted]'
    """
    named = list(dict.fromkeys(form for each in secrets for form in _forms(each) if form))
    whole = sorted(named, key=len, reverse=True)

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            # Whole forms first: a part of one may be in another.
            for each in whole:
                value = value.replace(each, _SIGN)
            for each in named:
                value = _without(value, each)
            return _without_forms(value, _SIGN)
        if isinstance(value, Mapping):
            return {clean(str(key)): clean(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(map(clean, value))
        return value

    def cleaned(event: TraceEvent) -> TraceEvent:
        fields = (
            "decision",
            "reasoning",
            "alternatives",
            "code_section",
            "spec_reference",
            "stage_id",
            "branch",
            "metadata",
        )
        return replace(event, **{name: clean(getattr(event, name)) for name in fields})

    return replace(
        chain,
        name=clean(chain.name),
        description=clean(chain.description),
        metadata=clean(chain.metadata),
        events=tuple(map(cleaned, chain.events)),
    )


def _forms(secret: str) -> Iterator[str]:
    """A secret as it is, with the escapes of Python and JSON, in percent form and in Base64."""
    coded = secret.encode("utf-8", "surrogatepass")
    yield from (secret, ascii(secret)[1:-1], json.dumps(secret)[1:-1], quote(coded, safe=""))
    if len(coded) >= _LEAST_PART:
        for before in range(3):  # Base64 depends on what stands before
            whole = base64.b64encode(bytes(before) + coded).decode()
            found = whole[-(-before * 8 // 6) : (before + len(coded)) * 8 // 6]
            yield from (found, found.replace("+", "-").replace("/", "_"))


def _without(text: str, secret: str) -> str:
    """A text without a secret, its first part and its last."""
    text = _without_start(text, secret, _SIGN)
    return _without_start(text[::-1], secret[::-1], _SIGN[::-1])[::-1]


def _without_start(text: str, secret: str, sign: str) -> str:
    start = secret[:_LEAST_PART]
    if start.isalpha() and start != secret:  # a word, which texts hold by chance
        return text.replace(secret, sign)
    parts, done = [], 0
    while (at := text.find(start, done)) >= 0:
        end = at + len(start)
        while end < len(text) and text[end] == secret[end - at : end - at + 1]:
            end += 1
        parts += [text[done:at], sign]
        done = end
    return "".join([*parts, text[done:]])


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
