"""Plain text as Markdown that shows it and nothing else."""

import re

# What can begin or end markup anywhere, and what can at the begin of a line.
_SIGNS = re.compile(
    r"([\\`*_<|~$@]|&(?=[#\w])|\](?=[(:\[])|(?<=:)/(?=/)|(?<=www)\.)", re.IGNORECASE
)
_AT_BEGIN = re.compile(r"^([-+=#>]|\[(?=[ xX]\](?:\s|$))|\d+(?=[.)](?:\s|$)))")
_AT_END = re.compile(r"(?<=\s)(#+)$")
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNPRINTABLE = re.compile(r"[\ud800-\udfff\ufffe\uffff]")


def escape(text: str) -> str:
    """A text in one line, with a backslash before every character that could begin markup."""
    line = _UNPRINTABLE.sub("\ufffd", _BREAKS.sub(" ", text).strip())
    line = _AT_END.sub(r"\\\1", _SIGNS.sub(r"\\\1", line))
    return _AT_BEGIN.sub(lambda m: f"{m[0]}\\" if m[0].isdigit() else f"\\{m[0]}", line)
