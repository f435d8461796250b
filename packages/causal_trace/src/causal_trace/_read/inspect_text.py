"""Questions about the text of an answer: is it well formed, where is its code, who wrote it."""

import re
from dataclasses import dataclass

from .._core.json_values import Value
from .._core.parse_warning import ParseWarning
from .parse import parse_events

_METADATA = re.compile(r"<!--\s{0,20}(model|timestamp)\s{0,20}:([^\n>]{0,200}?)-->", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventValidation(Value):
    """Whether the events of a text are well formed.

    Attributes:
        ok: Whether there is no issue.
        count: The number of events that were read.
        issues: One warning for each piece of malformed markup, by position.
    """

    ok: bool
    count: int
    issues: tuple[ParseWarning, ...]


def validate_events(text: str) -> EventValidation:
    """Return whether the events of a text are well formed, with all issues.

    Args:
        text: The answer.

    Example:
        >>> validate_events("<event type='synthesis'><decision>go</decision>").ok
        False
    """
    parsed = parse_events(text)
    return EventValidation(ok=not parsed.warnings, count=len(parsed.events), issues=parsed.warnings)


def split_events_and_code(text: str) -> tuple[str, str]:
    """Return the texts of the events, and the code, each joined by empty lines.

    Args:
        text: The answer.

    Example:
        >>> split_events_and_code("<event type='x'><decision>d</decision></event><code>c</code>")[1]
        'c'
    """
    parsed = parse_events(text)
    spans = [event.span for event in parsed.events if event.evidence == "self_reported"]
    events = [text[slice(*span)] for span in spans if span is not None]
    return "\n\n".join(events), "\n\n".join(parsed.code)


def extract_metadata(text: str) -> dict[str, str]:
    """Return the model and the time that comments of an answer state.

    Args:
        text: The answer, with comments such as ``<!-- model: name -->``.

    Example:
        >>> extract_metadata("<!-- model: demo -->")
        {'model': 'demo'}
    """
    found: dict[str, str] = {}
    for match in _METADATA.finditer(text):
        found.setdefault(match[1].lower(), match[2].strip())
    return found
