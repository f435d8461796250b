"""Random numbers by label: the same label always gives the same number.

Drawn from a hash (BLAKE2b) of the label, so that no order of calls and no number of concurrent ones
changes anything, and adding one label shifts no other.
"""

import math
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from statistics import NormalDist


def whole(*label: Any) -> int:
    """A whole number below 2 ** 64."""
    text = "/".join(map(str, label)).encode("utf-8", "replace")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


def uniform(*label: Any) -> float:
    """A number in (0, 1), ends excluded."""
    return ((whole(*label) >> 12) + 0.5) / 2**52


def normal(*label: Any) -> float:
    """A number from the standard normal distribution."""
    return standard_normal().inv_cdf(uniform(*label))


def steady_normal(steadiness: float, *label: Any, sample: int) -> float:
    """A standard normal number of which a share of the variance is the same in every sample."""
    if not steadiness:
        return normal(*label, sample)
    kept, drawn = normal(*label, "every"), normal(*label, sample)
    return math.sqrt(steadiness) * kept + math.sqrt(1 - steadiness) * drawn


@cache
def standard_normal() -> "NormalDist":
    """The standard normal distribution."""
    from statistics import NormalDist  # noqa: PLC0415  # 4 ms that only simulations need

    return NormalDist()
