"""Ids of events and chains."""

import os


def new_id() -> str:
    """Return a random id of 32 hexadecimal digits."""
    return os.urandom(16).hex()
