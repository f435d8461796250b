"""Relations between the events of a chain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_trace import (
    Chain,
    InvalidTraceError,
    TraceEvent,
    branch_path,
    branches,
    fork,
    relation_problems,
    relations,
)


def _event(id: str, parent: str | None = None, *depends_on: str) -> TraceEvent:
    return TraceEvent(type="x", decision=id, id=id, parent_id=parent, depends_on=depends_on)


def test_roots_leaves_and_children_follow_from_parents_and_dependencies() -> None:
    chain = Chain(name="c", events=(_event("a"), _event("b", "a"), _event("c", None, "a", "b")))

    found = relations(chain)

    assert found.roots == ("a",)
    assert found.leaves == ("c",)
    assert found.children == {"a": ("b", "c"), "b": ("c",), "c": ()}
    assert found.problems == ()


def test_every_problem_is_listed() -> None:
    events = (_event("a", "z"), _event("a"), _event("b", None, "q"), _event("x", "y"))
    chain = Chain(name="c", events=(*events, _event("y", "x")))

    problems = relation_problems(chain)

    assert len(problems) == 4
    for part in ("'z' is not", "id 'a' belongs", "depends on 'q'", "in a circle: x -> y"):
        assert any(part in each for each in problems), part


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20))
def test_a_circle_is_found_exactly_when_some_event_follows_from_itself(
    edges: list[tuple[int, int]],
) -> None:
    before: dict[int, set[int]] = {number: set() for number in range(9)}
    for event, other in edges:
        before[event].add(other)
    events = tuple(_event(str(n), None, *map(str, sorted(before[n]))) for n in before)

    reach = {n: set(before[n]) for n in before}
    for _ in before:
        reach = {n: reach[n].union(*(reach[m] for m in reach[n])) for n in reach}

    found = relations(Chain(name="c", events=events)).cycles
    assert bool(found) == any(n in reach[n] for n in reach)
    for circle in found:
        for follower, prior in zip(circle, (*circle[1:], circle[0]), strict=True):
            assert int(prior) in before[int(follower)]


def test_a_long_chain_of_parents_needs_no_recursion() -> None:
    events = tuple(_event(str(n), str(n - 1) if n else None) for n in range(20_000))

    assert relations(Chain(name="c", events=events)).leaves == ("19999",)


def test_a_branch_leaves_the_trunk_and_leads_back_to_it() -> None:
    chain = Chain(name="c", events=(_event("a"), _event("b", "a"), _event("c", "b")))

    forked = fork(chain, "b", "other", _event("d"), _event("e", "d"))
    twice = fork(forked, "d", "third", _event("f"))

    assert set(branches(twice)) == {"other", "third"}
    assert [each.id for each in branch_path(twice, "third")] == ["a", "b", "d", "f"]
    assert [each.id for each in branch_path(twice, "other")] == ["a", "b", "d", "e"]
    with pytest.raises(InvalidTraceError, match="exists"):
        fork(forked, "a", "other", _event("g"))
    with pytest.raises(InvalidTraceError, match="no event"):
        fork(chain, "zz", "x", _event("g"))
