"""Replace secrets in a chain before it is stored or shared."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

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
    |(?<=://)[^/\s:@]{1,100}:[^/\s@]{1,200}(?=@)          # user and password in a URL
    |(?i:(?<=bearer\s)[A-Za-z0-9._~+/-]{16,}=*)
    |(?i:(?<=password=)|(?<=password:\s)|(?<=api_key=)|(?<=api-key:\s)|(?<=secret=))[^\s"'&;,<]{4,}"""
_SIGN = "[redacted]"


def redact(chain: Chain, *, secrets: Iterable[str] = ()) -> Chain:
    """Return the chain with secrets replaced in every text, also in metadata and their keys.

    Known forms are keys of model providers and clouds, tokens, private keys, and passwords in URLs
    or after ``password=``. Other secrets are found only if you name them.

    Args:
        chain: The chain.
        secrets: Texts that must not appear, such as the values of your keys.

    Example:
        >>> chain = Chain(name="c", description="password=hunter22")
        >>> redact(chain).description
        'password=[redacted]'
    """
    named = [re.escape(each) for each in sorted(set(secrets), key=len, reverse=True) if each]
    own = re.compile("|".join(named)) if named else None
    secret_forms = re.compile(_SECRETS, re.VERBOSE)

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            text = own.sub(_SIGN, value) if own else value
            return secret_forms.sub(_SIGN, text)
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
