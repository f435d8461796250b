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

_SECRETS = r"""\b(?:sk|pk|rk)-(?:[A-Za-z]+-)?[A-Za-z0-9_-]{16,}  # OpenAI, Anthropic, Stripe
    |\bAKIA[0-9A-Z]{16}\b                                 # AWS
    |\bAIza[0-9A-Za-z_-]{30,}                             # Google
    |\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}    # GitHub
    |\bhf_[A-Za-z0-9]{20,}                                # Hugging Face
    |\bxox[abprs]-[A-Za-z0-9-]{10,}                       # Slack
    |\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}  # JSON web token
    |-----BEGIN\ [A-Z ]*PRIVATE\ KEY-----[\s\S]{0,10000}?-----END\ [A-Z ]*PRIVATE\ KEY-----
    |(?<=://)[^\s/?\#]{1,2000}(?=@)                        # user and password in an address
    |(?<=://)[^\s/?\#:@\[]{0,200}:(?!\d{1,5}(?:[\s/?\#'")\],;]|$))[^\n]{0,500}(?=@)
    |(?i:(?<=bearer\s)[A-Za-z0-9._~+/-]{16,}=*)
    |(?i:(?<=basic\s)(?=\S*[\d=])[\w+/=-]{8,})
    |(?i:(?<=header\svalue\s)|(?<=header\svalue:\s))b?['"].*
    |(?i:(?<=provided:\s))[^\s'"]{8,}
    |(?i:(?<=password=)|(?<=password:\s)|(?<=api_key=)|(?<=api-key:\s)|(?<=secret=)|(?<=token=)
        |(?<=[?&]key=)|(?<=signature=)|(?<=credential=))[^\s"'&;,<]{4,}"""
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
    secret_forms = re.compile(_SECRETS, re.VERBOSE)

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            # Whole forms first: a part of one may be in another.
            for each in whole:
                value = value.replace(each, _SIGN)
            for each in named:
                value = _without(value, each)
            return secret_forms.sub(_SIGN, value)
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
