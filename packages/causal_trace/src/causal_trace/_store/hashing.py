"""Hashes over events and chains that show a later change."""

import json
from hashlib import sha256

from .._model.chain import Chain

FIRST = "0" * 64


def event_hashes(chain: Chain) -> tuple[str, ...]:
    """Return one SHA-256 for each event, each over its event and the hash before it.

    A change, removal or insertion of an event changes its hash and all later ones. Keep the last
    one apart from the chain: it stands for all events.

    Args:
        chain: The chain.

    Example:
        >>> event_hashes(Chain(name="c"))
        ()
    """
    hashes: list[str] = []
    for event in chain:
        hashes.append(linked_hash(hashes[-1] if hashes else FIRST, canonical(event.to_dict())))
    return tuple(hashes)


def canonical(values: object) -> str:
    """Return values as JSON in one line, the same for equal values."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def linked_hash(before: str, text: str) -> str:
    """Return the SHA-256 of a text and the hash before it."""
    return sha256(f"{before}\n{text}".encode()).hexdigest()
