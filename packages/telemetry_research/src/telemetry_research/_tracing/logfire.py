"""What spans of logfire mean beyond the conventions of OpenTelemetry.

It writes logs as spans without a duration. A streamed model call has two: a span that opens the
stream, without tokens, and a log at its end with the tokens, the cost and the seconds it took.
"""

from collections.abc import Mapping
from typing import Any

_KIND = "logfire.span_type"
_OPERATIONS = frozenset(("chat", "text_completion"))
_MAX_S = 1e9


def is_pending(attributes: Mapping[str, Any]) -> bool:
    """Whether a span announces one that follows when it has ended.

    Args:
        attributes: Those of the span.
    """
    return attributes.get(_KIND) == "pending_span"


def is_log(given: Mapping[str, Any]) -> bool:
    """Whether a span is a log.

    Args:
        given: The attributes of the span.
    """
    return given.get(_KIND) == "log"


def stated_ns(given: Mapping[str, Any]) -> int:
    """The duration that a log states, such as that of a stream; 0 without one.

    Args:
        given: The attributes of the log.
    """
    stated = given.get("duration")
    return round(stated * 1e9) if isinstance(stated, float) and 0 <= stated < _MAX_S else 0


def opens_stream(given: Mapping[str, Any]) -> bool:
    """Whether a span only opens a stream, so that the log at its end is the model call.

    Args:
        given: The attributes of the span, under the names of events.
    """
    opens = given.get(_KIND) == "span" and given.get("gen_ai.operation.name") in _OPERATIONS
    return opens and not {"request_id", "input_tokens", "output_tokens"} & given.keys()
