"""Times as ISO 8601 texts."""

from datetime import UTC, datetime
from functools import lru_cache


def now() -> str:
    """Return the present time in UTC."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def read_time(value: str | datetime) -> datetime:
    """Return the time that a text or ``datetime`` states, in UTC if it has no time zone.

    Raises:
        ValueError: The text is not an ISO 8601 time, or not in the years 1 to 9999 of UTC.
    """
    if isinstance(value, str):
        return _read_text(value)
    return _with_zone(value)


@lru_cache(maxsize=256)  # the events of an answer share its time
def _read_text(value: str) -> datetime:
    return _with_zone(datetime.fromisoformat(value.strip()))


def _with_zone(time: datetime) -> datetime:
    if time.tzinfo is None:
        return time.replace(tzinfo=UTC)
    try:
        time.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{time} is before the year 1 or after 9999 in UTC") from None
    return time
