"""What the worlds of true null hypotheses share: shapes of data, and how results are read."""

from collections.abc import Callable
from typing import Any

import numpy as np

Rng = np.random.Generator
Values = Callable[[Rng, Any], Any]
Draw = Callable[[Rng], Any]
World = tuple[str, str, Draw]
"""The test, the data, and one result (or p-value) under the null hypothesis."""

# Symmetric about 0 but for the log-normal, whose groups are compared with each other only.
SHAPES: dict[str, Values] = {
    "normal": lambda r, n: r.normal(size=n),
    "t with 3 df": lambda r, n: r.standard_t(3, n),
    "five grades": lambda r, n: r.choice(5, n, p=[0.1, 0.2, 0.4, 0.2, 0.1]) - 2.0,
    "log-normal": lambda r, n: r.lognormal(0, 1, n),
}
# Ranks of continuous values have one distribution, whatever the values'.
RANK_SHAPES = {"continuous": SHAPES["normal"], "five grades": SHAPES["five grades"]}


def smallest(found: Any) -> float:
    table = getattr(found, "pairwise", found)
    return float(min(row.p_adjusted for row in table.rows))


def p_of(found: Any) -> float:
    """The p-value of a result; where the data give none nothing is rejected."""
    if isinstance(found, float):
        return found
    found = getattr(found, "comparison", found)
    return float(found.p_value)


def warned(found: Any) -> bool:
    """Whether the result or its interval has a warning."""
    found = getattr(found, "comparison", found)
    interval = getattr(found, "interval", None)
    return bool(getattr(found, "warnings", ()) or getattr(interval, "warnings", ()))
