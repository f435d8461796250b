"""The pause that a service asks for: Retry-After, and the statuses 429 and 529."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

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
    try:
        return _asked_pause(error)
    except Exception:  # noqa: BLE001  # attributes of foreign errors may raise anything
        return None


def _asked_pause(error: object) -> float | None:
    for name in ("retry_after_s", "retry_after"):
        seconds = _pause(getattr(error, name, None))
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
    found = _header_seconds(headers) if hasattr(headers, "items") else None
    if found is None and any(status in _ASKING for status in statuses):
        return _DEFAULT_S
    return found


def _header_seconds(headers: Any) -> float | None:
    """The pause in milliseconds (OpenAI, Azure), in seconds, or until a date."""
    known = {str(name).lower(): value for name, value in headers.items()}
    milliseconds = _seconds(_plain(known.get("retry-after-ms")), unit=1000.0)
    if milliseconds is not None:
        return milliseconds
    return _pause(known.get("retry-after"))


def _plain(value: object) -> object:
    """The value of a header: the first one of several, as text."""
    if isinstance(value, list | tuple) and value:
        value = value[0]
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _pause(value: object) -> float | None:
    """A pause in seconds: a number, a duration, or until a date."""
    value = _plain(value)
    if isinstance(value, timedelta):
        return _seconds(value.total_seconds())
    if isinstance(value, datetime):
        return _until(value)
    seconds = _seconds(value)
    return _date_seconds(value) if seconds is None and isinstance(value, str) else seconds


def _seconds(value: object, *, unit: float = 1.0) -> float | None:
    """A number of seconds from 0 to an hour; None when it is not a number."""
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or value != value:  # noqa: PLR0124  # not-a-number
        return None
    return min(max(0.0, float(value) / unit), _LONGEST_S)


def _date_seconds(text: str) -> float | None:
    # Rarely needed, and the import takes longer than all of this library's.
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  # see above

    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    return _until(moment)


def _until(moment: datetime) -> float:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), _LONGEST_S)
