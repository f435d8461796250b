"""A seeded random order that is computed item by item, without a list of it.

A Feistel network over the index is a bijection for every round function; indexes that fall
outside the range are sent through again (cycle walking), which leaves a permutation of the range.
See Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002. The round function is
the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). The order depends on
the arguments only, not on the version of Python or numpy.
"""

from hashlib import blake2b

_MASK = (1 << 64) - 1
ROUNDS = 4
STEP = 0x9E3779B97F4A7C15


def stream_key(seed: int, *label: object) -> int:
    """A 64-bit key for this seed and this label."""
    text = "/".join(str(part) for part in (seed, *label))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def half_bits(size: int) -> int:
    """The bits of each half of the network for a range of this size.

    Args:
        size: The number of positions.
    """
    return max(1, ((max(size, 2) - 1).bit_length() + 1) // 2)


class Permutation:
    """A random order of ``range(size)`` in constant memory.

    Args:
        size: The number of positions.
        key: The number that selects the order, as made by ``stream_key``.

    Attributes:
        keys: The keys of the rounds.
    """

    __slots__ = ("_half", "_low", "keys", "size")

    def __init__(self, size: int, key: int) -> None:
        self.size = size
        self._half = half_bits(size)
        self._low = (1 << self._half) - 1
        self.keys = tuple(_mix((key + step * STEP) & _MASK) for step in range(ROUNDS))

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, position: int) -> int:
        """The index at this position."""
        if not 0 <= position < self.size:
            raise IndexError(f"position {position} of {self.size}")
        value = self._shuffle(position)
        while value >= self.size:
            value = self._shuffle(value)
        return value

    def _shuffle(self, value: int) -> int:
        half, low = self._half, self._low
        left, right = value >> half, value & low
        for key in self.keys:
            # _mix, written out: every row of a plan calls it several times.
            mixed = right ^ key
            mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
            mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
            left, right = right, left ^ ((mixed ^ (mixed >> 31)) & low)
        return (left << half) | right


def _mix(value: int) -> int:
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)
