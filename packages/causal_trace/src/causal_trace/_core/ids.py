"""Ids of events and chains."""

from uuid import uuid4


def new_id() -> str:
    """Return a random id of 32 hexadecimal digits."""
    return uuid4().hex
