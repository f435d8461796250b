"""Random streams named by what they are for, so that adding one never shifts another."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from .lazy import np
from .options import check_seed

if TYPE_CHECKING:
    from numpy.random import Generator


def stream(seed: int, *label: object) -> Generator:
    """A generator for ``label``, the same for the same seed on every machine."""
    digest = blake2b("/".join(str(part) for part in label).encode(), digest_size=16).digest()
    seed = check_seed("seed", seed)
    words = [int.from_bytes(digest[start : start + 4], "little") for start in range(0, 16, 4)]
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=words))
