"""The options of a comparison."""

from dataclasses import dataclass

from .._core.errors import ComparisonError


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareOptions:
    """How systems are compared.

    Attributes:
        against: The system that all others are compared with; every pair when None.
        level: The confidence level, in (0, 1).
        equivalence: The margin within which two systems count as equal, in the unit of the score;
            None asks nothing.
        cluster_by: The field of the items whose values are the clusters.
        group_by: The field of the items whose values are the subgroups.
        max_unmatched: The largest share of items that may be missing from a system, in [0, 1].
    """

    against: str | None = None
    level: float = 0.95
    equivalence: float | None = None
    cluster_by: str | None = None
    group_by: str | None = None
    max_unmatched: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ComparisonError(f"level: {self.level!r} is not between 0 and 1")
        if not 0 <= self.max_unmatched <= 1:
            raise ComparisonError(f"max_unmatched: {self.max_unmatched!r} is not from 0 to 1")
        if self.equivalence is not None and not self.equivalence > 0:
            raise ComparisonError(f"equivalence: {self.equivalence!r} is not above 0")
