"""Where the entries of a file are, by their keys, in sixteen bytes an entry."""

from array import array
from bisect import bisect_left
from collections.abc import Hashable, Iterator

_MASK = (1 << 64) - 1


class DigestIndex:
    """The positions of entries by a digest of their key.

    Two keys may have one digest, so that a reader of an entry must look whether it has the key.
    """

    def __init__(self) -> None:
        self._digests = array("Q")
        self._positions = array("q")
        self._ordered = True

    def add(self, key: Hashable, position: int) -> None:
        """Take an entry.

        Args:
            key: Its key.
            position: Where it is.
        """
        self._digests.append(hash(key) & _MASK)
        self._positions.append(position)
        self._ordered = False

    def __len__(self) -> int:
        return len(self._positions)

    def positions(self, key: Hashable) -> Iterator[int]:
        """Where entries with the digest of a key are, the one that was added last first.

        Args:
            key: The key.
        """
        self._order()
        digest = hash(key) & _MASK
        number = bisect_left(self._digests, digest)
        while number < len(self._digests) and self._digests[number] == digest:
            yield self._positions[number]
            number += 1

    def in_order(self) -> Iterator[int]:
        """All positions, the first in the file first."""
        import numpy as np

        yield from np.sort(np.array(self._positions, np.int64)).tolist()

    def _order(self) -> None:
        """Sort by digest, and among equal ones the last first."""
        if self._ordered:
            return
        import numpy as np

        digests, positions = np.array(self._digests), np.array(self._positions)
        order = np.lexsort((-positions, digests))
        self._digests = array("Q", digests[order].tobytes())
        self._positions = array("q", positions[order].tobytes())
        self._ordered = True
