"""Times as ISO 8601 texts, and what they mean."""

from datetime import UTC, datetime


def now() -> str:
    """The time of this moment."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def read_time(value: str | datetime) -> datetime:
    """The moment a text or time means; UTC when it has no zone.

    Raises:
        ValueError: It is no ISO 8601 time.
    """
    moment = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
