"""Times as ISO 8601 texts."""

from datetime import UTC, datetime


def now() -> str:
    """Return the present time in UTC."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def read_time(value: str | datetime) -> datetime:
    """Return the time that a text or ``datetime`` states, in UTC if it has no time zone.

    Raises:
        ValueError: The text is not an ISO 8601 time.
    """
    time = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time
