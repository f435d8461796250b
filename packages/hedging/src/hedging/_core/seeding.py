"""Random numbers by name: uniform numbers from a digest of the seed and a label.

``random.Random`` would need to be made anew for each request; a digest costs a microsecond.
"""

import random
from hashlib import blake2b


def uniform(seed: int, *label: object) -> float:
    """A number in [0, 1), the same for the same seed and label."""
    return _word(seed, *label) / 2**64


def stream(seed: int, *label: object) -> random.Random:
    """A generator of its own for a seed and a label."""
    return random.Random(_word(seed, *label))


def _word(seed: int, *label: object) -> int:
    text = "/".join(str(part) for part in (seed, *label))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
