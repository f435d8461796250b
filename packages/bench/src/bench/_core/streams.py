"""Random streams named by what they are for, so that adding one never shifts another."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from .errors import InvalidOptionError
from .lazy import np

if TYPE_CHECKING:
    from numpy.random import Generator


def stream(seed: int, *label: object) -> Generator:
    """A generator for ``label``, the same for the same seed on every machine."""
    digest = blake2b("/".join(str(part) for part in label).encode(), digest_size=16).digest()
    given: object = seed
    if not isinstance(given, int | np.integer) or given < 0:
        raise InvalidOptionError("seed", seed, "a whole number from 0 up")
    words = [int.from_bytes(digest[start : start + 4], "little") for start in range(0, 16, 4)]
    return np.random.default_rng(np.random.SeedSequence(int(seed), spawn_key=words))
