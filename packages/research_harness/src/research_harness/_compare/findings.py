"""All that a comparison of systems found, as data that is shown in several ways."""

from dataclasses import dataclass, field

from .results import DifferingItem, PairResult, PooledDifference, SystemScore
from .wording import pair_sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found on the items that all systems answered.

    Attributes:
        systems: The names of the systems.
        tasks: The names of the tasks.
        level: The level of the intervals.
        equivalence: The margin of equivalence; None when none was stated.
        scores: The score of each system on each task.
        pairs: The pairs, task by task.
        subgroups: The scores of each system by subgroup.
        subgroup_pairs: The pairs by subgroup, adjusted among themselves.
        pooled: Means over several tasks.
        tied: For each task the groups of systems that the data cannot distinguish.
        differing: Items on which systems differ, those with the largest spread first.
        notes: What makes the logs less comparable than they look.
        simulated: Whether any of the numbers come from simulated models.
    """

    systems: tuple[str, ...]
    tasks: tuple[str, ...]
    level: float
    equivalence: float | None
    scores: tuple[SystemScore, ...]
    pairs: tuple[PairResult, ...]
    subgroups: tuple[SystemScore, ...] = ()
    subgroup_pairs: tuple[PairResult, ...] = ()
    pooled: tuple[PooledDifference, ...] = ()
    tied: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    differing: tuple[DifferingItem, ...] = ()
    notes: tuple[str, ...] = ()
    simulated: bool = False

    @property
    def verdicts(self) -> tuple[str, ...]:
        """One sentence for each pair."""
        return tuple(
            pair_sentence(pair, level=self.level, margin=self.equivalence) for pair in self.pairs
        )

    def worse(self) -> tuple[PairResult, ...]:
        """The pairs whose treatment is worse than its control."""
        return tuple(pair for pair in self.pairs if pair.verdict == "worse")
