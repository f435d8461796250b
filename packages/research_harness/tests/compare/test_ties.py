"""Groups of systems that cannot be distinguished."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from research_harness import PairResult
from research_harness._compare.ties import tied_groups

NAMES = tuple("abcdef")


def pair(first: str, second: str, *, apart: bool) -> PairResult:
    low = 0.1 if apart else -0.1
    return PairResult(
        task="t",
        group="",
        control=first,
        treatment=second,
        items=10,
        difference=0.2,
        low=low,
        high=0.3,
        simultaneous_low=low,
        simultaneous_high=0.3,
        test="",
        p_value=0.5,
        p_adjusted=0.5,
        effect=None,
        effect_name="",
        detectable=None,
        items_needed=None,
        equivalent=None,
        verdict="undecided",
    )


@given(st.sets(st.sampled_from(list(combinations(NAMES, 2)))))
def test_two_systems_share_a_group_exactly_when_they_are_not_distinguished(
    apart: set[tuple[str, str]],
) -> None:
    pairs = [pair(*two, apart=two in apart) for two in combinations(NAMES, 2)]

    groups = tied_groups(NAMES, pairs)

    together = {two for group in groups for two in combinations(group, 2)}
    assert together == set(combinations(NAMES, 2)) - apart
    assert {name for group in groups for name in group} == {*NAMES}
    assert not any(set(one) < set(two) for one in groups for two in groups)
