"""Groups of systems that the data cannot distinguish."""

from collections.abc import Sequence
from itertools import combinations

from .results import PairResult


def tied_groups(names: Sequence[str], pairs: Sequence[PairResult]) -> list[tuple[str, ...]]:
    """The largest groups in which no simultaneous interval of a difference excludes 0.

    A system can be in several groups, as the letters of a multiple comparison are (Piepho 2004,
    J. Comput. Graph. Stat. 13: insert and absorb).

    Args:
        names: The systems, the best first.
        pairs: All pairs of one task.

    Returns:
        The groups, each in the order of ``names``.
    """
    apart = [
        {pair.control, pair.treatment}
        for pair in pairs
        if pair.simultaneous_low > 0 or pair.simultaneous_high < 0
    ]
    compared = [{pair.control, pair.treatment} for pair in pairs]
    apart += [set(two) for two in combinations(names, 2) if set(two) not in compared]
    groups = [frozenset(names)]
    for two in apart:
        first, second = sorted(two)
        for group in [each for each in groups if two <= each]:
            groups.remove(group)
            groups += [group - {first}, group - {second}]
        groups = [each for each in set(groups) if not any(each < other for other in groups)]
    order = {name: position for position, name in enumerate(names)}
    listed = [tuple(sorted(group, key=order.__getitem__)) for group in groups if group]
    return sorted(listed, key=lambda group: [order[name] for name in group])
