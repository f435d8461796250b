"""The pause that a service asks for: Retry-After, and the statuses 429 and 529."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime

# These ask for a pause by themselves; 503 does only with a header (RFC 9110, section 15.6.4).
_ASKING = (429, 529)
# For a service that names no pause: long enough to matter, short enough to recover.
_DEFAULT_S = 1.0
# A wrong header must not silence a key for ever.
_LONGEST_S = 3600.0
_NUMBER = re.compile(
    r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?", re.ASCII | re.IGNORECASE
)
_LOWEST_ERROR = 300


def pushback_seconds(error: object) -> float | None:
    """The pause in seconds that a service asked for; None when it asked for none.

    Args:
        error: An error that carries ``retry_after_s`` or ``retry_after``, ``status_code`` or
            ``status``, or a ``response`` with a status and headers, as the common clients raise
            them; or such a response itself.

    Returns:
        Seconds as in ``retry-after-ms`` or Retry-After (RFC 9110, section 10.2.3), at most an hour;
        1 for a status 429 or 529 that does not say how long.

    Example:
        >>> class RateLimited(Exception):
        ...     retry_after = 2.5
        >>> pushback_seconds(RateLimited())
        2.5
    """
    for name in ("retry_after_s", "retry_after"):
        seconds = _seconds(getattr(error, name, None))
        if seconds is not None:
            return seconds
    response = getattr(error, "response", error)
    statuses = [
        status
        for holder in (error, response)
        for name in ("status_code", "status", "http_status")
        if isinstance(status := getattr(holder, name, None), int)
    ]
    if statuses and max(statuses) < _LOWEST_ERROR:
        return None
    headers = getattr(response, "headers", None)
    found = _header_seconds(headers) if isinstance(headers, Mapping) else None
    if found is None and any(status in _ASKING for status in statuses):
        return _DEFAULT_S
    return found


def _header_seconds(headers: Mapping[str, str]) -> float | None:
    """The pause in milliseconds (OpenAI, Azure), in seconds, or until a date."""
    known = {str(name).lower(): value for name, value in headers.items()}
    milliseconds = _seconds(known.get("retry-after-ms"), unit=1000.0)
    if milliseconds is not None:
        return milliseconds
    text = known.get("retry-after")
    seconds = _seconds(text)
    return _date_seconds(str(text)) if seconds is None and text is not None else seconds


def _seconds(value: object, *, unit: float = 1.0) -> float | None:
    """A number of seconds from 0 to an hour; None when it is not a number."""
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return None
    return min(max(0.0, float(value) / unit), _LONGEST_S)


def _date_seconds(text: str) -> float | None:
    # Rarely needed, and the import takes longer than all of this library's.
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  # see above

    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), _LONGEST_S)
