"""Plain text as Markdown that shows exactly this text."""

import re

from .._core.text import one_line

# Characters that can begin or end markup anywhere, and those that can at the beginning of a line.
_SIGNS = re.compile(
    r"([\\`*_<|~$@]|&(?=[#\w])|\](?=[(:\[])|(?<=:)/(?=/)|(?<=www)\.)", re.IGNORECASE
)
_AT_BEGIN = re.compile(r"^([-+=#>]|\[(?=[ xX]\](?:\s|$))|\d+(?=[.)](?:\s|$)))")
_AT_END = re.compile(r"(?<=\s)(#+)$")


def escape(text: str) -> str:
    """Return a text in one line, with a backslash before each character that could be markup."""
    line = _AT_END.sub(r"\\\1", _SIGNS.sub(r"\\\1", one_line(text)))
    return _AT_BEGIN.sub(lambda m: f"{m[0]}\\" if m[0].isdigit() else f"\\{m[0]}", line)
