"""Seeded random streams: a draw depends on the seed and a label, not on earlier draws.

Draws are made from a hash (BLAKE2b) of the seed and a label. The same item keeps its rank in every
sample, whatever else is in the data set and whatever the version of Python or numpy.
"""

import random
from hashlib import blake2b


def key(seed: int, *label: object) -> int:
    """A 64-bit number that belongs to this seed and this label."""
    text = "/".join(str(part) for part in (seed, *label))
    return int.from_bytes(
        blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "little"
    )


def stream(seed: int, *label: object) -> random.Random:
    """A random generator that belongs to this seed and this label."""
    return random.Random(key(seed, *label))
