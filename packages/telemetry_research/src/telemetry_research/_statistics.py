"""The few statistics that metrics need, without waiting for numpy to be imported."""

import math
from collections.abc import Sequence

_NORMAL_975 = 1.959963984540054


def percentile(ordered: Sequence[float], share: float) -> float:
    """The percentile of sorted values, linear between the two nearest (type 7 of Hyndman and Fan).

    Args:
        ordered: Values in ascending order; at least one.
        share: Which percentile, in [0, 1].
    """
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def wilson(successes: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, JASA 22, 1927)."""
    share, z2 = successes / total, _NORMAL_975**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _NORMAL_975 / (1 + z2 / total)
    half *= math.sqrt(share * (1 - share) / total + z2 / (4 * total**2))
    return max(0.0, middle - half), min(1.0, middle + half)
