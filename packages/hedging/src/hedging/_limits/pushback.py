"""The pause that a service asks for: status 429, 503 or 529, and Retry-After."""

from collections.abc import Mapping
from datetime import UTC, datetime

_TOO_MANY = (429, 503, 529)
# For a service that names no pause: long enough to matter, short enough to recover.
_DEFAULT_S = 1.0


def pushback_seconds(error: object) -> float | None:
    """The pause in seconds that a service asked for; None when it asked for none.

    Args:
        error: An error that carries ``retry_after_s`` or ``retry_after``, ``status_code`` or
            ``status``, or a ``response`` with a status and headers, as the common clients raise
            them; or such a response itself.

    Returns:
        Seconds as in Retry-After (RFC 9110, section 10.2.3); 1 for a status that asks for a pause
        without saying how long.

    Example:
        >>> class RateLimited(Exception):
        ...     retry_after = 2.5
        >>> pushback_seconds(RateLimited())
        2.5
    """
    for name in ("retry_after_s", "retry_after"):
        seconds = getattr(error, name, None)
        if isinstance(seconds, int | float):
            return max(0.0, float(seconds))
    response = getattr(error, "response", error)
    headers = getattr(response, "headers", None)
    if isinstance(headers, Mapping):
        found = _header_seconds(headers)
        if found is not None:
            return found
    statuses = [
        getattr(holder, name, None)
        for holder in (error, response)
        for name in ("status_code", "status", "http_status")
    ]
    return _DEFAULT_S if any(status in _TOO_MANY for status in statuses) else None


def _header_seconds(headers: Mapping[str, str]) -> float | None:
    """The Retry-After of RFC 9110, section 10.2.3: seconds, or a date."""
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    if text is None:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    # Rarely needed, and the import takes longer than all of this library's.
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  # see above

    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
