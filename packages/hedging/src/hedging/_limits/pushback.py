"""What a service says when it wants less: status 429 or 503, and Retry-After."""

from collections.abc import Mapping
from datetime import UTC, datetime

_TOO_MANY = (429, 503, 529)
# Without a word from the service: long enough to matter, short enough to recover.
_DEFAULT_S = 1.0


def pushback_seconds(error: object) -> float | None:
    """For how many seconds a service asked to be left alone; None when it did not.

    Understands errors that carry ``retry_after_s`` or ``retry_after``, ``status_code`` or
    ``status``, or a ``response`` with a status and headers, as the common clients raise them; and
    such a response itself.
    """
    for name in ("retry_after_s", "retry_after"):
        seconds = getattr(error, name, None)
        if isinstance(seconds, int | float):
            return max(0.0, float(seconds))
    response = getattr(error, "response", error)
    headers = getattr(response, "headers", None)
    if isinstance(headers, Mapping):
        told = _header_seconds(headers)
        if told is not None:
            return told
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
